"""Panels: a query, a way to draw it, and a description of what is shown and where it comes from."""

import zlib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from grafanalib import core

from dashboards.building.fields import Override, fields

DATA_SOURCE = {"type": "grafana-postgresql-datasource", "uid": "ouroboros"}

# What grafanalib writes and today's Grafana does not know.
DEAD_OF_PANEL = ("cacheTimeout", "editable", "error", "height", "minSpan", "span")
DEAD_OF_QUERY = (
    "expr",
    "instant",
    "interval",
    "intervalFactor",
    "legendFormat",
    "metric",
    "query",
    "step",
    "target",
)

Format = Literal["table", "time_series"]

# Pixels of a table's column that has no width of its own.
LEAST_WIDTH = 60


@dataclass(frozen=True, slots=True)
class Query:
    """One SQL query against the views of `read`; `ref` names its result inside the panel."""

    sql: str
    format: Format = "table"
    ref: str = "A"


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel in Grafana's terms: `kind` is the visualisation, `defaults` how all its fields look.

    The description says what is shown, how it is computed and where it comes from.
    """

    kind: str
    title: str
    description: str
    queries: tuple[Query, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    overrides: tuple[Override, ...] = ()
    transformations: tuple[Mapping[str, Any], ...] = ()
    links: tuple[Mapping[str, Any], ...] = ()
    repeat: str | None = None

    @property
    def id(self) -> int:
        """Give the panel's number in its dashboard; links to it outlive a new layout."""
        return zlib.crc32(self.title.encode()) % 1_000_000 + 1


def to_grafana(panel: Panel, place: core.GridPos) -> dict[str, Any]:
    """Write a panel as Grafana reads it."""
    targets = [_to_target(one) for one in panel.queries]
    base = core.Panel(
        title=panel.title,
        description=panel.description,
        dataSource=DATA_SOURCE if targets else None,
        targets=targets,
        gridPos=place,
        id=panel.id,
        links=list(panel.links),
        maxDataPoints=None,
        repeat=core.Repeat(variable=panel.repeat, direction="h" if panel.repeat else None),
        transformations=list(panel.transformations),
    )
    written: dict[str, Any] = base.panel_json({"type": panel.kind, "options": dict(panel.options)})
    # What grafanalib says of thresholds for all kinds alike gives way to what the panel says.
    written["fieldConfig"] = {"defaults": dict(panel.defaults), "overrides": list(panel.overrides)}
    return without(written, DEAD_OF_PANEL)


def without(written: Mapping[str, Any], keys: Collection[str]) -> dict[str, Any]:
    """Leave keys out."""
    return {key: value for key, value in written.items() if key not in keys}


def _to_target(query: Query) -> dict[str, Any]:
    target = core.SqlTarget(refId=query.ref, rawSql=query.sql, format=query.format, datasource=DATA_SOURCE)
    return {**without(target.to_json_data(), DEAD_OF_QUERY), "editorMode": "code"}


def stat(
    title: str,
    description: str,
    sql: str,
    *,
    defaults: Mapping[str, Any],
    overrides: Sequence[Override] = (),
    fields: str = "",
    every_row: bool = False,
    text_size: int | None = None,
    name_size: int | None = None,
    links: Sequence[Mapping[str, Any]] = (),
) -> Panel:
    """Show one value large on its colour; `fields` picks the columns, `every_row` shows a value a row.

    The value of a row is named by the text beside it.
    """
    options: dict[str, Any] = {
        "colorMode": "background",
        "graphMode": "none",
        "justifyMode": "auto",
        "orientation": "auto",
        "textMode": "auto",
        "wideLayout": True,
        "reduceOptions": {"calcs": ["lastNotNull"], "fields": fields, "values": every_row},
    }
    sizes = {"valueSize": text_size, "titleSize": name_size}
    if any(sizes.values()):
        options["text"] = {name: size for name, size in sizes.items() if size}
    return Panel(
        "stat", title, description, (Query(sql),), options, defaults, tuple(overrides), links=tuple(links)
    )


def table(
    title: str,
    description: str,
    sql: str,
    *,
    overrides: Sequence[Override] = (),
    defaults: Mapping[str, Any] | None = None,
    sort_by: str | None = None,
    descending: bool = True,
    links: Sequence[Mapping[str, Any]] = (),
) -> Panel:
    """Show rows; columns take their look from the overrides."""
    options: dict[str, Any] = {"showHeader": True, "cellHeight": "sm"}
    if sort_by:
        options["sortBy"] = [{"displayName": sort_by, "desc": descending}]
    # Columns without a width share what the others leave; Grafana's own least would push the last ones out.
    narrow = {"align": "auto", "inspect": False, "filterable": False, "minWidth": LEAST_WIDTH}
    looks = {"custom": narrow, **(defaults or {})}
    return Panel(
        "table", title, description, (Query(sql),), options, looks, tuple(overrides), links=tuple(links)
    )


