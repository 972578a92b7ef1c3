"""One event as it is stored: its place, when it was known, and its JSON, of this or an earlier release."""

from datetime import datetime
from typing import NamedTuple

import orjson
from pydantic import TypeAdapter, ValidationError

from events.base import Event
from events.catalog import AnyEvent
from events.codec import decode_document, encode
from events.errors import UnreadableEvent, UsageError
from ouroboros.history.source import Entry

_ANY_EVENT: TypeAdapter[Event] = TypeAdapter(AnyEvent)


class Stored(NamedTuple):
    """An event at its place; in this order of fields it sorts as the world could know it."""

    known_at: datetime
    journal_offset: int
    journal_index: int
    payload: bytes

    @property
    def place(self) -> tuple[int, int]:
        """Name the place in the journal."""
        return self.journal_offset, self.journal_index


def stored(entry: Entry) -> Stored:
    """Write the event of an entry as JSON."""
    return Stored(entry.event.known_at, entry.offset, entry.index, encode(entry.event))


def entry(row: Stored, where: str) -> Entry:
    """Read an event back, and bring one of an earlier release up to date.

    Raises UsageError naming where it stands: what is stored counted once, so it must not be passed over.
    """
    try:
        event = _event(row.payload)
    except (UnreadableEvent, orjson.JSONDecodeError) as error:
        raise UsageError(
            f"{where}: the event at {row.journal_offset}/{row.journal_index} cannot be read: {error}",
            "A newer release may have written it; upgrade Ouroboros.",
        ) from None
    # Sorted by another moment than it has, an event would be read before it could be known.
    if event.known_at != row.known_at:
        raise UsageError(
            f"{where}: the event at {row.journal_offset}/{row.journal_index} was known at"
            f" {event.known_at:%Y-%m-%d %H:%M:%S}, but stands there as known at"
            f" {row.known_at:%Y-%m-%d %H:%M:%S} UTC.",
            "Export again.",
        )
    return Entry(row.journal_offset, row.journal_index, event)


def _event(payload: bytes) -> Event:
    try:
        return _ANY_EVENT.validate_json(payload)
    except ValidationError:
        # Something older than this release: the slow way, through the upcasters.
        return decode_document(orjson.loads(payload))
