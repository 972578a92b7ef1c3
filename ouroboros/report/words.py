"""Values, times and levels as a report tells them."""

import re
from collections.abc import Iterable
from datetime import UTC, date, datetime
from decimal import Decimal
from urllib.parse import urlsplit

from events.words import percent, short_dollars
from ouroboros.pages.markup import Html, element, is_of_web, link
from ouroboros.report.rows import SignRow

UNKNOWN = "unknown"
_SPOKEN = (
    ("^(borrower|lender|site|operator|supplier|customer):", r"\1 "),
    (" rental_hour", " rental by the hour"),
    (" (all|firm)$", r", \1 money"),
    ("^ci_", "CI_"),
)
_SINGULAR = {"signs": "sign", "days": "day", "companies": "company"}
# A level is told by its word and its shape; colour comes on top.
SHAPES = {"calm": "●", UNKNOWN: "?", "watch": "▲", "warning": "◆", "critical": "■"}
RANKS = {level: rank for rank, level in enumerate(SHAPES)}


def dollars(amount_usd: Decimal | None) -> str:
    """Write an amount short, such as $6.5B; nothing where none is known."""
    return "" if amount_usd is None else short_dollars(amount_usd)


def in_unit(value: float, unit: str) -> str:
    """Write a value of an indicator with its unit."""
    match unit:
        case "share":
            return percent(value)
        case "USD":
            return ("-" if value < 0 else "") + dollars(Decimal(str(abs(value))))
        case "ratio":
            return f"{value:.2f} times"
        case "count" | "weighted count":
            return number(value)
        case _:
            return f"{number(value)} {_SINGULAR.get(unit, unit) if value == 1 else unit}"


def limits(values: Iterable[float], unit: str) -> str:
    """Write thresholds with their unit once: 30 / 90 / 180 days, 10 / 20 / 30 %."""
    match unit:
        case "share":
            return " / ".join(f"{value * 100:g}" for value in values) + " %"
        case "USD":
            return " / ".join(dollars(Decimal(str(value))) for value in values)
        case _:
            told = {"ratio": " times", "count": "", "weighted count": ""}.get(unit, f" {unit}")
            return " / ".join(f"{value:g}" for value in values) + told


def number(value: float | None) -> str:
    """Write a number with no more digits than it has; nothing where none is known."""
    return "" if value is None else f"{value:,.2f}".rstrip("0").rstrip(".")


def on_day(when: date | datetime | None) -> Html:
    """Write a day, in UTC; nothing where none is known."""
    if when is None:
        return Html("")
    day = when.astimezone(UTC).date() if isinstance(when, datetime) else when
    return element("time", day.isoformat(), datetime=day.isoformat())


def moment(when: datetime | None) -> Html:
    """Write a time in UTC, to the minute; nothing where none is known."""
    if when is None:
        return Html("")
    utc = when.astimezone(UTC)
    return element("time", f"{utc:%Y-%m-%d %H:%M}", datetime=utc.isoformat())


def shown_level(sign: SignRow) -> str:
    """Give the level that a sign is shown at: one that was calm on an input now too old is unknown."""
    return UNKNOWN if sign.level == "calm" and sign.stale_since else sign.level


def told_value(sign: SignRow, unit: str) -> str:
    """Write the value of a sign with its unit; a dash where it is unknown."""
    return "-" if shown_level(sign) == UNKNOWN else in_unit(sign.value, unit)


def spoken(subject: str) -> str:
    """Write a subject of an indicator for people, as the dashboards do."""
    for pattern, words in _SPOKEN:
        subject = re.sub(pattern, words, subject)
    return subject


def light(level: str) -> Html:
    """Write a level as a badge."""
    shape = element("span", SHAPES[level], aria_hidden="true")
    return element("span", shape, Html(" "), level, class_=f"level {level}")


def written_at(address: str | None) -> Html:
    """Link an address by the name of its site; nothing where it is not of the web."""
    return link(address, str(urlsplit(address or "").hostname)) if is_of_web(address) else Html("")
