"""The signs that no other dashboard explains, over time."""

from dashboards.building.indicators import history
from dashboards.building.levels import lines_of, unit_of
from dashboards.building.panels import Panel, time_series, when_empty
from dashboards.signs.worst import FRONT_PAGE_SIGNS
from projections.warning_signs.registry import DEFINITIONS


def over_time(indicator: str) -> Panel:
    """Draw a sign's worst subjects over time, with its thresholds, all of them in sight."""
    definition = DEFINITIONS[indicator]
    thresholds = definition.thresholds
    return when_empty(
        time_series(
            definition.title,
            f"{definition.formula} Over time, its worst subjects now, at most 12; the lines are its"
            f" thresholds. Named by {definition.named_by}. From read.indicator ({indicator}).",
            history(indicator),
            unit=unit_of(indicator),
            thresholds=lines_of(indicator),
            draw="step",
            custom={"axisSoftMin": 0, "axisSoftMax": 1.1 * max(thresholds.watch, thresholds.critical)},
        ),
        "Nothing was heard by the end of this time range. It comes with the events that the sign reads"
        " (docs/indicators.md).",
    )


EXPLAINED_HERE = tuple(over_time(indicator) for indicator in FRONT_PAGE_SIGNS)
