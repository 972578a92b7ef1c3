"""Keep the graph of a basis up as the money between pairs of companies changes.

The components that an event touches are solved anew. Everything else stays as it is, and
totals follow by what was added and taken away.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import chain

from projections.facts.book import Basis, Book, Edge, Flow, Pair, flow, total
from projections.money_graph.basis_graph import BasisGraph, RoundTrip
from projections.money_graph.company_money import Circulating, Moved, with_money, with_round_trips
from projections.money_graph.component import Component, carry, is_large, most_first, solve, spliced
from projections.money_graph.ranking import reranked
from projections.money_graph.solver import Loop, widest_first
from projections.money_graph.topological_order import NOBODY
from projections.money_graph.topology import Topology, with_edge, without_edge

Components = dict[str, Component]


@dataclass(frozen=True, slots=True)
class GraphUpdate:
    """The graph of a basis after an event, and what of it differs from before.

    A vendor that is none any more has an empty round trip. `is_counted` says that money changed, or
    that the estimate was brought up to it.
    """

    after: BasisGraph
    pairs: tuple[Pair, ...]
    companies: tuple[str, ...]
    round_trips: tuple[RoundTrip, ...]
    is_counted: bool


def update(
    before: BasisGraph,
    books: tuple[Book, Book],
    basis: Basis,
    pairs: Iterable[Pair],
    *,
    now: datetime,
    ticked: bool,
) -> GraphUpdate | None:
    """Return what pairs of companies change, from one book to the next; None where nothing does.

    A tick of the clock solves whatever waits for it.
    """
    both = ((flow(books[0], basis, pair), flow(books[1], basis, pair)) for pair in sorted(set(pairs)))
    moved: Moved = {(old.source, old.target): (old, new) for old, new in both if old != new}
    due = before.waiting if ticked else NOBODY
    if not moved and not due:
        return None
    topology, touched = _with_edges(before.topology, moved)
    touched |= set(due)
    read = partial(flow, books[1], basis)
    old = {key: before.components[key] for key in _keys(before.topology, touched)}
    new = {
        key: _solved(key, old, moved, before=before.topology, topology=topology, flow_of=read, ticked=ticked)
        for key in _keys(topology, touched)
    }
    circulating = _circulating(before.topology, topology, old, new, moved)
    added = sum(total(after).cents - total(before).cents for before, after in moved.values())
    after = replace(before, topology=topology, announced_cents=before.announced_cents + added)
    after, companies = with_money(_with_components(after, old, new, now), moved, circulating)
    after, trips = with_round_trips(after, moved, touched, new)
    changed = {pair for pair, (was, is_) in moved.items() if total(was) != total(is_)}.union(circulating)
    return GraphUpdate(after, tuple(sorted(changed)), companies, trips, bool(changed or due))


def _with_edges(topology: Topology, moved: Moved) -> tuple[Topology, set[str]]:
    """Add and remove edges; return companies of all components that this, or an amount, touches too."""
    before, touched = topology, set[str]()
    for pair, (was, is_) in moved.items():
        joined_or_parted = NOBODY
        if not total(was).cents:
            topology, joined_or_parted = with_edge(topology, *pair)
        elif not total(is_).cents:
            topology, joined_or_parted = without_edge(topology, *pair)
        touched.update(joined_or_parted)
    touched.update(*(pair for pair in moved if before.joins(*pair) or topology.joins(*pair)))
    return topology, touched


def _keys(topology: Topology, companies: Iterable[str]) -> tuple[str, ...]:
    keys = {topology.component_of.get(company) for company in companies}
    return tuple(sorted(key for key in keys if key is not None))


def _solved(
    key: str,
    old: Components,
    moved: Moved,
    *,
    before: Topology,
    topology: Topology,
    flow_of: Callable[[Pair], Flow],
    ticked: bool,
) -> Component:
    """Solve a component, or where it is large carry what was solved last."""
    inside = (
        is_ for pair, (_, is_) in moved.items() if topology.joins(key, pair[0]) and topology.joins(*pair)
    )
    if before.members.get(key) == topology.members[key]:
        flows, last = spliced(old[key].flows, old[key].circulating_cents, inside)
    else:
        flows, last = spliced(*_gathered(key, old, before, topology, flow_of), inside)
    if ticked or not is_large(flows):
        return solve(flows)
    return carry(flows, last, _loops(old.values()), _top_edges(old.values()))


def _gathered(
    key: str, old: Components, before: Topology, topology: Topology, flow_of: Callable[[Pair], Flow]
) -> tuple[tuple[Flow, ...], tuple[int, ...]]:
    """Gather the flows of a component that was joined or parted, and what circulated in each.

    Most are taken over from the old component that it has most companies of.
    """
    inside = frozenset(topology.members[key])
    shared = {name: inside.intersection(before.members[name]) for name in old}
    largest = max(shared, key=lambda name: (len(shared[name]), name), default=None)
    flows, others = list[Flow](), inside
    if largest is not None:
        flows += (flow for flow in old[largest].flows if flow.source in inside and flow.target in inside)
        others -= shared[largest]
    pairs = {(other, payee) for other in others for payee in topology.payees[other] if payee in inside}
    pairs |= {(payer, other) for other in others for payer in topology.payers[other] if payer in inside}
    flows = sorted((*flows, *map(flow_of, pairs)))
    circulating = dict(chain.from_iterable(component.circulating() for component in old.values()))
    return tuple(flows), tuple(circulating.get((flow.source, flow.target), 0) for flow in flows)


def _circulating(
    before: Topology, after: Topology, old: Components, new: Components, moved: Moved
) -> Circulating:
    """Return the pairs between which another amount circulates than before: what did, and what does."""
    # Of a component that is carried as it was, nothing has changed but where money has.
    carried = {
        key
        for key, component in new.items()
        if not component.is_solved and before.members.get(key) == after.members[key]
    }
    was, is_ = (dict(_circulations(components, carried, moved)) for components in (old, new))
    pairs = sorted({pair for pair, _ in was.items() ^ is_.items()})
    return {pair: (was.get(pair, 0), is_.get(pair, 0)) for pair in pairs}


def _circulations(components: Components, carried: set[str], moved: Moved) -> Iterator[tuple[Pair, int]]:
    for key, component in components.items():
        if key in carried:
            at = ((pair, component.circulating_at(pair)) for pair in moved)
            yield from ((pair, cents) for pair, cents in at if cents)
        else:
            yield from component.circulating()


def _loops(components: Iterable[Component]) -> Iterable[Loop]:
    return chain.from_iterable(component.loops for component in components)


def _top_edges(components: Iterable[Component]) -> Iterable[Edge]:
    return chain.from_iterable(component.top_edges for component in components)


def _with_components(before: BasisGraph, old: Components, new: Components, now: datetime) -> BasisGraph:
    """Put components in the place of others, in the totals and rankings, too."""
    waiting = set(before.waiting).difference(old)
    waiting.update(key for key, component in new.items() if not component.is_solved)
    after = replace(
        before,
        waiting=tuple(sorted(waiting)),
        bff_known_at=before.bff_known_at if waiting else now,
    )
    if not old and not new:
        return after
    components = before.components
    for key in sorted(old.keys() - new.keys()):
        components = components.remove(key)
    components = components.update(new)
    gone, came, every = old.values(), new.values(), components.values()
    return replace(
        after,
        components=components,
        loops=reranked(before.loops, _loops(gone), _loops(came), _loops(every), widest_first),
        top_edges=reranked(
            before.top_edges, _top_edges(gone), _top_edges(came), _top_edges(every), most_first
        ),
        maximum_cents=before.maximum_cents
        + sum(component.maximum_cents for component in came)
        - sum(component.maximum_cents for component in gone),
        bff_cents=before.bff_cents
        + sum(component.bff_cents for component in came)
        - sum(component.bff_cents for component in gone),
    )
