"""How far a price lies below its high of the past year, in bounded memory.

Of the year's daily highs only those are kept that no later day has reached: they fall from
left to right, the first is the year's high, and there are never more than there are days.
"""

from datetime import date, datetime, timedelta
from typing import NamedTuple
from uuid import UUID

import numpy as np

from events.families.prices import Bar
from projections.event_batch import Bars, Whole, in_utc

A_YEAR = timedelta(days=365)


class High(NamedTuple):
    """The high of a day (USD), and the event that brought it."""

    day: date
    price_usd: float
    event_id: UUID


class Year(NamedTuple):
    """The newest price (USD), when it was made, and the highs of the year up to it."""

    highs: tuple[High, ...]
    price_usd: float
    at: datetime
    event_id: UUID

    @property
    def high(self) -> High:
        """Return the highest price of the year."""
        return self.highs[0]

    @property
    def drawdown(self) -> float:
        """Return (high - price) / high, between 0 and 1; six decimals, so that 10 % is 10 %."""
        high_usd = self.highs[0].price_usd
        return max(0.0, round((high_usd - self.price_usd) / high_usd, 6))


def with_bar(year: Year | None, bar: Bar) -> Year:
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
    )


def with_quote(
    year: Year | None, *, day: date, at: datetime, high_usd: float, price_usd: float, event_id: UUID
) -> Year:
    """Take in a price that was made `at` a time, and the high of its day."""
    if year is None:
        return Year((High(day, high_usd, event_id),), price_usd, at, event_id)
    highs, newest = year.highs, year.highs[-1]
    # Nearly every bar of a day leaves its high as it was.
    if day != newest.day or high_usd > newest.price_usd:
        highs = _with_high(highs, High(day, high_usd, event_id))
    if at >= year.at:
        return Year(highs, price_usd, at, event_id)
    if highs is year.highs:
        return year
    return Year(highs, year.price_usd, year.at, year.event_id)


def with_bars(year: Year | None, bars: Bars, positions: Whole) -> Year | None:
    """Take in the bars of one share at these positions, which ascend, as if one by one.

    Of the bars of one day only the first with the highest price can leave a high, and of all bars only
    the last of the newest prices can leave its price: the others are passed over. Taking in a bar again
    leaves what it left.
    """
    for position in decisive(bars, positions):
        year = with_quote(
            year,
            day=in_utc(bars.bucket[position]).date(),
            at=in_utc(bars.last_at[position]),
            high_usd=float(bars.high_usd[position]),
            price_usd=float(bars.close_usd[position]),
            event_id=UUID(bars.event_id[position]),
        )
    return year


def decisive(bars: Bars, positions: Whole) -> list[int]:
    """Return the positions of the bars that leave something in a year."""
    if not positions.size:
        return []
    newest = len(positions) - 1 - int(bars.last_at[positions[::-1]].argmax())
    days = bars.bucket[positions].astype("datetime64[D]")
    if days.min() == days.max():
        # So it is mostly, and sorting would take twice the time.
        return sorted({int(positions[bars.high_usd[positions].argmax()]), int(positions[newest])})
    # By day, then the highest first; of equal ones the first stays first.
    order = np.lexsort((-bars.high_usd[positions], days))
    days = days[order]
    is_first = np.ones(len(days), dtype=bool)
    np.not_equal(days[1:], days[:-1], out=is_first[1:])
    return sorted({*positions[order[is_first]].tolist(), int(positions[newest])})


def merged(older: Year, newer: Year) -> Year:
    """Return one year of two of the same thing; the price is that of the newer one."""
    highs = newer.highs
    for high in older.highs:
        highs = _with_high(highs, high)
    return newer._replace(highs=highs)


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
