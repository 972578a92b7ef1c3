"""The warning signs over a batch: bars of shares that nobody heeds are not seen one by one.

A bar of a share leaves rows only where an indicator follows the share, or where something was due by
then: those take the ordinary way, as do all other events. What is left are the years of the
other shares, which any loan may ask for later: they are caught up with when an event names the
share, when somebody begins to follow it, and at the end of the batch.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from itertools import pairwise

import numpy as np

from events.base import Event
from events.credit import LoanOriginated, ShareCollateral
from events.desk import WatchlistChanged
from events.prices import EquityBarClosed, EquityPriced
from projections.base import Row, Step
from projections.bulk.windows import with_bars
from projections.event_batch import EventBatch, Whole, from_utc
from projections.warning_signs.definition import Indicator
from projections.warning_signs.fold import READERS, WarningSigns, apply
from projections.warning_signs.indicators.pledged_equity_drawdown import PLEDGED_EQUITY_DRAWDOWN
from projections.warning_signs.registry import ALL

PLEDGED = ALL.index(PLEDGED_EQUITY_DRAWDOWN)
# Only these change which shares are heeded.
CHANGE_HEED = (WatchlistChanged, LoanOriginated)


class _Shares:
    """The bars of each share in a batch, and up to where its year has taken them in."""

    def __init__(self, batch: EventBatch) -> None:
        self._bars = batch.bars
        self._codes = {symbol: code for code, symbol in enumerate(batch.bars.symbols)}
        code = batch.bars.code
        order = np.argsort(code, kind="stable")
        cuts = np.searchsorted(code[order], np.arange(len(self._codes) + 1))
        self._positions = [order[start:end] for start, end in pairwise(cuts)]
        self._taken_to = [0] * len(self._codes)

    def positions(self, symbols: Iterable[str]) -> list[Whole]:
        """Give where the bars of these shares stand."""
        return [self._positions[self._codes[one]] for one in symbols if one in self._codes]

    def pass_by(self, symbol: str, end: int) -> None:
        """Note that the bars before a position need not be taken in here any more."""
        if symbol in self._codes:
            self._taken_to[self._codes[symbol]] = end

    def catch_up(self, state: WarningSigns, symbols: Iterable[str], end: int) -> WarningSigns:
        """Take in the bars before a position that these shares' years have not seen yet."""
        pledged = state.states[PLEDGED]
        windows = pledged.windows
        for symbol in symbols:
            code = self._codes.get(symbol)
            if code is None:
                continue
            positions = self._positions[code]
            start, stop = np.searchsorted(positions, (self._taken_to[code], end))
            self._taken_to[code] = end
            if start == stop:
                continue
            before = windows.get(symbol)
            after = with_bars(before, self._bars, positions[start:stop])
            if after is not None and after is not before:
                windows = windows.insert(symbol, after)
        if windows is pledged.windows:
            return state
        states = list(state.states)
        states[PLEDGED] = replace(pledged, windows=windows)
        return replace(state, states=tuple(states))


def fold_heeded(state: WarningSigns, batch: EventBatch) -> Step[WarningSigns]:
    """Fold a batch, bar by bar only where a bar is heeded or something is due."""
    shares, rows = _Shares(batch), list[Row]()
    followed = _followed(state, batch)
    heeded = _positions(batch, shares, followed)
    due, overdue_from = state.due, _first(batch, state.due)
    position = number = 0
    while True:
        ordinary = heeded[number] if number < len(heeded) else len(batch)
        position = min(ordinary, max(position, overdue_from))
        if position >= len(batch):
            break
        journaled = batch.journaled(position)
        event, named = journaled.event, _named(journaled.event)
        if named is not None and named not in followed:
            # Its own bar is taken in once more later, which leaves the same year.
            state = shares.catch_up(state, (named,), position)
        step = apply(state, journaled)
        state = step.state
        rows.extend(step.rows)
        number += position == ordinary
        position += 1
        if isinstance(event, CHANGE_HEED):
            before, followed = followed, _followed(state, batch)
            if followed != before:
                state = shares.catch_up(state, sorted(followed - before), position)
                for symbol in before - followed:
                    shares.pass_by(symbol, position)
                heeded = _positions(batch, shares, followed)
                number = int(np.searchsorted(heeded, position))
        if state.due is not due:
            due, overdue_from = state.due, _first(batch, state.due)
    left = (symbol for symbol in batch.bars.symbols if symbol not in followed)
    return Step(shares.catch_up(state, left, len(batch)), tuple(rows))


def _followed(state: WarningSigns, batch: EventBatch) -> frozenset[str]:
    """Name the shares whose bars leave more than their year."""
    followed = set[str]()
    for place in READERS[EquityBarClosed]:
        reader = ALL[place]
        heeds = reader.heeds if isinstance(reader, Indicator) else None
        followed.update(heeds(state.states[place]) if heeds else batch.bars.symbols)
    return frozenset(followed)


def _positions(batch: EventBatch, shares: _Shares, followed: frozenset[str]) -> list[int]:
    others = np.fromiter(batch.others, dtype=np.int64, count=len(batch.others))
    listed: list[int] = np.sort(np.concatenate((others, *shares.positions(followed)))).tolist()
    return listed


def _first(batch: EventBatch, due: datetime) -> int:
    """Find the first position at which something is due."""
    return int(np.searchsorted(batch.now, from_utc(due)))


def _named(event: Event) -> str | None:
    """Name the share whose year an event reads or changes."""
    match event:
        case EquityBarClosed() | EquityPriced():
            return event.symbol
        case LoanOriginated(collateral=ShareCollateral(symbol=symbol)):
            return symbol
        case _:
            return None
