"""The sequencer: from many ingress partitions, at any rate, into the one order of the journal.

For each message: decode, upcast, validate; what cannot be read goes to the dead letters;
facts go to the journal at once, price ticks when the bar that holds them closes. Only when
journal and dead letters have it does the caller acknowledge the message.
"""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import orjson
from aiokafka import AIOKafkaProducer

from events.bars import series_of
from events.base import Event
from events.codec import Refusal, decode
from events.families.prices import Bar, Tick
from events.journal import Run, encode_records
from events.topics import DEAD_LETTERS, JOURNAL, PRICES
from streams.dead_letters.blocked import BlockedKeys
from streams.dead_letters.record import (
    DISCARD_HEADER,
    REDRIVE_HEADER,
    WAITS_BEHIND,
    DeadLetter,
    MessageId,
    dead_letter,
    discarded,
)
from streams.messages import Message
from streams.sequencer.conflation import MAX_WAITING, ClosedSeries, Conflation, bar_source
from streams.settings import Settings

log = logging.getLogger(__name__)

# Clocks differ; one that is further ahead would drag every fold's clock into the future with it.
FUTURE_GRACE = timedelta(hours=2)
# A series follows its newest price: one of a fast clock would hide the right ones until its time has come.
PRICE_GRACE = timedelta(minutes=5)
_TICK_TOPICS = frozenset(topic.name for topic in PRICES)


