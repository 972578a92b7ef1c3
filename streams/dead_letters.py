"""Dead letters: what could not be read, why, and the bytes as they came.

The topic holds three kinds of records under the key of a letter's place: the letter, and
later that it is resolved, when it was re-driven with success, or that somebody put it away.
On ordered topics the later events of an entity whose letter is open wait behind it as letters
of their own, so that an amendment never overtakes the deal that it amends.
"""

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from aiokafka.structs import ConsumerRecord
from pydantic import BaseModel, ConfigDict

from events.codec import Refusal
from events.errors import cut
from events.topics import ORDERED
from streams.messages import Message

# On a message that is sent again: the place of the letter that it was.
REDRIVE_HEADER = "redrive-of"
# On an empty message that puts a letter away: its place, who decided it, and the reason. It goes the way
# of the letter's own entity, so that what waited behind it can be sent right after it.
DISCARD_HEADER, DISCARDED_BY_HEADER, DISCARD_REASON_HEADER = "discard-of", "discarded-by", "discard-reason"
LONGEST_NAME, LONGEST_REASON = 200, 4000

WAITS_BEHIND = "It waits behind the dead letter "


@dataclass(frozen=True, slots=True)
class Place:
    """Where a dead letter came from; `index` counts the events of one message."""

    topic: str
    partition: int
    offset: int
    index: int = 0

    def __str__(self) -> str:
        return f"{self.topic}/{self.partition}/{self.offset}/{self.index}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read a place as it prints itself. Raises ValueError."""
        topic, partition, offset, index = text.rsplit("/", 3)
        return cls(topic, int(partition), int(offset), int(index))


class DeadLetter(BaseModel):
    """A record of the dead-letters topic."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    place: str
    key: str | None = None
    reason: str = ""
    raw_base64: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    at: datetime
    resolved: bool = False
    discarded_by: str | None = None
    discard_reason: str | None = None

    @property
    def is_open(self) -> bool:
        """Tell a letter from a record of what became of one."""
        return not self.resolved and self.discarded_by is None

    @property
    def raw(self) -> bytes:
        """Give the original bytes back."""
        return base64.b64decode(self.raw_base64)


def letter(place: Place, refusal: Refusal, raw: bytes, message: Message, at: datetime) -> DeadLetter:
    """Put what could not be read into an envelope."""
    # The id of a message is not that of one event out of its array.
    unfit = {REDRIVE_HEADER} if raw == (message.value or b"") else {REDRIVE_HEADER, "ce_id"}
    return DeadLetter(
        place=str(place),
        key=refusal.key,
        reason=refusal.reason,
        raw_base64=base64.b64encode(raw).decode(),
        headers=tuple(
            (name, base64.b64encode(value).decode())
            for name, value in message.headers
            if name.lower() not in unfit
        ),
        at=at,
    )


def discard(place: Place, message: Message, at: datetime) -> DeadLetter:
    """Put a letter away, as the headers of a message say."""
    told = {name: value.decode(errors="replace") for name, value in message.headers}
    return DeadLetter(
        place=str(place),
        at=at,
        discarded_by=cut(told.get(DISCARDED_BY_HEADER, "somebody"), LONGEST_NAME),
        discard_reason=cut(told.get(DISCARD_REASON_HEADER, ""), LONGEST_REASON),
    )


class BlockedKeys:
    """Which entities have an open dead letter, as the dead-letters topic tells."""

    def __init__(self) -> None:
        self._open: dict[str, tuple[str, str]] = {}
        self._rows: dict[tuple[str, str], dict[str, None]] = {}

    def learn(self, record: DeadLetter) -> None:
        """Take note of a letter, or of what became of it."""
        topic = Place.parse(record.place).topic
        entity = (topic, record.key) if record.key is not None and topic in ORDERED else None
        if not record.is_open:
            entity = None
        known = self._open.get(record.place)
        if known == entity:
            # Sent again in vain: it keeps its place in the row.
            return
        if known:
            del self._open[record.place], self._rows[known][record.place]
        if entity:
            self._open[record.place] = entity
            self._rows.setdefault(entity, {})[record.place] = None

    def first_of(self, topic: str, key: str, sent_again: Place | None = None) -> str | None:
        """Name the oldest open letter of an entity, if it has one.

        A letter that is sent again waits only for those before it, in the row that it stands in.
        """
        row = self._rows.get((topic, key), {})
        first = next(iter(row), None)
        return None if sent_again and (first == str(sent_again) or str(sent_again) not in row) else first


def read_letter(record: ConsumerRecord) -> DeadLetter:
    """Read a record of the dead-letters topic."""
    return DeadLetter.model_validate_json(record.value)
