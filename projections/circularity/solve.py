"""What of a component is solved up to which size, and at most once for all folds that ask for it."""

from collections.abc import Iterable, Sized
from functools import lru_cache

from projections.circularity.book import Edge
from projections.circularity.forwarding import balanced_circulation
from projections.circularity.loops import Loop, widest_loops

# Up to so many edges the estimate of a component is solved with each event, in a tenth of a second.
SOLVED_AT_ONCE = 1_000


def at_most(maximum: int, circulating: Iterable[int]) -> int:
    """Sum the estimate of one component; it never exceeds the bound, whatever a float's last digit says."""
    return min(sum(circulating), maximum)


def is_large(edges: Sized) -> bool:
    """Tell whether the estimate of a component of these edges waits for the clock."""
    return len(edges) > SOLVED_AT_ONCE


# Pure memos: both bases often have the same component, and two projections ask for it.
@lru_cache(maxsize=32)
def solved_estimate(edges: tuple[Edge, ...]) -> tuple[int, ...]:
    """Solve what circulates in each edge of one component, in cents."""
    return balanced_circulation(edges)


@lru_cache(maxsize=32)
def solved_loops(edges: tuple[Edge, ...]) -> tuple[Loop, ...]:
    """Find the widest loops of one component."""
    return widest_loops(edges)
