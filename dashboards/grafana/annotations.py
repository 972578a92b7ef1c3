"""Annotations of every graph: when a signal was raised, when a deal was announced."""

from typing import Any

from dashboards.grafana.panels import DATA_SOURCE, sql_query
from dashboards.grafana.sql import spoken


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
