"""One strongly connected component: its flows, and what was solved of it.

The bound is solved with each event that touches the component. The estimate, the loops and the
round trips are too, up to a stated size; in a larger component they wait for the next
`ClockTicked`. Until then they stand as they were solved last, and nothing of them exceeds the
money that is there now.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from heapq import nsmallest
from itertools import pairwise
from operator import add, itemgetter

from projections.circularity.book import Edge, Flow, Pair, total
from projections.circularity.loops import MAX_LOOPS, Loop, rank
from projections.circularity.maximum import maximum_by_column, maximum_circulation
from projections.circularity.solve import at_most, solved_estimate, solved_loops

# The edges that circulate most stand for the rest.
TOP_EDGES = 5


@dataclass(frozen=True, slots=True)
class Component:
    """Flows sorted by payer and payee, what circulates in them, in cents, and the widest loops.

    `top_edges` are those in which most circulates, with what does. `is_solved` tells that estimate,
    loops and top edges are those of these very flows.
    """

    flows: tuple[Flow, ...]
    maximum_cents: int
    bff_cents: int
    circulating_cents: tuple[int, ...]
    loops: tuple[Loop, ...]
    top_edges: tuple[Edge, ...]
    is_solved: bool

    def circulating(self) -> dict[Pair, int]:
        """Name what circulates by payer and payee, in cents, where something does."""
        pairs = zip(self.flows, self.circulating_cents, strict=True)
        return {(flow.source, flow.target): cents for flow, cents in pairs if cents}

    def circulating_at(self, pair: Pair) -> int:
        """Tell what circulates from a payer to a payee, in cents."""
        place = bisect_left(self.flows, pair)
        return self.circulating_cents[place] if _is_at(self.flows, place, pair) else 0


def most_first(edge: Edge) -> tuple[int, Pair]:
    """Sort edges by this: the one with most cents first, then by name."""
    return -edge.cents, (edge.source, edge.target)


def solve(flows: tuple[Flow, ...]) -> Component:
    """Solve a component as it stands."""
    edges = tuple(map(total, flows))
    maximum, circulating = maximum_circulation(edges), solved_estimate(edges)
    bff = at_most(maximum, circulating)
    top = _top(edge._replace(cents=cents) for edge, cents in zip(edges, circulating, strict=True))
    return Component(flows, maximum, bff, circulating, solved_loops(edges), top, is_solved=True)


def carry(
    flows: tuple[Flow, ...], last: Iterable[int], loops: Iterable[Loop], top_edges: Iterable[Edge]
) -> Component:
    """Solve the bound alone; carry what was solved last: what circulated in each flow, loops, top edges."""
    # Column by column: a large component has too many edges to make each of them anew.
    payers, payees, financing, purchases = (tuple(map(itemgetter(at), flows)) for at in range(4))
    cents = tuple(map(add, financing, purchases))
    maximum = maximum_by_column(payers, payees, cents)
    circulating = tuple(map(min, last, cents))
    bff = at_most(maximum, circulating)
    left = _top(edge._replace(cents=min(edge.cents, _cents(flows, edge[:2]))) for edge in top_edges)
    return Component(flows, maximum, bff, circulating, _still_there(flows, loops), left, is_solved=False)


def spliced(
    flows: Iterable[Flow], circulating: Iterable[int], news: Iterable[Flow]
) -> tuple[tuple[Flow, ...], tuple[int, ...]]:
    """Put flows into sorted ones, in the place of those of the same pair; what has no cents is taken out.

    What circulated in each flow is kept beside it, and nothing in what is new.
    """
    flows, last = list(flows), list(circulating)
    for new in news:
        pair = (new.source, new.target)
        place = bisect_left(flows, pair)
        known, counts = _is_at(flows, place, pair), total(new).cents > 0
        # What was there goes, what is there now comes in its place.
        circulated = last[place] if known else 0
        flows[place : place + known] = [new] * counts
        last[place : place + known] = [circulated] * counts
    return tuple(flows), tuple(last)


def _top(edges: Iterable[Edge]) -> tuple[Edge, ...]:
    return tuple(nsmallest(TOP_EDGES, (edge for edge in edges if edge.cents), key=most_first))


def _still_there(flows: tuple[Flow, ...], loops: Iterable[Loop]) -> tuple[Loop, ...]:
    """Keep the loops of which every edge is left, as wide as they are now."""
    kept = []
    for loop in loops:
        pairs = pairwise((*loop.companies, loop.companies[0]))
        narrowest = min(_cents(flows, pair) for pair in pairs)
        if narrowest:
            kept.append(Loop(loop.companies, narrowest))
    return tuple(sorted(kept, key=rank)[:MAX_LOOPS])


def _cents(flows: Sequence[Flow], pair: Pair) -> int:
    place = bisect_left(flows, pair)
    return total(flows[place]).cents if _is_at(flows, place, pair) else 0


def _is_at(flows: Sequence[Flow], place: int, pair: Pair) -> bool:
    return place < len(flows) and (flows[place].source, flows[place].target) == pair
