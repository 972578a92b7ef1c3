"""Reading an export back: the files of a folder merged into one history, in either order.

In both orders a file is opened only when its first event is due, and read a block at a time. A file
whose events were not known in its own order is sorted first (ordering.py states the bound).
"""

import heapq
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import Any

import orjson

from events.codec import MAX_MESSAGE_BYTES
from events.errors import UsageError
from ouroboros.history.columns import READ, arrow
from ouroboros.history.manifest import ExportedFile, check_files, read_manifest, sha256
from ouroboros.history.ordering import in_known_order
from ouroboros.history.source import Entry, Order
from ouroboros.history.stored import Stored, entry

ROWS_AT_ONCE = 2_000
LONGEST_LINE = 2 * MAX_MESSAGE_BYTES

# Sorts rows of both orders: (known_at or a constant, offset, index).
_Key = tuple[Any, ...]


class Exported:
    """A folder with a manifest, whose files are what they were when they were exported."""

    def __init__(self, folder: Path) -> None:
        """Check every file. Raises UsageError where one is missing or has changed."""
        self.folder = folder
        self.manifest = read_manifest(folder)
        check_files(folder, self.manifest)

    def entries(self, order: Order, until: datetime | None = None) -> Iterator[Entry]:
        """Read the events of all files in one order. Raises UsageError where a row is no event."""
        files = [one for one in self.manifest.files if until is None or one.first_known_at <= until]
        for row in merged(self.folder, files, order):
            if until is None or row.known_at <= until:
                yield entry(row, str(self.folder))
            elif order is Order.KNOWN:
                return

    @property
    def hashes(self) -> Mapping[str, str]:
        """Name the files and their SHA-256."""
        return {one.name: one.sha256 for one in self.manifest.files}


class ExportedPart:
    """A single file of an export, without its manifest."""

    def __init__(self, path: Path) -> None:
        """Hash it. Raises UsageError where it cannot be read."""
        self._path = path
        self._hash = sha256(path)

    def entries(self, order: Order, until: datetime | None = None) -> Iterator[Entry]:
        """Read its events in an order. Raises UsageError where it is no export."""
        rows = rows_of(self._path)
        for row in rows if order is Order.JOURNAL else in_known_order(rows):
            if until is None or row.known_at <= until:
                yield entry(row, str(self._path))

    @property
    def hashes(self) -> Mapping[str, str]:
        """Name the file and its SHA-256."""
        return {self._path.name: self._hash}


def merged(folder: Path, files: Sequence[ExportedFile], order: Order) -> Iterator[Stored]:
    """Merge files that are each in journal order."""

    def key(row: Stored) -> _Key:
        return row.place if order is Order.JOURNAL else (row.known_at, *row.place)

    def first_key(file: ExportedFile) -> _Key:
        return file.first if order is Order.JOURNAL else (file.first_known_at, -1, -1)

    # Entries of the heap: key, number of the file, its next row (None: not opened yet).
    heap: list[tuple[_Key, int, Stored | None]] = [
        (first_key(one), number, None) for number, one in enumerate(files)
    ]
    heapq.heapify(heap)
    rows: dict[int, Iterator[Stored]] = {}
    while heap:
        _, number, row = heap[0]
        if row is None:
            rows[number] = _in_order(folder, files[number], order)
        else:
            yield row
        following = next(rows[number], None)
        if following is None:
            heapq.heappop(heap)
            del rows[number]
        else:
            heapq.heapreplace(heap, (key(following), number, following))


def _in_order(folder: Path, file: ExportedFile, order: Order) -> Iterator[Stored]:
    rows = rows_of(folder / PurePosixPath(file.name))
    return rows if order is Order.JOURNAL or file.in_known_order else in_known_order(rows)


def rows_of(path: Path) -> Iterator[Stored]:
    """Read the rows of an exported file as they stand, in journal order.

    Raises UsageError where they are not rows of an export, or not in journal order.
    """
    read: Callable[[Path], Iterator[Stored]] = _parquet if path.suffix == ".parquet" else _lines
    last = (-1, -1)
    for row in read(path):
        if row.place <= last:
            raise UsageError(
                f"{path} is not in journal order at {row.journal_offset}/{row.journal_index}.",
                "Export again.",
            )
        last = row.place
        yield row


def _parquet(path: Path) -> Iterator[Stored]:
    pa = arrow()
    try:
        with pa.parquet.ParquetFile(path) as file:
            check_columns(path, file, READ)
            for batch in file.iter_batches(ROWS_AT_ONCE, columns=list(READ)):
                columns = batch.to_pydict()
                for values in zip(*(columns[name] for name in READ), strict=True):
                    yield _stored(path, *values)
    except (pa.ArrowException, OSError) as error:
        raise UsageError(f"{path} is no Parquet file that can be read: {error}.", "Export again.") from None


def check_columns(path: Path, file: Any, names: Sequence[str]) -> None:
    """Raise UsageError where an opened Parquet file lacks one of these columns."""
    missing = [name for name in names if name not in file.schema_arrow.names]
    if missing:
        raise UsageError(
            f"{path} is no export of events: it has no column {missing[0]}.",
            "Give a folder or file that `ouroboros export` or `ouroboros import` wrote.",
        )


def _lines(path: Path) -> Iterator[Stored]:
    with path.open("rb") as file:
        for number, line in enumerate(iter(lambda: file.readline(LONGEST_LINE), b""), start=1):
            try:
                document = orjson.loads(line)
                place = document["journal_offset"], document["journal_index"]
                event = document["event"]
                known_at = datetime.fromisoformat(event["known_at"])
            except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
                raise UsageError(
                    f"{path}, line {number}: this is no exported event.", "Export again."
                ) from None
            yield _stored(path, known_at, *place, orjson.dumps(event))


def _stored(path: Path, known_at: Any, offset: Any, index: Any, payload: Any) -> Stored:
    if not isinstance(known_at, datetime) or known_at.tzinfo is None:
        raise UsageError(f"{path}: a known_at is no moment in UTC.", "Export again.")
    if not isinstance(offset, int) or not isinstance(index, int) or not isinstance(payload, str | bytes):
        raise UsageError(f"{path}: a place or payload is missing.", "Export again.")
    return Stored(known_at, offset, index, payload.encode() if isinstance(payload, str) else payload)


def is_export_line(line: bytes) -> bool:
    """Tell whether a line of JSONL is one of an export, which has its place beside the event."""
    return line.lstrip().startswith(b'{"journal_offset"')
