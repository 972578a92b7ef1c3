"""What a history is: events that counted, each at its place in the journal, in one of two orders."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from events.base import Event
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
    """An event that counted, at its place in the journal."""

    offset: int
    index: int
    event: Event


class History(Protocol):
    """Events that counted, from wherever they are kept."""

    def entries(self, order: Order, until: datetime | None = None) -> Iterator[Entry]:
        """Read the events known by `until` (all without it) in an order, in bounded memory.

        Raises UsageError where the source cannot be read or is not what it was.
        """
        ...

    @property
    def hashes(self) -> Mapping[str, str]:
        """Say what is read: the name of each file or place, and the SHA-256 of what is in it.

        A place that is no file, such as the archive, is hashed while it is read: its hash stands
        for the last full reading, and there is none before.
        """
        ...


def journaled(entries: Iterable[Entry]) -> Iterator[JournaledEvent]:
    """Give entries the clock of a fold: the running maximum of `known_at` in the order given."""
    now: datetime | None = None
    for entry in entries:
        now = entry.event.known_at if now is None else max(now, entry.event.known_at)
        yield JournaledEvent(entry.offset, entry.index, now, entry.event)
