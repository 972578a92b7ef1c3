"""How far a price lies below its high of the past year, in bounded memory.

Of the year's daily highs only those are kept that no later day has reached: they fall from
left to right, the first is the year's high, and there are never more than there are days.
"""

from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from events.prices import Bar, EquityPriced

YEAR = timedelta(days=365)


class High(NamedTuple):
    """The high of a day (USD), and the event that brought it."""

    day: date
    price_usd: float
    event_id: UUID


class Window(NamedTuple):
    """The newest price (USD), when it was made, and the highs of the year up to it."""

    highs: tuple[High, ...]
    price_usd: float
    at: datetime
    event_id: UUID

    @property
    def high(self) -> High:
        """Give the highest price of the year."""
        return self.highs[0]

    @property
    def drawdown(self) -> float:
        """Compute (high - price) / high, between 0 and 1; six decimals, so that 10 % is 10 %."""
        high_usd = self.highs[0].price_usd
        return max(0.0, round((high_usd - self.price_usd) / high_usd, 6))


def with_price(window: Window | None, event: Bar | EquityPriced) -> Window:
    """Take in a price, and the high of its day.

    What comes late counts for the high of its day and is not the newest price; the very same
    window comes back where that changes nothing.
    """
    if isinstance(event, Bar):
        day, at, high_usd, price_usd = event.bucket.date(), event.last_at, event.high_usd, event.close_usd
    else:
        day, at = event.occurred_at.date(), event.occurred_at
        high_usd = price_usd = event.price_usd
    return with_quote(window, day=day, at=at, high_usd=high_usd, price_usd=price_usd, event_id=event.event_id)


def with_quote(
    window: Window | None, *, day: date, at: datetime, high_usd: float, price_usd: float, event_id: UUID
) -> Window:
    """Take in a price that was made `at` a time, and the high of its day."""
    if window is None:
        return Window((High(day, high_usd, event_id),), price_usd, at, event_id)
    highs, newest = window.highs, window.highs[-1]
    # Nearly every bar of a day leaves its high as it was.
    if day != newest.day or high_usd > newest.price_usd:
        highs = _with_high(highs, High(day, high_usd, event_id))
    if at >= window.at:
        return Window(highs, price_usd, at, event_id)
    if highs is window.highs:
        return window
    return Window(highs, window.price_usd, window.at, window.event_id)


def _with_high(highs: tuple[High, ...], new: High) -> tuple[High, ...]:
    newest = highs[-1]
    if new.day <= newest.day - YEAR:
        return highs
    if any(high.day >= new.day and high.price_usd >= new.price_usd for high in highs):
        return highs
    oldest = max(new.day, newest.day) - YEAR
    before = [high for high in highs if oldest < high.day < new.day and high.price_usd > new.price_usd]
    after = [high for high in highs if high.day > new.day]
    return (*before, new, *after)
