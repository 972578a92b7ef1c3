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
    """The first items in their order, of which `count` are shown; `is_whole` where there are no others."""

    count: int
    first: tuple[T, ...] = ()
    is_whole: bool = True

    @property
    def shown(self) -> tuple[T, ...]:
        """Return those that are shown."""
        return self.first[: self.count]


def reranked(
    before: Ranking[T], gone: Iterable[T], new: Iterable[T], every: Iterable[T], key: Callable[[T], Any]
) -> Ranking[T]:
    """Return a ranking with new items in the place of those gone, in the order of `key`.

    `every` item is looked at only where too few are left.
    """
    kept, without = KEPT * before.count, set(gone)
    first = [item for item in before.first if item not in without]
    for item in new:
        insort(first, item, key=key)
    if not before.is_whole:
        # What was never kept comes after the last that was.
        del first[bisect_right(first, key(before.first[-1]), key=key) :]
        if len(first) >= before.count:
            return Ranking(before.count, tuple(first[:kept]), is_whole=False)
        first = nsmallest(kept + 1, every, key=key)
    return Ranking(before.count, tuple(first[:kept]), len(first) <= kept)
