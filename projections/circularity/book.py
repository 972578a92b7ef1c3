"""The book of deals: what is announced between whom, as one graph on each of two bases.

`firm` is money that is stated and unconditional, or already paid; `all` adds conditional
tranches, ceilings, upper ends and what capacity without a price is taken to cost. Companies go
by their canonical names. The sums by payer and payee are kept up as deals change, so that a
graph is read off without visiting every deal.
"""

from bisect import bisect_left
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple, assert_never
from uuid import UUID

from rpds import HashTrieMap

from events.companies import canonical
from events.contracts import ContractRenegotiated
from events.deals import (
    FINANCING,
    DealAnnounced,
    DealEvent,
    DealRevised,
    DealTerminated,
    Leg,
    LegFunded,
)
from events.desk import WatchlistChanged
from projections.circularity.assumptions import Gigawatt, is_capacity_alone
from projections.circularity.deal import Amendment, Deal, amend, announce, count, evidence
from projections.persistent import PersistentMap

Basis = Literal["firm", "all"]
BASES: tuple[Basis, ...] = ("firm", "all")

Pair = tuple[str, str]


class Edge(NamedTuple):
    """Announced money from a payer to a payee, in cents."""

    source: str
    target: str
    cents: int


class Flow(NamedTuple):
    """Announced money from a payer to a payee, in cents, by what it is for."""

    source: str
    target: str
    financing_cents: int
    purchases_cents: int


class Sums(NamedTuple):
    """What one company is to pay another, in cents, on both bases; `estimated` is a part of `all`."""

    firm_financing: int = 0
    firm_purchases: int = 0
    all_financing: int = 0
    all_purchases: int = 0
    estimated: int = 0


NO_SUMS = Sums()


class Between(NamedTuple):
    """What one company is to pay another, and the deals that say so, sorted."""

    sums: Sums = NO_SUMS
    deals: tuple[str, ...] = ()


NOTHING = Between()
NO_DEALS: PersistentMap[str, Deal] = HashTrieMap()
NONE_WAITING: PersistentMap[str, tuple[Amendment, ...]] = HashTrieMap()
NO_MONEY: PersistentMap[Pair, Between] = HashTrieMap()


@dataclass(frozen=True, slots=True)
class Book:
    """All deals by id, the amendments that came before their deal, and the sums by payer and payee.

    `gigawatts` are the watchlists that choose what a gigawatt costs, the last to change last.
    """

    deals: PersistentMap[str, Deal] = NO_DEALS
    waiting: PersistentMap[str, tuple[Amendment, ...]] = NONE_WAITING
    between: PersistentMap[Pair, Between] = NO_MONEY
    estimated_cents: int = 0
    gigawatts: tuple[tuple[str, Gigawatt], ...] = ()

    @property
    def gigawatt(self) -> Gigawatt:
        """Name the assumption that holds: what the watchlist says that changed last; else the middle."""
        return self.gigawatts[-1][1] if self.gigawatts else "mid"


def record(book: Book, event: DealEvent | ContractRenegotiated | WatchlistChanged) -> Book:
    """Enter an event; the very same book comes back where the event concerns no leg."""
    match event:
        case DealAnnounced():
            return _announce(book, event)
        case DealRevised() | LegFunded() | DealTerminated():
            return _amend(book, event.deal_id, event)
        case ContractRenegotiated(deal_id=deal_id, leg=leg):
            return book if deal_id is None or leg is None else _amend(book, deal_id, event)
        case WatchlistChanged():
            return _choose(book, event)
        case _:
            assert_never(event)


def changed_deals(
    before: Book, after: Book, event: DealEvent | ContractRenegotiated | WatchlistChanged
) -> tuple[str, ...]:
    """Name the deals whose terms, or what they count for, an event changed from one book to the next."""
    if before is after:
        return ()
    if not isinstance(event, WatchlistChanged):
        return (event.deal_id,) if event.deal_id and event.deal_id in after.deals else ()
    return _estimated_deals(after) if before.gigawatt != after.gigawatt else ()


def pairs_of(deal: Deal | None) -> tuple[Pair, ...]:
    """Name the payers and payees of a deal by their canonical names, each pair once."""
    return tuple(dict.fromkeys(pair_of(one.leg) for one in deal.legs)) if deal else ()


def pair_of(leg: Leg) -> Pair:
    """Name the payer and the payee of a leg by their canonical names."""
    return canonical(leg.payer), canonical(leg.payee)


def flow(book: Book, basis: Basis, pair: Pair) -> Flow:
    """Read one edge off the book, by what it is for; nothing is a flow of no cents."""
    return Flow(*pair, *_on(basis, book.between.get(pair, NOTHING).sums))