def time_series(
    title: str,
    description: str,
    *sql: str,
    unit: str,
    thresholds: Sequence[Mapping[str, Any]] = (),
    draw: Literal["line", "step", "bars", "points"] = "line",
    decimals: int | None = None,
    overrides: Sequence[Override] = (),
    legend: Literal["bottom", "right", "hidden"] = "bottom",
    custom: Mapping[str, Any] | None = None,
    links: Sequence[Mapping[str, Any]] = (),
) -> Panel:
    """Draw values over time, a series a `metric`; thresholds are drawn as lines.

    Each query gives time, optionally metric, and value, and is drawn by Grafana's time series format.
    """
    looks: dict[str, Any] = {
        "drawStyle": {"line": "line", "step": "line", "bars": "bars", "points": "points"}[draw],
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
    shown = (
        {"displayMode": "hidden", "showLegend": False}
        if legend == "hidden"
        else {
            "displayMode": "list" if legend == "bottom" else "table",
            "showLegend": True,
            "placement": legend,
            "calcs": [("sum" if draw == "bars" else "lastNotNull")] if legend == "right" else [],
        }
    )
    options = {"legend": shown, "tooltip": {"mode": "multi", "sort": "desc"}}
    queries = tuple(Query(one, "time_series", ref) for one, ref in zip(sql, "ABCDEFGHIJ", strict=False))
    return Panel(
        "timeseries", title, description, queries, options, defaults, tuple(overrides), links=tuple(links)
    )


def state_timeline(
    title: str, description: str, sql: str, *, defaults: Mapping[str, Any], row_height: float = 0.9
) -> Panel:
    """Draw a state over time, a row a `metric`."""
    looks = {"custom": {"lineWidth": 0, "fillOpacity": 80}, **defaults}
    options = {
        "mergeValues": True,
        "showValue": "never",
        "alignValue": "left",
        "rowHeight": row_height,
        "legend": {"displayMode": "list", "showLegend": True, "placement": "bottom"},
        "tooltip": {"mode": "single", "sort": "none"},
    }
    return Panel("state-timeline", title, description, (Query(sql, "time_series"),), options, looks)


def bar_chart(
    title: str,
    description: str,
    sql: str,
    *,
    defaults: Mapping[str, Any],
    overrides: Sequence[Override] = (),
    stacking: Literal["none", "normal"] = "none",
) -> Panel:
    """Draw a group of bars a row: the first text column is its name, each number a bar."""
    options = {
        "orientation": "horizontal",
        "stacking": stacking,
        "showValue": "auto",
        "groupWidth": 0.7,
        "barWidth": 0.9,
        "legend": {"displayMode": "list", "showLegend": True, "placement": "bottom", "calcs": []},
        "tooltip": {"mode": "multi", "sort": "none"},
    }
    looks = {"custom": {"lineWidth": 0, "fillOpacity": 80}, **defaults}
    return Panel("barchart", title, description, (Query(sql),), options, looks, tuple(overrides))


def node_graph(title: str, description: str, nodes: str, edges: str, *, arcs: Mapping[str, str]) -> Panel:
    """Draw companies and the money between them; `arcs` gives each arc column of the nodes its colour."""
    options = {
        "nodes": {"arcs": [{"field": name, "color": shade} for name, shade in arcs.items()]},
        "edges": {},
        "zoomMode": "cooperative",
        "layoutAlgorithm": "layered",
    }
    return Panel(
        "nodeGraph", title, description, (Query(nodes, ref="nodes"), Query(edges, ref="edges")), options
    )


def when_empty(panel: Panel, missing: str) -> Panel:
    """Say in words what is missing, and how it comes, where a panel has no rows; an empty cell is a dash."""
    dash = fields("/.*/", {"id": "noValue", "value": "-"})
    return replace(panel, defaults={**panel.defaults, "noValue": missing}, overrides=(dash, *panel.overrides))


def text(title: str, markdown: str) -> Panel:
    """Show words; they are their own description."""
    return Panel("text", title, "", options={"mode": "markdown", "content": markdown})
