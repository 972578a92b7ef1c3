"""Files of events as histories: those of a person, and the ledger that comes with the release."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path

from events.errors import UsageError
from events.ledger import ledger
from ouroboros.history.hashing import Hashing
from ouroboros.history.manifest import sha256
from ouroboros.history.ordering import ordered
from ouroboros.history.source import Entry, Order
from streams.feeds.files import read_events


class EventsFile:
    """A file of events as `ouroboros publish` takes them; an event's line is its place."""

    def __init__(self, path: Path) -> None:
        """Hash it. Raises UsageError where it cannot be read."""
        self.path = path
        self._hash = sha256(path)

    def entries(self, order: Order, until: datetime | None = None) -> Iterator[Entry]:
        """Read the events; an event that comes again counts once where it came first.

        Raises UsageError naming the first line that holds no event.
        """
        return ordered(self._counted(), order, until, str(self.path))

    @property
    def hashes(self) -> Mapping[str, str]:
        """Name the file and its SHA-256."""
        return {self.path.name: self._hash}

    def _counted(self) -> Iterator[Entry]:
        # 16 bytes an event: the one thing here that grows with the file.
        seen: set[bytes] = set()
        for line in read_events(self.path):
            if line.event is None:
                raise UsageError(
                    f"{line.path}, line {line.number}: {line.problem}",
                    "Correct the line; `ouroboros publish` lists all that are wrong.",
                )
            if line.event.event_id.bytes not in seen:
                seen.add(line.event.event_id.bytes)
                yield Entry(line.number, 0, line.event)


class Ledger:
    """The facts of the sources, one an offset, in the order in which one could know them."""

    def __init__(self) -> None:
        self._hashing = Hashing("ledger")

    def entries(self, order: Order, until: datetime | None = None) -> Iterator[Entry]:
        """Read the facts; both orders are the same."""
        facts = (Entry(offset, 0, event) for offset, event in enumerate(ledger()))
        return self._hashing.through(one for one in facts if until is None or one.event.known_at <= until)

    @property
    def hashes(self) -> Mapping[str, str]:
        """Give the hash of the facts that were last read to the end."""
        return self._hashing.hashes
