"""Keep a picture up as the money between pairs of companies changes.

The components that an event touches are solved anew. Everything else stays as it is, and
totals follow by what was added and taken away.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from itertools import chain

from projections.circularity.book import Basis, Book, Flow, Pair, flow, total
from projections.circularity.company_money import Circulating, Moved, with_money, with_round_trips
from projections.circularity.component import Component, carry, most_first, solve, spliced
from projections.circularity.graph import Graph, with_edge, without_edge
from projections.circularity.loops import rank
from projections.circularity.order import NOBODY
from projections.circularity.picture import Picture
from projections.circularity.ranking import ranked
from projections.circularity.round_trip import RoundTrip
from projections.circularity.solve import is_large

Components = dict[str, Component]


@dataclass(frozen=True, slots=True)
class Redrawn:
    """A picture after an event, and what of it is another than before.

    A vendor that is none any more has an empty round trip. `is_counted` tells that money
    changed, or that the estimate was brought up to it.
    """

    picture: Picture
    pairs: tuple[Pair, ...]
    companies: tuple[str, ...]
    round_trips: tuple[RoundTrip, ...]
    is_counted: bool


def redraw(
    before: Picture,
    books: tuple[Book, Book],
    basis: Basis,
    pairs: Iterable[Pair],
    *,
    now: datetime,
    ticked: bool,
) -> Redrawn | None:
    """Draw what pairs of companies touch, from one book to the next; None where nothing has changed.

    A tick of the clock solves whatever waits for it.
    """
    both = ((flow(books[0], basis, pair), flow(books[1], basis, pair)) for pair in sorted(set(pairs)))
    moved: Moved = {(old.source, old.target): (old, new) for old, new in both if old != new}
    due = before.waiting if ticked else NOBODY
    if not moved and not due:
        return None
    graph, touched = _regraphed(before.graph, moved)
    touched |= set(due)
    read = partial(flow, books[1], basis)
    old = {key: before.components[key] for key in _keys(before.graph, touched)}
    new = {
        key: _solved(key, old, moved, before=before.graph, graph=graph, flow_of=read, ticked=ticked)
        for key in _keys(graph, touched)
    }
    circulating = _circulating(before.graph, graph, old, new, moved)
    after = _with_components(replace(before, graph=graph), old, new, now)
    announced = before.announced_cents + sum(
        total(is_).cents - total(was).cents for was, is_ in moved.values()
    )
    after, companies = with_money(replace(after, announced_cents=announced), moved, circulating)
    after, trips = with_round_trips(after, moved, touched, new)
    changed = {pair for pair, (was, is_) in moved.items() if total(was) != total(is_)}.union(circulating)
    return Redrawn(after, tuple(sorted(changed)), companies, trips, bool(changed or due))


def _regraphed(graph: Graph, moved: Moved) -> tuple[Graph, set[str]]:
    """Add edges and take them out; name companies of all components that this, or an amount, touches."""
    before, touched = graph, set[str]()
    for pair, (was, is_) in moved.items():
        joined_or_parted = NOBODY
        if not total(was).cents:
            graph, joined_or_parted = with_edge(graph, *pair)
        elif not total(is_).cents:
            graph, joined_or_parted = without_edge(graph, *pair)
        touched.update(joined_or_parted)
    touched.update(*(pair for pair in moved if before.joins(*pair) or graph.joins(*pair)))
    return graph, touched


def _keys(graph: Graph, companies: Iterable[str]) -> tuple[str, ...]:
    keys = {graph.component_of.get(company) for company in companies}
    return tuple(sorted(key for key in keys if key is not None))


def _solved(
    key: str,
    old: Components,
    moved: Moved,
    *,
    before: Graph,
    graph: Graph,
    flow_of: Callable[[Pair], Flow],
    ticked: bool,
) -> Component:
    """Solve a component, or where it is large carry what was solved last."""
    inside = (is_ for pair, (_, is_) in moved.items() if graph.joins(key, pair[0]) and graph.joins(*pair))
    if before.members.get(key) == graph.members[key]:
        flows, last = spliced(old[key].flows, old[key].circulating_cents, inside)
    else:
        flows, last = spliced(*_gathered(key, old, before, graph, flow_of), inside)
    if ticked or not is_large(flows):
        return solve(flows)
    loops = chain.from_iterable(one.loops for one in old.values())
    top_edges = chain.from_iterable(one.top_edges for one in old.values())
    return carry(flows, last, loops, top_edges)


def _gathered(
    key: str, old: Components, before: Graph, graph: Graph, flow_of: Callable[[Pair], Flow]
) -> tuple[tuple[Flow, ...], tuple[int, ...]]:
    """Gather the flows of a component that was joined or parted, and what circulated in each.

    Most are taken over from the old component that it has most companies of.
    """
    inside = frozenset(graph.members[key])
    shared = {one: inside.intersection(before.members[one]) for one in old}
    largest = max(shared, key=lambda one: (len(shared[one]), one), default=None)
    flows = list[Flow]() if largest is None else [
        one for one in old[largest].flows if one.source in inside and one.target in inside
    ]  # fmt: skip
    others = inside if largest is None else inside - shared[largest]
    pairs = {(one, payee) for one in others for payee in graph.payees[one] if payee in inside}
    pairs |= {(payer, one) for one in others for payer in graph.payers[one] if payer in inside}
    flows = sorted((*flows, *map(flow_of, pairs)))
    circulating = {pair: cents for one in old.values() for pair, cents in one.circulating().items()}
    return tuple(flows), tuple(circulating.get((one.source, one.target), 0) for one in flows)


def _circulating(before: Graph, graph: Graph, old: Components, new: Components, moved: Moved) -> Circulating:
    """Find the pairs between which another amount circulates than before: what did, and what does."""
    parted = {
        key
        for key in old
        if before.members[key] != graph.members.get(key)
        and not all(map(partial(graph.joins, key), before.members[key]))
    }
    # Of what is carried, whole, nothing has changed but where money has.
    solved = {key for key, one in new.items() if one.is_solved}
    solved.update(_keys(graph, chain.from_iterable(before.members[key] for key in parted)))
    carried = {key for key in old if key not in parted and graph.component_of[key] not in solved}
    was, is_ = _circulations(old, carried, moved), _circulations(new, new.keys() - solved, moved)
    pairs = sorted(was.keys() | is_.keys())
    return {pair: (was.get(pair, 0), is_.get(pair, 0)) for pair in pairs if was.get(pair) != is_.get(pair)}


def _circulations(components: Components, carried: set[str], moved: Moved) -> dict[Pair, int]:
    found: dict[Pair, int] = {}
    for key, one in components.items():
        if key in carried:
            at = ((pair, one.circulating_at(pair)) for pair in moved)
            found |= {pair: cents for pair, cents in at if cents}
        else:
            found |= one.circulating()
    return found


def _with_components(picture: Picture, old: Components, new: Components, now: datetime) -> Picture:
    """Put components in the place of others, in the totals and rankings, too."""
    waiting = set(picture.waiting).difference(old).union(key for key, one in new.items() if not one.is_solved)
    picture = replace(
        picture,
        waiting=tuple(sorted(waiting)),
        bff_known_at=picture.bff_known_at if waiting else now,
    )
    if not old and not new:
        return picture
    components = picture.components
    for key in sorted(old.keys() - new.keys()):
        components = components.remove(key)
    components = components.update(new)
    return replace(
        picture,
        components=components,
        ranking=ranked(
            picture.ranking,
            chain.from_iterable(one.loops for one in old.values()),
            chain.from_iterable(one.loops for one in new.values()),
            chain.from_iterable(one.loops for one in components.values()),
            rank,
        ),
        top_edges=ranked(
            picture.top_edges,
            chain.from_iterable(one.top_edges for one in old.values()),
            chain.from_iterable(one.top_edges for one in new.values()),
            chain.from_iterable(one.top_edges for one in components.values()),
            most_first,
        ),
        maximum_cents=picture.maximum_cents
        + sum(one.maximum_cents for one in new.values())
        - sum(one.maximum_cents for one in old.values()),
        bff_cents=picture.bff_cents
        + sum(one.bff_cents for one in new.values())
        - sum(one.bff_cents for one in old.values()),
    )
