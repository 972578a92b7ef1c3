"""One strongly connected component: its flows, and what was solved of it.

The bound is solved with each event that touches the component. The estimate, the loops and the
round trips are too, up to a stated size; in a larger component they wait for the next
`ClockTicked`. Until then they stand as they were solved last, and nothing of them exceeds the
money that is there now.
"""

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from operator import add, itemgetter

from projections.circularity.book import Flow, Pair, total
from projections.circularity.loops import Loop, rank
from projections.circularity.maximum import maximum_by_column, maximum_circulation
from projections.circularity.solve import at_most, solved_estimate, solved_loops


@dataclass(frozen=True, slots=True)
class Component:
    """Flows sorted by payer and payee, what circulates in them, in cents, and the widest loops.

    `is_solved` tells that estimate and loops are those of these very flows.
    """

    flows: tuple[Flow, ...]
    maximum_cents: int
    bff_cents: int
    circulating_cents: tuple[int, ...]
    loops: tuple[Loop, ...]
    is_solved: bool

    def circulating(self) -> dict[Pair, int]:
        """Name what circulates by payer and payee, in cents, where something does."""
        pairs = zip(self.flows, self.circulating_cents, strict=True)
        return {(flow.source, flow.target): cents for flow, cents in pairs if cents}

    def circulating_at(self, pair: Pair) -> int:
        """Tell what circulates from a payer to a payee, in cents."""
        place = bisect_left(self.flows, pair)
        return self.circulating_cents[place] if _is_at(self.flows, place, pair) else 0


def solve(flows: tuple[Flow, ...]) -> Component:
    """Solve a component as it stands."""
    edges = tuple(map(total, flows))
    maximum, circulating = maximum_circulation(edges), solved_estimate(edges)
    bff = at_most(maximum, circulating)
    return Component(flows, maximum, bff, circulating, solved_loops(edges), is_solved=True)


def carry(flows: tuple[Flow, ...], last: Iterable[int], loops: Iterable[Loop]) -> Component:
    """Solve the bound alone; carry the loops, and what circulated in each flow when it was solved last."""
    # Column by column: a large component has too many edges to make each of them anew.
    payers, payees, financing, purchases = (tuple(map(itemgetter(at), flows)) for at in range(4))
    cents = tuple(map(add, financing, purchases))
    maximum = maximum_by_column(payers, payees, cents)
    circulating = tuple(map(min, last, cents))
    bff = at_most(maximum, circulating)
    return Component(flows, maximum, bff, circulating, _still_there(flows, loops), is_solved=False)


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


def _still_there(flows: tuple[Flow, ...], loops: Iterable[Loop]) -> tuple[Loop, ...]:
    """Keep the loops of which every edge is left, as wide as they are now."""
    kept = []
    for loop in loops:
        pairs = pairwise((*loop.companies, loop.companies[0]))
        narrowest = min(_cents(flows, pair) for pair in pairs)
        if narrowest:
            kept.append(Loop(loop.companies, narrowest))
    return tuple(sorted(kept, key=rank))


def _cents(flows: Sequence[Flow], pair: Pair) -> int:
    place = bisect_left(flows, pair)
    return total(flows[place]).cents if _is_at(flows, place, pair) else 0


def _is_at(flows: Sequence[Flow], place: int, pair: Pair) -> bool:
    return place < len(flows) and (flows[place].source, flows[place].target) == pair
