"""Reading an export back: the files of a folder merged into one history, in either order.

In both orders a file is opened only when its first event is due, and read a block at a time. A file
whose events were not known in its own order is sorted first (ordering.py states the bound).
"""

import heapq
from collections.abc import Iterator, Sequence
from datetime import datetime
from operator import itemgetter
from pathlib import Path, PurePosixPath
from typing import Any

import orjson

from events.codec import MAX_MESSAGE_BYTES
from events.errors import UsageError
from ouroboros.history.manifest import ExportedFile, check_files, read_manifest, sha256
from ouroboros.history.ordering import in_known_order
from ouroboros.history.parquet import batches_of_file
from ouroboros.history.source import Entry, History, Order, Stored, entry
from projections.event_batch import in_utc

ROWS_AT_ONCE = 2_000
LONGEST_LINE = 2 * MAX_MESSAGE_BYTES

# Sorts rows of both orders: (known_at or a constant, offset, index).
_Key = tuple[Any, ...]


class Exported(History):
    """A folder with a manifest, whose files are what they were when they were exported."""

    def __init__(self, folder: Path) -> None:
        """Check every file. Raises UsageError where one is missing or has changed."""
        self.folder = folder
        self.manifest = read_manifest(folder)
        check_files(folder, self.manifest)
        super().__init__(str(folder), {file.name: file.sha256 for file in self.manifest.files})

    def entries(self, order: Order, until: datetime | None = None) -> Iterator[Entry]:
        """Read the events of all files in one order. Raises UsageError where a row is no event."""
        files = [file for file in self.manifest.files if until is None or file.first_known_at <= until]
        for row in merged(self.folder, files, order):
            if until is None or row.known_at <= until:
                yield entry(row, str(self.folder))
            elif order is Order.KNOWN:
                return

    def address(self, entry: Entry) -> str:
        """Return the file that an event is in, and its position there."""
        month = f"month={entry.event.known_at:%Y-%m}/"
        files = (
            file.name
            for file in self.manifest.files
            if file.name.startswith(month) and file.first <= entry.position <= file.last
        )
        return f"{self.folder / next(files, '')}, {entry}"


class ExportedPart(History):
    """A single file of an export, without its manifest."""

    def __init__(self, path: Path) -> None:
        """Hash it. Raises UsageError where it cannot be read."""
        super().__init__(str(path), {path.name: sha256(path)})
        self._path = path

    def entries(self, order: Order, until: datetime | None = None) -> Iterator[Entry]:
        """Read its events in an order. Raises UsageError where it is no export."""
        rows = rows_of(self._path)
        for row in rows if order is Order.JOURNAL else in_known_order(rows):
            if until is None or row.known_at <= until:
                yield entry(row, str(self._path))


def merged(folder: Path, files: Sequence[ExportedFile], order: Order) -> Iterator[Stored]:
    """Merge files that are each in journal order."""

    def rows(file: ExportedFile) -> Iterator[tuple[_Key, Stored | None]]:
        # Every file is asked for its first item at once: this one opens nothing, and sorts as the first row.
        yield file.first if order is Order.JOURNAL else (file.first_known_at, -1, -1), None
        stored = rows_of(folder / PurePosixPath(file.name))
        is_in_order = order is Order.JOURNAL or file.in_known_order
        for row in stored if is_in_order else in_known_order(stored):
            yield row.position if order is Order.JOURNAL else (row.known_at, *row.position), row

    for _, row in heapq.merge(*map(rows, files), key=itemgetter(0)):
        if row is not None:
            yield row


def rows_of(path: Path) -> Iterator[Stored]:
    """Read the rows of a file. Raises UsageError where they are no export, or not in journal order."""
    return _rows(path) if path.suffix == ".parquet" else _lines(path)


def _rows(path: Path) -> Iterator[Stored]:
    for batch in batches_of_file(path, ROWS_AT_ONCE):
        known_at = map(in_utc, batch.known_at)
        columns = (batch.offset.tolist(), batch.index.tolist(), map(str.encode, batch.bars.payload))
        yield from map(Stored, known_at, *columns)


def _lines(path: Path) -> Iterator[Stored]:
    last = (-1, -1)
    with path.open("rb") as file:
        for number, line in enumerate(iter(lambda: file.readline(LONGEST_LINE), b""), start=1):
            try:
                document = orjson.loads(line)
                offset, index = int(document["journal_offset"]), int(document["journal_index"])
                event = document["event"]
                known_at = datetime.fromisoformat(event["known_at"])
                if known_at.tzinfo is None:
                    raise ValueError("a time without a zone cannot be compared with others")
            except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
                raise UsageError(
                    f"{path}, line {number}: this is no exported event.", "Export again."
                ) from None
            if (offset, index) <= last:
                raise UsageError(f"{path} is not in journal order at {offset}/{index}.", "Export again.")
            last = offset, index
            yield Stored(known_at, offset, index, orjson.dumps(event))


def is_export_line(line: bytes) -> bool:
    """Return whether a line of JSONL is one of an export, which has its position beside the event."""
    return line.lstrip().startswith(b'{"journal_offset"')
