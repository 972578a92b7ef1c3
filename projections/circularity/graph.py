"""Who pays whom, and the strongly connected components of that, kept up edge by edge.

Money can go round inside a component only. An edge that comes may join companies into one; an
edge that goes may part one. Either is found by searching from the two ends of the edge, so that
the cost follows what lies around it and not the whole graph.
"""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, replace

import networkx as nx
from rpds import HashTrieMap

from projections.persistent import PersistentMap

Companies = tuple[str, ...]

NO_NEIGHBOURS: PersistentMap[str, Companies] = HashTrieMap()
NO_COMPONENT: PersistentMap[str, str] = HashTrieMap()
NOBODY: Companies = ()


@dataclass(frozen=True, slots=True)
class Graph:
    """Payees and payers by company, and components of more than one company, named after their first."""

    payees: PersistentMap[str, Companies] = NO_NEIGHBOURS
    payers: PersistentMap[str, Companies] = NO_NEIGHBOURS
    component_of: PersistentMap[str, str] = NO_COMPONENT
    members: PersistentMap[str, Companies] = NO_NEIGHBOURS

    def joins(self, source: str, target: str) -> bool:
        """Tell whether two companies belong to one component."""
        component = self.component_of.get(source)
        return component is not None and component == self.component_of.get(target)


def with_edge(graph: Graph, source: str, target: str) -> tuple[Graph, Companies]:
    """Add an edge, and name the companies that it joins into one component; nobody where it joins none."""
    graph = replace(
        graph,
        payees=_with(graph.payees, source, target),
        payers=_with(graph.payers, target, source),
    )
    if graph.joins(source, target):
        return graph, NOBODY
    joined = _between(graph, target, source)
    return (_grouped(graph, joined, (joined,)), joined) if joined else (graph, NOBODY)


def without_edge(graph: Graph, source: str, target: str) -> tuple[Graph, Companies]:
    """Take an edge out, and name the companies of the component that it parts; nobody where it parts none."""
    graph = replace(
        graph,
        payees=_without(graph.payees, source, target),
        payers=_without(graph.payers, target, source),
    )
    if not graph.joins(source, target) or _still_reaches(graph, source, target):
        return graph, NOBODY
    before = graph.members[graph.component_of[source]]
    return _grouped(graph, before, _parts(graph, before)), before


def _between(graph: Graph, start: str, end: str) -> Companies:
    """Name the companies on the ways from one company to another, sorted.

    Both ends are searched from in turn; the side that is through first bounds the other.
    """
    ahead, behind = _Search(graph.payees, start), _Search(graph.payers, end)
    while ahead.goes_on and behind.goes_on:
        ahead.step()
        behind.step()
    if ahead.goes_on:
        ahead, behind, end = behind, _Search(graph.payees, start), start
    else:
        behind = _Search(graph.payers, end)
    if end not in ahead.seen:
        return NOBODY
    behind.within = ahead.seen
    while behind.goes_on:
        behind.step()
    return tuple(sorted(behind.seen))


def _still_reaches(graph: Graph, source: str, target: str) -> bool:
    """Tell whether a way is left inside the component that the two belong to."""
    members = frozenset(graph.members[graph.component_of[source]])
    ahead, behind = _Search(graph.payees, source), _Search(graph.payers, target)
    ahead.within = behind.within = members
    while ahead.goes_on and behind.goes_on:
        if ahead.step() & behind.seen or behind.step() & ahead.seen:
            return True
    return False


class _Search:
    """A search along the neighbours of a company, one company a step."""

    def __init__(self, neighbours: PersistentMap[str, Companies], start: str) -> None:
        self._neighbours = neighbours
        self._waiting = [start]
        self.seen = {start}
        self.within: set[str] | frozenset[str] | None = None

    @property
    def goes_on(self) -> bool:
        return bool(self._waiting)

    def step(self) -> set[str]:
        """Take the next company and name its neighbours that were not seen yet."""
        found = set(self._neighbours.get(self._waiting.pop(), NOBODY)) - self.seen
        if self.within is not None:
            found &= self.within
        self.seen |= found
        self._waiting += found
        return found


def _parts(graph: Graph, companies: Companies) -> tuple[Companies, ...]:
    inside = frozenset(companies)
    among: nx.DiGraph[str] = nx.DiGraph()
    among.add_edges_from(
        (payer, payee) for payer in companies for payee in graph.payees.get(payer, NOBODY) if payee in inside
    )
    parts = nx.strongly_connected_components(among)
    return tuple(sorted(tuple(sorted(part)) for part in parts if len(part) > 1))


def _grouped(graph: Graph, companies: Companies, parts: Iterable[Companies]) -> Graph:
    """Let companies, with all of their old components, belong to these components from now on."""
    component_of, members = graph.component_of, graph.members
    for company in companies:
        component = component_of.get(company)
        if component is not None:
            members = members.discard(component)
    after = {company: part[0] for part in parts for company in part}
    for company in companies:
        component = after.get(company)
        if component is None:
            component_of = component_of.discard(company)
        elif component_of.get(company) != component:
            component_of = component_of.insert(company, component)
    for part in parts:
        members = members.insert(part[0], part)
    return replace(graph, component_of=component_of, members=members)


def _with(
    neighbours: PersistentMap[str, Companies], company: str, other: str
) -> PersistentMap[str, Companies]:
    known = neighbours.get(company, NOBODY)
    place = bisect_left(known, other)
    return neighbours.insert(company, (*known[:place], other, *known[place:]))


def _without(
    neighbours: PersistentMap[str, Companies], company: str, other: str
) -> PersistentMap[str, Companies]:
    left = tuple(one for one in neighbours[company] if one != other)
    return neighbours.insert(company, left) if left else neighbours.remove(company)
