"""Marks in time on every graph: when a signal was raised, when a deal was announced."""

from typing import Any

from dashboards.building.panels import DATA_SOURCE


def marks(name: str, color: str, sql: str, *, shown: bool = True) -> dict[str, Any]:
    """Mark moments: the query gives time, title, text and tags."""
    return {
        "name": name,
        "datasource": DATA_SOURCE,
        "enable": shown,
        "hide": False,
        "iconColor": color,
        "target": {"refId": "Anno", "format": "table", "rawQuery": True, "editorMode": "code", "rawSql": sql},
    }


SIGNALS = marks(
    "Signals",
    "red",
    "SELECT known_at AS time, indicator || ' · ' || subject AS title, message AS text,"
    " concat_ws(',', level, step, indicator) AS tags"
    " FROM read.signal WHERE $__timeFilter(known_at) AND level IN ('warning', 'critical')"
    " ORDER BY known_at DESC LIMIT 200",
)

DEALS = marks(
    "Deals",
    "blue",
    "SELECT known_at AS time, title, 'announced' AS text, status AS tags"
    " FROM read.deal WHERE $__timeFilter(known_at) ORDER BY known_at DESC LIMIT 200",
    shown=False,
)
