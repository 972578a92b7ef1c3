"""Who pays whom, and the strongly connected components of that, kept up edge by edge.

Money can go round inside a component only. An edge that comes may join companies into one; an
edge that goes may part one. What either does is found among the companies around its two ends,
so that the cost follows those and not the whole graph.
"""

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import networkx as nx
from rpds import HashTrieMap

from projections.circularity.order import NOBODY, Companies, Places, Search, Way, linked, moved, placed
from projections.persistent import PersistentMap

NO_NEIGHBOURS: PersistentMap[str, Companies] = HashTrieMap()
NO_COMPONENT: PersistentMap[str, str] = HashTrieMap()
NO_PLACES: Places = HashTrieMap()


@dataclass(frozen=True, slots=True)
class Graph:
    """Payees and payers by company, and components of more than one company, named after their first.

    `places` are those of the order in which money flows. Graphs are equal whatever their places:
    those tell how a graph came about, not what it is.
    """

    payees: PersistentMap[str, Companies] = NO_NEIGHBOURS
    payers: PersistentMap[str, Companies] = NO_NEIGHBOURS
    component_of: PersistentMap[str, str] = NO_COMPONENT
    members: PersistentMap[str, Companies] = NO_NEIGHBOURS
    places: Places = field(default=NO_PLACES, compare=False)

    def joins(self, source: str, target: str) -> bool:
        """Tell whether two companies belong to one component."""
        component = self.component_of.get(source)
        return component is not None and component == self.component_of.get(target)

    def node_of(self, company: str) -> str:
        """Name the component of a company; outside of any the company itself."""
        return self.component_of.get(company, company)

    @property
    def up(self) -> Way:
        """Give the way along which places rise, from payers to payees."""
        return Way(self.payees, self.component_of, self.members, self.places, 1)

    @property
    def down(self) -> Way:
        """Give the way from payees to payers."""
        return Way(self.payers, self.component_of, self.members, self.places, -1)


def with_edge(graph: Graph, source: str, target: str) -> tuple[Graph, Companies]:
    """Add an edge, and name the companies that it joins into one component; nobody where it joins none."""
    payer, payee = graph.node_of(source), graph.node_of(target)
    graph = replace(
        graph,
        payees=_with(graph.payees, source, target),
        payers=_with(graph.payers, target, source),
        places=placed(graph.places, payer, payee),
    )
    if payer == payee:
        return graph, NOBODY
    places, nodes = linked(graph.up, graph.down, payer, payee)
    graph = replace(graph, places=places)
    joined = tuple(sorted(one for node in nodes for one in graph.members.get(node, (node,))))
    return (_grouped(graph, joined, (joined,)), joined) if joined else (graph, NOBODY)


def without_edge(graph: Graph, source: str, target: str) -> tuple[Graph, Companies]:
    """Take an edge out, and name the companies of the component that it parts; nobody where it parts none."""
    graph = replace(
        graph,
        payees=_without(graph.payees, source, target),
        payers=_without(graph.payers, target, source),
    )
    if not graph.joins(source, target):
        return replace(graph, places=_left(graph, source, target)), NOBODY
    if _still_reaches(graph, source, target):
        return graph, NOBODY
    component = graph.component_of[source]
    before, place = graph.members[component], graph.places[component]
    generations = _generations(graph, before)
    parts = [part for generation in generations for part in generation]
    graph = _grouped(graph, before, [part for part in parts if len(part) > 1])
    # The first parts keep the place of the component; the others come in between it and what follows.
    graph = replace(graph, places=graph.places.update({part[0]: place for part in parts}))
    _, *others = (tuple(part[0] for part in generation) for generation in generations)
    return replace(graph, places=moved(graph.up, others, beyond=place)), before


def _still_reaches(graph: Graph, source: str, target: str) -> bool:
    """Tell whether a way is left inside the component that the two belong to."""
    members = frozenset(graph.members[graph.component_of[source]])
    ahead = Search((source,), lambda one: graph.payees.get(one, NOBODY), members.__contains__)
    behind = Search((target,), lambda one: graph.payers.get(one, NOBODY), members.__contains__)
    while ahead.goes_on and behind.goes_on:
        if ahead.step() & behind.seen or behind.step() & ahead.seen:
            return True
    return False


def _generations(graph: Graph, companies: Companies) -> list[list[Companies]]:
    """Part companies into components, single companies too; whoever is paid comes in a later generation."""
    inside = frozenset(companies)
    among: nx.DiGraph[str] = nx.DiGraph()
    among.add_nodes_from(companies)
    among.add_edges_from(
        (payer, payee) for payer in companies for payee in graph.payees.get(payer, NOBODY) if payee in inside
    )
    parts = nx.condensation(among)
    return [
        [tuple(sorted(parts.nodes[part]["members"])) for part in generation]
        for generation in nx.topological_generations(parts)
    ]


def _left(graph: Graph, *companies: str) -> Places:
    """Let companies without any edge lose their place."""
    places = graph.places
    for company in companies:
        if company not in graph.payees and company not in graph.payers:
            places = places.discard(company)
    return places


def _grouped(graph: Graph, companies: Companies, parts: Sequence[Companies]) -> Graph:
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
