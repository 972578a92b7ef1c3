"""Bars of prints: the one way from ticks to bars, for the sequencer, the ledger, files and backtests.

A bar opens with the first print of its bucket and closes with the last one; prints of the same time
keep the order in which they came. It is known when the last known of its prints is, and as sure as the least
sure one. Estimates never stand in one bar with prints: of a bucket that has both, each make a bar of their
own. Its id follows from what is in it, so that the same prints make the same bar wherever they are read from.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import sha256
from statistics import median
from typing import Any, assert_never
from uuid import UUID, uuid5

from events.base import EVENT_ID_NAMESPACE, Certainty, Event
from events.families.prices import (
    MOST_VENUES,
    Bar,
    EquityBarClosed,
    EquityPriced,
    GpuBarClosed,
    GpuPriced,
    Tick,
    VenuePrice,
    bucket_second,
)

_OF_GPUS = ("model", "basis", "form", "memory_gb", "condition", "term")
_SUREST_FIRST = {certainty: rank for rank, certainty in enumerate(Certainty)}


def series_of(priced: Tick | Bar) -> str:
    """Return the name of the series that a print or bar belongs to: a share, or like prices of a GPU."""
    match priced:
        case EquityPriced() | EquityBarClosed():
            return priced.symbol
        case GpuPriced() | GpuBarClosed():
            return f"{priced.series.product}/{priced.series.price_of}"
        case _:
            assert_never(priced)


def bars_of(ticks: Iterable[Tick], interval_seconds: int) -> list[Bar]:
    """Return the bars of prints, by series in the order of their first prints, then by bucket."""
    drafts: dict[str, SeriesDraft] = {}
    for tick in ticks:
        _draft(drafts, tick, interval_seconds)
    return _closed(drafts)


def with_bars(events: Iterable[Event], interval_seconds: int) -> Iterator[Event]:
    """Return events with bars in the place of prints, in bounded memory.

    The clock, the running maximum of `known_at`, cuts events into intervals. The prints of an interval come
    as bars at its end, behind its facts. A print that comes after its bar makes a bar that adds to the first.
    """
    drafts: dict[str, SeriesDraft] = {}
    interval = 0
    for event in events:
        known_in = bucket_second(event.known_at, interval_seconds)
        if known_in > interval:
            interval = known_in
            yield from _closed(drafts)
        if isinstance(event, Tick):
            _draft(drafts, event, interval_seconds)
        else:
            yield event
    yield from _closed(drafts)


class SeriesDraft:
    """The bars of one series while they are drawn, of each bucket one of prints and one of estimates."""

    def __init__(self, interval_seconds: int) -> None:
        self._interval = interval_seconds
        self._drafts: dict[tuple[int, bool], _BarDraft] = {}

    def add(self, tick: Tick) -> None:
        """Draw a print into the bar of its bucket; one that is in it already is passed over."""
        bucket = bucket_second(tick.occurred_at, self._interval)
        kind = bucket, tick.certainty is Certainty.ESTIMATED
        draft = self._drafts.get(kind)
        if draft is None:
            draft = self._drafts[kind] = _BarDraft(tick)
        draft.add(tick)

    @property
    def ends(self) -> int:
        """Return the second since 1970 at which the last of the buckets is over."""
        return max(bucket for bucket, _ in self._drafts) + self._interval

    def bars(self) -> tuple[Bar, ...]:
        """Return the bars as they are drawn so far, in the order of their buckets."""
        return tuple(draft.bar(bucket, self._interval) for bucket, draft in self._in_order())

    def _in_order(self) -> Iterator[tuple[int, "_BarDraft"]]:
        # Estimates come behind the prints of their bucket.
        for bucket, is_estimate in sorted(self._drafts):
            yield bucket, self._drafts[bucket, is_estimate]


@dataclass(slots=True)
class _BarDraft:
    """A bar while it is drawn, beginning with its first print."""

    first: Tick
    last: Tick = field(init=False)
    high_usd: float = 0.0
    low_usd: float = field(init=False)
    quantity: float = 0.0
    known_at: datetime = field(init=False)
    certainty: Certainty = Certainty.FILING
    # Of GPUs alone.
    prices: list[GpuPriced] = field(default_factory=list)
    # As numbers, which are hashed and sorted faster than UUIDs.
    ids: set[int] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.last, self.low_usd, self.known_at = self.first, self.first.price_usd, self.first.known_at

    def add(self, tick: Tick) -> None:
        tick_id = tick.event_id.int
        if tick_id in self.ids:
            return
        self.ids.add(tick_id)
        if tick.occurred_at < self.first.occurred_at:
            self.first = tick
        if tick.occurred_at >= self.last.occurred_at:
            self.last = tick
        self.high_usd = max(self.high_usd, tick.price_usd)
        self.low_usd = min(self.low_usd, tick.price_usd)
        if isinstance(tick, EquityPriced):
            self.quantity += tick.size
        else:
            self.quantity += tick.quantity
            self.prices.append(tick)
        self.known_at = max(self.known_at, tick.known_at)
        self.certainty = max(self.certainty, tick.certainty, key=_SUREST_FIRST.__getitem__)

    def bar(self, bucket: int, interval_seconds: int) -> Bar:
        last = self.last
        common: dict[str, Any] = {
            "event_id": self._bar_id(bucket, interval_seconds),
            "occurred_at": last.occurred_at,
            "known_at": self.known_at,
            "source": last.source,
            "source_url": last.source_url,
            "certainty": self.certainty,
            "interval_seconds": interval_seconds,
            "bucket": datetime.fromtimestamp(bucket, UTC),
            "open_usd": self.first.price_usd,
            "high_usd": self.high_usd,
            "low_usd": self.low_usd,
            "close_usd": last.price_usd,
            "first_at": self.first.occurred_at,
            "last_at": last.occurred_at,
        }
        if isinstance(last, EquityPriced):
            return EquityBarClosed(**common, symbol=last.symbol, volume=self.quantity)
        named = {name: getattr(last, name) for name in _OF_GPUS}
        return GpuBarClosed(**common, **named, quantity=self.quantity, venues=_venues(self.prices))

    def _bar_id(self, bucket: int, interval_seconds: int) -> UUID:
        series = series_of(self.last)
        prints = sha256(b"".join(tick_id.to_bytes(16, "big") for tick_id in sorted(self.ids))).hexdigest()
        return uuid5(EVENT_ID_NAMESPACE, f"bar\n{series}\n{bucket}\n{interval_seconds}\n{prints}")


def _venues(prices: list[GpuPriced]) -> tuple[VenuePrice, ...]:
    """Return the prices venue by venue, in the order of their names; too many of them are one."""
    by_venue: dict[tuple[str, bool], list[GpuPriced]] = {}
    for price in prices:
        by_venue.setdefault((price.votes_as or "", price.is_average), []).append(price)
    if len(by_venue) > MOST_VENUES:
        by_venue = {("", False): prices}
    return tuple(
        _venue(venue or None, asked, is_average=is_average)
        for (venue, is_average), asked in sorted(by_venue.items())
    )


def _venue(venue: str | None, prices: list[GpuPriced], *, is_average: bool) -> VenuePrice:
    if not is_average:
        middle = median(price.price_usd for price in prices)
        return VenuePrice(venue=venue, median_usd=middle, offers=len(prices))
    # A newer average takes the place of the one before.
    newest = max(prices, key=lambda price: (price.known_at, price.revision or 0))
    return VenuePrice(venue=venue, median_usd=newest.price_usd, is_average=True, revision=newest.revision)


def _draft(drafts: dict[str, SeriesDraft], tick: Tick, interval_seconds: int) -> None:
    series = series_of(tick)
    if series not in drafts:
        drafts[series] = SeriesDraft(interval_seconds)
    drafts[series].add(tick)


def _closed(drafts: dict[str, SeriesDraft]) -> list[Bar]:
    bars = [bar for draft in drafts.values() for bar in draft.bars()]
    drafts.clear()
    return bars
