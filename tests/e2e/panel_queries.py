"""The queries of a dashboard as a browser would send them: with the viewer's choices put in."""

from collections.abc import Iterator
from typing import Any

from tests.dashboards.grafana import Choice, Written, choices, put_in
from tests.e2e.grafana import Grafana


def chosen_in(grafana: Grafana, board: Written) -> Choice:
    """Choose all of each variable, or what it stands at; raises AssertionError where its query fails."""

    def found(sql: str) -> list[str]:
        (result,) = grafana.query(as_query({"rawSql": sql})).values()
        assert "error" not in result, f"{result['error']} {sql}"
        return [str(value) for frame in result["frames"] for value in frame["data"]["values"][0]]

    return choices(board, found)


def panel_queries(board: Written, chosen: Choice) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Give each panel's title and its queries; the macros in them are for the data source."""
    for panel in board["panels"]:
        targets = [
            as_query({**target, "rawSql": put_in(target["rawSql"], chosen)})
            for target in panel.get("targets", [])
        ]
        if targets:
            yield panel["title"], targets


def as_query(target: dict[str, Any]) -> dict[str, Any]:
    source = {"type": "grafana-postgresql-datasource", "uid": "ouroboros"}
    return {"refId": "A", "format": "table", "rawQuery": True, "datasource": source, **target}