class Sequencer:
    """Turns messages into journal records and dead letters.

    One call at a time: what is journaled must keep the order of the offsets.
    """

    def __init__(
        self,
        settings: Settings,
        producer: AIOKafkaProducer,
        blocked: BlockedKeys,
        clock: Callable[[], datetime],
    ) -> None:
        self._journal_topic = settings.topic(JOURNAL)
        self._dead_letters_topic = settings.topic(DEAD_LETTERS)
        self._producer = producer
        self._blocked = blocked
        self._clock = clock
        self._conflation = Conflation(settings.bar_seconds)
        # The last offset of each source that the journal holds.
        self.high_water_marks: dict[str, int] = {}
        self.journaled = 0
        self.refused = 0
        self.last_event_at: datetime | None = None

    async def sequence(self, messages: Iterable[Message], monotonic: float) -> list[Message]:
        """Sequence messages; return those that are safe in the journal or the dead letters."""
        out = _Output()
        for message in messages:
            ticks = self._read(message, out)
            if ticks:
                out.add(self._conflation.add(message, ticks, monotonic))
            else:
                out.done.append(message)
        if self._conflation.waiting > MAX_WAITING:
            out.add(self._conflation.close_all())
        await self._append(out)
        return out.done

    async def close_ended(self, monotonic: float) -> list[Message]:
        """Journal the bars whose time is over; return the messages that wait for nothing else."""
        return await self._journal(self._conflation.close_ended(self._clock(), monotonic))

    async def close_all(self) -> list[Message]:
        """Journal every open bar, before the sequencer stops."""
        return await self._journal(self._conflation.close_all())

    async def _journal(self, closed: Iterable[ClosedSeries]) -> list[Message]:
        out = _Output()
        out.add(closed)
        await self._append(out)
        return out.done

    @property
    def waiting(self) -> int:
        """Return the number of messages whose bars are still open."""
        return self._conflation.waiting

    def restore(self, high_water_marks: Mapping[str, int]) -> None:
        """Raise the high-water marks to what the journal holds already."""
        for source, offset in high_water_marks.items():
            self.high_water_marks[source] = max(offset, self._mark(source))

    def _mark(self, source: str) -> int:
        return self.high_water_marks.get(source, -1)

    def forget(self, partitions: Iterable[str]) -> None:
        """Forget partitions that another sequencer reads now."""
        self._conflation.forget(partitions)

    def _read(self, message: Message, out: "_Output") -> list[Tick]:
        """Sort the events of one message into facts, dead letters, and the ticks that are returned."""
        redriven = _message_id_in(message, REDRIVE_HEADER)
        if to_discard := _message_id_in(message, DISCARD_HEADER):
            # Among the dead letters, in its order: it may come after one that was sent again in vain.
            self._refuse(discarded(to_discard, message, self._clock()), out)
            return []
        known = message.offset <= self._mark(message.source)
        if known and message.topic not in _TICK_TOPICS:
            # The journal has it, and so have the dead letters: they are written first.
            self._resolve(redriven, out)
            return []
        facts: list[Event] = []
        ticks: list[Tick] = []
        refused = False
        decoded = decode(message.value, message.headers, message.key)
        for index, event in enumerate(decoded):
            refusal = event if isinstance(event, Refusal) else self._objection(message, event, redriven)
            if refusal:
                refused = True
                if known:
                    continue
                raw = (message.value or b"") if len(decoded) == 1 else orjson.dumps(refusal.document)
                message_id = redriven or MessageId(message.topic, message.partition, message.offset, index)
                self._refuse(dead_letter(message_id, refusal, raw, message, self._clock()), out)
            elif isinstance(event, Tick):
                ticks.append(event)
            elif isinstance(event, Event):
                facts.append(event)
        if facts and not known:
            out.runs.append(Run(message.source, message.offset, tuple(facts)))
        if known or not refused:
            self._resolve(redriven, out)
        # Ticks have marks of their own: they may lie in an open bar when a fact behind them is journaled.
        return [tick for tick in ticks if message.offset > self._mark(bar_source(message, series_of(tick)))]

    def _refuse(self, record: DeadLetter, out: "_Output") -> None:
        self._blocked.record(record)
        out.dead_letters.append(record)

    def _resolve(self, redriven: MessageId | None, out: "_Output") -> None:
        if redriven:
            resolved = DeadLetter(message_id=str(redriven), at=self._clock(), resolved=True)
            self._blocked.record(resolved)
            out.resolutions.append(resolved)

    def _objection(self, message: Message, event: Event, redriven: MessageId | None) -> Refusal | None:
        """Return why a valid event cannot be taken here and now."""
        if message.topic != event.TOPIC:
            reason = (
                f"{event.event_type} belongs on the topic {event.TOPIC}, not {message.topic}."
                f" Send it to {event.TOPIC}."
            )
        elif future := self._future(event):
            reason = (
                f"{future} lies in the future."
                " Correct the sender's clock and re-drive, or re-drive when the time has come."
            )
        elif first := self._blocked.first_of(message.topic, event.key, redriven):
            reason = (
                f"{WAITS_BEHIND}{first} of the same {event.KEY}."
                " Re-drive that one first, or discard it; `ouroboros dead-letters redrive` keeps the order."
            )
        else:
            return None
        return Refusal(reason, event.key, orjson.loads(event.model_dump_json(exclude_none=True)))

    def _future(self, event: Event) -> str | None:
        """Return which time of an event has not come, with some grace for clocks; None where all have."""
        is_price = isinstance(event, Tick | Bar)
        names = ("known_at", *event.HAPPENED) if is_price else ("known_at",)
        latest = self._clock() + (PRICE_GRACE if is_price else FUTURE_GRACE)
        late = (name for name in names if getattr(event, name) > latest)
        return next((f"{name} {getattr(event, name).isoformat()}" for name in late), None)

    async def _append(self, out: "_Output") -> None:
        """Write dead letters, then runs, then resolutions, each only when the broker has all before it.

        A crash in between redelivers the message, and what the journal has is passed over:
        so nothing may be missing from the dead letters by then.
        """
        await self._send_dead_letters(out.dead_letters)
        sent = [
            await self._producer.send(self._journal_topic, value, headers=headers, partition=0)
            for value, headers in encode_records(out.runs)
        ]
        if sent:
            await asyncio.gather(*sent)
            self.last_event_at = self._clock()
        for run in out.runs:
            self.high_water_marks[run.source] = run.offset
            self.journaled += len(run.events)
        self.refused += sum(record.is_open for record in out.dead_letters)
        await self._send_dead_letters(out.resolutions)

    async def _send_dead_letters(self, records: Sequence[DeadLetter]) -> None:
        sent = [
            await self._producer.send(
                self._dead_letters_topic,
                record.model_dump_json().encode(),
                key=record.message_id.encode(),
                partition=0,
            )
            for record in records
        ]
        if sent:
            await asyncio.gather(*sent)


@dataclass
class _Output:
    """What follows from some messages, on its way to the broker."""

    runs: list[Run] = field(default_factory=list)
    # Records that discard one are among them.
    dead_letters: list[DeadLetter] = field(default_factory=list)
    resolutions: list[DeadLetter] = field(default_factory=list)
    done: list[Message] = field(default_factory=list)

    def add(self, closed: Iterable[ClosedSeries]) -> None:
        for series in closed:
            self.runs.append(series.run)
            self.done += series.messages


def _message_id_in(message: Message, header: str) -> MessageId | None:
    for name, value in message.headers:
        if name == header:
            try:
                return MessageId.parse(value.decode())
            except (ValueError, UnicodeDecodeError):
                log.warning("A message with an unreadable %s header is taken as a new one.", header)
    return None
