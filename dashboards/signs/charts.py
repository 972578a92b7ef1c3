"""The signs that no other dashboard explains, over time."""

from dashboards.building.indicators import indicator_over_time
from dashboards.building.levels import unit_of
from dashboards.building.panels import Panel, when_empty
from dashboards.signs.worst import FRONT_PAGE_SIGNS
from projections.warning_signs.registry import DEFINITIONS


def over_time(indicator: str) -> Panel:
    """Draw a sign's worst subjects over time, with its thresholds, all of them in sight."""
    definition = DEFINITIONS[indicator]
    thresholds = definition.thresholds
    return when_empty(
        indicator_over_time(
            definition.title,
            f"{definition.formula} Over time, its worst subjects now, at most 12; the lines are its"
            f" thresholds. Named by {definition.named_by}. From read.indicator ({indicator}).",
            indicator,
            (0, 1.1 * max(thresholds.watch, thresholds.critical)),
            unit=unit_of(indicator),
        ),
        "Nothing was heard by the end of this time range. It comes with the events that the sign reads"
        " (docs/indicators.md).",
    )


EXPLAINED_HERE = tuple(over_time(indicator) for indicator in FRONT_PAGE_SIGNS)
