"""Which days have prices, share by share, and which ones seem to be missing.

No calendar of an exchange is needed: a weekday is missing where two other shares had a price on it, or
where it is one of so many in a row that no holiday explains them. A bit a day: a share of 30 years
takes about a kilobyte.
"""

from collections.abc import Iterator
from datetime import date, timedelta

from events.words import count, day

FIRST = date(1990, 1, 1)
# No exchange of ours was closed for three weekdays in a row, but in September 2001.
LONG = 3
GAPS_SHOWN = 5


class TradingDays:
    """Takes the days of shares, in any order."""

    def __init__(self) -> None:
        self._shares: dict[str, int] = {}

    def add(self, symbol: str, on: date) -> None:
        """Take a day on which a share had a price."""
        self._shares[symbol] = self._shares.get(symbol, 0) | 1 << (on - FIRST).days

    def notices(self) -> Iterator[str]:
        """Tell, share by share, which days are missing between its first and its last."""
        seen_once = seen_twice = 0
        for days in self._shares.values():
            seen_twice |= seen_once & days
            seen_once |= days
        for symbol in sorted(self._shares):
            gaps = list(_gaps(self._shares[symbol], seen_twice))
            if not gaps:
                continue
            missing = sum(weekdays for _, _, weekdays in gaps)
            told = "; ".join(_told(*gap) for gap in gaps[:GAPS_SHOWN])
            more = f"; and {len(gaps) - GAPS_SHOWN} more gaps" if len(gaps) > GAPS_SHOWN else ""
            yield f"{symbol} has no price on {count(missing, 'trading day')}: {told}{more}."


def _gaps(days: int, others: int) -> Iterator[tuple[date, date, int]]:
    """Name the first and last day of each gap, and how many weekdays are in it."""
    on = (days & -days).bit_length() - 1
    last = days.bit_length()
    while on < last:
        if days >> on & 1:
            on += 1
            continue
        start = on
        while not days >> on & 1:
            on += 1
        weekdays = [one for one in range(start, on) if (FIRST + timedelta(days=one)).weekday() < 5]
        traded = [one for one in weekdays if others >> one & 1]
        missing = weekdays if len(weekdays) >= LONG else traded
        if missing:
            yield FIRST + timedelta(days=missing[0]), FIRST + timedelta(days=missing[-1]), len(missing)


def _told(first: date, last: date, weekdays: int) -> str:
    return day(first) if weekdays == 1 else f"{day(first)} to {day(last)} ({weekdays} weekdays)"
