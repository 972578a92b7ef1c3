"""What a history is: events that counted, each at its position in the journal, in one of two orders."""

import hashlib
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

import orjson
from pydantic import ValidationError

from events.base import Event
from events.catalog import ANY_EVENT
from events.codec import decode_document, encode
from events.errors import UnreadableEvent, UsageError
from projections.base import JournaledEvent


class Order(StrEnum):
    """The order in which a history is read.

    `JOURNAL` is the order of arrival (offset, index), in which live and replay fold. `KNOWN` is
    (known_at, offset, index), what the world could know at a time, in which a backtest folds.
    Without late events the two are the same.
    """

    JOURNAL = "journal"
    KNOWN = "known"


@dataclass(frozen=True, slots=True)
class Entry:
    """An event that counted, at its offset in the journal and its index in the record there."""

    offset: int
    index: int
    event: Event

    @property
    def position(self) -> tuple[int, int]:
        """Return offset and index."""
        return self.offset, self.index

    def __str__(self) -> str:
        """Return it as it stands behind the name of its history."""
        return f"event {self.offset}/{self.index} (source: {self.event.source})"


class History(ABC):
    """Events that counted, from wherever they are kept.

    `hashes` has the SHA-256 of what is read, by the name of each file or source. `drawn` are the ids of the
    bars that were read so far and are made of single prices.
    """

    def __init__(self, name: str, hashes: Mapping[str, str] | None = None) -> None:
        self.name = name
        self.hashes = hashes or {}
        self.drawn: set[str] = set()

    @abstractmethod
    def entries(self, order: Order, until: datetime | None = None) -> Iterator[Entry]:
        """Read the events known by `until` (all without it) in an order, in bounded memory.

        Raises UsageError where the source cannot be read or is not what it was.
        """

    def address(self, entry: Entry) -> str:
        """Return where an event stands, for people. What has no lines is not read anew for it."""
        return f"{self.name}, {entry}"


class Unfiled(History):
    """A history that is no file: it is hashed while it is read, positions and JSON in the order of reading.

    The hash is that of the last full reading, and there is none before.
    """

    def entries(self, order: Order, until: datetime | None = None) -> Iterator[Entry]:
        """Read the events in an order; the hash is taken once the last one is."""
        digest = hashlib.sha256()
        for row in self._read(order, until):
            digest.update(b"%d %d %s\n" % (row.offset, row.index, encode(row.event)))
            yield row
        self.hashes = {self.name: digest.hexdigest()}

    @abstractmethod
    def _read(self, order: Order, until: datetime | None) -> Iterator[Entry]: ...


def journaled(entries: Iterable[Entry]) -> Iterator[JournaledEvent]:
    """Return entries with the clock of a fold: the running maximum of `known_at` in the order given."""
    now: datetime | None = None
    for entry in entries:
        now = entry.event.known_at if now is None else max(now, entry.event.known_at)
        yield JournaledEvent(entry.offset, entry.index, now, entry.event)


class Stored(NamedTuple):
    """An event at its position; in this order of fields it sorts as the world could know it."""

    known_at: datetime
    journal_offset: int
    journal_index: int
    payload: bytes

    @property
    def position(self) -> tuple[int, int]:
        """Return offset and index in the journal."""
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
    # Sorted by another time than it has, an event would be read before it could be known.
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
        return ANY_EVENT.validate_json(payload)
    except ValidationError:
        # Something older than this release: the slow way, through the upcasters.
        return decode_document(orjson.loads(payload))
