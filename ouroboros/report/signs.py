"""The warning signs in the order in which they are read: the composite and its five, then all others."""

from collections import Counter
from collections.abc import Sequence
from typing import Any, NamedTuple

from projections.indicators.bubble_break import DEFINITION as COMPOSITE
from projections.indicators.bubble_break import SIGNS as FIVE

UNKNOWN = "unknown"
# The mildest first.
LEVELS = ("calm", UNKNOWN, "watch", "warning", "critical")


class Measured(NamedTuple):
    """An indicator, and one of its subjects; None where nothing was measured yet."""

    definition: Any
    sign: Any


def shown_level(sign: Any) -> str:
    """Return the level that a sign is shown at: unknown where nothing is known of it, or calm is too old."""
    if sign is None or sign.is_unknown or (sign.level == "calm" and sign.stale_since):
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


def stale(definitions: Sequence[Any], signs: Sequence[Any]) -> list[Measured]:
    """Return the subjects whose input is too old to be trusted."""
    by_id = {definition.id: definition for definition in definitions}
    return [
        Measured(by_id[sign.indicator], sign)
        for sign in sorted(signs, key=lambda sign: (sign.indicator, sign.subject))
        if sign.stale_since and sign.indicator in by_id
    ]


def summary(worst: Sequence[Measured]) -> str:
    """Return how many indicators are at each level, the worst level first."""
    counts = Counter(shown_level(measured.sign) for measured in worst)
    listed = ", ".join(f"{counts[level]} {level}" for level in reversed(LEVELS) if counts[level])
    return f"Of {len(worst)} signs: {listed}." if listed else "There are no signs yet."


def composite_of(worst: Sequence[Measured]) -> Measured | None:
    """Return the composite, where the database knows it."""
    return next((measured for measured in worst if measured.definition.id == COMPOSITE.id), None)


def five_of(worst: Sequence[Measured]) -> list[Measured]:
    """Return the five signs that the composite counts."""
    return [measured for measured in worst if measured.definition.id in FIVE]


def _worst(definition: Any, signs: Sequence[Any]) -> Any:
    """Return the subject at the highest level, then with the worst value; the unknown ones come last."""
    rising = definition.direction == "rising"
    return min(
        (sign for sign in signs if sign.indicator == definition.id),
        key=lambda sign: (
            sign.is_unknown,
            -_rank(sign),
            -sign.value if rising else sign.value,
            sign.subject,
        ),
        default=None,
    )


def _rank(sign: Any) -> int:
    return LEVELS.index(shown_level(sign))