def total(flow: Flow) -> Edge:
    """Add up what a flow is for."""
    return Edge(flow.source, flow.target, flow.financing_cents + flow.purchases_cents)


def edge_events(book: Book, source: str, target: str) -> tuple[UUID, ...]:
    """Name the events behind an edge, each once: deal by deal, in the order in which they came."""
    found: dict[UUID, None] = {}
    for deal_id in book.between.get((source, target), NOTHING).deals:
        deal = book.deals[deal_id]
        for standing in deal.legs:
            if pair_of(standing.leg) == (source, target) and count(deal, standing, book.gigawatt).whole:
                found |= dict.fromkeys(evidence(deal, standing))
    return tuple(found)


def _announce(book: Book, event: DealAnnounced) -> Book:
    deal = announce(event, book.deals.get(event.deal_id))
    for amendment in book.waiting.get(event.deal_id, ()):
        deal = amend(deal, amendment)
    waiting = book.waiting.discard(event.deal_id)
    return replace(_enter(book, event.deal_id, deal), waiting=waiting)


def _amend(book: Book, deal_id: str, event: Amendment) -> Book:
    deal = book.deals.get(deal_id)
    if deal is None:
        waiting = (*book.waiting.get(deal_id, ()), event)
        return replace(book, waiting=book.waiting.insert(deal_id, waiting))
    amended = amend(deal, event)
    return book if amended is deal else _enter(book, deal_id, amended)


def _choose(book: Book, event: WatchlistChanged) -> Book:
    others = tuple(one for one in book.gigawatts if one[0] != event.watchlist)
    chosen = event.gigawatt_assumption
    gigawatts = others if chosen is None else (*others, (event.watchlist, chosen))
    if gigawatts == book.gigawatts:
        return book
    after = replace(book, gigawatts=gigawatts)
    if after.gigawatt != book.gigawatt:
        for deal_id in _estimated_deals(book):
            deal = book.deals[deal_id]
            before, now = _sums(deal, book.gigawatt), _sums(deal, after.gigawatt)
            after = _moved(after, deal_id, before, now)
    return after


def _estimated_deals(book: Book) -> tuple[str, ...]:
    """Name the deals with capacity that has no price, whether they count or not."""
    deals = book.deals.items()
    return tuple(sorted(name for name, deal in deals if any(is_capacity_alone(one.leg) for one in deal.legs)))


def _enter(book: Book, deal_id: str, deal: Deal) -> Book:
    known = book.deals.get(deal_id)
    before = _sums(known, book.gigawatt) if known else {}
    entered = replace(book, deals=book.deals.insert(deal_id, deal))
    return _moved(entered, deal_id, before, _sums(deal, book.gigawatt))


def _moved(book: Book, deal_id: str, before: dict[Pair, Sums], after: dict[Pair, Sums]) -> Book:
    """Put what a deal counts for in the place of what it counted for before."""
    between, estimated = book.between, book.estimated_cents
    for pair in sorted(before.keys() | after.keys()):
        old, new, known = before.get(pair, NO_SUMS), after.get(pair, NO_SUMS), between.get(pair, NOTHING)
        sums = _plus(_plus(known.sums, old, -1), new)
        deals = known.deals
        if pair not in before:
            deals = _with(deals, deal_id)
        elif pair not in after:
            deals = tuple(one for one in deals if one != deal_id)
        estimated += new.estimated - old.estimated
        between = between.insert(pair, Between(sums, deals)) if deals else between.discard(pair)
    return replace(book, between=between, estimated_cents=estimated)


def _with(deals: tuple[str, ...], deal_id: str) -> tuple[str, ...]:
    place = bisect_left(deals, deal_id)
    return (*deals[:place], deal_id, *deals[place:])


def _sums(deal: Deal, gigawatt: Gigawatt) -> dict[Pair, Sums]:
    """Sum what the legs of a deal count for; money between two names of one company goes nowhere."""
    sums: dict[Pair, Sums] = {}
    for standing in deal.legs:
        (firm, whole, estimated), pair = count(deal, standing, gigawatt), pair_of(standing.leg)
        if not whole or pair[0] == pair[1]:
            continue
        financing = standing.leg.kind in FINANCING
        one = Sums(firm, 0, whole, 0, estimated) if financing else Sums(0, firm, 0, whole, estimated)
        sums[pair] = _plus(sums.get(pair, NO_SUMS), one)
    return sums


def _plus(one: Sums, other: Sums, times: int = 1) -> Sums:
    return Sums(*(this + times * that for this, that in zip(one, other, strict=True)))


def _on(basis: Basis, sums: Sums) -> tuple[int, int]:
    match basis:
        case "firm":
            return sums.firm_financing, sums.firm_purchases
        case "all":
            return sums.all_financing, sums.all_purchases
        case _:
            assert_never(basis)
