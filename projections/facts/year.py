"""How far a price lies below its high of the past year, in bounded memory.

Of the year's daily highs only those are kept that no later day has reached: they fall from
left to right, the first is the year's high, and there are never more than there are days. Estimates, such as
the round quotes of a source, stand in only for a share of which no other price is known, whichever came
first.
"""

from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from events.base import Certainty
from events.families.prices import EquityBarClosed
from events.words import percent, price

A_YEAR = timedelta(days=365)


class High(NamedTuple):
    """The high of a day (USD), and the event that brought it."""

    day: date
    price_usd: float
    event_id: UUID


class Year(NamedTuple):
    """The newest price (USD), when it was made, and the highs of the year up to it.

    All of them are estimates, or none is.
    """

    highs: tuple[High, ...]
    price_usd: float
    at: datetime
    event_id: UUID
    is_estimate: bool = False

    @property
    def high(self) -> High:
        """Return the highest price of the year."""
        return self.highs[0]

    @property
    def drawdown(self) -> float:
        """Return (high - price) / high, between 0 and 1; six decimals, so that 10 % is 10 %."""
        high_usd = self.highs[0].price_usd
        return max(0.0, round((high_usd - self.price_usd) / high_usd, 6))


def is_estimate(bar: EquityBarClosed) -> bool:
    """Return whether a bar is of estimates, which never stand beside other prices."""
    return bar.certainty is Certainty.ESTIMATED


def with_bar(year: Year | None, bar: EquityBarClosed, *, is_estimate: bool = False) -> Year:
    """Take in a bar, and the high of its day.

    What comes late counts for the high of its day and is not the newest price; the very same year
    comes back where that changes nothing.
    """
    return with_quote(
        year,
        day=bar.bucket.date(),
        at=bar.last_at,
        high_usd=bar.high_usd,
        price_usd=bar.close_usd,
        event_id=bar.event_id,
        is_estimate=is_estimate,
    )


def with_quote(
    year: Year | None,
    *,
    day: date,
    at: datetime,
    high_usd: float,
    price_usd: float,
    event_id: UUID,
    is_estimate: bool = False,
) -> Year:
    """Take in a price that was made `at` a time, and the high of its day."""
    if year is None or (year.is_estimate and not is_estimate):
        return Year((High(day, high_usd, event_id),), price_usd, at, event_id, is_estimate)
    if is_estimate and not year.is_estimate:
        return year
    highs, newest = year.highs, year.highs[-1]
    # Nearly every bar of a day leaves its high as it was.
    if day != newest.day or high_usd > newest.price_usd:
        highs = _with_high(highs, High(day, high_usd, event_id))
    if at >= year.at:
        return Year(highs, price_usd, at, event_id, is_estimate)
    if highs is year.highs:
        return year
    return Year(highs, year.price_usd, year.at, year.event_id, is_estimate)


def price_text(symbol: str, year: Year) -> str:
    """Write where a share stands in its year, and that it does so by quotes where it does."""
    quoted = ", as quoted" if year.is_estimate else ""
    if not year.drawdown:
        return f"{symbol} is at its 52-week high of {price(year.price_usd)}{quoted}"
    return (
        f"{symbol} is {percent(year.drawdown)} below its 52-week high of {price(year.high.price_usd)}"
        f" (now {price(year.price_usd)}{quoted})"
    )


def _with_high(highs: tuple[High, ...], new: High) -> tuple[High, ...]:
    newest = highs[-1]
    if new.day <= newest.day - A_YEAR:
        return highs
    if any(high.day >= new.day and high.price_usd >= new.price_usd for high in highs):
        return highs
    oldest = max(new.day, newest.day) - A_YEAR
    before = [high for high in highs if oldest < high.day < new.day and high.price_usd > new.price_usd]
    after = [high for high in highs if high.day > new.day]
    return (*before, new, *after)
