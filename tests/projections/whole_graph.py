"""The whole graph of announced money, solved at once: what graphs that were kept up are held against."""

from collections.abc import Sequence
from dataclasses import dataclass

import networkx as nx

from projections.facts.book import Basis, Book, Edge, Flow, flow, total
from projections.money_graph import solver
from projections.money_graph.basis_graph import RoundTrip


@dataclass(frozen=True, slots=True)
class Circulation:
    """What circulates, in cents; `bff_by_edge` is in the order of the edges."""

    announced_cents: int
    maximum_cents: int
    bff_cents: int
    bff_by_edge: tuple[int, ...]


def flows(book: Book, basis: Basis) -> tuple[Flow, ...]:
    """Read the graph off the book with financing and purchases apart, sorted by payer and payee."""
    every = (flow(book, basis, pair) for pair in sorted(book.between))
    return tuple(money for money in every if total(money).cents)


def edges(book: Book, basis: Basis) -> tuple[Edge, ...]:
    """Read the graph off the book: one edge a pair, sorted by payer and payee, none of them empty."""
    return tuple(map(total, flows(book, basis)))


def components(edges: Sequence[Edge]) -> list[tuple[int, ...]]:
    """Return the edges inside each strongly connected component of more than one company, by their index."""
    graph = nx.DiGraph([(edge.source, edge.target) for edge in edges])
    members = [set(names) for names in nx.strongly_connected_components(graph)]
    inside = [
        tuple(at for at, edge in enumerate(edges) if edge.source in names and edge.target in names)
        for names in members
        if len(names) > 1
    ]
    return sorted(inside)


def circulation(edges: tuple[Edge, ...]) -> Circulation:
    """Solve a graph of one edge a pair, component by component."""
    by_edge = [0] * len(edges)
    maximum, bff = 0, 0
    for inside in components(edges):
        solved = solver.solve(tuple(edges[at] for at in inside))
        maximum += solved.maximum_cents
        bff += min(sum(solved.circulating_cents), solved.maximum_cents)
        for at, cents in zip(inside, solved.circulating_cents, strict=True):
            by_edge[at] = cents
    return Circulation(sum(edge.cents for edge in edges), maximum, bff, tuple(by_edge))


def round_trips(flows: Sequence[Flow]) -> tuple[RoundTrip, ...]:
    """Solve every vendor that both finances others and sells, in the order of their names."""
    financing: dict[str, int] = {}
    purchases: dict[str, int] = {}
    for money in flows:
        financing[money.source] = financing.get(money.source, 0) + money.financing_cents
        purchases[money.target] = purchases.get(money.target, 0) + money.purchases_cents
    home: dict[str, int] = {}
    for inside in components([total(money) for money in flows]):
        home |= solver.round_trips(tuple(flows[at] for at in inside))
    return tuple(
        RoundTrip(vendor, financing[vendor], purchases[vendor], home.get(vendor, 0))
        for vendor in sorted(financing)
        if financing[vendor] and purchases.get(vendor)
    )
