"""The book of deals: what is announced between whom, as one graph on each of two bases.

`firm` is money that is stated and unconditional, or already paid; `all` adds conditional
tranches and what capacity without a price is taken to cost. The sums by payer and payee are
kept up as deals change, so that a graph is read off without visiting every deal.
"""

from dataclasses import dataclass, replace
from typing import Literal, NamedTuple, assert_never
from uuid import UUID

from rpds import HashTrieMap

from events.contracts import ContractRenegotiated
from events.deals import FINANCING, DealAnnounced, DealEvent, DealRevised, DealTerminated, LegFunded
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


@dataclass(frozen=True, slots=True)
class Between:
    """What one company is to pay another, in cents, and the deals that say so."""

    firm_financing: int = 0
    firm_purchases: int = 0
    all_financing: int = 0
    all_purchases: int = 0
    estimated: int = 0
    deals: tuple[str, ...] = ()


NOTHING = Between()
NO_DEALS: PersistentMap[str, Deal] = HashTrieMap()
NONE_WAITING: PersistentMap[str, tuple[Amendment, ...]] = HashTrieMap()
NO_MONEY: PersistentMap[Pair, Between] = HashTrieMap()


@dataclass(frozen=True, slots=True)
class Book:
    """All deals by id, the amendments that came before their deal, and the sums by payer and payee."""

    deals: PersistentMap[str, Deal] = NO_DEALS
    waiting: PersistentMap[str, tuple[Amendment, ...]] = NONE_WAITING
    between: PersistentMap[Pair, Between] = NO_MONEY


def record(book: Book, event: DealEvent | ContractRenegotiated) -> Book:
    """Enter an event; the very same book comes back where the event concerns no leg."""
    match event:
        case DealAnnounced():
            return _announce(book, event)
        case DealRevised() | LegFunded() | DealTerminated():
            return _amend(book, event.deal_id, event)
        case ContractRenegotiated(deal_id=deal_id, leg=leg):
            return book if deal_id is None or leg is None else _amend(book, deal_id, event)
        case _:
            assert_never(event)


def edges(book: Book, basis: Basis) -> tuple[Edge, ...]:
    """Read the graph off the book: one edge a pair, sorted by payer and payee, none of them empty."""
    return tuple(total(flow) for flow in flows(book, basis))


def flows(book: Book, basis: Basis) -> tuple[Flow, ...]:
    """Read the graph off the book with financing and purchases apart, sorted by payer and payee."""
    parts = sorted((pair, _on(basis, between)) for pair, between in book.between.items())
    return tuple(Flow(*pair, *cents) for pair, cents in parts if any(cents))


def total(flow: Flow) -> Edge:
    """Add up what a flow is for."""
    return Edge(flow.source, flow.target, flow.financing_cents + flow.purchases_cents)


def edge_events(book: Book, source: str, target: str) -> tuple[UUID, ...]:
    """Name the events behind an edge, each once: deal by deal, in the order in which they came."""
    found: dict[UUID, None] = {}
    for deal_id in book.between.get((source, target), NOTHING).deals:
        deal = book.deals[deal_id]
        for standing in deal.legs:
            if (standing.leg.payer, standing.leg.payee) == (source, target) and count(deal, standing).whole:
                found |= dict.fromkeys(evidence(deal, standing))
    return tuple(found)


def all_estimated_cents(book: Book) -> int:
    """Sum what the basis `all` takes from the assumption on capacity, in cents."""
    return sum(between.estimated for between in book.between.values())


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


def _enter(book: Book, deal_id: str, deal: Deal) -> Book:
    known = book.deals.get(deal_id)
    between = book.between
    before = _sums(deal_id, known) if known else {}
    after = _sums(deal_id, deal)
    for pair in sorted(before.keys() | after.keys()):
        outside = _minus(between.get(pair, NOTHING), before.get(pair, NOTHING))
        inside = _plus(outside, after.get(pair, NOTHING))
        between = between.insert(pair, inside) if inside.deals else between.discard(pair)
    return replace(book, deals=book.deals.insert(deal_id, deal), between=between)


def _sums(deal_id: str, deal: Deal) -> dict[Pair, Between]:
    sums: dict[Pair, Between] = {}
    for standing in deal.legs:
        counted, leg = count(deal, standing), standing.leg
        if not counted.whole:
            continue
        financing = leg.kind in FINANCING
        one = Between(
            firm_financing=counted.firm if financing else 0,
            firm_purchases=0 if financing else counted.firm,
            all_financing=counted.whole if financing else 0,
            all_purchases=0 if financing else counted.whole,
            estimated=counted.estimated,
            deals=(deal_id,),
        )
        pair = (leg.payer, leg.payee)
        sums[pair] = _plus(sums.get(pair, NOTHING), one)
    return sums


def _plus(one: Between, other: Between) -> Between:
    return Between(
        one.firm_financing + other.firm_financing,
        one.firm_purchases + other.firm_purchases,
        one.all_financing + other.all_financing,
        one.all_purchases + other.all_purchases,
        one.estimated + other.estimated,
        tuple(sorted({*one.deals, *other.deals})),
    )


def _minus(one: Between, other: Between) -> Between:
    return Between(
        one.firm_financing - other.firm_financing,
        one.firm_purchases - other.firm_purchases,
        one.all_financing - other.all_financing,
        one.all_purchases - other.all_purchases,
        one.estimated - other.estimated,
        tuple(deal for deal in one.deals if deal not in other.deals),
    )


def _on(basis: Basis, between: Between) -> tuple[int, int]:
    match basis:
        case "firm":
            return between.firm_financing, between.firm_purchases
        case "all":
            return between.all_financing, between.all_purchases
        case _:
            assert_never(basis)
