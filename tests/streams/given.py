"""Messages, ticks, and a broker in memory: what tests of the sequencer begin with."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid5

import orjson

from events.base import EVENT_ID_NAMESPACE, Certainty, Event
from events.codec import encode, encode_many
from events.families.prices import EquityPriced, GpuPriced
from events.journal import Run, decode_record
from streams.dead_letters.blocked import BlockedKeys
from streams.dead_letters.record import (
    DISCARD_HEADER,
    DISCARD_REASON_HEADER,
    DISCARDED_BY_HEADER,
    REDRIVE_HEADER,
    DeadLetter,
)
from streams.messages import Message
from streams.sequencer.sequencer import Sequencer
from streams.settings import Settings
from tests.events.documents import announced, document, leg

START = datetime(2026, 1, 1, 12, tzinfo=UTC)
NOW = START + timedelta(days=1)
POOR = announced(leg(amount_usd=-5))
DEAL = announced(leg())
WAIVER = document("CreditWaiverReported", facility_id="d1", borrower="b", kind="waiver")


def equity(
    second: float,
    price_usd: float = 100,
    size: float = 1,
    symbol: str = "NVDA",
    *,
    certainty: Certainty = Certainty.REPORTED,
) -> EquityPriced:
    """Make a print so many seconds after the start; another second, price or size is another print."""
    at = START + timedelta(seconds=second)
    return EquityPriced(
        event_id=uuid5(EVENT_ID_NAMESPACE, f"{symbol} {second} {price_usd} {size}"),
        occurred_at=at,
        known_at=at,
        source="tape",
        certainty=certainty,
        symbol=symbol,
        price_usd=price_usd,
        size=size,
    )


def gpu(second: float, price_usd: float, basis: str = "resale", model: str = "H100") -> GpuPriced:
    at = START + timedelta(seconds=second)
    return GpuPriced.model_validate(
        {
            "event_id": uuid5(EVENT_ID_NAMESPACE, f"{model} {basis} {second} {price_usd}"),
            "occurred_at": at,
            "known_at": at,
            "source": "marketplace",
            "certainty": "estimated",
            "model": model,
            "basis": basis,
            "price_usd": price_usd,
        }
    )


def message(
    topic: str,
    offset: int,
    content: Any,
    partition: int = 0,
    *,
    key: bytes | None = None,
    headers: tuple[tuple[str, bytes], ...] = (),
) -> Message:
    """Make a message out of an event, several, their documents or plain bytes."""
    match content:
        case None | bytes():
            value = content
        case Event():
            value = encode(content)
        case [Event(), *_]:
            value = encode_many(content)
        case _:
            value = orjson.dumps(content)
    return Message(topic, partition, offset, 0, key, value, headers)


@dataclass(frozen=True)
class Sent:
    """What was given to the producer."""

    topic: str
    value: bytes
    key: bytes | None
    headers: tuple[tuple[str, bytes], ...]
    partition: int | None

    @property
    def dead_letter(self) -> DeadLetter:
        return DeadLetter.model_validate_json(self.value)

    @property
    def runs(self) -> list[Run]:
        return decode_record(self.value, self.headers)


@dataclass
class Broker:
    """A producer that keeps what is sent; with `holding` it confirms nothing until told to."""

    holding: bool = False
    sent: list[Sent] = field(default_factory=list)
    _pending: list[asyncio.Future[None]] = field(default_factory=list)

    async def send(
        self,
        topic: str,
        value: bytes,
        *,
        key: bytes | None = None,
        headers: Sequence[tuple[str, bytes]] = (),
        partition: int | None = None,
    ) -> asyncio.Future[None]:
        self.sent.append(Sent(topic, value, key, tuple(headers), partition))
        confirmed = asyncio.get_running_loop().create_future()
        self._pending.append(confirmed)
        if not self.holding:
            self.confirm()
        return confirmed

    def confirm(self) -> None:
        """Confirm everything that was sent."""
        for confirmed in self._pending:
            if not confirmed.done():
                confirmed.set_result(None)
        self._pending.clear()

    def refuse(self, error: Exception) -> None:
        """Say that nothing of what is pending was written."""
        for confirmed in self._pending:
            confirmed.set_exception(error)
        self._pending.clear()

    @property
    def topics(self) -> list[str]:
        """Return the topics in the order in which something was sent to them."""
        return [sent.topic for sent in self.sent]

    @property
    def dead_letters(self) -> list[DeadLetter]:
        return [sent.dead_letter for sent in self.sent if sent.topic.endswith("dead-letters")]

    @property
    def runs(self) -> list[Run]:
        return [run for sent in self.sent if sent.topic.endswith("journal") for run in sent.runs]

    @property
    def journal(self) -> list[Event]:
        return [event for run in self.runs for event in run.events]


@dataclass
class House:
    """A sequencer with a broker in memory and a clock that stands still."""

    broker: Broker = field(default_factory=Broker)
    blocked: BlockedKeys = field(default_factory=BlockedKeys)
    now: datetime = NOW
    sequencer: Sequencer = field(init=False)

    def __post_init__(self) -> None:
        self.sequencer = Sequencer(
            Settings(namespace="desk", bar_seconds=60), self.broker, self.blocked, lambda: self.now
        )

    async def take(self, *messages: Message) -> list[Message]:
        return await self.sequencer.sequence(messages, 0)

    @property
    def waiting(self) -> list[str]:
        """Return the ids of the dead letters that wait behind others."""
        return [letter.message_id for letter in self.broker.dead_letters if "waits behind" in letter.reason]


def redrive(message_id: str) -> tuple[tuple[str, bytes], ...]:
    return ((REDRIVE_HEADER, message_id.encode()),)


def discard(message_id: str, by: str = "Jo", reason: str = "a test") -> tuple[tuple[str, bytes], ...]:
    return (
        (DISCARD_HEADER, message_id.encode()),
        (DISCARDED_BY_HEADER, by.encode()),
        (DISCARD_REASON_HEADER, reason.encode()),
    )


def deal_ids(events: Sequence[Event]) -> list[str]:
    return [event.key for event in events]


def resolved(records: Sequence[DeadLetter]) -> list[str]:
    return [record.message_id for record in records if record.resolved]
