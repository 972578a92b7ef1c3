"""Chunks of several histories as those of one, in the order in which the world could know them.

Of one moment, what the earlier history tells comes first.
"""

from collections.abc import Iterator, Sequence
from dataclasses import fields, replace
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from projections.bulk.chunk import Bars, Chunk, Moments, Whole

_COLUMNS = tuple(one.name for one in fields(Bars) if one.name not in {"symbols", "code"})


def merged(histories: Sequence[Iterator[Chunk]]) -> Iterator[tuple[Chunk, Whole]]:
    """Merge chunks that are in known order; beside each chunk stands which history an event is of.

    Memory holds a chunk of each history.
    """
    heads = [next(one, None) for one in histories]
    while True:
        open_ = [(head.known_at[-1], number) for number, head in enumerate(heads) if head is not None]
        if not open_:
            return
        # Of the histories whose chunk ends first, the first one: it alone is taken to its end.
        bound, ending = min(open_)
        taken: list[Chunk] = []
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


def joined(chunks: Sequence[Chunk]) -> Chunk:
    """Put chunks one behind the other."""
    symbols = tuple(dict.fromkeys(symbol for chunk in chunks for symbol in chunk.bars.symbols))
    code_of = {symbol: code for code, symbol in enumerate(symbols)}
    # A code of -1 takes the last one, and stays what it is.
    codes = [
        np.array([*(code_of[one] for one in chunk.bars.symbols), -1])[chunk.bars.code] for chunk in chunks
    ]
    columns = {name: np.concatenate([getattr(chunk.bars, name) for chunk in chunks]) for name in _COLUMNS}
    starts = accumulate((len(chunk) for chunk in chunks[:-1]), initial=0)
    return Chunk(
        offset=np.concatenate([chunk.offset for chunk in chunks]),
        index=np.concatenate([chunk.index for chunk in chunks]),
        known_at=np.concatenate([chunk.known_at for chunk in chunks]),
        now=np.concatenate([chunk.now for chunk in chunks]),
        bars=Bars(symbols=symbols, code=np.concatenate(codes), **columns),
        others={
            start + position: one
            for start, chunk in zip(starts, chunks, strict=True)
            for position, one in chunk.others.items()
        },
    )


def picked(chunk: Chunk, positions: NDArray[np.intp]) -> Chunk:
    """Give the events at some positions, which are named in known order: the clock is `known_at` itself."""
    bars = chunk.bars
    place = np.full(len(chunk), -1)
    place[positions] = np.arange(len(positions))
    others = (
        (int(place[position]), replace(one, now=one.event.known_at))
        for position, one in chunk.others.items()
        if place[position] >= 0
    )
    return Chunk(
        offset=chunk.offset[positions],
        index=chunk.index[positions],
        known_at=chunk.known_at[positions],
        now=chunk.known_at[positions],
        bars=Bars(
            symbols=bars.symbols,
            code=bars.code[positions],
            **{name: getattr(bars, name)[positions] for name in _COLUMNS},
        ),
        others=dict(sorted(others, key=lambda one: one[0])),
    )


def _reach(known_at: Moments, bound: np.datetime64, *, upto: bool) -> int:
    return int(np.searchsorted(known_at, bound, "right" if upto else "left"))
