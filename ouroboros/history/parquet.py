"""Exports in Parquet as batches, in journal order; only what is no bar of a share becomes an event."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from events.errors import UsageError
from events.families.prices import EquityBarClosed
from ouroboros.history.columns import arrow
from ouroboros.history.manifest import ExportedFile
from ouroboros.history.source import Stored, entry
from projections.base import JournaledEvent
from projections.event_batch import Bars, EventBatch, clock, in_utc

if TYPE_CHECKING:
    from ouroboros.history.exported import Exported

_WORDS = ("event_type", "source", "certainty", "key")
_TIMES = ("occurred_at", "bucket", "first_at", "last_at")
_NUMBERS = ("open_usd", "high_usd", "low_usd", "close_usd", "volume")
_READ = (
    *("known_at", "journal_offset", "journal_index", "schema_version", "event_id", "payload"),
    *("interval_seconds", *_WORDS, *_TIMES, *_NUMBERS),
)

_Position = tuple[int, int]


def batches(export: "Exported", events_at_once: int) -> Iterator[EventBatch]:
    """Read a whole export in Parquet, in journal order and bounded memory.

    Raises UsageError where a file is no export, is not in journal order, or a row is no event.
    """
    files = sorted(export.manifest.files, key=lambda file: file.first)
    return _read_batches(_merged(export.folder, files, events_at_once), export.folder)


def batches_of_file(path: Path, events_at_once: int) -> Iterator[EventBatch]:
    """Read one file of an export, in journal order and bounded memory; UsageError as from `batches`."""
    return _read_batches(_batches(path, events_at_once), path)


def _read_batches(batches: Iterator[Any], where: Path) -> Iterator[EventBatch]:
    now: datetime | None = None
    last: _Position = -1, -1
    try:
        for read in batches:
            batch = _batch(read, now, str(where))
            last = _checked_order(batch, last, where)
            now = in_utc(batch.now[-1])
            yield batch
    except (arrow().ArrowException, OSError) as error:
        raise UsageError(f"{where} holds no Parquet that can be read: {error}.", "Export again.") from None


def _checked_order(batch: EventBatch, last: _Position, where: Path) -> _Position:
    """Return the last position of a batch, which must rise from `last` on. Raises UsageError."""
    step, within = np.diff(batch.offset, prepend=last[0]), np.diff(batch.index, prepend=last[1])
    wrong = np.flatnonzero((step < 0) | ((step == 0) & (within <= 0)))
    if wrong.size:
        position = f"{batch.offset[wrong[0]]}/{batch.index[wrong[0]]}"
        raise UsageError(f"{where} is not in journal order at {position}.", "Export again.")
    return int(batch.offset[-1]), int(batch.index[-1])


class _Part:
    """A file that is being read: the rows that were not taken yet."""

    def __init__(self, path: Path, events_at_once: int) -> None:
        file = arrow().parquet.ParquetFile(path, read_dictionary=list(_WORDS))
        _check_columns(path, file)
        self._batches = file.iter_batches(events_at_once, columns=list(_READ), use_threads=False)
        self._events_at_once = events_at_once
        self._read()

    def _read(self) -> None:
        # A batch ends with its group of rows, which may be small.
        batches, size = list[Any](), 0
        for batch in self._batches:
            batches.append(batch)
            size += batch.num_rows
            if size >= self._events_at_once:
                break
        self.batch: Any = _combined(batches) if batches else None
        if self.batch is not None:
            self._offset, self._index = (
                self.batch.column(name).to_numpy() for name in ("journal_offset", "journal_index")
            )
            self.last: _Position = int(self._offset[-1]), int(self._index[-1])

    def take(self, bound: _Position) -> Any:
        """Take the rows up to and with a position out of what was read."""
        start, end = np.searchsorted(self._offset, bound[0]), np.searchsorted(self._offset, bound[0], "right")
        size = start + np.searchsorted(self._index[start:end], bound[1], "right")
        taken, self.batch = self.batch[:size], self.batch[size:]
        self._offset, self._index = self._offset[size:], self._index[size:]
        if not self.batch.num_rows:
            self._read()
        return taken


def _check_columns(path: Path, file: Any) -> None:
    missing = [name for name in _READ if name not in file.schema_arrow.names]
    if missing:
        raise UsageError(
            f"{path} is no export of events: it has no column {missing[0]}.",
            "Give a folder or file that `ouroboros export` or `ouroboros import` wrote.",
        )


def _batches(path: Path, events_at_once: int) -> Iterator[Any]:
    part = _Part(path, events_at_once)
    while part.batch is not None:
        yield part.take(part.last)


def _merged(folder: Path, files: list[ExportedFile], events_at_once: int) -> Iterator[Any]:
    """Merge files that are each in journal order; nearly always they follow one another."""
    waiting, reading = files[::-1], list[_Part]()
    while waiting or reading:
        while waiting and (not reading or waiting[-1].first <= min(part.last for part in reading)):
            reading.append(_Part(folder / PurePosixPath(waiting.pop().name), events_at_once))
        bound = min(part.last for part in reading)
        taken = [batch for part in reading if (batch := part.take(bound)).num_rows]
        reading = [part for part in reading if part.batch is not None]
        if len(taken) == 1:
            yield taken[0]
        else:
            positions = [("journal_offset", "ascending"), ("journal_index", "ascending")]
            yield _combined(arrow().Table.from_batches([_combined(taken)]).sort_by(positions).to_batches())


def _combined(batches: list[Any]) -> Any:
    table = arrow().Table.from_batches(batches).unify_dictionaries()
    (batch,) = table.combine_chunks().to_batches()
    return batch


def _batch(batch: Any, before: datetime | None, where: str) -> EventBatch:
    kinds, kind = _dictionary(batch, "event_type")
    # Bars of another release must be brought up to date, as every other event is.
    of_today = batch.column("schema_version").to_numpy() == EquityBarClosed.VERSION
    of_shares = (kinds == EquityBarClosed.__name__)[kind] & of_today
    symbols, code = _dictionary(batch, "key")
    known_at = _times(batch, "known_at")
    offset, index = _column(batch, "journal_offset"), _column(batch, "journal_index")
    columns: dict[str, NDArray[Any]] = {name: _times(batch, name) for name in _TIMES}
    columns |= {name: _column(batch, name) for name in _NUMBERS}
    bars = Bars(
        symbols=tuple(symbols),
        code=np.where(of_shares, code, -1),
        event_id=_column(batch, "event_id"),
        payload=_column(batch, "payload"),
        source=_words(batch, "source"),
        certainty=_words(batch, "certainty"),
        interval_seconds=batch.column("interval_seconds").fill_null(0).to_numpy(),
        **columns,
    )
    now = clock(known_at, before)
    others: dict[int, JournaledEvent] = {}
    for position in np.flatnonzero(~of_shares).tolist():
        payload = bars.payload[position].encode()
        row = Stored(in_utc(known_at[position]), int(offset[position]), int(index[position]), payload)
        event = entry(row, where).event
        others[position] = JournaledEvent(row.journal_offset, row.journal_index, in_utc(now[position]), event)
    return EventBatch(offset, index, known_at, now, bars, others)


def _dictionary(batch: Any, name: str) -> tuple[NDArray[np.object_], NDArray[np.int64]]:
    column = batch.column(name)
    words = column.dictionary.to_numpy(zero_copy_only=False)
    return words, column.indices.to_numpy().astype(np.int64)


def _words(batch: Any, name: str) -> NDArray[Any]:
    words, codes = _dictionary(batch, name)
    return words[codes]


def _column(batch: Any, name: str) -> NDArray[Any]:
    column: NDArray[Any] = batch.column(name).to_numpy(zero_copy_only=False)
    return column


def _times(batch: Any, name: str) -> NDArray[np.datetime64]:
    return _column(batch, name).astype("datetime64[us]", copy=False)
