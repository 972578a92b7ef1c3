"""Chunks of several histories as those of one, in the order in which the world could know them.

Of one moment, what the earlier history tells comes first.
"""

from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from projections.event_batch import Bars, EventBatch, Moments, Whole

_COLUMNS = tuple(one.name for one in fields(Bars) if one.name not in {"symbols", "code"})


def merged(histories: Sequence[Iterator[EventBatch]]) -> Iterator[tuple[EventBatch, Whole]]:
    """Merge batches that are in known order; beside each batch stands which history an event is of.

    Memory holds a batch of each history.
    """
    heads = [next(one, None) for one in histories]
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
            size = len(head) if number == ending else _reach(head.known_at, bound, upto=number < ending)
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
    """Put batches one behind the other."""
    symbols = tuple(dict.fromkeys(symbol for batch in batches for symbol in batch.bars.symbols))
    code_of = {symbol: code for code, symbol in enumerate(symbols)}
    # A code of -1 takes the last one, and stays what it is.
    codes = [
        np.array([*(code_of[one] for one in batch.bars.symbols), -1])[batch.bars.code] for batch in batches
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
            start + position: one
            for start, batch in zip(starts, batches, strict=True)
            for position, one in batch.others.items()
        },
    )


def picked(batch: EventBatch, positions: NDArray[np.intp]) -> EventBatch:
    """Give the events at some positions, which are named in known order: the clock is `known_at` itself."""
    bars = batch.bars
    place = np.full(len(batch), -1)
    place[positions] = np.arange(len(positions))
    others = (
        (int(place[position]), replace(one, now=one.event.known_at))
        for position, one in batch.others.items()
        if place[position] >= 0
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
        others=dict(sorted(others, key=lambda one: one[0])),
    )


def _reach(known_at: Moments, bound: np.datetime64, *, upto: bool) -> int:
    return int(np.searchsorted(known_at, bound, "right" if upto else "left"))
