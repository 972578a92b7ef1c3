"""One strongly connected component: its flows, and what was solved of it.

The bound is solved with each event that touches the component. The estimate, the loops and the
round trips are too, up to a stated size; in a larger component they wait for the next
`ClockTicked`. Until then they stay as they were solved last, and nothing of them exceeds the
money that is there now.
"""

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence, Sized
from dataclasses import dataclass
from heapq import nsmallest
from itertools import compress, pairwise
from operator import add, itemgetter

from projections.facts.book import Edge, Flow, Pair, total
from projections.money_graph import solver
from projections.money_graph.solver import MAX_LOOPS, Loop, maximum_circulation, widest_first

# Up to so many edges the estimate of a component is solved with each event, in a tenth of a second.
SOLVED_AT_ONCE = 1_000
# The edges that circulate most stand for the rest.
TOP_EDGES = 5


@dataclass(frozen=True, slots=True)
class Component:
    """Flows sorted by payer and payee, what circulates in them, in cents, and the widest loops.

    `top_edges` are those in which most circulates, with what does. `is_solved` says that estimate,
    loops and top edges are those of these very flows.
    """

    flows: tuple[Flow, ...]
    maximum_cents: int
    bff_cents: int
    circulating_cents: tuple[int, ...]
    loops: tuple[Loop, ...]
    top_edges: tuple[Edge, ...]
    is_solved: bool

    def circulating(self) -> Iterator[tuple[Pair, int]]:
        """Yield the pairs between which money circulates, and how much, in cents."""
        pairs = map(itemgetter(0, 1), self.flows)
        return compress(zip(pairs, self.circulating_cents, strict=True), self.circulating_cents)

    def circulating_at(self, pair: Pair) -> int:
        """Return what circulates from a payer to a payee, in cents."""
        index = bisect_left(self.flows, pair)
        return self.circulating_cents[index] if _is_at(self.flows, index, pair) else 0


def is_large(edges: Sized) -> bool:
    """Return whether the estimate of a component of these edges waits for the clock."""
    return len(edges) > SOLVED_AT_ONCE


def most_first(edge: Edge) -> tuple[int, Pair]:
    """Return the sort key of an edge: the one with most cents first, then by name."""
    return -edge.cents, (edge.source, edge.target)


def solve(flows: tuple[Flow, ...]) -> Component:
    """Return a component solved whole."""
    edges = tuple(map(total, flows))
    maximum, circulating, loops = solver.solve(edges)
    top = _top(edge._replace(cents=cents) for edge, cents in zip(edges, circulating, strict=True))
    return Component(flows, maximum, _estimate(circulating, maximum), circulating, loops, top, is_solved=True)


def carry(
    flows: tuple[Flow, ...], last: Iterable[int], loops: Iterable[Loop], top_edges: Iterable[Edge]
) -> Component:
    """Return a component of which the bound alone is solved.

    What was solved last is carried: what circulated in each flow, loops, top edges.
    """
    # Column by column: a large component has too many edges to make each of them anew.
    payers, payees, financing, purchases = zip(*flows, strict=True)
    cents = tuple(map(add, financing, purchases))
    maximum = maximum_circulation(payers, payees, cents)
    circulating = tuple(map(min, last, cents))
    top = _top(edge._replace(cents=min(edge.cents, _cents(flows, edge[:2]))) for edge in top_edges)
    return Component(
        flows,
        maximum,
        _estimate(circulating, maximum),
        circulating,
        _remaining(flows, loops),
        top,
        is_solved=False,
    )


def spliced(
    flows: Iterable[Flow], circulating: Iterable[int], news: Iterable[Flow]
) -> tuple[tuple[Flow, ...], tuple[int, ...]]:
    """Return sorted flows with new ones in the place of those of the same pair; what has no cents goes.

    What circulated in each flow is kept beside it, and nothing in what is new.
    """
    flows, last = list(flows), list(circulating)
    for new in news:
        pair = (new.source, new.target)
        index = bisect_left(flows, pair)
        known, counts = _is_at(flows, index, pair), total(new).cents > 0
        circulated = last[index] if known else 0
        flows[index : index + known] = [new] * counts
        last[index : index + known] = [circulated] * counts
    return tuple(flows), tuple(last)


def _estimate(circulating: Iterable[int], maximum: int) -> int:
    """Return the estimate in cents; it never exceeds the bound, whatever a float's last digit says."""
    return min(sum(circulating), maximum)


def _top(edges: Iterable[Edge]) -> tuple[Edge, ...]:
    return tuple(nsmallest(TOP_EDGES, (edge for edge in edges if edge.cents), key=most_first))


def _remaining(flows: tuple[Flow, ...], loops: Iterable[Loop]) -> tuple[Loop, ...]:
    """Return the loops of which every edge is left, as wide as they are now."""
    remaining = []
    for loop in loops:
        pairs = pairwise((*loop.companies, loop.companies[0]))
        narrowest = min(_cents(flows, pair) for pair in pairs)
        if narrowest:
            remaining.append(Loop(loop.companies, narrowest))
    return tuple(sorted(remaining, key=widest_first)[:MAX_LOOPS])


def _cents(flows: Sequence[Flow], pair: Pair) -> int:
    index = bisect_left(flows, pair)
    return total(flows[index]).cents if _is_at(flows, index, pair) else 0


def _is_at(flows: Sequence[Flow], index: int, pair: Pair) -> bool:
    return index < len(flows) and (flows[index].source, flows[index].target) == pair
