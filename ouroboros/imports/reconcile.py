"""Events of tables, compared with each other in the order in which they were known.

The same price twice counts once; two prices for one day are refused with both addresses. A venue's
offers of a GPU model in a period become one bar (gpu_offers.py). A promise of power that only repeats the
one before is none.
Memory holds the events of one time, and a line for each share and site and model.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from itertools import groupby, pairwise

from events.families.deals import DealAnnounced
from events.families.power import PowerScheduled
from events.families.prices import DAY_SECONDS, EquityBarClosed, GpuBarClosed
from events.words import count, day
from ouroboros.imports import gpu_offers
from ouroboros.imports.located import Dropped, LocatedEvent
from ouroboros.imports.mapping import DailyBars, Mapping

# A fall or rise of a price within a day that a split explains better than a market.
SPLIT_FALL, SPLIT_RISE = -0.45, 0.90


class Reconciler:
    """Takes events in known order, and gives those that hold."""

    def __init__(self, mappings: Sequence[Mapping]) -> None:
        self._mappings = mappings
        self._days = TradingDays()
        self._gpu_moves = gpu_offers.GpuMoves()
        self._closes: dict[str, float] = {}
        self._promises: dict[str, PowerScheduled] = {}
        self._deals: dict[str, LocatedEvent] = {}
        self._moves: list[str] = []
        self._more_moves = 0

    def reconcile(self, events: Iterable[LocatedEvent]) -> Iterator[LocatedEvent | Dropped]:
        """Decide all of one time together; what was there before comes first and is not given again."""
        for _, same_time in groupby(events, key=lambda located: located.event.known_at):
            yield from self._reconcile(same_time)

    def notices(self) -> Iterator[str]:
        """Return what looks odd, once all is read: large moves, and days without prices."""
        yield from self._moves
        if self._more_moves:
            yield f"... and {self._more_moves:,} more moves that look like splits."
        yield from self._gpu_moves.notices()
        yield from self._days.notices()

    def _reconcile(self, same_time: Iterable[LocatedEvent]) -> Iterator[LocatedEvent | Dropped]:
        bars: dict[tuple[str, int], LocatedEvent] = {}
        offers: dict[gpu_offers.Key, list[LocatedEvent]] = {}
        for located in same_time:
            # Why it does not hold: an empty text where it only repeats another one.
            objection: str | None = None
            match located.event:
                case GpuBarClosed() as bar:
                    offers.setdefault(gpu_offers.key_of(bar), []).append(located)
                    continue
                case EquityBarClosed() as bar:
                    objection = self._object_to_bar(bar, located, bars)
                case PowerScheduled() as promise:
                    objection = self._object_to_promise(promise)
                case DealAnnounced() as deal:
                    objection = self._object_to_deal(deal, located)
                case _:
                    pass
            if located.table is not None:
                yield located if objection is None else Dropped(located.table, located.line, objection)
        for found in gpu_offers.bars_of(offers):
            if isinstance(found, LocatedEvent):
                self._gpu_moves.look_at(found)
            yield found

    def _object_to_bar(
        self, bar: EquityBarClosed, located: LocatedEvent, bars: dict[tuple[str, int], LocatedEvent]
    ) -> str | None:
        first = bars.setdefault((bar.symbol, bar.interval_seconds), located)
        if first is not located:
            return _difference(first, bar)
        if located.table is not None and isinstance(mapping := self._mappings[located.table], DailyBars):
            self._look_at_move(bar, mapping, located.address)
        if bar.interval_seconds == DAY_SECONDS:
            self._days.add(bar.symbol, bar.last_at.date())
            self._closes[bar.symbol] = bar.close_usd
        return None

    def _look_at_move(self, bar: EquityBarClosed, mapping: DailyBars, address: str) -> None:
        before = self._closes.get(bar.symbol)
        if before is None or mapping.split_adjusted or bar.volume <= 0:
            return
        move = bar.close_usd / before - 1
        if SPLIT_FALL < move < SPLIT_RISE:
            return
        if len(self._moves) >= 20:
            self._more_moves += 1
            return
        self._moves.append(
            f"{address}: {bar.symbol} moved {move:+.0%} in a day, from {before:,.2f} to {bar.close_usd:,.2f}"
            " USD; it looks like a split: say split_adjusted: true if it is none, or give splits."
        )

    def _object_to_promise(self, promise: PowerScheduled) -> str | None:
        before = self._promises.get(promise.site_id)
        self._promises[promise.site_id] = promise
        repeats = before and (before.expected_on, before.mw) == (promise.expected_on, promise.mw)
        return "" if repeats else None

    def _object_to_deal(self, deal: DealAnnounced, located: LocatedEvent) -> str | None:
        first = self._deals.setdefault(deal.deal_id, located)
        if first is located:
            return None
        if first.event.event_id == deal.event_id:
            return ""
        return f"the deal {deal.deal_id} stands in {first.address} already, with other terms."


def _difference(first: LocatedEvent, bar: EquityBarClosed) -> str:
    """Say how the prices of one bar differ from those that came first; nothing where they do not."""
    there = first.event
    assert isinstance(there, EquityBarClosed)  # noqa: S101  bars are kept with bars
    names = ("open_usd", "high_usd", "low_usd", "close_usd", "volume")
    if all(getattr(there, name) == getattr(bar, name) for name in names):
        return ""
    return (
        f"{bar.symbol} of {bar.last_at:%Y-%m-%d %H:%M} UTC closed at {bar.close_usd:,.10g} USD with a volume"
        f" of {bar.volume:,.10g} here, at {there.close_usd:,.10g} with {there.volume:,.10g} in"
        f" {first.address}: the first of the two was kept."
    )


FIRST = date(1990, 1, 1)
# No exchange of ours was closed for three weekdays in a row, but in September 2001.
LONG = 3
GAPS_SHOWN = 5


class TradingDays:
    """Gathers the days of shares, in any order."""

    def __init__(self) -> None:
        self._shares: dict[str, int] = {}

    def add(self, symbol: str, on: date) -> None:
        """Take a day on which a share had a price."""
        self._shares[symbol] = self._shares.get(symbol, 0) | 1 << (on - FIRST).days

    def notices(self) -> Iterator[str]:
        """Return, share by share, which days are missing between its first and its last."""
        seen_once = seen_twice = 0
        for days in self._shares.values():
            seen_twice |= seen_once & days
            seen_once |= days
        for symbol in sorted(self._shares):
            gaps = list(_gaps(self._shares[symbol], seen_twice))
            if not gaps:
                continue
            missing = sum(weekdays for _, _, weekdays in gaps)
            shown = "; ".join(_text(*gap) for gap in gaps[:GAPS_SHOWN])
            more = f"; and {len(gaps) - GAPS_SHOWN} more gaps" if len(gaps) > GAPS_SHOWN else ""
            yield f"{symbol} has no price on {count(missing, 'trading day')}: {shown}{more}."


def _gaps(days: int, others: int) -> Iterator[tuple[date, date, int]]:
    """Return the first and last day of each gap, and how many weekdays are in it."""
    for before, after in pairwise(number for number in range(days.bit_length()) if days >> number & 1):
        between = range(before + 1, after)
        weekdays = [number for number in between if (FIRST + timedelta(days=number)).weekday() < 5]
        traded = [number for number in weekdays if others >> number & 1]
        missing = weekdays if len(weekdays) >= LONG else traded
        if missing:
            yield FIRST + timedelta(days=missing[0]), FIRST + timedelta(days=missing[-1]), len(missing)


def _text(first: date, last: date, weekdays: int) -> str:
    return day(first) if weekdays == 1 else f"{day(first)} to {day(last)} ({weekdays} weekdays)"
