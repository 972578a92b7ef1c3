"""Bars of shares, compared with each other: which of several holds, and which moves look odd."""

from collections.abc import Iterator, Sequence
from datetime import timedelta

from events.families.prices import DAY_SECONDS, EquityBarClosed
from events.words import day
from ouroboros.imports.located import Dropped, LocatedEvent
from ouroboros.imports.mapping import DailyBars, Mapping, MinuteBars
from ouroboros.imports.trading_days import TradingDays

# A fall or rise of a price within a day that a split explains better than a market.
SPLIT_FALL, SPLIT_RISE = -0.45, 0.90
# Pence for pounds and cents for dollars, with what the market moved that day.
HUNDREDFOLD = (80, 125)
MOVES_SHOWN = 20
# A quiet share may not trade for some days.
STILL_DAYS = 5
# As clocks are changed, two closes of one day in UTC may be of two days where they were made.
A_DAY_APART = (timedelta(hours=20), timedelta(hours=28))


class Bars:
    """Takes the bars of shares in known order."""

    def __init__(self, mappings: Sequence[Mapping]) -> None:
        self._mappings = mappings
        self._days = TradingDays()
        self._last: dict[str, EquityBarClosed] = {}
        # Since when a share has no trades and one price, and on how many days.
        self._still: dict[str, tuple[EquityBarClosed, int]] = {}
        self._moves: list[str] = []
        self._more_moves = 0

    def decide(self, same: Sequence[LocatedEvent]) -> Iterator[LocatedEvent | Dropped]:
        """Decide which of several bars of one share and interval holds; what was known before does."""
        holds = self._chosen(same)
        bar = _bar(holds)
        if holds.table is not None:
            if again := self._known_otherwise(bar):
                for located in same:
                    yield Dropped(located.table or 0, located.line, again)
                return
            self._look_at_move(bar, self._mappings[holds.table], holds.address)
            yield holds
        if bar.interval_seconds == DAY_SECONDS:
            self._days.add(bar.symbol, bar.last_at.date())
            self._look_whether_it_stands(bar)
            self._last[bar.symbol] = bar
        for located in same:
            if located is not holds and located.table is not None:
                yield self._dropped(located, holds)

    def notices(self) -> Iterator[str]:
        """Return what looks odd, once all is read: large moves, and days without prices."""
        yield from self._moves
        if self._more_moves:
            yield f"... and {self._more_moves:,} more moves that look like splits or changes of unit."
        for symbol, (since, days) in sorted(self._still.items()):
            if days >= STILL_DAYS:
                until = self._last[symbol].last_at
                yield (
                    f"{symbol} stands at {since.close_usd:,.2f} USD without a trade on its last {days} days,"
                    f" from {day(since.last_at)} to {day(until)}: its feed may be dead."
                )
        yield from self._days.notices()

    def _keep(self, located: LocatedEvent) -> str:
        mapping = None if located.table is None else self._mappings[located.table]
        return mapping.keep if isinstance(mapping, DailyBars | MinuteBars) else "first"

    def _chosen(self, same: Sequence[LocatedEvent]) -> LocatedEvent:
        first = same[0]
        match self._keep(first):
            case "last":
                return same[-1]
            case "most_volume":
                # Of two alike the later one.
                return max(reversed(same), key=lambda located: _bar(located).volume)
            case _:
                return first

    def _dropped(self, located: LocatedEvent, holds: LocatedEvent) -> Dropped:
        assert located.table is not None  # noqa: S101  what was there before is not dropped
        reason = _difference(holds, _bar(located))
        if reason and holds.table is not None and self._keep(holds) != "first":
            return Dropped(located.table, located.line, "", is_left_out=True)
        if reason and holds.table is None and self._keep(located) != "first":
            reason = f"{reason.removesuffix('.')} (import into a new folder to have the other one)."
        return Dropped(located.table, located.line, reason)

    def _known_otherwise(self, bar: EquityBarClosed) -> str:
        """Return why a bar is another one of a day that had its own; nothing where it is the first."""
        last = self._last.get(bar.symbol)
        if (
            bar.interval_seconds != DAY_SECONDS
            or last is None
            or not self._days.has(bar.symbol, bar.last_at.date())
        ):
            return ""
        if A_DAY_APART[0] <= bar.last_at - last.last_at <= A_DAY_APART[1]:
            return ""
        return (
            f"{bar.symbol} of {bar.last_at:%Y-%m-%d} has a price that was known at another time: it was kept"
            " (did closes_at, time_zone or published change?)."
        )

    def _look_whether_it_stands(self, bar: EquityBarClosed) -> None:
        last, (since, days) = self._last.get(bar.symbol), self._still.get(bar.symbol, (bar, 0))
        stands = last is not None and bar.volume == 0 and bar.close_usd == last.close_usd
        # Where no row has a volume, a price that stands says nothing.
        if not stands or (days == 0 and last is not None and last.volume == 0):
            self._still.pop(bar.symbol, None)
        else:
            self._still[bar.symbol] = (since, days + 1)

    def _look_at_move(self, bar: EquityBarClosed, mapping: Mapping, address: str) -> None:
        before = self._last.get(bar.symbol)
        if before is None or not isinstance(mapping, DailyBars):
            return
        move = bar.close_usd / before.close_usd - 1
        is_unit = HUNDREDFOLD[0] <= max(move + 1, 1 / (move + 1)) <= HUNDREDFOLD[1]
        if SPLIT_FALL < move < SPLIT_RISE or (mapping.split_adjusted and not is_unit):
            return
        if len(self._moves) >= MOVES_SHOWN:
            self._more_moves += 1
            return
        why = "it looks like a split: say split_adjusted: true if it is none, or give splits."
        if is_unit:
            why = "it looks like a change of unit, such as pence for pounds: correct it, or ask the vendor."
        self._moves.append(
            f"{address}: {bar.symbol} moved {move:+,.0%} in a day, from {before.close_usd:,.2f} to"
            f" {bar.close_usd:,.2f} USD; {why}"
        )


def _bar(located: LocatedEvent) -> EquityBarClosed:
    assert isinstance(located.event, EquityBarClosed)  # noqa: S101  bars are kept with bars
    return located.event


def _difference(first: LocatedEvent, bar: EquityBarClosed) -> str:
    """Say how the prices of one bar differ from those that hold; nothing where they do not."""
    there = _bar(first)
    names = ("open_usd", "high_usd", "low_usd", "close_usd", "volume")
    if all(getattr(there, name) == getattr(bar, name) for name in names):
        return ""
    return (
        f"{bar.symbol} of {bar.last_at:%Y-%m-%d %H:%M} UTC closed at {bar.close_usd:,.10g} USD with a volume"
        f" of {bar.volume:,.10g} here, at {there.close_usd:,.10g} with {there.volume:,.10g} in"
        f" {first.address}: the first of the two was kept."
    )
