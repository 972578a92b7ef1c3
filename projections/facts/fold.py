"""What one event changes of the world."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any, NamedTuple, TypeVar, get_args

from events.base import Event
from events.families.clock import ClockTicked
from events.families.contracts import CapacityResold, CommitmentRevised, ContractRenegotiated
from events.families.credit import CreditWaiverReported, LoanOriginated, LoanRepaid
from events.families.deals import DealEvent
from events.families.desk import WatchlistChanged
from events.families.facts import FactEvent
from events.families.financials import CapexGuided, RevenueReported, UnitCostReported, UtilizationReported
from events.families.names import NamingEvent
from events.families.power import PowerEvent
from events.families.prices import EquityBarClosed, GpuBarClosed
from projections.base import JournaledEvent
from projections.facts import book as deals
from projections.facts.contracts import COMMITMENTS, GUIDANCE, RENEGOTIATIONS, RESALES
from projections.facts.decisions import decided
from projections.facts.loans import with_loan
from projections.facts.log import Change, record_event
from projections.facts.names import named, with_canonical_names
from projections.facts.prices import Prices, with_gpu_bar, with_share_bar
from projections.facts.relief import facilities_of, with_lenders, with_waiver
from projections.facts.renaming import renamed
from projections.facts.sites import with_power
from projections.facts.watchlists import with_watchlist
from projections.facts.world import (
    NOTHING_TOUCHED,
    Thing,
    Touched,
    World,
    WorldStep,
    merged,
)
from projections.money_graph.graph import NO_CHANGE, MoneyChange, with_book
from projections.persistent import PersistentMap

E = TypeVar("E", bound=Event)
C = TypeVar("C", UtilizationReported, UnitCostReported)

SEGMENT = "ai"


class Learned(NamedTuple):
    """The world after an event, what the event touched of it, and the facts that it changed."""

    world: World
    touched: Touched
    facts: tuple[Change[Any], ...] = ()


def fold_event(world: World, journaled: JournaledEvent, position: int = 0) -> WorldStep:
    """Fold one event into the world."""
    event = with_canonical_names(world.names, journaled.event)
    after, touched, facts = _learn(world, event, journaled)
    money = _money(world, after, event, touched, journaled.now)
    if money is not NO_CHANGE:
        after = after._replace(money=money.after)
        if money.updates or money.counted:
            touched = {**touched, Thing.MONEY: tuple(money.updates)}
    return WorldStep(position, journaled, event, world, after, touched, facts, money)


def _learn(world: World, event: Event, journaled: JournaledEvent) -> Learned:
    learner = _LEARNERS.get(type(event))
    return learner(world, event, journaled) if learner else Learned(world, NOTHING_TOUCHED)


def _share(world: World, bar: EquityBarClosed, _: JournaledEvent) -> Learned:
    prices = with_share_bar(world.prices, world.watchlists, bar)
    return _priced(world, prices, {Thing.SHARE: (bar.symbol,)})


def _gpu(world: World, bar: GpuBarClosed, _: JournaledEvent) -> Learned:
    prices = with_gpu_bar(world.prices, bar)
    return _priced(world, prices, {Thing.GPU: (bar.series.name,)})


def _priced(world: World, prices: Prices, touched: Touched) -> Learned:
    if prices is world.prices:
        return Learned(world, NOTHING_TOUCHED)
    return Learned(world._replace(prices=prices), touched)


def _loan(world: World, event: LoanOriginated | LoanRepaid, _: JournaledEvent) -> Learned:
    loans, groups, loan = with_loan(world.loans, event)
    touched: Touched = {Thing.FACILITY: (event.facility_id,), Thing.LOANS: groups}
    facts, relief = list[Change[Any]]([loan]), world.relief
    if isinstance(event, LoanOriginated):
        changes = with_lenders(relief, loans, event.facility_id, event.borrower)
        for change in changes:
            relief = change.log
            touched = merged((touched, {Thing.RELIEF: change.things}))
            facts.append(change)
    return Learned(world._replace(loans=loans, relief=relief), touched, tuple(facts))


def _relief(world: World, event: CreditWaiverReported, journaled: JournaledEvent) -> Learned:
    change = with_waiver(world.relief, world.loans, event, journaled.now)
    touched: Touched = {Thing.FACILITY: facilities_of(change), Thing.RELIEF: change.things}
    return Learned(world._replace(relief=change.log), touched, (change,))


def _power(world: World, event: PowerEvent, _: JournaledEvent) -> Learned:
    sites, facts = with_power(world.sites, event)
    return Learned(world._replace(sites=sites), {Thing.SITE: (event.site_id,)}, facts)


def _renegotiation(world: World, event: ContractRenegotiated, journaled: JournaledEvent) -> Learned:
    change = record_event(world.renegotiations, RENEGOTIATIONS, event, event, journaled.now)
    book, touched = world.book, tuple[str, ...]()
    # What a less sure source says of the same thing changes no deal.
    if any(fact.event_id == event.event_id for fact in change.made):
        book, touched = deals.enter(book, world.names, _written(journaled, ContractRenegotiated))
    after = world._replace(renegotiations=change.log, book=book)
    return Learned(after, {Thing.RENEGOTIATION: change.things, Thing.DEAL: touched}, (change,))


def _resale(world: World, event: CapacityResold, journaled: JournaledEvent) -> Learned:
    change = record_event(world.resales, RESALES, event, event, journaled.now)
    return _filed(world._replace(resales=change.log), Thing.RESALE, change)


def _commitment(world: World, event: CommitmentRevised, journaled: JournaledEvent) -> Learned:
    change = record_event(world.commitments, COMMITMENTS, event, event, journaled.now)
    return _filed(world._replace(commitments=change.log), Thing.COMMITMENT, change)


def _guidance(world: World, event: CapexGuided, journaled: JournaledEvent) -> Learned:
    change = record_event(world.guidance, GUIDANCE, event, event, journaled.now)
    return _filed(world._replace(guidance=change.log), Thing.GUIDANCE, change)


def _deal(world: World, event: DealEvent, journaled: JournaledEvent) -> Learned:
    book, touched = deals.enter(world.book, world.names, _written(journaled, type(event)))
    return Learned(world._replace(book=book), {Thing.DEAL: touched})


def _written(journaled: JournaledEvent, kind: type[E]) -> E:
    """Return the event with its names as written: the book makes them canonical itself."""
    assert isinstance(journaled.event, kind)  # noqa: S101  names change no types
    return journaled.event


def _watchlist(world: World, event: WatchlistChanged, _: JournaledEvent) -> Learned:
    watchlists = with_watchlist(world.watchlists, event)
    book, touched = deals.with_gigawatt(world.book, watchlists.gigawatt)
    changed = {Thing.WATCHLIST: (event.watchlist,), Thing.DEAL: touched}
    return Learned(world._replace(watchlists=watchlists, book=book), changed)


def _name(world: World, event: NamingEvent, _: JournaledEvent) -> Learned:
    return Learned(*renamed(world, named(world.names, event), event.key))


def _decision(world: World, event: FactEvent, _: JournaledEvent) -> Learned:
    return Learned(*decided(world, event))


def _filed(world: World, thing: Thing, change: Change[Any]) -> Learned:
    return Learned(world, {thing: change.things}, (change,))


def _revenue(world: World, event: RevenueReported, _: JournaledEvent) -> Learned:
    known = world.revenues.get(event.company)
    if event.segment.casefold() != SEGMENT or (known and _age(event) < _age(known)):
        return Learned(world, NOTHING_TOUCHED)
    revenues = world.revenues.insert(event.company, event)
    return Learned(world._replace(revenues=revenues), {Thing.REVENUE: (event.company,)})


def _utilization(world: World, event: UtilizationReported, _: JournaledEvent) -> Learned:
    utilizations = _with_newest(world.utilizations, event)
    if utilizations is world.utilizations:
        return Learned(world, NOTHING_TOUCHED)
    return Learned(world._replace(utilizations=utilizations), {Thing.UTILIZATION: (event.company,)})


def _unit_cost(world: World, event: UnitCostReported, _: JournaledEvent) -> Learned:
    unit_costs = _with_newest(world.unit_costs, event)
    if unit_costs is world.unit_costs:
        return Learned(world, NOTHING_TOUCHED)
    return Learned(world._replace(unit_costs=unit_costs), {Thing.UNIT_COST: (event.company,)})


def _with_newest(reported: PersistentMap[str, C], event: C) -> PersistentMap[str, C]:
    """Return what each company reported last, by when it was known."""
    known = reported.get(event.company)
    return reported if known and event.known_at < known.known_at else reported.insert(event.company, event)


def _age(revenue: RevenueReported) -> tuple[date, datetime]:
    return revenue.period_ends, revenue.known_at


def _money(before: World, after: World, event: Event, touched: Touched, now: datetime) -> MoneyChange:
    """Bring the graph of announced money up to the book; at a tick, solve what has waited for it."""
    ticked = isinstance(event, ClockTicked)
    if not ticked and before.book is after.book:
        return NO_CHANGE
    pairs = {
        pair
        for deal_id in touched.get(Thing.DEAL, ())
        for book in (before.book, after.book)
        for pair in deals.pairs_of(book.deals.get(deal_id))
    }
    return with_book(before.money, (before.book, after.book), sorted(pairs), now=now, ticked=ticked)


_LEARNERS: dict[type[Event], Callable[[World, Any, JournaledEvent], Learned]] = {
    EquityBarClosed: _share,
    GpuBarClosed: _gpu,
    **dict.fromkeys((LoanOriginated, LoanRepaid), _loan),
    CreditWaiverReported: _relief,
    **dict.fromkeys(get_args(PowerEvent), _power),
    ContractRenegotiated: _renegotiation,
    CapacityResold: _resale,
    CommitmentRevised: _commitment,
    CapexGuided: _guidance,
    **dict.fromkeys(get_args(DealEvent), _deal),
    RevenueReported: _revenue,
    UtilizationReported: _utilization,
    UnitCostReported: _unit_cost,
    WatchlistChanged: _watchlist,
    **dict.fromkeys(get_args(NamingEvent), _name),
    **dict.fromkeys(get_args(FactEvent), _decision),
}
