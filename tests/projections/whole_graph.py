"""The whole graph of announced money, solved at once: what pictures that were kept up are held against."""

from collections.abc import Sequence
from dataclasses import dataclass

from projections.circularity.book import Basis, Book, Edge, Flow, flow, total
from projections.circularity.components import components
from projections.circularity.forwarding import balanced_circulation
from projections.circularity.maximum import maximum_circulation
from projections.circularity.round_trip import RoundTrip, coming_home
from projections.circularity.solve import at_most


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
    return tuple(one for one in every if total(one).cents)


def edges(book: Book, basis: Basis) -> tuple[Edge, ...]:
    """Read the graph off the book: one edge a pair, sorted by payer and payee, none of them empty."""
    return tuple(map(total, flows(book, basis)))


def circulation(edges: tuple[Edge, ...]) -> Circulation:
    """Solve a graph of one edge a pair, component by component."""
    by_edge = [0] * len(edges)
    maximum, bff = 0, 0
    for places in components(edges):
        inside = tuple(edges[place] for place in places)
        most, circulating = maximum_circulation(inside), balanced_circulation(inside)
        maximum += most
        bff += at_most(most, circulating)
        for place, cents in zip(places, circulating, strict=True):
            by_edge[place] = cents
    return Circulation(sum(edge.cents for edge in edges), maximum, bff, tuple(by_edge))


def round_trips(flows: Sequence[Flow]) -> tuple[RoundTrip, ...]:
    """Solve every vendor that both finances others and sells, in the order of their names."""
    financing: dict[str, int] = {}
    purchases: dict[str, int] = {}
    for one in flows:
        financing[one.source] = financing.get(one.source, 0) + one.financing_cents
        purchases[one.target] = purchases.get(one.target, 0) + one.purchases_cents
    home: dict[str, int] = {}
    for places in components([total(one) for one in flows]):
        home |= dict(coming_home(tuple(flows[place] for place in places)))
    return tuple(
        RoundTrip(vendor, financing[vendor], purchases[vendor], home.get(vendor, 0))
        for vendor in sorted(financing)
        if financing[vendor] and purchases.get(vendor)
    )
