"""The four levels as colours, thresholds and units: the same everywhere that a value is drawn."""

from typing import Any

from projections.warning_signs.definition import Direction, Level, Thresholds
from projections.warning_signs.registry import DEFINITIONS

COLORS = {Level.CALM: "green", Level.WATCH: "yellow", Level.WARNING: "orange", Level.CRITICAL: "red"}

# A calm value whose input is old is not known to be calm.
UNKNOWN = "unknown"
UNKNOWN_COLOR = "#8e8e8e"

# Grafana's units for those of the indicators.
UNITS = {
    "share": "percentunit",
    "ratio": "suffix:times",
    "USD": "currencyUSD",
    "days": "suffix:days",
    "count": "none",
    "weighted count": "none",
    "signs": "none",
    "companies": "none",
}


def unit_of(indicator: str) -> str:
    """Name Grafana's unit of an indicator's values."""
    return UNITS[DEFINITIONS[indicator].unit]


def steps_of(indicator: str, own: Thresholds | None = None) -> list[dict[str, Any]]:
    """Give Grafana's threshold steps of an indicator, the lowest value first.

    Thresholds of its `own` stand in for the release's. Where trouble lies with a falling value
    the colours run the other way.
    """
    definition = DEFINITIONS[indicator]
    thresholds = own or definition.thresholds
    rising = definition.direction is Direction.RISING
    return _rising(thresholds) if rising else _falling(thresholds)


def lines_of(indicator: str, own: Thresholds | None = None) -> list[dict[str, Any]]:
    """Give the steps for a graph over time, where each is a line: it has the colour of the level it begins.

    Where trouble lies with a falling value a step of Grafana begins the calmer level above it.
    """
    steps = steps_of(indicator, own)
    if DEFINITIONS[indicator].direction is Direction.RISING:
        return steps
    worse = [steps[0], *steps[:-1]]
    return [{**step, "color": below["color"]} for step, below in zip(steps, worse, strict=True)]


def level_mappings() -> list[dict[str, Any]]:
    """Colour the words calm, watch, warning, critical and unknown."""
    words = {level.value: color for level, color in COLORS.items()} | {UNKNOWN: UNKNOWN_COLOR}
    options = {
        word: {"color": color, "index": at, "text": word} for at, (word, color) in enumerate(words.items())
    }
    return [{"type": "value", "options": options}]


def _rising(thresholds: Thresholds) -> list[dict[str, Any]]:
    return [
        {"color": COLORS[Level.CALM], "value": None},
        {"color": COLORS[Level.WATCH], "value": thresholds.watch},
        {"color": COLORS[Level.WARNING], "value": thresholds.warning},
        {"color": COLORS[Level.CRITICAL], "value": thresholds.critical},
    ]


def _falling(thresholds: Thresholds) -> list[dict[str, Any]]:
    # Grafana's step holds from its value upwards, ours from its value downwards.
    return [
        {"color": COLORS[Level.CRITICAL], "value": None},
        {"color": COLORS[Level.WARNING], "value": thresholds.critical},
        {"color": COLORS[Level.WATCH], "value": thresholds.warning},
        {"color": COLORS[Level.CALM], "value": thresholds.watch},
    ]
