"""Comparing events of tables with each other, in the order in which they were known.

The same price twice counts once; two prices for one day are told with both places. The offers of a
GPU model in a period become one bar. A promise of power that only repeats the one before is none.
Memory holds the events of one moment, and a line for each share and site and model.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from statistics import median

from events.base import Event
from events.codec import content_id
from events.deals import DealAnnounced
from events.power import PowerScheduled
from events.prices import DAY_SECONDS, EquityBarClosed, GpuBarClosed
from ouroboros.history.mapping import DailyBars, Mapping
from ouroboros.history.trading_days import TradingDays

# A fall or rise of a price within a day that a split explains better than a market.
SPLIT_FALL, SPLIT_RISE = -0.45, 0.90


@dataclass(frozen=True, slots=True)
class Placed:
    """An event and where it stands; without a file, where it stood before this import."""

    event: Event
    file: int | None
    line: int
    place: str


@dataclass(frozen=True, slots=True)
class Dropped:
    """A row that gives no event of its own: one that came again, or (with a reason) one that does not fit."""

    file: int
    line: int
    reason: str = ""


class Settling:
    """Takes events in known order, and gives those that hold."""

    def __init__(self, mappings: Sequence[Mapping]) -> None:
        self._mappings = mappings
        self._days = TradingDays()
        self._closes: dict[str, float] = {}
        self._promises: dict[str, PowerScheduled] = {}
        self._deals: dict[str, tuple[Event, str]] = {}
        self._moves: list[str] = []
        self._more_moves = 0

    def settle(self, placed: Iterable[Placed]) -> Iterator[Placed | Dropped]:
        """Decide moment by moment; what was there before comes first and is not given again."""
        for _, moment in groupby(placed, key=lambda one: one.event.known_at):
            yield from self._settle_moment(list(moment))

    def notices(self) -> Iterator[str]:
        """Tell what looks odd, once all is read: large moves, and days without prices."""
        yield from self._moves
        if self._more_moves:
            yield f"... and {self._more_moves:,} more moves that look like splits."
        yield from self._days.notices()

    def _settle_moment(self, moment: list[Placed]) -> Iterator[Placed | Dropped]:
        bars: dict[tuple[str, int], Placed] = {}
        offers: dict[tuple[str, str], list[Placed]] = {}
        for one in moment:
            match one.event:
                case EquityBarClosed() as bar:
                    yield from self._equity(bar, one, bars)
                case GpuBarClosed() as bar:
                    offers.setdefault((bar.model, bar.basis), []).append(one)
                case PowerScheduled() as promise:
                    yield from self._promise(promise, one)
                case DealAnnounced() as deal:
                    yield from self._deal(deal, one)
                case _ if one.file is not None:
                    yield one
                case _:
                    pass
        for key in sorted(offers):
            yield from _one_bar(offers[key])

    def _equity(
        self, bar: EquityBarClosed, one: Placed, bars: dict[tuple[str, int], Placed]
    ) -> Iterator[Placed | Dropped]:
        first = bars.setdefault((bar.symbol, bar.interval_seconds), one)
        if first is not one:
            if one.file is not None:
                yield Dropped(one.file, one.line, _difference(first, bar))
            return
        if one.file is not None and isinstance(mapping := self._mappings[one.file], DailyBars):
            self._look_at_move(bar, mapping, one.place)
        if bar.interval_seconds == DAY_SECONDS:
            self._days.add(bar.symbol, bar.last_at.date())
            self._closes[bar.symbol] = bar.close_usd
        if one.file is not None:
            yield one

    def _look_at_move(self, bar: EquityBarClosed, mapping: DailyBars, place: str) -> None:
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
            f"{place}: {bar.symbol} moved {move:+.0%} in a day, from {before:,.2f} to {bar.close_usd:,.2f}"
            " USD; it looks like a split: say split_adjusted: true if it is none, or give splits."
        )

    def _promise(self, promise: PowerScheduled, one: Placed) -> Iterator[Placed | Dropped]:
        before = self._promises.get(promise.site_id)
        self._promises[promise.site_id] = promise
        if one.file is None:
            return
        if before and (before.expected_on, before.mw) == (promise.expected_on, promise.mw):
            yield Dropped(one.file, one.line)
        else:
            yield one

    def _deal(self, deal: DealAnnounced, one: Placed) -> Iterator[Placed | Dropped]:
        first = self._deals.get(deal.deal_id)
        if first is None:
            self._deals[deal.deal_id] = (deal, one.place)
            if one.file is not None:
                yield one
        elif one.file is not None:
            reason = f"the deal {deal.deal_id} stands in {first[1]} already, with other terms."
            yield Dropped(one.file, one.line, "" if first[0].event_id == deal.event_id else reason)


def _difference(first: Placed, bar: EquityBarClosed) -> str:
    """Say how the prices of one bar differ from those that came first; nothing where they do not."""
    there = first.event
    assert isinstance(there, EquityBarClosed)  # noqa: S101  bars are kept with bars
    names = ("open_usd", "high_usd", "low_usd", "close_usd", "volume")
    if all(getattr(there, name) == getattr(bar, name) for name in names):
        return ""
    return (
        f"{bar.symbol} of {bar.last_at:%Y-%m-%d %H:%M} UTC closed at {bar.close_usd:,.10g} USD with a volume"
        f" of {bar.volume:,.10g} here, at {there.close_usd:,.10g} with {there.volume:,.10g} in {first.place}:"
        " the first of the two was kept."
    )


def _one_bar(offers: list[Placed]) -> Iterator[Placed | Dropped]:
    """Make one bar of all prices of a model and period; rows of a table have no order within it.

    Opens and closes at the median, so that one strange offer moves nothing.
    """
    known = next((one for one in offers if one.file is None), None)
    new = [one for one in offers if one.file is not None]
    if not new:
        return
    bar = _of_all([one.event for one in new if isinstance(one.event, GpuBarClosed)])
    if known is None:
        yield Placed(bar, new[0].file, new[0].line, new[0].place)
        return
    told = f"{bar.model} of {bar.first_at:%Y-%m-%d} stands in {known.place} already, with other prices."
    reason = "" if known.event.event_id == bar.event_id else told
    for one in new:
        yield Dropped(one.file or 0, one.line, reason)


def _of_all(bars: list[GpuBarClosed]) -> GpuBarClosed:
    middle = median(bar.close_usd for bar in bars)
    prices = {"open_usd": middle, "close_usd": middle}
    prices["high_usd"] = max(bar.high_usd for bar in bars)
    prices["low_usd"] = min(bar.low_usd for bar in bars)
    prices["quantity"] = sum(bar.quantity for bar in bars)
    # The id follows from what the bar says.
    document = bars[0].model_copy(update=prices).model_dump(mode="json", exclude={"event_id"})
    identity = content_id({name: value for name, value in document.items() if value is not None})
    return GpuBarClosed.model_validate({**document, "event_id": identity})
