"""The graph of announced money on both bases, kept up with the book of deals."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from projections.facts.book import BASES, Basis, Book, Pair
from projections.money_graph.basis_graph import BasisGraph
from projections.money_graph.update import GraphUpdate, update


@dataclass(frozen=True, slots=True)
class MoneyGraph:
    """The graph of each basis."""

    firm: BasisGraph = field(default_factory=BasisGraph)
    all: BasisGraph = field(default_factory=BasisGraph)

    def on(self, basis: Basis) -> BasisGraph:
        """Return the graph of a basis."""
        return self.firm if basis == "firm" else self.all

    def put(self, basis: Basis, graph: BasisGraph) -> "MoneyGraph":
        """Return the graphs with another one on a basis."""
        return replace(self, **{basis: graph})


NO_MONEY = MoneyGraph()


@dataclass(frozen=True, slots=True)
class MoneyChange:
    """What an event did to the graphs; of the bases `counted` the totals changed."""

    before: MoneyGraph = NO_MONEY
    after: MoneyGraph = NO_MONEY
    updates: Mapping[Basis, GraphUpdate] = field(default_factory=dict)
    counted: tuple[Basis, ...] = ()


NO_CHANGE = MoneyChange()


def with_book(
    before: MoneyGraph, books: tuple[Book, Book], pairs: Iterable[Pair], *, now: datetime, ticked: bool
) -> MoneyChange:
    """Update what pairs of companies change from one book to the next; at a tick, what has waited for it."""
    after, updates, counted = before, dict[Basis, GraphUpdate](), list[Basis]()
    pairs = tuple(pairs)
    for basis in BASES:
        change = update(before.on(basis), books, basis, pairs, now=now, ticked=ticked)
        if change is not None:
            updates[basis] = change
            after = after.put(basis, change.after)
        # An amount that is stated may be what the capacity was taken to cost.
        restated = basis == "all" and books[0].estimated_cents != books[1].estimated_cents
        if restated or (change is not None and change.is_counted):
            counted.append(basis)
    return MoneyChange(before, after, updates, tuple(counted))
