"""A history as batches of events, in either order.

An export in Parquet is read as columns; in known order a month after the other, for a month's folder
holds what was known in it, and a file that is not in known order is sorted in memory, if it is small
enough. Every other history is read event by event.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import fields, replace
from datetime import datetime
from itertools import accumulate, groupby, islice, pairwise
from pathlib import PurePosixPath

import numpy as np
from numpy.typing import NDArray

from events.errors import UsageError
from ouroboros.history import parquet
from ouroboros.history.exported import Exported
from ouroboros.history.manifest import ExportedFile
from ouroboros.history.ordering import RUN_EVENTS
from ouroboros.history.source import History, Order, journaled
from projections.event_batch import Bars, EventBatch, Whole, batch_of, from_utc

EVENTS_AT_ONCE = 65_536
# Events that are not read as columns take twenty times the memory.
OBJECTS_AT_ONCE = 5_000


def batches(
    history: History, order: Order, until: datetime | None = None, events_at_once: int = EVENTS_AT_ONCE
) -> Iterator[EventBatch]:
    """Read the events known by `until` (all without it) in an order, in bounded memory.

    Events of one record that the clock does not part are in one batch. Raises UsageError as `History.entries`
    does.
    """
    return in_whole_moments(_batches(history, order, until, events_at_once), "offset", "now")


def _batches(
    history: History, order: Order, until: datetime | None, events_at_once: int
) -> Iterator[EventBatch]:
    if isinstance(history, Exported) and history.manifest.format == "parquet":
        if order is Order.JOURNAL and until is None:
            return parquet.batches(history, events_at_once)
        months = _months(history, until) if order is Order.KNOWN else None
        if months is not None:
            return _in_known_order(history, months, until, events_at_once)
    return _from_events(history, order, until, events_at_once)


def in_whole_moments(batches: Iterable[EventBatch], *columns: str) -> Iterator[EventBatch]:
    """Return the same events in batches that part none that are equal in these columns from their neighbours.

    Memory holds two batches.
    """
    held: EventBatch | None = None
    for batch in batches:
        if held is not None:
            same = np.logical_and.reduce([getattr(held, name) == getattr(batch, name)[0] for name in columns])
            others = np.flatnonzero(~same)
            start = int(others[-1]) + 1 if others.size else 0
            if start:
                yield held.part(0, start)
            if start < len(held):
                batch = joined((held.part(start, len(held)), batch))  # noqa: PLW2901  with its beginning
        held = batch
    if held is not None:
        yield held


def _from_events(
    history: History, order: Order, until: datetime | None, events_at_once: int
) -> Iterator[EventBatch]:
    events = journaled(history.entries(order, until))
    while batch := list(islice(events, min(events_at_once, OBJECTS_AT_ONCE))):
        yield batch_of(batch)


def _in_known_order(
    export: Exported, months: Iterable[list[ExportedFile]], until: datetime | None, events_at_once: int
) -> Iterator[EventBatch]:
    last = np.datetime64(0, "us")
    for files in months:
        for batch, _ in merged([_file(export, file, events_at_once) for file in files]):
            if batch.known_at[0] < last or np.any(batch.known_at[1:] < batch.known_at[:-1]):
                raise UsageError(f"{export.folder} is not what its manifest says.", "Export again.")
            last = batch.known_at[-1]
            end = int(np.searchsorted(batch.known_at, from_utc(until), "right")) if until else len(batch)
            if end:
                yield batch.part(0, end)
            if end < len(batch):
                return


def _months(export: Exported, until: datetime | None) -> list[list[ExportedFile]] | None:
    """Return the files of an export by month, in their order; None where they cannot be read as columns."""
    files = sorted(
        (file for file in export.manifest.files if until is None or file.first_known_at <= until),
        key=lambda file: (_month_of(file), file.first),
    )
    months = [list(of_month) for _, of_month in groupby(files, key=_month_of)]
    in_columns = (
        all(file.in_known_order or file.events <= RUN_EVENTS for file in files)
        # Of one time, the position in the journal decides.
        and all(file.last < after.first for of_month in months for file, after in pairwise(of_month))
    )
    return months if in_columns else None


def _month_of(file: ExportedFile) -> str:
    return PurePosixPath(file.name).parts[0]


def _file(export: Exported, file: ExportedFile, events_at_once: int) -> Iterator[EventBatch]:
    reading = parquet.batches_of_file(export.folder / PurePosixPath(file.name), events_at_once)
    if file.in_known_order:
        yield from reading
    else:
        whole = joined(list(reading))
        yield picked(whole, np.argsort(whole.known_at, kind="stable"))


_COLUMNS = tuple(column.name for column in fields(Bars) if column.name not in {"symbols", "code"})


def merged(histories: Sequence[Iterator[EventBatch]]) -> Iterator[tuple[EventBatch, Whole]]:
    """Merge batches that are in known order; beside each batch stands which history an event is of.

    Memory holds a batch of each history.
    """
    heads = [next(history, None) for history in histories]
    while True:
        open_ = [(head.known_at[-1], number) for number, head in enumerate(heads) if head is not None]
        if not open_:
            return
        # Of the histories whose batch ends first, the first one: it alone is taken to its end.
        bound, ending = min(open_)
        taken: list[EventBatch] = []
        numbers: list[Whole] = []
        for number, head in enumerate(heads):
            if head is None:
                continue
            reach = np.searchsorted(head.known_at, bound, "right" if number < ending else "left")
            size = len(head) if number == ending else int(reach)
            if size:
                taken.append(head.part(0, size))
                numbers.append(np.full(size, number))
                heads[number] = (
                    head.part(size, len(head)) if size < len(head) else next(histories[number], None)
                )
        if len(taken) == 1:
            yield taken[0], numbers[0]
        else:
            together = joined(taken)
            order = np.argsort(together.known_at, kind="stable")
            yield picked(together, order), np.concatenate(numbers)[order]


def joined(batches: Sequence[EventBatch]) -> EventBatch:
    """Return batches as one, one behind the other."""
    symbols = tuple(dict.fromkeys(symbol for batch in batches for symbol in batch.bars.symbols))
    code_of = {symbol: code for code, symbol in enumerate(symbols)}
    # A code of -1 takes the last one, and stays what it is.
    codes = [
        np.array([*(code_of[symbol] for symbol in batch.bars.symbols), -1])[batch.bars.code]
        for batch in batches
    ]
    columns = {name: np.concatenate([getattr(batch.bars, name) for batch in batches]) for name in _COLUMNS}
    starts = accumulate((len(batch) for batch in batches[:-1]), initial=0)
    return EventBatch(
        offset=np.concatenate([batch.offset for batch in batches]),
        index=np.concatenate([batch.index for batch in batches]),
        known_at=np.concatenate([batch.known_at for batch in batches]),
        now=np.concatenate([batch.now for batch in batches]),
        bars=Bars(symbols=symbols, code=np.concatenate(codes), **columns),
        others={
            start + position: journaled
            for start, batch in zip(starts, batches, strict=True)
            for position, journaled in batch.others.items()
        },
    )


def picked(batch: EventBatch, positions: NDArray[np.intp]) -> EventBatch:
    """Return the events at some positions, which are named in known order: the clock is `known_at` itself."""
    bars = batch.bars
    new_position = np.full(len(batch), -1)
    new_position[positions] = np.arange(len(positions))
    others = (
        (int(new_position[position]), replace(journaled, now=journaled.event.known_at))
        for position, journaled in batch.others.items()
        if new_position[position] >= 0
    )
    return EventBatch(
        offset=batch.offset[positions],
        index=batch.index[positions],
        known_at=batch.known_at[positions],
        now=batch.known_at[positions],
        bars=Bars(
            symbols=bars.symbols,
            code=bars.code[positions],
            **{name: getattr(bars, name)[positions] for name in _COLUMNS},
        ),
        others=dict(sorted(others, key=lambda item: item[0])),
    )
