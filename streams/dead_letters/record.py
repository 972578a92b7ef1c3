"""Dead letters: what could not be read, why, and the bytes as they came.

The topic holds three kinds of records under the id of a message: the dead letter itself, and
later that it is resolved, when it was re-driven with success, or that somebody discarded it.
"""

import base64
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from pydantic import BaseModel, ConfigDict, Field

from events.codec import Refusal
from events.errors import cut
from streams.messages import Message

# On a message that is sent again: the id of the dead letter that it was.
REDRIVE_HEADER = "redrive-of"
# On an empty message that discards a dead letter: its id, who decided it, and the reason. It goes the way
# of the dead letter's own entity, so that what waited behind it can be sent right after it.
DISCARD_HEADER, DISCARDED_BY_HEADER, DISCARD_REASON_HEADER = "discard-of", "discarded-by", "discard-reason"
LONGEST_NAME, LONGEST_REASON = 200, 4000

WAITS_BEHIND = "It waits behind the dead letter "


@dataclass(frozen=True, slots=True)
class MessageId:
    """The id of a message of an ingress topic; `index` counts the events of one message."""

    topic: str
    partition: int
    offset: int
    index: int = 0

    def __str__(self) -> str:
        return f"{self.topic}/{self.partition}/{self.offset}/{self.index}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an id as it prints itself. Raises ValueError."""
        topic, partition, offset, index = text.rsplit("/", 3)
        return cls(topic, int(partition), int(offset), int(index))


class DeadLetter(BaseModel):
    """A record of the dead-letters topic, where its id is named `place`."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True, serialize_by_alias=True)

    message_id: str = Field(alias="place")
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
        """Return whether this is a dead letter itself, rather than a record of what became of it."""
        return not self.resolved and self.discarded_by is None

    @property
    def raw(self) -> bytes:
        """Return the original bytes."""
        return base64.b64decode(self.raw_base64)


def dead_letter(
    message_id: MessageId, refusal: Refusal, raw: bytes, message: Message, at: datetime
) -> DeadLetter:
    """Return the dead letter of what could not be read: all of a message, or `raw` out of its array."""
    # The CloudEvents id of a message is not that of one event out of its array.
    unfit = {REDRIVE_HEADER} if raw == (message.value or b"") else {REDRIVE_HEADER, "ce_id"}
    return DeadLetter(
        message_id=str(message_id),
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


def discarded(message_id: MessageId, message: Message, at: datetime) -> DeadLetter:
    """Return the record that discards a dead letter, as the headers of a message say."""
    headers = {name: value.decode(errors="replace") for name, value in message.headers}
    return DeadLetter(
        message_id=str(message_id),
        at=at,
        discarded_by=cut(headers.get(DISCARDED_BY_HEADER, "somebody"), LONGEST_NAME),
        discard_reason=cut(headers.get(DISCARD_REASON_HEADER, ""), LONGEST_REASON),
    )
