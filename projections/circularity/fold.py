"""Fold deals, contracts that change them and the desk's assumption into the graph of announced money."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import assert_never

from rpds import HashTrieSet

from events.base import Event
from events.clock import ClockTicked
from events.contracts import ContractRenegotiated
from events.deals import DealAnnounced, DealEvent, DealRevised, DealTerminated, LegFunded
from events.desk import WatchlistChanged
from projections.base import JournaledEvent, Row, Step
from projections.circularity.book import BASES, Basis, Book, Pair, changed_deals, pairs_of, record
from projections.circularity.deal_rows import deal_rows, unknown_company_row, unknown_names
from projections.circularity.flow_rows import circularity_row, flow_rows
from projections.circularity.picture import Picture
from projections.circularity.redraw import Redrawn, redraw
from projections.persistent import PersistentSet

CONCERNED = DealEvent | ContractRenegotiated | WatchlistChanged
READS: tuple[type[Event], ...] = (
    *(DealAnnounced, DealRevised, LegFunded, DealTerminated),
    *(ContractRenegotiated, WatchlistChanged, ClockTicked),
)
NO_NAMES: PersistentSet[str] = HashTrieSet()


@dataclass(frozen=True, slots=True)
class Circularity:
    """The book, the picture of each basis, and the names that are listed for review."""

    book: Book = field(default_factory=Book)
    firm: Picture = field(default_factory=Picture)
    all: Picture = field(default_factory=Picture)
    unknown: PersistentSet[str] = NO_NAMES


@dataclass(frozen=True, slots=True)
class Change:
    """What an event did to deals and pictures, for those who tell it.

    `deals` changed; `unknown` names, each with the deal that named it first, are new on the list;
    the totals of the bases `counted` are to be told anew.
    """

    before: Circularity
    after: Circularity
    deals: tuple[str, ...] = ()
    unknown: tuple[tuple[str, str], ...] = ()
    redrawn: Mapping[Basis, Redrawn] = field(default_factory=dict)
    counted: tuple[Basis, ...] = ()


def apply(state: Circularity, journaled: JournaledEvent) -> Step[Circularity]:
    """Fold one event; other families pass by, and so does the clock when nothing waits for it."""
    if type(journaled.event) not in READS:
        return Step(state)
    change = changed(state, journaled)
    return Step(change.after, tuple(_rows(change, journaled)))


def changed(state: Circularity, journaled: JournaledEvent) -> Change:
    """Find what an event does, without a row of it."""
    event = journaled.event
    if isinstance(event, ClockTicked):
        return _drawn(state, state, (), (), journaled)
    if not isinstance(event, CONCERNED):
        return Change(state, state)
    book = record(state.book, event)
    if book is state.book:
        return Change(state, state)
    deals = changed_deals(state.book, book, event)
    pairs = {pair for name in deals for one in (state.book, book) for pair in pairs_of(one.deals.get(name))}
    return _drawn(state, replace(state, book=book), deals, tuple(sorted(pairs)), journaled)


def _drawn(
    before: Circularity,
    state: Circularity,
    deals: tuple[str, ...],
    pairs: tuple[Pair, ...],
    journaled: JournaledEvent,
) -> Change:
    """Draw what the pairs touch on both bases; at a tick, what has waited for it."""
    ticked = isinstance(journaled.event, ClockTicked)
    redrawn, counted = dict[Basis, Redrawn](), list[Basis]()
    books = before.book, state.book
    for basis in BASES:
        drawn = redraw(picture_of(before, basis), books, basis, pairs, now=journaled.now, ticked=ticked)
        if drawn is not None:
            redrawn[basis] = drawn
            state = _with_picture(state, basis, drawn.picture)
        # An amount that is stated may be what the capacity was taken to cost.
        restated = basis == "all" and books[0].estimated_cents != books[1].estimated_cents
        if restated or (drawn is not None and drawn.is_counted):
            counted.append(basis)
    unknown = _not_listed(state, deals)
    if unknown:
        state = replace(state, unknown=state.unknown.update(dict(unknown)))
    return Change(before, state, deals, unknown, redrawn, tuple(counted))


def _not_listed(state: Circularity, deals: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    """Name the companies that nobody knows and that were not listed before."""
    found = dict[str, str]()
    for deal_id in deals:
        for name in unknown_names(state.book.deals[deal_id]):
            if name not in state.unknown:
                found.setdefault(name, deal_id)
    return tuple(found.items())


def _rows(change: Change, journaled: JournaledEvent) -> Iterator[Row]:
    book, now = change.after.book, journaled.now
    for deal_id in change.deals:
        yield from deal_rows(change.before.book, book, deal_id, now)
    for name, deal_id in change.unknown:
        yield unknown_company_row(name, deal_id, now)
    for basis in BASES:
        redrawn = change.redrawn.get(basis)
        if redrawn is not None:
            yield from flow_rows(basis, book, picture_of(change.before, basis), redrawn, journaled)
        if basis in change.counted:
            yield circularity_row(basis, book, picture_of(change.after, basis), journaled)


def picture_of(state: Circularity, basis: Basis) -> Picture:
    """Give the picture of a basis."""
    match basis:
        case "firm":
            return state.firm
        case "all":
            return state.all
        case _:
            assert_never(basis)


def _with_picture(state: Circularity, basis: Basis, picture: Picture) -> Circularity:
    match basis:
        case "firm":
            return replace(state, firm=picture)
        case "all":
            return replace(state, all=picture)
        case _:
            assert_never(basis)
