"""Panels: a query, a way to draw it, and a description of what is shown and where it comes from."""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from dashboards.grafana.fields import Override, fields
from dashboards.grafana.levels import RANK_MAPPINGS

DATA_SOURCE = {"type": "grafana-postgresql-datasource", "uid": "ouroboros"}

# Pixels of a table's column that has no width of its own.
LEAST_WIDTH = 60

# The colour of numbers that are neither good nor bad.
NEUTRAL = {"mode": "fixed", "fixedColor": "semi-dark-blue"}

LEGEND_BELOW = {"displayMode": "list", "showLegend": True, "placement": "bottom"}


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel in Grafana's terms: `kind` is the visualisation, `defaults` how all its fields look.

    The description says what is shown, how it is computed and where it comes from. Queries are SQL against
    the views of `read`, by the names of their results. `empty` says what is missing, and how it comes, where
    there is no row or an empty cell. `indicator` is the one that it shows, if any. `kept_id` is the number
    that links know it by, where its title has changed since.
    """

    kind: str
    title: str
    description: str
    queries: Mapping[str, str] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    overrides: Sequence[Override] = ()
    empty: str = ""
    indicator: str | None = None
    transformations: tuple[Mapping[str, Any], ...] = ()
    kept_id: int | None = None

    @property
    def id(self) -> int:
        """Return the panel's number in its dashboard; links to it outlive a new layout."""
        return self.kept_id or id_of(self.title)


def id_of(title: str) -> int:
    """Return the number of a panel of a title."""
    return zlib.crc32(title.encode()) % 1_000_000 + 1


def to_grafana(panel: Panel, position: Mapping[str, int]) -> dict[str, Any]:
    """Return a panel as Grafana reads it."""
    defaults, overrides = dict(panel.defaults), list(panel.overrides)
    if panel.empty:
        defaults["noValue"] = panel.empty
        overrides.insert(0, fields("/.*/", {"id": "noValue", "value": "-"}))
    shape = "time_series" if panel.kind in ("timeseries", "state-timeline") else "table"
    queries = (sql_query(ref, sql, shape) for ref, sql in panel.queries.items())
    return {
        "type": panel.kind,
        "id": panel.id,
        "title": panel.title,
        "description": panel.description,
        "gridPos": position,
        "options": panel.options,
        "fieldConfig": {"defaults": defaults, "overrides": overrides},
        **({"datasource": DATA_SOURCE} if panel.queries else {}),
        "targets": [{**query, "datasource": DATA_SOURCE, "hide": False} for query in queries],
        "transformations": panel.transformations,
        "links": [],
        "hideTimeOverride": False,
        "transparent": False,
    }


def sql_query(ref: str, sql: str, shape: str = "table") -> dict[str, Any]:
    """Return a query of the data source for PostgreSQL: of panels, annotations and alert rules alike."""
    return {"refId": ref, "format": shape, "rawQuery": True, "editorMode": "code", "rawSql": sql}


def stat(
    title: str,
    description: str,
    sql: str,
    *overrides: Override,
    defaults: Mapping[str, Any],
    fields: str = "",
    empty: str = "",
    indicator: str | None = None,
    **options: Any,
) -> Panel:
    """Return a panel with one value large on its colour; `fields` picks columns, options are Grafana's."""
    options = {
        "colorMode": "background",
        "graphMode": "none",
        "justifyMode": "auto",
        "orientation": "auto",
        "textMode": "auto",
        "wideLayout": True,
        "reduceOptions": {"calcs": ["lastNotNull"], "fields": fields, "values": False},
        **options,
    }
    return Panel("stat", title, description, {"A": sql}, options, defaults, overrides, empty, indicator)


def table(title: str, description: str, sql: str, *overrides: Override, empty: str = "") -> Panel:
    """Return a panel with rows; columns take their look from the overrides."""
    options = {"showHeader": True, "cellHeight": "sm"}
    # Columns without a width share what the others leave; Grafana's own least would push the last ones out.
    narrow = {"align": "auto", "inspect": False, "filterable": False, "minWidth": LEAST_WIDTH}
    # Long text is broken into lines instead of being cut off.
    looks = {"custom": {**narrow, "cellOptions": {"type": "auto", "wrapText": True}}}
    return Panel("table", title, description, {"A": sql}, options, looks, overrides, empty)


def time_series(
    title: str,
    description: str,
    sql: str,
    *,
    unit: str,
    thresholds: Sequence[Mapping[str, Any]] = (),
    draw: Literal["line", "step", "bars", "points"] = "line",
    decimals: int | None = None,
    overrides: Sequence[Override] = (),
    legend: Literal["bottom", "right", "hidden"] = "bottom",
    custom: Mapping[str, Any] | None = None,
    empty: str = "",
    indicator: str | None = None,
) -> Panel:
    """Return a panel with values over time, a series a `metric`; thresholds are drawn as lines.

    The query gives time, optionally metric, and value.
    """
    looks: dict[str, Any] = {
        "drawStyle": "line" if draw == "step" else draw,
        "lineInterpolation": "stepAfter" if draw == "step" else "linear",
        "lineWidth": 2,
        "fillOpacity": 60 if draw == "bars" else 5,
        "pointSize": 6,
        "showPoints": "always" if draw == "points" else "auto",
        "spanNulls": True,
        "thresholdsStyle": {"mode": "line" if thresholds else "off"},
        # A bar that stands alone would be as wide as the graph, and say nothing unless it begins at 0.
        **({"barMaxWidth": 20, "axisSoftMin": 0} if draw == "bars" else {}),
        **(custom or {}),
    }
    defaults: dict[str, Any] = {"unit": unit, "custom": looks, "color": {"mode": "palette-classic"}}
    if thresholds:
        defaults["thresholds"] = {"mode": "absolute", "steps": list(thresholds)}
    if decimals is not None:
        defaults["decimals"] = decimals
    sums = ["sum" if draw == "bars" else "lastNotNull"]
    legends = {
        "bottom": {**LEGEND_BELOW, "calcs": []},
        "right": {"displayMode": "table", "showLegend": True, "placement": "right", "calcs": sums},
        "hidden": {"displayMode": "hidden", "showLegend": False},
    }
    options = {"legend": legends[legend], "tooltip": {"mode": "multi", "sort": "desc"}}
    return Panel("timeseries", title, description, {"A": sql}, options, defaults, overrides, empty, indicator)


def levels_over_time(title: str, description: str, sql: str, *, empty: str = "") -> Panel:
    """Return a panel with the ranks of levels over time, a row a `metric`, in their words and colours."""
    looks = {"custom": {"lineWidth": 0, "fillOpacity": 80, "spanNulls": True}, "mappings": RANK_MAPPINGS}
    options = {
        "mergeValues": True,
        "showValue": "never",
        "alignValue": "left",
        "rowHeight": 0.9,
        "legend": LEGEND_BELOW,
        "tooltip": {"mode": "single", "sort": "none"},
    }
    return Panel("state-timeline", title, description, {"A": sql}, options, looks, empty=empty)


def text(title: str, markdown: str) -> Panel:
    """Return a panel with words; they are their own description."""
    return Panel("text", title, "", options={"mode": "markdown", "content": markdown})
