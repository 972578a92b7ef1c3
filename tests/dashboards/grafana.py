"""What Grafana makes of a dashboard's SQL before it asks the database."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import orjson

from dashboards.grafana.board import Board, to_json

FROM, TO = "'2025-01-01T00:00:00Z'", "'2027-01-01T00:00:00Z'"
INTERVAL_MS = "86400000"

# Names that a query must find, or not find, and never trip over.
HOSTILE = (
    "O'Brien, Sons : Co",
    'Quote "Q" Inc',
    "Back\\slash",
    "Pay $5 ${symbol} [[symbol]]",
    "100% %s {} {0}",
)

# A dashboard as it is written, and what is chosen of its variables: a list where several may be.
Written = dict[str, Any]
Choice = Mapping[str, Sequence[str] | str]


def written(board: Board) -> Written:
    """Give a dashboard as Grafana reads it."""
    plain: Written = orjson.loads(to_json(board))
    return plain


def as_asked(sql: str, chosen: Choice) -> str:
    """Put in what a viewer chose and the time range: variables first, in one pass, then macros."""
    return _expanded(put_in(sql, chosen))


def put_in(sql: str, chosen: Choice) -> str:
    """Put in what a viewer chose as Grafana's data source for PostgreSQL does; macros stay.

    What takes several values is quoted, what takes one has its quotes doubled.
    """

    def value(found: re.Match[str]) -> str:
        name = found["name"] or found["plain"]
        if name not in chosen:
            return found[0]
        values = chosen[name]
        if isinstance(values, str):
            return _doubled(values)
        return ",".join(f"'{_doubled(chosen_value)}'" for chosen_value in values)

    return re.sub(r"\$\{(?P<name>\w+)\}|\$(?P<plain>\w+)", value, sql)


def choices(board: Written, ask: Callable[[str], Sequence[str]]) -> dict[str, Sequence[str] | str]:
    """Choose all of each variable, or the one that Grafana would; `ask` gives what a query finds."""
    chosen: dict[str, Sequence[str] | str] = {}
    for variable in board["templating"]["list"]:
        current = variable["current"]["value"]
        if variable["type"] == "query":
            found = ask(put_in(variable["query"], chosen))
        else:
            found = [option["value"] for option in variable["options"] if option["value"] != "$__all"]
        if takes_several(variable):
            chosen[variable["name"]] = found
        else:
            # A choice that is not to be had gives way to the first one that is.
            chosen[variable["name"]] = current if current in found or not found else min(found)
    return chosen


def takes_several(variable: Mapping[str, Any]) -> bool:
    """Tell whether several values of a variable can be chosen at once."""
    return bool(variable.get("multi") or variable.get("includeAll"))


def queries(board: Written) -> Iterator[tuple[str, str]]:
    """Give every SQL of a dashboard with the name of what shows it."""
    for panel in board["panels"]:
        for target in panel.get("targets", []):
            yield panel["title"], target["rawSql"]
    for annotation in board["annotations"]["list"]:
        yield annotation["name"], annotation["target"]["rawSql"]
    for variable in board["templating"]["list"]:
        if variable["type"] == "query":
            yield variable["name"], variable["query"]


def properties(panel: Mapping[str, Any], column: str) -> dict[str, Any]:
    """Give how a column of a written panel looks."""
    return {
        prop["id"]: prop["value"]
        for override in panel["fieldConfig"]["overrides"]
        if override["matcher"]["options"] == column
        for prop in override["properties"]
    }


def _expanded(sql: str) -> str:
    sql = re.sub(r"\$__timeFilter\(([^)]*)\)", rf"\1 BETWEEN {FROM} AND {TO}", sql)
    sql = sql.replace("$__timeFrom()", FROM).replace("$__timeTo()", TO)
    return sql.replace("$__interval_ms", INTERVAL_MS)


def _doubled(text: str) -> str:
    return text.replace("'", "''")
