"""How days are written in numbers: what the rows of a table prove, and what a person may say."""

import re
from collections.abc import Iterable
from datetime import date, datetime

_NUMBERED = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})(?!\d)", re.ASCII)
_CLOCK = re.compile(
    r"[T\s,]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?\s*(?:[ap]\.?m\.?)?$", re.IGNORECASE | re.ASCII
)
_TIME_OF_DAY = re.compile(r"[T\s,]\s*(\d{1,2}:\d{2}(?::\d{2})?)", re.ASCII)


def written_as(texts: Iterable[str]) -> str | None:
    """Return how days such as 01/31/1998 or 01/31/98 are written, if together they mean one thing only."""
    possible, separators, years = {"mdy", "dmy", "ymd"}, set(), set()
    for text in texts:
        found = _NUMBERED.match(text.strip())
        if found is None:
            continue
        separators.add(found[2])
        years.add(len(found[4]))
        possible = {order for order in possible if _can_be(order, (found[1], found[3], found[4]))}
    if len(possible) != 1 or len(separators) != 1 or len(years) != 1:
        return None
    (separator,), (order,), (digits,) = separators, possible, years
    codes = {"m": "%m", "d": "%d", "y": "%Y" if digits == 4 else "%y"}
    return separator.join(codes[part] for part in order)


def _can_be(order: str, numbers: tuple[str, str, str]) -> bool:
    parts = dict(zip(order, numbers, strict=True))
    # A year of two digits may stand first, one of four may not: that would be no other form.
    return int(parts["m"]) <= 12 and int(parts["d"]) <= 31 and len(parts["y"]) == max(map(len, numbers))


def by_format(text: str, date_format: str) -> date:
    """Read a day by its format, with or without a clock behind it. Raises ValueError."""
    try:
        return datetime.strptime(text, date_format).date()  # noqa: DTZ007  a day has no zone
    except ValueError:
        without = _CLOCK.sub("", text)
        if without == text:
            raise
        return datetime.strptime(without, date_format).date()  # noqa: DTZ007  a day has no zone


def hint(text: str) -> str:
    """Return a format that the text has, for a person to correct the order of."""
    found = _NUMBERED.match(text)
    if found is None:
        return "%m/%d/%Y"
    year = "%Y" if len(found[4]) == 4 else "%y"
    return found[2].join(("%d", "%m", year) if int(found[1]) > 12 else ("%m", "%d", year))


def clock_of(text: str) -> str:
    """Return the time of day that stands behind a day; nothing where there is none."""
    found = _TIME_OF_DAY.search(text)
    return found[1] if found else ""


def as_written(date_format: str | None) -> str:
    """Return how a day should have been written, where somebody said so."""
    return f" written as {date_format}" if date_format else ""
