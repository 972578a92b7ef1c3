"""All that is known of one basis: the graph, its components as solved, its companies, and totals."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from rpds import HashTrieMap

from projections.facts.book import Edge, Pair
from projections.money_graph.component import TOP_EDGES, Component
from projections.money_graph.ranking import Ranking
from projections.money_graph.solver import MAX_LOOPS, Loop
from projections.money_graph.topology import Topology
from projections.persistent import PersistentMap

__all__ = ["NO_MONEY", "BasisGraph", "Loop", "Money", "RoundTrip"]


class Money(NamedTuple):
    """What a company takes in and pays out, in cents."""

    in_cents: int = 0
    out_cents: int = 0
    circulating_in_cents: int = 0
    circulating_out_cents: int = 0
    financing_cents: int = 0
    purchases_cents: int = 0

    @property
    def circulating_cents(self) -> int:
        """Return what circulates: what comes in also goes out, but for cents rounded down edge by edge."""
        return min(self.circulating_in_cents, self.circulating_out_cents)


class RoundTrip(NamedTuple):
    """What a vendor finances, what is bought from it, and what could be both, in cents."""

    vendor: str
    financing_cents: int
    purchases_cents: int
    round_trip_cents: int

    @property
    def share(self) -> float:
        """Return the round trip as a share of all purchases announced to the vendor."""
        return self.round_trip_cents / self.purchases_cents if self.purchases_cents else 0.0


NO_MONEY = Money()
NO_LOOPS: Ranking[Loop] = Ranking(MAX_LOOPS)
NOTHING_CIRCULATES: Ranking[Edge] = Ranking(TOP_EDGES)


@dataclass(frozen=True, slots=True)
class BasisGraph:
    """The graph, the money of each company, components as solved, the widest loops, round trips, totals.

    `top_edges` are those in which most circulates, with what does, in cents. `waiting` are the
    components whose estimate waits for the clock; `bff_known_at` is when none did.
    """

    topology: Topology = field(default_factory=Topology)
    companies: PersistentMap[str, Money] = field(default_factory=HashTrieMap)
    components: PersistentMap[str, Component] = field(default_factory=HashTrieMap)
    waiting: tuple[str, ...] = ()
    loops: Ranking[Loop] = NO_LOOPS
    top_edges: Ranking[Edge] = NOTHING_CIRCULATES
    round_trips: PersistentMap[str, RoundTrip] = field(default_factory=HashTrieMap)
    announced_cents: int = 0
    maximum_cents: int = 0
    bff_cents: int = 0
    bff_known_at: datetime | None = None

    def circulating_cents(self, pair: Pair) -> int:
        """Return what circulates from a payer to a payee, in cents."""
        if not self.topology.joins(*pair):
            return 0
        return self.components[self.topology.component_of[pair[0]]].circulating_at(pair)
