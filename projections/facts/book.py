"""The book of deals: what is announced between whom, as one graph on each of two bases.

`firm` is money that is stated and unconditional, or already paid; `all` adds conditional
tranches, ceilings, upper ends and what capacity without a price is taken to cost. Companies go
by their canonical names. The sums by payer and payee are kept up as deals change, so that a
graph is read off without visiting every deal.
"""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal, NamedTuple, assert_never
from uuid import UUID

from rpds import HashTrieMap, HashTrieSet

from events.families.contracts import ContractRenegotiated
from events.families.deals import (
    FINANCING,
    DealAnnounced,
    DealEvent,
    DealRevised,
    DealTerminated,
    LegFunded,
)
from projections.facts.assumptions import Gigawatt, is_capacity_alone
from projections.facts.deal import (
    PAYMENTS,
    Amendment,
    Deal,
    Payment,
    amend,
    announce,
    count,
    evidence,
    to_cents,
    with_funding,
)
from projections.facts.leg_names import leg_names, with_leg_names
from projections.facts.log import Change, Log, record_event, refiled
from projections.facts.log import join as join_facts
from projections.facts.log import part as part_fact
from projections.facts.log import retract as retract_report
from projections.facts.names import Names, with_canonical_names
from projections.facts.renegotiated import as_announcement, with_leg
from projections.persistent import PersistentMap, PersistentSet, items_of

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
# What makes and changes a deal, but for payments; in the order of the journal.
DealHistory = tuple[DealAnnounced | Amendment, ...]


@dataclass(frozen=True, slots=True)
class Book:
    """All deals by id, what was said of each as it was written, and the sums by payer and payee.

    `joined` leads from the id of a deal, or of a fact, to that of the deal in which it counts; `buyers`
    are the deals in which a company is, or was, to pay for a purchase or a lease. Events whose ids are
    `void` were corrected or retracted, whenever they come. Of the deals that are `parted` the desk said that
    they are deals of their own.
    """

    deals: PersistentMap[str, Deal] = HashTrieMap()
    history: PersistentMap[str, DealHistory] = HashTrieMap()
    payments: Log[Payment] = Log()
    between: PersistentMap[Pair, Between] = HashTrieMap()
    estimated_cents: int = 0
    gigawatt: Gigawatt = "mid"
    joined: PersistentMap[str, str] = HashTrieMap()
    buyers: PersistentMap[str, tuple[str, ...]] = HashTrieMap()
    void: PersistentSet[UUID] = HashTrieSet()
    parted: PersistentSet[str] = HashTrieSet()

    def deal_id(self, name: str) -> str:
        """Return the id of the deal in which a deal, or a fact, counts."""
        return self.joined.get(name, name)


def enter(book: Book, names: Names, event: DealEvent | ContractRenegotiated) -> tuple[Book, tuple[str, ...]]:
    """Enter an event as it is written: the book after it, and the deals that it touches."""
    match event:
        case DealAnnounced(deal_id=deal_id, fact_id=str(fact_id)):
            # The fact of a deal goes by the id of the deal.
            known = fact_id if fact_id in book.history else deal_id
            counts_in = book.joined.get(fact_id, book.deal_id(known))
            if fact_id != counts_in:
                book = replace(book, joined=book.joined.insert(fact_id, counts_in))
            book, touched = join(book, names, counts_in, (deal_id,))
            book, more = _with_history(book, names, counts_in, event)
            book, paid = rebuilt(_with_payments_of_deals(book, names), names, (counts_in,), event.event_id)
            return book, tuple(dict.fromkeys((*touched, *more, *paid)))
        case DealAnnounced() | DealRevised() | DealTerminated():
            return _with_history(book, names, book.deal_id(event.deal_id), event)
        case ContractRenegotiated():
            bought_in = book.buyers.get(with_canonical_names(names, event).customer, ())
            changed = with_leg(event, names, book.deals, bought_in, book.deal_id)
            if changed is None or changed.deal_id is None:
                return book, ()
            return _with_history(book, names, book.deal_id(changed.deal_id), changed)
        case LegFunded():
            deal_id = book.deal_id(event.deal_id)
            leg = _leg(book, names, deal_id, (event.deal_id, event.leg))
            value = Payment(deal_id, leg, to_cents(event.amount_usd), event.deal_id, event.leg)
            payments = record_event(book.payments, PAYMENTS, event, value)
            return _with_payments(book, names, payments, event.event_id)
        case _:
            assert_never(event)


def with_gigawatt(book: Book, gigawatt: Gigawatt) -> tuple[Book, tuple[str, ...]]:
    """Take a gigawatt to cost something else: the book after it, and the deals that count for another sum."""
    if gigawatt == book.gigawatt:
        return book, ()
    after = replace(book, gigawatt=gigawatt)
    estimated = _estimated_deals(book)
    for deal_id in estimated:
        deal = book.deals[deal_id]
        after = _moved(after, deal_id, _sums(deal, book.gigawatt), _sums(deal, gigawatt))
    return after, estimated


