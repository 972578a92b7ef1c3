"""A table of others, read as a history through its mapping, without importing it first."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import islice
from pathlib import Path

from events.errors import UsageError
from ouroboros.history.importing import Tally, numbered, read_tables, settled
from ouroboros.history.manifest import sha256
from ouroboros.history.settling import Placed
from ouroboros.history.source import Entry, Order
from ouroboros.history.tables import Problem


class MappedFile:
    """A CSV file and what its columns mean; all of its rows must fit."""

    def __init__(self, path: Path, mapping: str | Path | None) -> None:
        """Look at its header. Raises UsageError where the mapping does not fit."""
        self._path = path
        self._tables = read_tables([path], mapping)
        self._hash = sha256(path)

    def entries(self, order: Order, until: datetime | None = None) -> Iterator[Entry]:
        """Read its events as they were known, which is their only order.

        Raises UsageError for the first row that does not fit: none is passed over in silence.
        """
        for one in numbered(self._settled(), 0):
            if until is not None and one.event.known_at > until:
                return
            yield one

    def line_of(self, offset: int) -> str:
        """Name the file and the line that gave the event at an offset."""
        return next(islice(self._settled(), offset, None)).place

    @property
    def hashes(self) -> Mapping[str, str]:
        """Name the file and its SHA-256."""
        return {self._path.name: self._hash}

    def _settled(self) -> Iterator[Placed]:
        return settled(self._tables, Tally(), _refuse, lambda _: None)


def _refuse(problem: Problem) -> None:
    raise UsageError(
        str(problem), "`ouroboros import` lists all rows that do not fit, and imports the others."
    )
