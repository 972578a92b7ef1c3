"""Dashboards: panels in rows on Grafana's grid, with variables, annotations and links to the others.

They are written in the data that Grafana reads: of what grafanalib writes around panels, half of the keys are
unknown to today's Grafana.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from grafanalib import core

from dashboards.grafana.panels import DATA_SOURCE, Panel, id_of, sql_query, to_grafana
from dashboards.grafana.sql import spoken

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


# Indicators are chosen by their titles; queries and addresses have their names.
INDICATORS = "SELECT title AS __text, id AS __value FROM read.indicator_definition"

# The shares that have a price, from one to the next along the index: all bars would be read from end to end.
PRICED_SHARES = """WITH RECURSIVE found AS (
  (SELECT symbol FROM read.equity_bar ORDER BY symbol LIMIT 1)
  UNION ALL
  SELECT (SELECT b.symbol FROM read.equity_bar b WHERE b.symbol > found.symbol ORDER BY b.symbol LIMIT 1)
  FROM found WHERE found.symbol IS NOT NULL
)
SELECT symbol FROM found WHERE symbol IS NOT NULL"""

# What is chosen is put into the SQL before Grafana looks for macros, whatever quotes stand around it: a name
# that holds one would break every query of its dashboard, also where all is chosen.
MACRO = r"\$\w+\("


def chosen_from(
    name: str, label: str, sql: str, *, many: bool = True, default: str = "All"
) -> dict[str, Any]:
    """Return a variable that is chosen among what a query gives; several and all of them where `many`.

    Names that Grafana would take for a macro are left out. What may be chosen depends on the time range.
    """
    query = f"SELECT offered.* FROM ({sql}) AS offered WHERE offered::text !~ '{MACRO}'"
    value = "$__all" if default == "All" else default
    return {
        **_variable("query", name, label, query, many=many),
        "current": {"text": default, "value": [value] if many else value},
        "datasource": DATA_SOURCE,
        # The editor of the data source takes its query as text.
        "definition": query,
        "options": [],
        "refresh": core.REFRESH_ON_TIME_RANGE_CHANGE,
    }


def one_of(name: str, label: str, values: Sequence[str], default: str) -> dict[str, Any]:
    """Return a variable that is one of fixed values."""
    options = [{"selected": value == default, "text": value, "value": value} for value in values]
    return {
        **_variable("custom", name, label, ",".join(values), many=False),
        "current": {"selected": True, "text": default, "value": default},
        "options": options,
        "refresh": core.REFRESH_ON_DASHBOARD_LOAD,
    }


def _variable(kind: str, name: str, label: str, query: str, *, many: bool) -> dict[str, Any]:
    choice = {"includeAll": many, "multi": many, "sort": core.SORT_ALPHA_ASC, "hide": core.SHOW}
    return {"type": kind, "name": name, "label": label, "query": query, **choice}


def annotation(name: str, color: str, sql: str, *, shown: bool = True) -> dict[str, Any]:
    """Return annotations: the query gives time, title, text and tags."""
    return {
        "name": name,
        "datasource": DATA_SOURCE,
        "enable": shown,
        "hide": False,
        "iconColor": color,
        "target": sql_query("Anno", sql),
    }


def signals(where: str = "true") -> dict[str, Any]:
    """Return annotations of signals at warning and critical; `where` is SQL on a row `s` of read.signal."""
    return annotation(
        "Signals",
        "red",
        f"SELECT s.known_at AS time, d.title || ' · ' || {spoken('s.subject')} AS title, s.message AS text,"
        " concat_ws(',', s.level, s.step) AS tags FROM read.signal s JOIN read.indicator_definition d ON"
        " d.id = s.indicator WHERE $__timeFilter(s.known_at) AND s.level IN ('warning', 'critical') AND"
        f" {where} ORDER BY s.known_at DESC LIMIT 200",
    )


DEALS = annotation(
    "Deals",
    "blue",
    "SELECT known_at AS time, title, 'announced' AS text, status AS tags"
    " FROM read.deal WHERE $__timeFilter(known_at) ORDER BY known_at DESC LIMIT 200",
    shown=False,
)
