"""All that is shown of one basis: the graph, its components as solved, its companies, and totals."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from rpds import HashTrieMap

from projections.circularity.book import Edge, Pair
from projections.circularity.component import TOP_EDGES, Component
from projections.circularity.graph import Graph
from projections.circularity.loops import MAX_LOOPS, Loop
from projections.circularity.ranking import Ranking
from projections.circularity.round_trip import RoundTrip
from projections.persistent import PersistentMap


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
        """Tell what circulates: what comes in also goes out, but for cents rounded down edge by edge."""
        return min(self.circulating_in_cents, self.circulating_out_cents)


NO_MONEY = Money()
NO_COMPANIES: PersistentMap[str, Money] = HashTrieMap()
NO_COMPONENTS: PersistentMap[str, Component] = HashTrieMap()
NO_ROUND_TRIPS: PersistentMap[str, RoundTrip] = HashTrieMap()
NO_LOOPS: Ranking[Loop] = Ranking(MAX_LOOPS)
NOTHING_CIRCULATES: Ranking[Edge] = Ranking(TOP_EDGES)


@dataclass(frozen=True, slots=True)
class Picture:
    """The graph, the money of each company, components as solved, the widest loops, round trips, totals.

    `top_edges` are those in which most circulates, with what does, in cents. `waiting` names the
    components whose estimate waits for the clock; `bff_known_at` is when none did.
    """

    graph: Graph = field(default_factory=Graph)
    companies: PersistentMap[str, Money] = NO_COMPANIES
    components: PersistentMap[str, Component] = NO_COMPONENTS
    waiting: tuple[str, ...] = ()
    ranking: Ranking[Loop] = NO_LOOPS
    top_edges: Ranking[Edge] = NOTHING_CIRCULATES
    round_trips: PersistentMap[str, RoundTrip] = NO_ROUND_TRIPS
    announced_cents: int = 0
    maximum_cents: int = 0
    bff_cents: int = 0
    bff_known_at: datetime | None = None

    def circulating_cents(self, pair: Pair) -> int:
        """Tell what circulates from a payer to a payee, in cents."""
        if not self.graph.joins(*pair):
            return 0
        return self.components[self.graph.component_of[pair[0]]].circulating_at(pair)
