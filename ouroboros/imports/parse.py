"""Numbers, days and times as people write them into tables. What could mean two things is refused."""

import math
import re
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from events.errors import short
from ouroboros.imports.date_formats import as_written, by_format, hint

MIDNIGHT = time()
EMPTY = frozenset({"", "-", "--", "\u2013", "\u2014", "n/a", "#n/a", "na", "nan", "null", "none", "nil", "."})

_SUFFIXES = {"": 1.0, "k": 1e3, "m": 1e6, "b": 1e9}
_NUMBER = re.compile(r"([-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:e[-+]?\d{1,3})?)([kmb]?)", re.IGNORECASE | re.ASCII)
_GROUPED = re.compile(r"[-+]?\d{1,3}(?:,\d{3})+(?:\.\d*)?[kmb]?", re.IGNORECASE | re.ASCII)
_COMMA_DECIMAL = re.compile(
    r"[-+]?(?:\d+|\d{1,3}(?:\.\d{3})+)?(?:,\d*)?(?:e[-+]?\d{1,3})?[kmb]?", re.IGNORECASE | re.ASCII
)
_SPACES = str.maketrans("", "", " \u00a0\u202f\u2009'")

_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MONTHS = {name: number for number, name in enumerate(_NAMES, start=1)}
# With signs between them, a month and a day may be of one digit each.
_ISO = re.compile(r"(\d{4})(?:([-/.])(\d{1,2})\2(\d{1,2})|(\d{2})(\d{2}))(?!\d)", re.ASCII)
_DAY_FIRST = re.compile(r"(\d{1,2})[-\s/]([a-z]{3,9})\.?[-\s/,]+(\d{4}|\d{2})", re.IGNORECASE | re.ASCII)
_MONTH_FIRST = re.compile(r"([a-z]{3,9})\.?\s+(\d{1,2})\s*,?\s+(\d{4})", re.IGNORECASE | re.ASCII)
_MONTH_ONLY = re.compile(r"([a-z]{3,9})\.?[\s-]+(\d{4})", re.IGNORECASE | re.ASCII)
_OFFSET = re.compile(r"\d{1,2}:\d{2}.*?(?:Z|[-+]\d{2}:?\d{2})$", re.ASCII)
# Seconds since 1970, or thousandths, millionths, billionths: nine digits of seconds end in September 2001.
_EPOCH = re.compile(r"(\d{9,10})(\d{3}|\d{6}|\d{9})?(?:\.0+)?", re.ASCII)
_BEFORE_1970 = re.compile(r"-\d{5,}(?:\.0+)?", re.ASCII)
# What may stand before or behind an amount of a currency.
_SIGNS = {"USD": ("US$", "$", "USD"), "EUR": ("€", "EUR"), "GBP": ("£", "GBP"), "JPY": ("¥", "JPY")}


class UnfitCell(Exception):
    """Says why a cell is not what its column holds, in the words of a sentence."""


def is_empty(text: str) -> bool:
    """Return whether a cell says that there is nothing."""
    return text.strip().lower() in EMPTY


def number(text: str, what: str, decimal_comma: bool = False, currency: str = "USD") -> float:
    """Read a number: "$1,770", "USD 1,770.00", "1 234,5" with a decimal comma, "10.5M". Raises UnfitCell.

    Signs of the currency are left out; one of another currency makes it no number.
    """
    if is_empty(text):
        raise UnfitCell(f"{what} is empty")
    plain = _without_sign(text.translate(_SPACES), currency)
    if decimal_comma and not _COMMA_DECIMAL.fullmatch(plain):
        why = "whose point groups no thousands" if "." in plain else "which is no number"
        raise UnfitCell(f"{what} is {short(text)}, {why} (the mapping says decimal_comma: true)")
    if decimal_comma:
        plain = plain.replace(".", "").replace(",", ".")
    elif _GROUPED.fullmatch(plain):
        plain = plain.replace(",", "")
    elif "," in plain:
        raise UnfitCell(
            f"{what} is {short(text)}, whose comma groups no thousands (say decimal_comma: true if it is one)"
        )
    found = _NUMBER.fullmatch(plain)
    value = float(found[1]) * _SUFFIXES[found[2].lower()] if found else math.nan
    if not math.isfinite(value):
        raise UnfitCell(f"{what} is {short(text)}, which is no number")
    return value


def positive(text: str, what: str, decimal_comma: bool = False, currency: str = "USD") -> float:
    """Read a number above 0. Raises UnfitCell."""
    value = number(text, what, decimal_comma, currency)
    if value <= 0:
        raise UnfitCell(f"{what} is {short(text)}, not above 0")
    return value


