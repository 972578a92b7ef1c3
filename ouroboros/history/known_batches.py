"""A history in batches, in the order in which the world could know it.

An export in Parquet is read as columns, a month after the other: a month's folder holds what was known in
it. A file that is not in known order is sorted in memory, if it is small enough. Every other history
is read event by event.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import chain, groupby, islice, pairwise
from pathlib import PurePosixPath

import numpy as np

from events.errors import UsageError
from ouroboros.history.batches import batches_of_file
from ouroboros.history.exported import Exported
from ouroboros.history.joining import joined, merged, picked
from ouroboros.history.manifest import ExportedFile
from ouroboros.history.ordering import RUN_EVENTS
from ouroboros.history.source import Entry, History, Order, journaled
from projections.event_batch import EventBatch, batch_of, from_utc

EVENTS_AT_ONCE = 20_000


def known_batches(history: History, before: datetime) -> Iterator[EventBatch]:
    """Read what was known before a moment, in bounded memory. Raises UsageError as `History.entries` does."""
    months = _months(history, before) if isinstance(history, Exported) else None
    if months is None or not isinstance(history, Exported):
        entries = (one for one in history.entries(Order.KNOWN, before) if one.event.known_at < before)
        yield from _chunked(entries)
        return
    last = np.datetime64(0, "us")
    for batch in chain.from_iterable(_month(history, files) for files in months):
        if batch.known_at[0] < last or np.any(batch.known_at[1:] < batch.known_at[:-1]):
            raise UsageError(f"{history.folder} is not what its manifest says.", "Export again.")
        last = batch.known_at[-1]
        end = int(np.searchsorted(batch.known_at, from_utc(before)))
        if end:
            yield batch.part(0, end)
        if end < len(batch):
            return


def _months(export: Exported, before: datetime) -> list[list[ExportedFile]] | None:
    """Group the files of an export by month, in their order; None where they cannot be read as columns."""
    files = sorted(
        (one for one in export.manifest.files if one.first_known_at < before),
        key=lambda one: (_month_of(one), one.first),
    )
    months = [list(ones) for _, ones in groupby(files, key=_month_of)]
    in_columns = (
        export.manifest.format == "parquet"
        and all(one.in_known_order or one.events <= RUN_EVENTS for one in files)
        # Of one moment, the place in the journal decides.
        and all(one.last < other.first for ones in months for one, other in pairwise(ones))
    )
    return months if in_columns else None


def _month_of(file: ExportedFile) -> str:
    return PurePosixPath(file.name).parts[0]


def _month(export: Exported, files: Iterable[ExportedFile]) -> Iterator[EventBatch]:
    readings = [_file(export, one) for one in files]
    return (batch for batch, _ in merged(readings))


def _file(export: Exported, file: ExportedFile) -> Iterator[EventBatch]:
    reading = batches_of_file(export.folder / PurePosixPath(file.name), EVENTS_AT_ONCE)
    if file.in_known_order:
        yield from reading
    else:
        whole = joined(list(reading))
        yield picked(whole, np.argsort(whole.known_at, kind="stable"))


def _chunked(entries: Iterable[Entry]) -> Iterator[EventBatch]:
    events = journaled(entries)
    while batch := list(islice(events, EVENTS_AT_ONCE)):
        yield batch_of(batch)
