"""How far apart the rows of a share are: weeks that are read as days would be known before they were over."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from statistics import median_high, median_low
from zoneinfo import ZoneInfo

from events.errors import UsageError

# Days between two rows of a week, a month, a quarter and a year, holidays included.
_LONGER = ((5, 10), (26, 35), (80, 100), (350, 380))
# Two rows may be far apart for any reason; so many gaps of one length are no chance.
FEWEST_GAPS = 2


def check_days(path: Path, days: Iterable[tuple[str, date, str]], *, several: bool) -> None:
    """Check shares, days and the clocks beside them, several a day or one. Raises UsageError for no days."""
    by_share: dict[str, dict[date, set[str]]] = {}
    for symbol, day, clock in days:
        by_share.setdefault(symbol, {}).setdefault(day, set()).add(clock)
    if not several and any(len(clocks) > 1 for found in by_share.values() for clocks in found.values()):
        raise UsageError(
            f"{path} has several times of one day: its rows are no days.",
            "Say kind: minute_bars and interval_seconds in a mapping; or keep: last, if that is the close.",
        )
    gaps = [gap.days for found in by_share.values() for gap in _gaps(found)]
    if len(gaps) < FEWEST_GAPS:
        return
    usual = median_high(gaps)
    for shortest, longest in _LONGER:
        alike = sum(shortest <= gap <= longest for gap in gaps)
        if shortest <= usual <= longest and alike * 3 >= len(gaps) * 2:
            raise UsageError(
                f"{path}: its rows are {usual} days apart: they are no days, and were not over when their"
                " first day was.",
                "Import daily prices of the share instead.",
            )


def check_intervals(
    path: Path, times: Iterable[tuple[str, datetime]], interval: timedelta, zone: ZoneInfo | None
) -> None:
    """Check shares and times of bars. Raises UsageError where their interval is not the mapping's."""
    by_share: dict[str, set[datetime]] = {}
    for symbol, stamp in times:
        by_share.setdefault(symbol, set()).add(stamp)
    gaps = [gap for found in by_share.values() for gap in _gaps(found)]
    stamps = [stamp.astimezone(zone) for found in by_share.values() for stamp in found]
    if len(stamps) > 1 and interval < timedelta(days=1) and all(stamp.time() == time() for stamp in stamps):
        raise UsageError(f"{path}: all of its rows are at midnight: they are days.", "Say kind: daily_bars.")
    if not gaps:
        return
    # Shares that trade seldom leave minutes out, but not each time.
    apart = min(gaps) if min(gaps) > interval else median_low(gaps)
    if apart < interval or (apart > interval and apart == min(gaps) and len(gaps) >= FEWEST_GAPS):
        seconds = int(apart.total_seconds())
        raise UsageError(
            f"{path}: its rows are {seconds:,} seconds apart, and the mapping says"
            f" {int(interval.total_seconds()):,}.",
            f"Say interval_seconds: {seconds} in a mapping, if that is what a row is over."
            if interval and seconds <= 86_400
            else "Say kind: daily_bars, or what else a row is.",
        )


def _gaps(found: Iterable[date]) -> Iterator[timedelta]:
    return (after - before for before, after in pairwise(sorted(found)))