def day(text: str, what: str, date_format: str | None = None, zone: ZoneInfo | None = None) -> date:
    """Read a day; of a time the day as it is written. Raises UnfitCell.

    With a zone, a time that has an offset, and seconds since 1970, name the day on which they are there.
    Those of a midnight name the day that begins then, wherever it is meant.
    """
    text = text.strip()
    if is_empty(text):
        raise UnfitCell(f"{what} is empty")
    try:
        if date_format is not None:
            return by_format(text, date_format)
        if zone is not None and (counted := _since_1970(text, what)) is not None:
            return (counted if counted.time() == MIDNIGHT else counted.astimezone(zone)).date()
        if zone is not None and _OFFSET.search(text):
            stamp = datetime.fromisoformat(text)
            return (stamp if stamp.time() == MIDNIGHT else stamp.astimezone(zone)).date()
        found = _written_day(text)
    except (ValueError, re.error, IndexError, OverflowError):
        raise UnfitCell(f"{what} is {short(text)}, which is no day{as_written(date_format)}") from None
    if found is None:
        raise UnfitCell(
            f"{what} is {short(text)}, which is no day or could be two"
            f" (say how it is written, such as date_format: '{hint(text)}')"
        )
    return found


def has_clock(text: str) -> bool:
    """Return whether a text names a time of day, or counts from 1970: a day alone is no time."""
    return ":" in text or _EPOCH.fullmatch(text.strip()) is not None


def month(text: str, what: str, date_format: str | None = None) -> date:
    """Read a month, such as "April 2022" or 2022-04, as its first day. Raises UnfitCell."""
    text = text.strip()
    if date_format is None:
        if found := re.fullmatch(r"(\d{4})-(\d{2})", text, re.ASCII):
            text = f"{text}-01"
        elif (found := _MONTH_ONLY.fullmatch(text)) and found[1][:3].lower() in _MONTHS:
            text = f"{found[2]}-{_MONTHS[found[1][:3].lower()]:02}-01"
    return day(text, what, date_format).replace(day=1)


def timestamp(text: str, what: str, zone: ZoneInfo | None, date_format: str | None = None) -> datetime:
    """Read a time into UTC. Raises UnfitCell; one without a zone needs the mapping's."""
    text = text.strip()
    if is_empty(text):
        raise UnfitCell(f"{what} is empty")
    try:
        if date_format is not None:
            found = datetime.strptime(text, date_format)  # noqa: DTZ007  a zone follows
        elif _is_day_alone(text):
            raise UnfitCell(f"{what} is {short(text)}, a day without a time of day (say kind: daily_bars)")
        elif (counted := _since_1970(text, what)) is not None:
            return counted
        else:
            found = datetime.fromisoformat(text)
        return (found if found.tzinfo else _in_zone(found, text, what, zone)).astimezone(UTC)
    except (ValueError, re.error, IndexError, OverflowError, OSError):
        how = as_written(date_format) or " (say how it is written, such as date_format: '%m/%d/%Y %H:%M')"
        raise UnfitCell(f"{what} is {short(text)}, which is no time{how}") from None


def _without_sign(text: str, currency: str) -> str:
    for sign in _SIGNS.get(currency, (currency,)):
        for bare in (text.removeprefix(sign), text.removesuffix(sign)):
            if bare != text:
                return bare
    return text


def _since_1970(text: str, what: str) -> datetime | None:
    if _BEFORE_1970.fullmatch(text):
        raise UnfitCell(f"{what} is {short(text)}, a count from 1970 that lies before it (a slip?)")
    found = _EPOCH.fullmatch(text)
    if found is None:
        return None
    parts = found[2] or ""
    return datetime.fromtimestamp(int(found[1]), UTC) + timedelta(microseconds=int(parts[:6].ljust(6, "0")))


def _is_day_alone(text: str) -> bool:
    found = _ISO.match(text)
    return found is not None and found.end() == len(text)


def _in_zone(clock: datetime, text: str, what: str, zone: ZoneInfo | None) -> datetime:
    if zone is None:
        raise UnfitCell(
            f"{what} is {short(text)}, without a time zone (say time_zone, such as America/New_York)"
        )
    found = clock.replace(tzinfo=zone)
    if found.utcoffset() != found.replace(fold=1).utcoffset():
        raise UnfitCell(
            f"{what} is {short(text)}, which clocks in {zone.key} show twice or never on that day"
            " (give times with their offset, such as -05:00)"
        )
    return found


def _written_day(text: str) -> date | None:
    if found := _ISO.match(text):
        return date(int(found[1]), int(found[3] or found[5]), int(found[4] or found[6]))
    if found := _DAY_FIRST.fullmatch(text):
        name, number_, year = found[2], found[1], found[3]
    elif found := _MONTH_FIRST.fullmatch(text):
        name, number_, year = found[1], found[2], found[3]
    else:
        return None
    month_ = _MONTHS.get(name[:3].lower())
    # As POSIX has it: 69 to 99 are of the last century.
    whole = int(year) if len(year) == 4 else int(year) + (1900 if int(year) >= 69 else 2000)
    return None if month_ is None else date(whole, month_, int(number_))
