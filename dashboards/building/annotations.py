"""Marks in time on every graph: when a signal was raised, when a deal was announced."""

from collections.abc import Iterable
from typing import Any

from dashboards.building.panels import DATA_SOURCE
from dashboards.building.sql import spoken


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


def signals(where: str = "true") -> dict[str, Any]:
    """Mark signals of warning and critical; `where` is SQL on a row `s` of read.signal."""
    return marks(
        "Signals",
        "red",
        f"SELECT s.known_at AS time, d.title || ' · ' || {spoken('s.subject')} AS title,"
        " s.message AS text, concat_ws(',', s.level, s.step) AS tags"
        " FROM read.signal s JOIN read.indicator_definition d ON d.id = s.indicator"
        f" WHERE $__timeFilter(s.known_at) AND s.level IN ('warning', 'critical') AND {where}"
        " ORDER BY s.known_at DESC LIMIT 200",
    )


def signals_of(indicators: Iterable[str]) -> dict[str, Any]:
    """Mark signals of some indicators: those of all others would be noise on their board."""
    listed = ", ".join(f"'{one}'" for one in indicators)
    return signals(f"s.indicator IN ({listed})")


SIGNALS = signals()

DEALS = marks(
    "Deals",
    "blue",
    "SELECT known_at AS time, title, 'announced' AS text, status AS tags"
    " FROM read.deal WHERE $__timeFilter(known_at) ORDER BY known_at DESC LIMIT 200",
    shown=False,
)
