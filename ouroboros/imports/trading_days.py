"""Which days of a share have a price, and which should have one: holes, and feeds that died."""

from collections.abc import Iterator
from datetime import date, timedelta
from itertools import pairwise

from events.words import count, day

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

    def has(self, symbol: str, on: date) -> bool:
        """Return whether a share had a price on a day."""
        return bool(self._shares.get(symbol, 0) >> (on - FIRST).days & 1)

    def notices(self) -> Iterator[str]:
        """Return, share by share, which days are missing between its first and its last."""
        seen_once = seen_twice = 0
        for days in self._shares.values():
            seen_twice |= seen_once & days
            seen_once |= days
        for symbol in sorted(self._shares):
            days = self._shares[symbol]
            if ended := _end(days, seen_once, seen_twice):
                yield f"{symbol} has no price after {day(ended[0])}, while others go on to {day(ended[1])}."
            gaps = list(_gaps(days, seen_twice))
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


def _end(days: int, once: int, twice: int) -> tuple[date, date] | None:
    """Return the last day of a share, and that of all, where so many days of others follow it as matter."""
    last = days.bit_length() - 1
    after = [number for number in range(last + 1, once.bit_length()) if once >> number & 1]
    weekdays = [number for number in after if (FIRST + timedelta(days=number)).weekday() < 5]
    if len(weekdays) < LONG and not any(twice >> number & 1 for number in weekdays):
        return None
    return FIRST + timedelta(days=last), FIRST + timedelta(days=after[-1])
