"""Fold deals, and contracts that change them, into the graph of announced money."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import assert_never

from events.clock import ClockTicked
from events.contracts import ContractRenegotiated
from events.deals import DealEvent
from projections.base import Recorded, Row, Step
from projections.circularity.book import BASES, Basis, Book, all_estimated_cents, flows, record, total
from projections.circularity.deal_rows import deal_rows
from projections.circularity.flow_rows import flow_rows
from projections.circularity.picture import BLANK, Picture, draw
from projections.circularity.solve import waits_for_the_clock

EMPTY = Book()
CONCERNED = DealEvent | ContractRenegotiated


@dataclass(frozen=True, slots=True)
class Circularity:
    """The book, what was last drawn of each basis, and the bases that wait for the clock."""

    book: Book = EMPTY
    firm: Picture = BLANK
    all: Picture = BLANK
    waiting: tuple[Basis, ...] = ()


def apply(state: Circularity, recorded: Recorded) -> Step[Circularity]:
    """Fold one event; other families pass by, and so does the clock when nothing waits for it."""
    event = recorded.event
    if isinstance(event, ClockTicked):
        return _draw_changed(state, state.waiting, recorded) if state.waiting else Step(state)
    if not isinstance(event, CONCERNED):
        return Step(state)
    book = record(state.book, event)
    if book is state.book:
        return Step(state)
    rows: list[Row] = []
    deal = book.deals.get(event.deal_id or "")
    if deal is not None:
        rows += deal_rows(state.book.deals.get(deal.announced.deal_id), deal, recorded.now)
    drawn = _draw_changed(replace(state, book=book), BASES, recorded)
    return Step(drawn.state, (*rows, *drawn.rows))


def _draw_changed(state: Circularity, bases: Iterable[Basis], recorded: Recorded) -> Step[Circularity]:
    """Draw again what changed of the bases; what is too large for that waits for a tick of the clock."""
    ticked = isinstance(recorded.event, ClockTicked)
    waiting: list[Basis] = []
    rows: list[Row] = []
    for basis in bases:
        before, seen = _picture(state, basis), flows(state.book, basis)
        if seen == before.flows:
            continue
        if not ticked and waits_for_the_clock(tuple(map(total, seen))):
            waiting.append(basis)
            continue
        after = draw(seen)
        rows += _changes(state.book, basis, before, after, recorded)
        state = _with_picture(state, basis, after)
    return Step(replace(state, waiting=tuple(waiting)), tuple(rows))


def _changes(book: Book, basis: Basis, before: Picture, after: Picture, recorded: Recorded) -> Iterator[Row]:
    estimated = all_estimated_cents(book) if basis == "all" else 0
    return flow_rows(basis, before, after, estimated, recorded)


def _picture(state: Circularity, basis: Basis) -> Picture:
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
