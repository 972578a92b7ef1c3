"""Keep up what companies take in and pay out, and the round trips of those that are vendors."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace
from operator import add

from projections.facts.book import Flow, Pair, total
from projections.money_graph import solver
from projections.money_graph.basis_graph import NO_MONEY, BasisGraph, Money, RoundTrip
from projections.money_graph.component import Component

# What was, and what is.
Moved = dict[Pair, tuple[Flow, Flow]]
Circulating = dict[Pair, tuple[int, int]]

# In the order of Money.
IN, OUT, CIRCULATING_IN, CIRCULATING_OUT, FINANCING, PURCHASES = range(6)


def with_money(
    graph: BasisGraph, moved: Moved, circulating: Circulating
) -> tuple[BasisGraph, tuple[str, ...]]:
    """Add up what moved and what circulates by company; return the companies that show it, too."""
    added = defaultdict[str, list[int]](lambda: [0] * len(NO_MONEY))
    for (payer, payee), (was, is_) in moved.items():
        cents = total(is_).cents - total(was).cents
        added[payer][OUT] += cents
        added[payee][IN] += cents
        added[payer][FINANCING] += is_.financing_cents - was.financing_cents
        added[payee][PURCHASES] += is_.purchases_cents - was.purchases_cents
    for (payer, payee), (less, more) in circulating.items():
        added[payer][CIRCULATING_OUT] += more - less
        added[payee][CIRCULATING_IN] += more - less
    companies, changed = graph.companies, list[str]()
    for company in sorted(added):
        before = companies.get(company, NO_MONEY)
        after = Money(*map(add, before, added[company]))
        companies = companies.insert(company, after) if any(after) else companies.discard(company)
        if _shown(after) != _shown(before):
            changed.append(company)
    return replace(graph, companies=companies), tuple(changed)


def with_round_trips(
    graph: BasisGraph, moved: Moved, touched: Iterable[str], components: Mapping[str, Component]
) -> tuple[BasisGraph, tuple[RoundTrip, ...]]:
    """Measure vendors whose money moved, that no component has any more, or that one has that was solved.

    In a component that waits for the clock the round trips stay as they were, but for the money
    that is left. Outside of components no money comes home.
    """
    home = dict[str, int]()
    for key, component in components.items():
        if component.is_solved:
            home |= dict.fromkeys(graph.topology.members[key], 0) | solver.round_trips(component.flows)
    outside = (name for name in touched if name not in graph.topology.component_of)
    trips, changed = graph.round_trips, list[RoundTrip]()
    for name in sorted({*home, *outside}.union(*moved)):
        before = trips.get(name)
        after = _round_trip(graph, name, home.get(name), before)
        trips = trips.discard(name) if after is None else trips.insert(name, after)
        if after != before:
            changed.append(after or RoundTrip(name, 0, 0, 0))
    return replace(graph, round_trips=trips), tuple(changed)


def _round_trip(graph: BasisGraph, name: str, home: int | None, before: RoundTrip | None) -> RoundTrip | None:
    money = graph.companies.get(name, NO_MONEY)
    financing, purchases = money.financing_cents, money.purchases_cents
    if not financing or not purchases:
        return None
    if name not in graph.topology.component_of:
        home = 0
    elif home is None:
        home = min(before.round_trip_cents if before else 0, financing, purchases)
    return RoundTrip(name, financing, purchases, home)


def _shown(money: Money) -> tuple[int, int, int]:
    return money.in_cents, money.out_cents, money.circulating_cents
