"""Fold deals, contracts that change them and the desk's assumption into the graph of announced money."""

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import assert_never

from rpds import HashTrieSet

from events.clock import ClockTicked
from events.contracts import ContractRenegotiated
from events.deals import DealEvent
from events.desk import WatchlistChanged
from projections.base import Recorded, Row, Step
from projections.circularity.book import BASES, Basis, Book, Pair, changed_deals, pairs_of, record
from projections.circularity.deal_rows import deal_rows, unknown_company_row, unknown_names
from projections.circularity.flow_rows import circularity_row, flow_rows
from projections.circularity.picture import Picture
from projections.circularity.redraw import redraw
from projections.persistent import PersistentSet

CONCERNED = DealEvent | ContractRenegotiated | WatchlistChanged
NO_NAMES: PersistentSet[str] = HashTrieSet()


@dataclass(frozen=True, slots=True)
class Circularity:
    """The book, the picture of each basis, and the names that are listed for review."""

    book: Book = field(default_factory=Book)
    firm: Picture = field(default_factory=Picture)
    all: Picture = field(default_factory=Picture)
    unknown: PersistentSet[str] = NO_NAMES


def apply(state: Circularity, recorded: Recorded) -> Step[Circularity]:
    """Fold one event; other families pass by, and so does the clock when nothing waits for it."""
    event = recorded.event
    if isinstance(event, ClockTicked):
        return _drawn(state, state.book, (), recorded)
    if not isinstance(event, CONCERNED):
        return Step(state)
    book = record(state.book, event)
    if book is state.book:
        return Step(state)
    deals = changed_deals(state.book, book, event)
    pairs = {pair for name in deals for one in (state.book, book) for pair in pairs_of(one.deals.get(name))}
    rows = [row for name in deals for row in deal_rows(state.book, book, name, recorded.now)]
    listed = _listed(state, book, deals, recorded.now)
    drawn = _drawn(listed.state, book, tuple(sorted(pairs)), recorded)
    return Step(drawn.state, (*rows, *listed.rows, *drawn.rows))


def _listed(state: Circularity, book: Book, deals: tuple[str, ...], now: datetime) -> Step[Circularity]:
    """List the names that nobody knows and that were not listed before."""
    unknown, rows = state.unknown, list[Row]()
    for deal_id in deals:
        for name in unknown_names(book.deals[deal_id]):
            if name not in unknown:
                unknown = unknown.insert(name)
                rows.append(unknown_company_row(name, deal_id, now))
    return Step(replace(state, unknown=unknown), tuple(rows))


def _drawn(state: Circularity, book: Book, pairs: tuple[Pair, ...], recorded: Recorded) -> Step[Circularity]:
    """Draw what the pairs touch on both bases; at a tick, what has waited for it."""
    ticked = isinstance(recorded.event, ClockTicked)
    before, rows = state.book, list[Row]()
    state = state if book is before else replace(state, book=book)
    for basis in BASES:
        picture = picture_of(state, basis)
        redrawn = redraw(picture, (before, book), basis, pairs, now=recorded.now, ticked=ticked)
        if redrawn is not None:
            rows += flow_rows(basis, book, picture, redrawn, recorded)
            state = _with_picture(state, basis, redrawn.picture)
        # An amount that is stated may be what the capacity was taken to cost.
        restated = basis == "all" and before.estimated_cents != book.estimated_cents
        if restated or (redrawn is not None and redrawn.is_counted):
            rows.append(circularity_row(basis, book, picture_of(state, basis), recorded))
    return Step(state, tuple(rows))


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
