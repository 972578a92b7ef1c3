"""How much of a graph's money can be going round: the bound, and the point estimate with its edges."""

from collections.abc import Iterable, Sized
from dataclasses import dataclass
from functools import lru_cache

from projections.circularity.book import Edge
from projections.circularity.components import components
from projections.circularity.forwarding import balanced_circulation
from projections.circularity.loops import Loop, widest_loops
from projections.circularity.maximum import maximum_circulation

# Up to so many edges the estimate of a component is solved with each event, in a tenth of a second.
SOLVED_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Circulation:
    """What circulates, in cents; `bff_by_edge` is in the order of the edges."""

    announced_cents: int
    maximum_cents: int
    bff_cents: int
    bff_by_edge: tuple[int, ...]


# Pure memos: two folds ask for the same graph, and a new deal touches one component of it.
@lru_cache(maxsize=8)
def circulation(edges: tuple[Edge, ...]) -> Circulation:
    """Solve a graph of one edge a pair, component by component.

    `maximum_cents` is CI_max, `bff_cents` CI_bff, the sum of its edges rounded down to cents.
    """
    by_edge = [0] * len(edges)
    maximum, bff = 0, 0
    for places in components(edges):
        inside = tuple(edges[place] for place in places)
        most, circulating = maximum_circulation(inside), solved_estimate(inside)
        maximum += most
        bff += at_most(most, circulating)
        for place, cents in zip(places, circulating, strict=True):
            by_edge[place] = cents
    return Circulation(
        announced_cents=sum(edge.cents for edge in edges),
        maximum_cents=maximum,
        bff_cents=bff,
        bff_by_edge=tuple(by_edge),
    )


def at_most(maximum: int, circulating: Iterable[int]) -> int:
    """Sum the estimate of one component; it never exceeds the bound, whatever a float's last digit says."""
    return min(sum(circulating), maximum)


def waits_for_the_clock(edges: tuple[Edge, ...]) -> bool:
    """Tell whether a component is so large that its estimate is solved at the next `ClockTicked`."""
    return is_large(edges) and any(map(is_large, components(edges)))


def is_large(edges: Sized) -> bool:
    """Tell whether the estimate of a component of these edges waits for the clock."""
    return len(edges) > SOLVED_AT_ONCE


@lru_cache(maxsize=32)
def solved_estimate(edges: tuple[Edge, ...]) -> tuple[int, ...]:
    """Solve what circulates in each edge of one component, in cents."""
    return balanced_circulation(edges)


@lru_cache(maxsize=32)
def solved_loops(edges: tuple[Edge, ...]) -> tuple[Loop, ...]:
    """Find the widest loops of one component."""
    return widest_loops(edges)
