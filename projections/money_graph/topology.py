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

from projections.money_graph.topological_order import (
    NOBODY,
    Companies,
    Direction,
    Ranks,
    Search,
    moved,
    reordered,
    with_ranks,
)
from projections.persistent import PersistentMap


@dataclass(frozen=True, slots=True)
class Topology:
    """Payees and payers by company, and components of more than one company, named after their first.

    `ranks` are those of the topological order. Graphs are equal whatever their ranks: those depend
    on how a graph came about, not on what it is.
    """

    payees: PersistentMap[str, Companies] = field(default_factory=HashTrieMap)
    payers: PersistentMap[str, Companies] = field(default_factory=HashTrieMap)
    component_of: PersistentMap[str, str] = field(default_factory=HashTrieMap)
    members: PersistentMap[str, Companies] = field(default_factory=HashTrieMap)
    ranks: Ranks = field(default_factory=HashTrieMap, compare=False)

    def joins(self, source: str, target: str) -> bool:
        """Return whether two companies belong to one component."""
        component = self.component_of.get(source)
        return component is not None and component == self.component_of.get(target)

    def node_of(self, company: str) -> str:
        """Return the component of a company; outside of any the company itself."""
        return self.component_of.get(company, company)

    @property
    def up(self) -> Direction:
        """Return the way along which ranks rise, from payers to payees."""
        return Direction(self.payees, self.component_of, self.members, self.ranks, 1)

    @property
    def down(self) -> Direction:
        """Return the way from payees to payers."""
        return Direction(self.payers, self.component_of, self.members, self.ranks, -1)


def with_edge(topology: Topology, source: str, target: str) -> tuple[Topology, Companies]:
    """Add an edge, and return the companies that it joins into one component; nobody where it joins none."""
    payer, payee = topology.node_of(source), topology.node_of(target)
    topology = replace(
        topology,
        payees=_with(topology.payees, source, target),
        payers=_with(topology.payers, target, source),
        ranks=with_ranks(topology.ranks, payer, payee),
    )
    if payer == payee:
        return topology, NOBODY
    ranks, nodes = reordered(topology.up, topology.down, payer, payee)
    topology = replace(topology, ranks=ranks)
    joined = tuple(sorted(name for node in nodes for name in topology.members.get(node, (node,))))
    return (_grouped(topology, joined, (joined,)), joined) if joined else (topology, NOBODY)


def without_edge(topology: Topology, source: str, target: str) -> tuple[Topology, Companies]:
    """Remove an edge, and return the companies of the component that it parts; nobody where it parts none."""
    topology = replace(
        topology,
        payees=_without(topology.payees, source, target),
        payers=_without(topology.payers, target, source),
    )
    if not topology.joins(source, target):
        return replace(topology, ranks=_without_strays(topology, source, target)), NOBODY
    if _still_reaches(topology, source, target):
        return topology, NOBODY
    component = topology.component_of[source]
    before, rank = topology.members[component], topology.ranks[component]
    generations = _generations(topology, before)
    parts = [part for generation in generations for part in generation]
    topology = _grouped(topology, before, [part for part in parts if len(part) > 1])
    # The first parts keep the rank of the component; the others come in between it and what follows.
    topology = replace(topology, ranks=topology.ranks.update({part[0]: rank for part in parts}))
    _, *others = (tuple(part[0] for part in generation) for generation in generations)
    return replace(topology, ranks=moved(topology.up, others, beyond=rank)), before


def _still_reaches(topology: Topology, source: str, target: str) -> bool:
    """Return whether a way is left inside the component that the two belong to."""
    members = frozenset(topology.members[topology.component_of[source]])
    ahead = Search((source,), lambda company: topology.payees.get(company, NOBODY), members.__contains__)
    behind = Search((target,), lambda company: topology.payers.get(company, NOBODY), members.__contains__)
    while ahead.goes_on and behind.goes_on:
        if ahead.step() & behind.seen or behind.step() & ahead.seen:
            return True
    return False


def _generations(topology: Topology, companies: Companies) -> list[list[Companies]]:
    """Return companies by component, single companies too; whoever is paid comes in a later generation."""
    inside = frozenset(companies)
    among: nx.DiGraph[str] = nx.DiGraph()
    among.add_nodes_from(companies)
    among.add_edges_from(
        (payer, payee)
        for payer in companies
        for payee in topology.payees.get(payer, NOBODY)
        if payee in inside
    )
    parts = nx.condensation(among)
    return [
        [tuple(sorted(parts.nodes[part]["members"])) for part in generation]
        for generation in nx.topological_generations(parts)
    ]


def _without_strays(topology: Topology, *companies: str) -> Ranks:
    """Return the ranks without those of companies that have no edge any more."""
    ranks = topology.ranks
    for company in companies:
        if company not in topology.payees and company not in topology.payers:
            ranks = ranks.discard(company)
    return ranks


def _grouped(topology: Topology, companies: Companies, parts: Sequence[Companies]) -> Topology:
    """Let companies, with all of their old components, belong to these components from now on."""
    after = {company: part[0] for part in parts for company in part}
    component_of, members = topology.component_of.update(after), topology.members
    for company in companies:
        members = members.discard(topology.node_of(company))
        if company not in after:
            component_of = component_of.discard(company)
    members = members.update({part[0]: part for part in parts})
    return replace(topology, component_of=component_of, members=members)


def _with(
    neighbours: PersistentMap[str, Companies], company: str, other: str
) -> PersistentMap[str, Companies]:
    known = neighbours.get(company, NOBODY)
    index = bisect_left(known, other)
    return neighbours.insert(company, (*known[:index], other, *known[index:]))


def _without(
    neighbours: PersistentMap[str, Companies], company: str, other: str
) -> PersistentMap[str, Companies]:
    left = tuple(name for name in neighbours[company] if name != other)
    return neighbours.insert(company, left) if left else neighbours.remove(company)
