"""Dashboards: panels in rows on Grafana's grid, with variables, annotations and links to the others."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from grafanalib import core
from grafanalib._gen import DashboardEncoder

from dashboards.building.annotations import SIGNALS
from dashboards.building.panels import DEAD_OF_PANEL, Panel, to_grafana, without

# Grafana 12 and 13 read it; 12 refuses what grafanalib writes by default.
SCHEMA_VERSION = 41
TAG = "ouroboros"
GRID_COLUMNS = 24

# What grafanalib writes and today's Grafana does not know, by where it writes it.
DEAD_OF_DASHBOARD = ("__inputs", "gnetId", "hideControls", "id", "rows", "sharedCrosshair", "style")
DEAD_OF_VARIABLE = ("auto", "auto_count", "auto_min", "tagValuesQuery", "tagsQuery", "useTags")
DEAD_OF_ROW = (
    *DEAD_OF_PANEL,
    "fieldConfig",
    "hideTimeOverride",
    "links",
    "maxDataPoints",
    "targets",
    "transformations",
    "transparent",
)
# Nulls that mean something: the first threshold's value is minus infinity.
MEANT_NULLS = frozenset(("value",))


@dataclass(frozen=True, slots=True)
class Row:
    """Panels side by side with their widths in columns of 24, all of one height in units of 30 pixels.

    A row with a title begins a section that can be folded.
    """

    height: int
    panels: tuple[tuple[Panel, int], ...]
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Board:
    """One dashboard; its uid is in people's bookmarks and in alerts, so it never changes."""

    uid: str
    title: str
    description: str
    rows: tuple[Row, ...]
    tags: tuple[str, ...] = ()
    variables: tuple[Mapping[str, Any], ...] = ()
    annotations: tuple[Mapping[str, Any], ...] = (SIGNALS,)
    time_from: str = "now-1y"
    refresh: str = "30s"

    @property
    def panels(self) -> tuple[Panel, ...]:
        """Give all panels, row by row."""
        return tuple(panel for row in self.rows for panel, _ in row.panels)


def to_json(board: Board) -> bytes:
    """Write a dashboard as the file that Grafana is provisioned with."""
    written = core.Dashboard(
        title=board.title,
        uid=board.uid,
        description=board.description,
        tags=[TAG, *board.tags],
        panels=list(_placed(board)),
        templating=core.Templating(list=list(board.variables)),
        annotations=core.Annotations(list=list(board.annotations)),
        links=[_others()],
        time=core.Time(board.time_from, "now"),
        timezone="utc",
        refresh=board.refresh,
        editable=False,
        graphTooltip=core.GRAPH_TOOLTIP_MODE_SHARED_CROSSHAIR,
        schemaVersion=SCHEMA_VERSION,
    )
    plain = orjson.loads(DashboardEncoder(sort_keys=True).encode(written))
    plain["templating"]["list"] = [without(one, DEAD_OF_VARIABLE) for one in plain["templating"]["list"]]
    meant = _without_nulls(without(plain, DEAD_OF_DASHBOARD))
    return orjson.dumps(meant, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _placed(board: Board) -> list[dict[str, Any]]:
    placed: list[dict[str, Any]] = []
    top = 0
    for row in board.rows:
        if row.title:
            heading = core.RowPanel(title=row.title, gridPos=core.GridPos(1, GRID_COLUMNS, 0, top))
            placed.append(
                {
                    **without(heading.to_json_data(), DEAD_OF_ROW),
                    "id": Panel("row", f"row {row.title}", "").id,
                }
            )
            top += 1
        left = 0
        for panel, columns in row.panels:
            placed.append(to_grafana(panel, core.GridPos(row.height, columns, left, top)))
            left += columns
        top += row.height
    return placed


def _others() -> core.DashboardLink:
    return core.DashboardLink(
        title="Ouroboros", type="dashboards", tags=[TAG], asDropdown=True, includeVars=True, keepTime=True
    )


def _without_nulls(value: Any) -> Any:
    match value:
        case dict():
            return {
                key: _without_nulls(one)
                for key, one in value.items()
                if one is not None or key in MEANT_NULLS
            }
        case list():
            return [_without_nulls(one) for one in value]
        case _:
            return value
