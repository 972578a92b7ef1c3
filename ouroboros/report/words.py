"""Values and subjects as a report writes them."""

import re
from typing import Any

from events.units import Unit
from ouroboros.html.page import NOTHING
from ouroboros.report.signs import UNKNOWN, shown_level

_IN_WORDS = (
    ("^(borrower|lender|site|operator|supplier|customer):", r"\1 "),
    (" rental_hour", " rental by the hour"),
    (" (all|firm)$", r", \1 money"),
    ("^ci_", "CI_"),
)


def in_unit(value: float, unit: str) -> str:
    """Return a value of an indicator with its unit."""
    return Unit(unit).write(value)


def thresholds(definition: Any) -> str:
    """Return the three thresholds of an indicator, with their unit once: 30 / 90 / 180 days."""
    values = (definition.watch, definition.warning, definition.critical)
    numbers, units = zip(
        *(in_unit(value, definition.unit).partition(" ")[::2] for value in values), strict=True
    )
    return f"{' / '.join(numbers)} {units[-1]}".rstrip()


def shown_value(sign: Any, unit: str) -> str:
    """Return the value of a sign with its unit; a dash where it is unknown."""
    return NOTHING if shown_level(sign) == UNKNOWN else in_unit(sign.value, unit)


def in_words(subject: str) -> str:
    """Return a subject of an indicator as the dashboards write it."""
    for pattern, words in _IN_WORDS:
        subject = re.sub(pattern, words, subject)
    return subject