def retract(book: Book, names: Names, event_id: UUID) -> tuple[Book, tuple[str, ...]]:
    """Take an event of a deal, or a payment, back."""
    payments = retract_report(book.payments, PAYMENTS, event_id)
    if payments.gone:
        return _with_payments(book, names, payments)
    book = replace(book, payments=payments.log, void=book.void.insert(event_id))
    deal_id = next((name for name, events in items_of(book.history) if _is_among(events, event_id)), None)
    if deal_id is None:
        return book, ()
    events = tuple(event for event in book.history[deal_id] if event.event_id != event_id)
    return rebuilt(replace(book, history=book.history.insert(deal_id, events)), names, (deal_id,))


def join(book: Book, names: Names, stays: str, others: Iterable[str]) -> tuple[Book, tuple[str, ...]]:
    """Let deals count in another one: what was said of them, and paid on them, is said of that."""
    payments = join_facts(book.payments, PAYMENTS, stays, others)
    if payments.gone:
        return _with_payments(book, names, payments)
    stays, joined, history = book.deal_id(stays), book.joined, book.history
    gone = [name for other in others if (name := book.deal_id(other)) != stays]
    if stays not in history or not gone:
        return book, ()
    for name in gone:
        history = history.insert(stays, (*history[stays], *history.get(name, ()))).insert(name, ())
        joined = joined.insert(name, stays)
        book = replace(book, parted=book.parted.discard(name))
    for name, counts_in in items_of(joined):
        if counts_in in gone:
            joined = joined.insert(name, stays)
    book = _with_payments_of_deals(replace(book, joined=joined, history=history), names)
    return rebuilt(book, names, (*gone, stays))


def part(book: Book, names: Names, stays: str, event_ids: Iterable[UUID]) -> tuple[Book, tuple[str, ...]]:
    """Let deals that were joined with another one count by themselves again."""
    wanted = frozenset(event_ids)
    payments = part_fact(book.payments, PAYMENTS, stays, wanted)
    if payments.gone:
        return _with_payments(book, names, payments)
    stays = book.deal_id(stays)
    events = book.history.get(stays, ())
    ids = (event.deal_id for event in events if event.event_id in wanted)
    leaving = sorted({deal_id for deal_id in ids if deal_id is not None and deal_id != stays})
    history, joined = book.history, book.joined
    for deal_id in leaving:
        own = tuple(event for event in events if event.deal_id == deal_id)
        history = history.insert(deal_id, own)
        joined = joined.discard(deal_id)
        book = replace(book, parted=book.parted.insert(deal_id))
    kept = tuple(event for event in events if event.deal_id not in leaving)
    history = history.insert(stays, kept) if leaving else history
    book = _with_payments_of_deals(replace(book, history=history, joined=joined), names)
    return rebuilt(book, names, (stays, *leaving))


def rebuilt(
    book: Book, names: Names, deal_ids: Iterable[str], newest: UUID | None = None
) -> tuple[Book, tuple[str, ...]]:
    """Bring deals up to what was said of them, by an event: the book after it, and the deals that changed."""
    touched = tuple(dict.fromkeys(deal_ids))
    before = book
    for deal_id in touched:
        deal, known = _fold(book, names, deal_id), book.deals.get(deal_id)
        if deal is not None:
            if known is None or replace(deal, newest=known.newest) != known:
                earlier = known.newest if known else None
                book = _enter(book, deal_id, replace(deal, newest=newest or earlier))
        elif known is not None:
            ended = replace(known, legs=(), joined=deal_id in book.joined, terminated=True)
            book = _enter(book, deal_id, ended)
    return book, tuple(name for name in touched if book.deals.get(name) is not before.deals.get(name))


def _with_payments(
    book: Book, names: Names, change: Change[Payment], newest: UUID | None = None
) -> tuple[Book, tuple[str, ...]]:
    deal_ids = (fact.value.deal_id for fact in (*change.gone, *change.made))
    return rebuilt(replace(book, payments=change.log), names, deal_ids, newest)


def _with_payments_of_deals(book: Book, names: Names) -> Book:
    """Let payments count in the deals and legs that theirs count in now."""

    def moved(paid: Payment) -> Payment:
        deal_id = book.deal_id(paid.written)
        leg = _leg(book, names, deal_id, (paid.written, paid.written_leg))
        return replace(paid, deal_id=deal_id, leg=leg)

    return replace(book, payments=refiled(book.payments, PAYMENTS, moved))


def _leg(book: Book, names: Names, deal_id: str, written: tuple[str, str]) -> str:
    """Return the name of a leg in the deal in which it counts."""
    if written[0] == deal_id:
        return written[1]
    return leg_names(book.history.get(deal_id, ()), names).get(written, written[1])


