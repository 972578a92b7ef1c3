"""How much of a graph's money can be going round: the bound, and the point estimate with its edges."""

from dataclasses import dataclass
from functools import lru_cache

from projections.circularity.book import Edge
from projections.circularity.components import components
from projections.circularity.forwarding import balanced_circulation
from projections.circularity.maximum import maximum_circulation

# Up to so many edges in a component a graph is solved with each event, in some tenths of a second.
SOLVED_AT_ONCE = 3_000


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
    maximum = 0
    for places in components(edges):
        component_maximum, component_by_edge = _solve(tuple(edges[place] for place in places))
        maximum += component_maximum
        for place, cents in zip(places, component_by_edge, strict=True):
            by_edge[place] = cents
    return Circulation(
        announced_cents=sum(edge.cents for edge in edges),
        maximum_cents=maximum,
        # The estimate never exceeds the bound; a float's last digit must not say otherwise.
        bff_cents=min(sum(by_edge), maximum),
        bff_by_edge=tuple(by_edge),
    )


def waits_for_the_clock(edges: tuple[Edge, ...]) -> bool:
    """Tell whether a component is so large that its graph is solved at the next `ClockTicked`."""
    return len(edges) > SOLVED_AT_ONCE and any(len(places) > SOLVED_AT_ONCE for places in components(edges))


@lru_cache(maxsize=32)
def _solve(edges: tuple[Edge, ...]) -> tuple[int, tuple[int, ...]]:
    return maximum_circulation(edges), balanced_circulation(edges)
