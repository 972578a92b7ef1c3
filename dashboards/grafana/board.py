"""Dashboards: panels in rows on Grafana's grid, with variables, annotations and links to the others.

Of grafanalib's classes that of a dashboard and that of a panel are used. Of its rows, variables and queries
today's Grafana knows so little that they are written out here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from grafanalib import core
from grafanalib._gen import DashboardEncoder

from dashboards.grafana.panels import Panel, id_of, to_grafana, without

# Grafana 12 and 13 read it; 12 refuses what grafanalib writes by default.
SCHEMA_VERSION = 41
TAG = "ouroboros"
UID_PREFIX = "ouroboros-"
GRID_COLUMNS = 24

# What grafanalib writes and today's Grafana does not know.
DEAD_OF_DASHBOARD = ("__inputs", "gnetId", "hideControls", "id", "rows", "sharedCrosshair", "style")


@dataclass(frozen=True, slots=True)
class Row:
    """Panels side by side with their widths in columns of 24, all of one height in units of 30 pixels.

    A row with a title begins a section that can be folded.
    """

    height: int
    panels: tuple[tuple[Panel, int], ...]
    title: str | None = None


def row(height: int, *panels: tuple[Panel, int], title: str | None = None) -> Row:
    """Return panels side by side, each with its width."""
    return Row(height, panels, title)


@dataclass(frozen=True, slots=True)
class Board:
    """One dashboard; its uid is in people's bookmarks and in alerts, so it never changes.

    Boards are listed by `order`, the lowest first. Signals of the indicators on it are annotated anyway.
    """

    uid: str
    title: str
    description: str
    rows: tuple[Row, ...]
    order: int = 100
    tags: tuple[str, ...] = ()
    variables: tuple[Mapping[str, Any], ...] = ()
    annotations: tuple[Mapping[str, Any], ...] = ()
    time_from: str = "now-2y"
    refresh: str = "30s"

    @property
    def name(self) -> str:
        """Return the name of its file, which definitions of indicators name it by."""
        return self.uid.removeprefix(UID_PREFIX).replace("-", "_")

    @property
    def panels(self) -> tuple[Panel, ...]:
        """Return all panels, row by row."""
        return tuple(panel for row in self.rows for panel, _ in row.panels)


def uid_of(name: str) -> str:
    """Return the uid of the board of a name."""
    return f"{UID_PREFIX}{name.replace('_', '-')}"


def to_json(board: Board) -> bytes:
    """Return a dashboard as the file that Grafana is provisioned with."""
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
    plain["timepicker"] = without(plain["timepicker"], ())
    return orjson.dumps(
        without(plain, DEAD_OF_DASHBOARD), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    )


def _placed(board: Board) -> list[dict[str, Any]]:
    placed: list[dict[str, Any]] = []
    top = 0
    for row in board.rows:
        if row.title:
            placed.append(_heading(row.title, top))
            top += 1
        left = 0
        for panel, columns in row.panels:
            placed.append(to_grafana(panel, core.GridPos(row.height, columns, left, top)))
            left += columns
        top += row.height
    return placed


def _heading(title: str, top: int) -> dict[str, Any]:
    position = {"x": 0, "y": top, "w": GRID_COLUMNS, "h": 1}
    return {
        "type": "row",
        "id": id_of(f"row {title}"),
        "title": title,
        "gridPos": position,
        "collapsed": False,
        "panels": [],
    }


def _others() -> core.DashboardLink:
    return core.DashboardLink(
        title="Ouroboros", type="dashboards", tags=[TAG], asDropdown=True, includeVars=True, keepTime=True
    )