def _with_history(
    book: Book, names: Names, deal_id: str, event: DealAnnounced | Amendment
) -> tuple[Book, tuple[str, ...]]:
    if event.event_id in book.void:
        return book, ()
    events, elsewhere = book.history.get(deal_id, ()), tuple[str, ...]()
    if event.corrects is not None and _is_among(events, event.corrects):
        events = tuple(event if old.event_id == event.corrects else old for old in events)
        book = replace(book, void=book.void.insert(event.corrects))
    else:
        if event.corrects is not None:
            # It may have been said of another deal, or come later.
            book, elsewhere = retract(book, names, event.corrects)
        events = (*events, event)
    book = replace(book, history=book.history.insert(deal_id, events))
    book, touched = rebuilt(book, names, (deal_id,), event.event_id)
    return book, tuple(dict.fromkeys((*elsewhere, *touched)))


def _is_among(events: DealHistory, event_id: UUID) -> bool:
    return any(event.event_id == event_id for event in events)


def _fold(book: Book, names: Names, deal_id: str) -> Deal | None:
    """Fold what was said of a deal; what came before its announcement counts right after it."""
    events = book.history.get(deal_id, ())
    first = next((event for event in events if isinstance(event, DealAnnounced)), None)
    if first is None:
        first = next(filter(None, map(as_announcement, events)), None)
    if first is None:
        return None
    deal: Deal | None = None
    legs = leg_names(events, names)
    for written in (first, *(event for event in events if event.event_id != first.event_id)):
        event = with_leg_names(written, deal_id, legs)
        if isinstance(event, DealAnnounced):
            joined = written.deal_id != first.deal_id
            deal = announce(event, with_canonical_names(names, event), deal, joined=joined)
        elif deal is not None:
            deal = amend(deal, event, with_canonical_names(names, event))
    return with_funding(deal, book.payments, deal_id) if deal else None


def pairs_of(deal: Deal | None) -> tuple[Pair, ...]:
    """Return the payers and payees of a deal by their canonical names, each pair once."""
    return tuple(dict.fromkeys(terms.pair for terms in deal.legs)) if deal else ()


def flow(book: Book, basis: Basis, pair: Pair) -> Flow:
    """Read one edge off the book, by what it is for; nothing is a flow of no cents."""
    return Flow(*pair, *_on(basis, book.between.get(pair, NOTHING).sums))


def total(flow: Flow) -> Edge:
    """Add up what a flow is for."""
    return Edge(flow.source, flow.target, flow.financing_cents + flow.purchases_cents)


def edge_events(book: Book, source: str, target: str) -> tuple[UUID, ...]:
    """Return the events behind an edge, each once: deal by deal, in the order in which they came."""
    found: dict[UUID, None] = {}
    for deal_id in book.between.get((source, target), NOTHING).deals:
        deal = book.deals[deal_id]
        for terms in deal.legs:
            if terms.pair == (source, target) and count(deal, terms, book.gigawatt).whole:
                found |= dict.fromkeys(evidence(deal, terms))
    return tuple(found)


def _estimated_deals(book: Book) -> tuple[str, ...]:
    """Return the deals with capacity that has no price, whether they count or not."""
    deals = book.deals.items()
    return tuple(
        sorted(name for name, deal in deals if any(is_capacity_alone(terms.leg) for terms in deal.legs))
    )


def _enter(book: Book, deal_id: str, deal: Deal) -> Book:
    known = book.deals.get(deal_id)
    before = _sums(known, book.gigawatt) if known else {}
    buyers = book.buyers
    for buyer in sorted({terms.pair[0] for terms in deal.legs if terms.leg.kind not in FINANCING}):
        if deal_id not in (bought := buyers.get(buyer, ())):
            buyers = buyers.insert(buyer, (*bought, deal_id))
    entered = replace(book, deals=book.deals.insert(deal_id, deal), buyers=buyers)
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
            deals = tuple(other for other in deals if other != deal_id)
        estimated += new.estimated - old.estimated
        between = between.insert(pair, Between(sums, deals)) if deals else between.discard(pair)
    return replace(book, between=between, estimated_cents=estimated)


def _with(deals: tuple[str, ...], deal_id: str) -> tuple[str, ...]:
    place = bisect_left(deals, deal_id)
    return (*deals[:place], deal_id, *deals[place:])


def _sums(deal: Deal, gigawatt: Gigawatt) -> dict[Pair, Sums]:
    """Sum what the legs of a deal count for; money between two names of one company goes nowhere."""
    sums: dict[Pair, Sums] = {}
    for terms in deal.legs:
        (firm, whole, estimated), pair = count(deal, terms, gigawatt), terms.pair
        if not whole or pair[0] == pair[1]:
            continue
        financing = terms.leg.kind in FINANCING
        one = Sums(firm, 0, whole, 0, estimated) if financing else Sums(0, firm, 0, whole, estimated)
        sums[pair] = _plus(sums.get(pair, NO_SUMS), one)
    return sums


def _plus(one: Sums, other: Sums, times: int = 1) -> Sums:
    return Sums(*(this + times * that for this, that in zip(one, other, strict=True)))


def _on(basis: Basis, sums: Sums) -> tuple[int, int]:
    if basis == "firm":
        return sums.firm_financing, sums.firm_purchases
    return sums.all_financing, sums.all_purchases
