"""The levels of an indicator as colours, steps, lines and words: the same wherever a value is drawn."""

from collections.abc import Iterable, Mapping
from math import inf, nextafter
from typing import Any

from projections.definition import LEVELS, UNKNOWN, Direction, Level, Thresholds
from projections.indicators import DEFINITIONS

COLORS = {Level.CALM: "green", Level.WATCH: "yellow", Level.WARNING: "orange", Level.CRITICAL: "red"}

UNKNOWN_COLOR = "#8e8e8e"
# All that a level is shown as, the mildest first.
SHOWN_LEVELS = {level.value: color for level, color in COLORS.items()} | {UNKNOWN: UNKNOWN_COLOR}
# The value of a state over time where the level is not known; the known ones have their ranks.
UNKNOWN_RANK = -1


def steps_of(indicator: str, own: Thresholds | None = None) -> list[dict[str, Any]]:
    """Return Grafana's threshold steps of an indicator, the lowest value first.

    Thresholds of its `own` stand in for the release's. Where trouble lies with a falling value
    the colours run the other way: Grafana's step holds from its value upwards, ours from its value downwards.
    """
    definition = DEFINITIONS[indicator]
    thresholds = own or definition.thresholds
    limits = [thresholds.of(level) for level in LEVELS if level is not Level.CALM]
    colors = [COLORS[level] for level in LEVELS]
    if definition.above:
        # Grafana's step begins on its value.
        limits[0] = nextafter(limits[0], inf)
    if definition.direction is Direction.FALLING:
        limits, colors = limits[::-1], colors[::-1]
    return [{"color": color, "value": limit} for color, limit in zip(colors, [None, *limits], strict=True)]


def lines_of(indicator: str, own: Thresholds | None = None) -> list[dict[str, Any]]:
    """Return the steps for a graph over time, where each is a line: it has the colour of the level it begins.

    Where trouble lies with a falling value a step of Grafana begins the calmer level above it.
    """
    steps = steps_of(indicator, own)
    if DEFINITIONS[indicator].direction is Direction.RISING:
        return steps
    worse = [steps[0], *steps[:-1]]
    return [{**step, "color": below["color"]} for step, below in zip(steps, worse, strict=True)]


def thresholds_in_words(indicator: str, own: Thresholds | None = None) -> str:
    """Return the thresholds of an indicator with its unit: watch 80 %, warning 95 %, critical 105 %."""
    thresholds, unit = own or DEFINITIONS[indicator].thresholds, DEFINITIONS[indicator].unit
    limits = {level: unit.threshold(thresholds.of(level)) for level in LEVELS if level is not Level.CALM}
    if DEFINITIONS[indicator].above:
        limits[Level.WATCH] = f"above {limits[Level.WATCH]}"
    return ", ".join(f"{level} {limit}" for level, limit in limits.items())


def mappings(shown: Iterable[tuple[str, str, str]]) -> list[dict[str, Any]]:
    """Return the mappings of values, each with its word and colour."""
    options = {
        value: {"color": color, "index": index, "text": word}
        for index, (value, word, color) in enumerate(shown)
    }
    return [{"type": "value", "options": options}]


def no_value(text: str) -> dict[str, Any]:
    """Return the mapping of no value to a word on grey: it is not calm."""
    shown = {"color": UNKNOWN_COLOR, "index": 0, "text": text}
    return {"type": "special", "options": {"match": "null", "result": shown}}


def regex_mapping(pattern: str, shown: Mapping[str, Any]) -> dict[str, Any]:
    """Return the mapping of values that match a regular expression to what is shown for them."""
    return {"type": "regex", "options": {"pattern": pattern, "result": shown}}


LEVEL_MAPPINGS = mappings((word, word, color) for word, color in SHOWN_LEVELS.items())
# The words and colours of levels that are drawn over time by their ranks.
_RANKS = {UNKNOWN: UNKNOWN_RANK} | {level.value: level.rank for level in LEVELS}
RANK_MAPPINGS = mappings((str(_RANKS[word]), word, color) for word, color in SHOWN_LEVELS.items())
