"""The widest loops of the whole graph, kept up as components are solved.

Some more than are shown are kept, so that a loop that goes is followed by the next one without
asking every component.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from heapq import nsmallest

from projections.circularity.loops import MAX_LOOPS, Loop, rank

KEPT = 10 * MAX_LOOPS


@dataclass(frozen=True, slots=True)
class Ranking:
    """The widest loops in their order; `is_whole` where there are no others."""

    loops: tuple[Loop, ...] = ()
    is_whole: bool = True

    @property
    def shown(self) -> tuple[Loop, ...]:
        """Name those that are shown."""
        return self.loops[:MAX_LOOPS]


def ranked(
    before: Ranking,
    is_gone: Callable[[Loop], bool],
    new: Iterable[Loop],
    every: Iterable[Loop],
) -> Ranking:
    """Put new loops in the place of those gone; go through every loop only where too few are left."""
    loops = sorted((*(loop for loop in before.loops if not is_gone(loop)), *new), key=rank)
    if not before.is_whole:
        # What was never kept comes after the last that was.
        last = rank(before.loops[-1])
        loops = [loop for loop in loops if rank(loop) <= last]
        if len(loops) < MAX_LOOPS:
            loops = nsmallest(KEPT + 1, every, key=rank)
            return Ranking(tuple(loops[:KEPT]), len(loops) <= KEPT)
        return Ranking(tuple(loops[:KEPT]), is_whole=False)
    return Ranking(tuple(loops[:KEPT]), len(loops) <= KEPT)
