"""Dashboards: panels in rows on Grafana's grid, with variables, annotations and links to the others.

They are written in the data that Grafana reads: of what grafanalib writes around panels, half of the keys are
unknown to today's Grafana.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from grafanalib import core

from dashboards.grafana.panels import Panel, id_of, to_grafana

# Grafana 12 and 13 read it; 12 refuses what grafanalib writes by default.
SCHEMA_VERSION = 41
TAG = "ouroboros"
UID_PREFIX = "ouroboros-"
GRID_COLUMNS = 24

TIMES = core.DEFAULT_TIME_PICKER.to_json_data()
TO_OTHERS = core.DashboardLink(
    title="Ouroboros", type="dashboards", tags=[TAG], asDropdown=True, includeVars=True, keepTime=True
)


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
    written = {
        "title": board.title,
        "uid": board.uid,
        "description": board.description,
        "tags": [TAG, *board.tags],
        "panels": list(_placed(board)),
        "templating": {"list": board.variables},
        "annotations": {"list": board.annotations},
        "links": [TO_OTHERS.to_json_data()],
        "time": {"from": board.time_from, "to": "now"},
        "timepicker": {key: times for key, times in TIMES.items() if times is not None},
        "timezone": "utc",
        "refresh": board.refresh,
        "editable": False,
        "graphTooltip": core.GRAPH_TOOLTIP_MODE_SHARED_CROSSHAIR,
        "schemaVersion": SCHEMA_VERSION,
        "version": 0,
    }
    return orjson.dumps(
        written, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE | orjson.OPT_SORT_KEYS
    )


def _placed(board: Board) -> Iterator[dict[str, Any]]:
    top = 0
    for row in board.rows:
        if row.title:
            yield {
                "type": "row",
                "id": id_of(f"row {row.title}"),
                "title": row.title,
                "gridPos": {"x": 0, "y": top, "w": GRID_COLUMNS, "h": 1},
                "collapsed": False,
                "panels": [],
            }
            top += 1
        left = 0
        for panel, columns in row.panels:
            yield to_grafana(panel, {"x": left, "y": top, "w": columns, "h": row.height})
            left += columns
        top += row.height
