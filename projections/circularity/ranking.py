"""The first of many, kept up as components are solved: the widest loops, the edges that circulate most.

Some more than are shown are kept, so that one that goes is followed by the next one without
asking every component.
"""

from bisect import bisect_right, insort
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from heapq import nsmallest
from typing import Any, Generic, TypeVar

T = TypeVar("T")

# So many times more than are shown are kept.
KEPT = 10


@dataclass(frozen=True, slots=True)
class Ranking(Generic[T]):
    """The first ones in their order, of which `count` are shown; `is_whole` where there are no others."""

    count: int
    first: tuple[T, ...] = ()
    is_whole: bool = True

    @property
    def shown(self) -> tuple[T, ...]:
        """Name those that are shown."""
        return self.first[: self.count]


def ranked(
    before: Ranking[T],
    gone: Iterable[T],
    new: Iterable[T],
    every: Iterable[T],
    rank: Callable[[T], Any],
) -> Ranking[T]:
    """Put new ones in the place of those gone; go through every one only where too few are left."""
    kept, without = KEPT * before.count, set(gone)
    first = [one for one in before.first if one not in without]
    for one in new:
        insort(first, one, key=rank)
    if not before.is_whole:
        # What was never kept comes after the last that was.
        del first[bisect_right(first, rank(before.first[-1]), key=rank) :]
        if len(first) >= before.count:
            return Ranking(before.count, tuple(first[:kept]), is_whole=False)
        first = nsmallest(kept + 1, every, key=rank)
    return Ranking(before.count, tuple(first[:kept]), len(first) <= kept)
