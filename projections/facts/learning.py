"""Fold a batch of events into the world: facts one by one, bars of shares in columns.

A bar of a share is seen by itself only where somebody follows the share: a basket, or a loan that it
secures. Of all other shares only the year is kept, which any loan may ask for later: it is brought up
to date when an event names the share, when somebody begins to follow it, and at the end of the batch.
"""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from itertools import pairwise

import numpy as np

from events.base import Event
from events.families.credit import LoanOriginated, ShareCollateral
from events.families.desk import WatchlistChanged
from events.families.prices import EquityBarClosed
from projections.event_batch import EventBatch, Whole
from projections.facts.fold import fold_event
from projections.facts.loans import shares
from projections.facts.share_years import years_after
from projections.facts.world import DESK, Thing, World, WorldStep
from projections.facts.year import Year, is_estimate, with_bar


def learn(world: World, batch: EventBatch) -> tuple[World, tuple[WorldStep, ...]]:
    """Fold a batch: the world after it, and the steps of all events but the bars that nobody follows."""
    if not batch.bars.symbols:
        # Nearly every batch of a live worker.
        return _learn_facts(world, batch)
    bars, steps = _Bars(batch), list[WorldStep]()
    pledged = {shares(symbol): symbol for symbol in batch.bars.symbols}
    followed = _followed(world, pledged)
    seen = _seen(batch, bars, followed)
    number = 0
    while number < len(seen):
        position = seen[number]
        journaled = batch.journaled(position)
        symbol = _named(journaled.event)
        if symbol is not None and symbol not in followed:
            # Its own bar is taken in once more later, which leaves the same year.
            world = bars.catch_up(world, (symbol,), position)
        elif type(journaled.event) in REACHES_ANY_SHARE:
            # It may bring back a loan on any share, or begin to follow it.
            world = bars.catch_up(world, sorted(set(batch.bars.symbols) - followed), position)
        step = fold_event(world, journaled, position)
        world = step.world
        steps.append(step)
        number += 1
        if Thing.WATCHLIST in step.touched or not pledged.keys().isdisjoint(step.names(Thing.LOANS)):
            before, followed = followed, _followed(world, pledged)
            if followed != before:
                world = bars.catch_up(world, sorted(followed - before), position + 1)
                for gone in before - followed:
                    bars.pass_by(gone, position + 1)
                seen = _seen(batch, bars, followed)
                number = int(np.searchsorted(seen, position + 1))
    left = (symbol for symbol in batch.bars.symbols if symbol not in followed)
    return bars.catch_up(world, left, len(batch)), tuple(steps)


def _learn_facts(world: World, batch: EventBatch) -> tuple[World, tuple[WorldStep, ...]]:
    steps = list[WorldStep]()
    for position, journaled in batch.others.items():
        step = fold_event(world, journaled, position)
        world = step.world
        steps.append(step)
    return world, tuple(steps)


# What the desk says of names, facts and watchlists.
REACHES_ANY_SHARE = frozenset((*DESK, WatchlistChanged))
# So few bars are sooner taken in one by one, if they are events already.
FEW = 4
NO_POSITIONS: Whole = np.array((), dtype=np.int64)


class _Bars:
    """The bars of each share in a batch, and up to where its year has taken them in."""

    def __init__(self, batch: EventBatch) -> None:
        self._batch = batch
        self._codes = {symbol: code for code, symbol in enumerate(batch.bars.symbols)}
        code = batch.bars.code
        order = np.argsort(code, kind="stable")
        cuts = np.searchsorted(code[order], np.arange(len(self._codes) + 1))
        self._positions = [order[start:end] for start, end in pairwise(cuts)]
        self._caught_up = [0] * len(self._codes)

    def positions(self, symbols: Iterable[str]) -> list[Whole]:
        """Return where the bars of these shares are."""
        return [self._positions[self._codes[symbol]] for symbol in symbols if symbol in self._codes]

    def pass_by(self, symbol: str, end: int) -> None:
        """Note that the bars before a position need not be taken in here any more."""
        if symbol in self._codes:
            self._caught_up[self._codes[symbol]] = end

    def catch_up(self, world: World, symbols: Iterable[str], end: int) -> World:
        """Take in the bars before a position that the years of these shares have not seen yet."""
        years, many = world.prices.shares, list[Whole]()
        changed: dict[str, Year] = {}
        for symbol in symbols:
            positions = self._missed(symbol, end)
            if len(positions) > FEW or not self._batch.read:
                many.append(positions)
            else:
                changed |= self._after_few(years.get(symbol), positions)
        if many:
            changed |= years_after(years, self._batch.bars, np.concatenate(many))
        if not changed:
            return world
        for symbol, year in changed.items():
            years = years.insert(symbol, year)
        return world._replace(prices=replace(world.prices, shares=years))

    def _missed(self, symbol: str, end: int) -> Whole:
        """Return where the bars of a share are that its year has not seen, and note that it has now."""
        code = self._codes.get(symbol)
        if code is None:
            return NO_POSITIONS
        positions, seen_until = self._positions[code], self._caught_up[code]
        self._caught_up[code] = max(end, seen_until)
        if not seen_until and end == len(self._batch):
            # Nearly always: nobody has asked for it.
            return positions
        return positions[slice(*np.searchsorted(positions, (seen_until, end)))]

    def _after_few(self, year: Year | None, positions: Whole) -> dict[str, Year]:
        changed: dict[str, Year] = {}
        for position in positions.tolist():
            bar = self._batch.journaled(position).event
            assert isinstance(bar, EquityBarClosed)  # noqa: S101  a share has no others
            year = changed[bar.symbol] = with_bar(year, bar, is_estimate=is_estimate(bar))
        return changed


def _followed(world: World, pledged: Mapping[str, str]) -> frozenset[str]:
    """Return the shares whose bars leave more than their year, of the batch those that secure loans."""
    groups = world.loans.groups
    return frozenset((*world.watchlists.shares, *(pledged[group] for group in pledged if group in groups)))


def _seen(batch: EventBatch, bars: _Bars, followed: frozenset[str]) -> list[int]:
    others = np.fromiter(batch.others, dtype=np.int64, count=len(batch.others))
    listed: list[int] = np.sort(np.concatenate((others, *bars.positions(followed)))).tolist()
    return listed


def _named(event: Event) -> str | None:
    """Return the share whose year an event reads or changes."""
    match event:
        case EquityBarClosed():
            return event.symbol
        case LoanOriginated(collateral=ShareCollateral(symbol=symbol)):
            return symbol
        case _:
            return None
