"""The warning signs in words, in the order in which they are read: the composite, its five, all others."""

import re
from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from events.units import Unit
from ouroboros.html.page import NOTHING
from projections.definition import UNKNOWN
from projections.indicators.bubble_break import DEFINITION as COMPOSITE
from projections.indicators.bubble_break import SIGNS as FIVE

# The mildest first.
LEVELS = ("calm", UNKNOWN, "watch", "warning", "critical")

_IN_WORDS = (
    ("^(borrower|lender|site|operator|supplier|customer):", r"\1 "),
    (" rental_hour", " rental by the hour"),
    (" (all|firm)$", r", \1 money"),
    ("^ci_", "CI_"),
)


class Measured(NamedTuple):
    """An indicator, and one of its subjects; None where nothing was measured yet."""

    definition: Any
    sign: Any


def shown_level(sign: Any) -> str:
    """Return the level that a sign is shown at: unknown where nothing is known of it."""
    if sign is None or sign.is_unknown:
        return UNKNOWN
    return str(sign.level)


def worst_of_each(definitions: Sequence[Any], signs: Sequence[Any]) -> list[Measured]:
    """Return the worst subject of every indicator, the composite and its five signs first."""
    first = [COMPOSITE.id, *FIVE]
    ordered = sorted(
        definitions,
        key=lambda definition: (
            first.index(definition.id) if definition.id in first else len(first),
            definition.title,
            definition.id,
        ),
    )
    return [Measured(definition, _worst(definition, signs)) for definition in ordered]


def every_subject(definitions: Sequence[Any], signs: Sequence[Any]) -> list[Measured]:
    """Return all subjects by indicator, the worst of each first."""
    return [
        Measured(definition, sign)
        for definition in definitions
        for sign in sorted(signs, key=lambda sign: (-_rank(sign), sign.subject))
        if sign.indicator == definition.id
    ]


def summary(worst: Sequence[Measured]) -> str:
    """Return how many indicators are at each level, the worst level first."""
    counts = Counter(shown_level(measured.sign) for measured in worst)
    listed = ", ".join(f"{counts[level]} {level}" for level in reversed(LEVELS) if counts[level])
    return f"Of {len(worst)} signs: {listed}." if listed else "There are no signs yet."


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


def _worst(definition: Any, signs: Sequence[Any]) -> Any:
    """Return the subject at the highest level, then with the worst value; the unknown ones come last."""
    rising = definition.direction == "rising"
    return min(
        (sign for sign in signs if sign.indicator == definition.id),
        key=lambda sign: (
            # One whose input fell silent may be the worst; one that was never measured speaks for no other.
            sign.is_unknown and not sign.stale_since,
            -_rank(sign),
            -sign.value if rising else sign.value,
            sign.subject,
        ),
        default=None,
    )


def _rank(sign: Any) -> int:
    return LEVELS.index(shown_level(sign))
