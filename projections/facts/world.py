"""The world as it is known: every fact folded once, under canonical names, and what an event changed."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

from rpds import HashTrieMap

from events.base import Event
from events.families.contracts import CapacityResold, CommitmentRevised, ContractRenegotiated
from events.families.facts import FactParted, FactsJoined, ReportRetracted
from events.families.financials import CapexGuided, RevenueReported, UnitCostReported, UtilizationReported
from events.families.names import CompanyNamed, FacilityNamed, GpuModelNamed, SiteNamed
from projections.base import JournaledEvent
from projections.facts.book import Book
from projections.facts.loans import Loans
from projections.facts.log import Change, Log
from projections.facts.names import Names
from projections.facts.prices import Prices
from projections.facts.relief import Relief
from projections.facts.sites import Sites
from projections.facts.watchlists import Watchlists
from projections.money_graph.graph import NO_CHANGE, MoneyChange, MoneyGraph
from projections.persistent import PersistentMap

# What the desk says of names and facts changes anything that was known before.
DESK: tuple[type[Event], ...] = (
    *(CompanyNamed, SiteNamed, FacilityNamed, GpuModelNamed),
    *(FactsJoined, FactParted, ReportRetracted),
)

# Raised where the same events make other facts than before: snapshots of another version are not read.
VERSION = 2


class Thing(StrEnum):
    """The kinds of things that events change, and that projections and indicators read."""

    RELIEF = "relief"
    RENEGOTIATION = "renegotiation"
    RESALE = "resale"
    COMMITMENT = "commitment"
    GUIDANCE = "guidance"
    REVENUE = "revenue"
    UTILIZATION = "utilization"
    UNIT_COST = "unit cost"
    FACILITY = "facility"
    LOANS = "loans"
    SITE = "site"
    DEAL = "deal"
    MONEY = "money"
    SHARE = "share"
    GPU = "gpu"
    WATCHLIST = "watchlist"
    NAME = "name"


# The names of the things that an event changed, by their kind. Of loans, the groups that they belong to.
Touched = Mapping[Thing, tuple[str, ...]]
NOTHING_TOUCHED: Touched = {}


# Tuples are made anew in a third of the time, and most events make one of each.
class World(NamedTuple):
    """All facts; see the modules of each."""

    names: Names = Names()
    watchlists: Watchlists = Watchlists()
    loans: Loans = Loans()
    relief: Log[Relief] = Log()
    renegotiations: Log[ContractRenegotiated] = Log()
    resales: Log[CapacityResold] = Log()
    commitments: Log[CommitmentRevised] = Log()
    guidance: Log[CapexGuided] = Log()
    revenues: PersistentMap[str, RevenueReported] = HashTrieMap()
    utilizations: PersistentMap[str, UtilizationReported] = HashTrieMap()
    unit_costs: PersistentMap[str, UnitCostReported] = HashTrieMap()
    sites: Sites = Sites()
    book: Book = Book()
    money: MoneyGraph = MoneyGraph()
    prices: Prices = Prices()


class WorldStep(NamedTuple):
    """What one event did: the event as journaled and with canonical names, the world before and after it.

    `position` is that in the batch; `facts` are the changes of the logs, and `money` says what it did to
    the graph of announced money.
    """

    position: int
    journaled: JournaledEvent
    event: Event
    before: World
    world: World
    touched: Touched = NOTHING_TOUCHED
    facts: tuple[Change[Any], ...] = ()
    money: MoneyChange = NO_CHANGE

    def at(self, position: int) -> "WorldStep":
        """Return the step as it is at another position, in a part of its batch."""
        return self._replace(position=position)

    def names(self, thing: Thing) -> tuple[str, ...]:
        """Return the names of the things of a kind that the event changed."""
        return self.touched.get(thing, ())


def merged(parts: Iterable[Touched]) -> Touched:
    """Put together what several changes touched."""
    touched: dict[Thing, tuple[str, ...]] = {}
    for part in parts:
        for thing, names in part.items():
            touched[thing] = tuple(dict.fromkeys((*touched.get(thing, ()), *names)))
    return touched
