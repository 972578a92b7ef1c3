"""The files of the dashboards as they are committed: whole, told apart, linked, and in Grafana's words."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain
from math import inf, nextafter
from typing import Any

import orjson
import pytest

from dashboards.generate import GENERATED
from dashboards.grafana.board import GRID_COLUMNS, SCHEMA_VERSION, TAG
from dashboards.grafana.panels import DATA_SOURCE
from ouroboros.commands.dashboards import SHIPPED_WATCHLIST
from ouroboros.watchlist import read_watchlist
from projections.definition import Direction, Thresholds
from projections.indicators import DEFINITIONS
from tests.dashboards.grafana import Written

BOARDS: dict[str, Written] = {
    path.stem: orjson.loads(path.read_bytes()) for path in sorted(GENERATED.glob("*.json"))
}

# They are in people's bookmarks and in alerts: they never change.
UIDS = {
    "ouroboros-bubble-watch",
    "ouroboros-money-map",
    "ouroboros-credit",
    "ouroboros-power",
    "ouroboros-gpu-prices",
    "ouroboros-equities",
    "ouroboros-watchlist",
    "ouroboros-backtest",
    "ouroboros-pipeline-health",
}

# What Grafana 12.2 reads (kinds/dashboard/dashboard_kind.cue in its source); anything else it drops.
OF_BOARD = {
    "annotations",
    "description",
    "editable",
    "graphTooltip",
    "links",
    "panels",
    "refresh",
    "schemaVersion",
    "tags",
    "templating",
    "time",
    "timepicker",
    "timezone",
    "title",
    "uid",
    "version",
}
OF_PANEL = {
    "datasource",
    "description",
    "fieldConfig",
    "gridPos",
    "hideTimeOverride",
    "id",
    "interval",
    "links",
    "maxDataPoints",
    "options",
    "repeat",
    "repeatDirection",
    "targets",
    "title",
    "transformations",
    "transparent",
    "type",
}
OF_ROW = {"collapsed", "gridPos", "id", "panels", "title", "type"}
OF_TARGET = {"datasource", "editorMode", "format", "hide", "rawQuery", "rawSql", "refId"}
OF_DEFAULTS = {
    "color",
    "custom",
    "decimals",
    "links",
    "mappings",
    "max",
    "min",
    "noValue",
    "thresholds",
    "unit",
}
OF_VARIABLE = {
    "current",
    "datasource",
    "definition",
    "hide",
    "includeAll",
    "label",
    "multi",
    "name",
    "options",
    "query",
    "refresh",
    "sort",
    "type",
}
OF_ANNOTATION = {"datasource", "enable", "hide", "iconColor", "name", "target"}
LEVEL_COLORS = {"green", "yellow", "orange", "red"}


def panels(board: Written) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = board["panels"]
    return found


def drawn(board: Written) -> list[dict[str, Any]]:
    """Give the panels that ask something."""
    return [panel for panel in panels(board) if panel["type"] not in ("row", "text")]


def everything(value: Any) -> Iterator[tuple[str, Any]]:
    """Give every key and what it holds, at whatever depth."""
    match value:
        case dict():
            for key, item in value.items():
                yield key, item
                yield from everything(item)
        case list():
            for item in value:
                yield from everything(item)
        case _:
            pass


def links(board: Written) -> Iterator[str]:
    return (url for key, url in everything(board) if key == "url" and url)


@pytest.fixture(params=BOARDS)
def board(request: pytest.FixtureRequest) -> Written:
    return BOARDS[request.param]


def test_dashboards_keep_their_addresses() -> None:
    assert sorted(board["uid"] for board in BOARDS.values()) == sorted(UIDS)
    assert {f"ouroboros-{name}" for name in BOARDS} == UIDS
    assert len({board["title"] for board in BOARDS.values()}) == len(BOARDS)


def test_a_dashboard_is_found_by_its_tag_and_says_what_it_is_for(board: Written) -> None:
    assert board["schemaVersion"] == SCHEMA_VERSION
    assert TAG in board["tags"]
    assert len(board["tags"]) == len({*board["tags"]})
    assert board["description"].endswith((".", "?"))
    assert board["timezone"] == "utc"
    assert re.fullmatch(r"now-\d+[dy]", board["time"]["from"])
    assert board["time"]["to"] == "now"
    (others,) = board["links"]
    assert (others["tags"], others["keepTime"]) == ([TAG], True)


def test_nothing_is_written_that_grafana_does_not_read(board: Written) -> None:
    assert {*board} <= OF_BOARD
    for panel in panels(board):
        assert {*panel} <= (OF_ROW if panel["type"] == "row" else OF_PANEL), panel["title"]
        assert {*chain(*panel.get("targets", []))} <= OF_TARGET, panel["title"]
        looks = panel.get("fieldConfig", {"defaults": {}, "overrides": []})
        assert {*looks["defaults"]} <= OF_DEFAULTS, panel["title"]
        for override in looks["overrides"]:
            assert {*override} == {"matcher", "properties"}, panel["title"]
            ids = {prop["id"] for prop in override["properties"]}
            assert {name for name in ids if not name.startswith("custom.")} <= OF_DEFAULTS | {"displayName"}
    assert {*chain(*board["templating"]["list"])} <= OF_VARIABLE
    assert {*chain(*board["annotations"]["list"])} <= OF_ANNOTATION


def test_nothing_is_null_but_the_threshold_without_a_lower_end(board: Written) -> None:
    assert {key for key, item in everything(board) if item is None} <= {"value"}
    for steps in (item for key, item in everything(board) if key == "steps"):
        assert [step["value"] is None for step in steps] == [True, *[False] * (len(steps) - 1)]
        rising = [step["value"] for step in steps[1:]]
        assert rising == sorted(rising)


def test_every_panel_says_what_it_shows(board: Written) -> None:
    for panel in drawn(board):
        assert panel["description"].endswith("."), panel["title"]
        assert "read." in panel["description"], panel["title"]


def test_panels_are_told_apart(board: Written) -> None:
    numbers, titles = [panel["id"] for panel in panels(board)], [panel["title"] for panel in drawn(board)]
    assert len({*numbers}) == len(numbers)
    assert len({*titles}) == len(titles)


def test_panels_lie_side_by_side_without_gaps(board: Written) -> None:
    filled = Counter[tuple[int, int]]()
    for panel in panels(board):
        area = panel["gridPos"]
        assert area["h"] > 0
        filled.update(
            (x, y)
            for x in range(area["x"], area["x"] + area["w"])
            for y in range(area["y"], area["y"] + area["h"])
        )
    height = max(y for _, y in filled) + 1
    assert filled == Counter((x, y) for x in range(GRID_COLUMNS) for y in range(height))


def test_only_the_provisioned_source_is_asked(board: Written) -> None:
    assert all(source == DATA_SOURCE for key, source in everything(board) if key == "datasource")
    for panel in drawn(board):
        assert panel["targets"], panel["title"]
        names = [target["refId"] for target in panel["targets"]]
        assert len({*names}) == len(names)
        assert all(target["rawQuery"] and target["rawSql"] for target in panel["targets"])


def test_links_lead_to_dashboards_panels_and_variables_that_are_there(board: Written) -> None:
    variables = {
        other["uid"]: {variable["name"] for variable in other["templating"]["list"]}
        for other in BOARDS.values()
    }
    numbers = {other["uid"]: {str(panel["id"]) for panel in panels(other)} for other in BOARDS.values()}
    for url in links(board):
        if url.startswith("/d/${__data.fields.uid}?") or url == "${__value.raw}":
            # Rows say where to; the tests of the queries follow them.
            continue
        found = re.match(r"/d/([\w-]+)(?:\?|$)", url)
        assert found, url
        assert found[1] in UIDS, url
        assert {*re.findall(r"[?&]var-(\w+)=", url)} <= variables[found[1]], url
        assert {*re.findall(r"[?&]viewPanel=(?:panel-)?(\d+)", url)} <= numbers[found[1]], url


def test_variables_are_told_apart_and_chosen_by_those_who_look(board: Written) -> None:
    names = [variable["name"] for variable in board["templating"]["list"]]
    assert len({*names}) == len(names)
    for variable in board["templating"]["list"]:
        assert variable["label"]
        asked = board["panels"], board["annotations"], board["templating"]
        assert re.search(rf"\$\{{?{variable['name']}\b", orjson.dumps(asked).decode()), (
            f"{variable['name']} is of no use"
        )


def expected(of: str) -> dict[str, Thresholds]:
    """Give the thresholds of every indicator, with those that the shipped watchlist sets on its own."""
    thresholds = {name: definition.thresholds for name, definition in DEFINITIONS.items()}
    if of == "ouroboros-watchlist":
        for own in read_watchlist(SHIPPED_WATCHLIST, datetime(2026, 1, 1, tzinfo=UTC)).thresholds:
            if own.subject is None:
                thresholds[own.indicator] = Thresholds(own.watch, own.warning, own.critical)
    return thresholds


def values(name: str, thresholds: Thresholds) -> list[float]:
    """Give the steps that Grafana draws, the lowest first."""
    watch = nextafter(thresholds.watch, inf) if DEFINITIONS[name].above else thresholds.watch
    rising = [watch, thresholds.warning, thresholds.critical]
    return rising if DEFINITIONS[name].direction is Direction.RISING else rising[::-1]


def test_lines_and_colours_stand_where_an_indicator_of_the_panel_has_its_thresholds(board: Written) -> None:
    thresholds = expected(board["uid"])
    for panel in drawn(board):
        sql = " ".join(target["rawSql"] for target in panel["targets"])
        named = {name for name in thresholds if f"'{name}'" in sql} or thresholds.keys()
        known = [values(name, thresholds[name]) for name in named]
        for steps in (item for key, item in everything(panel) if key == "steps"):
            if len(steps) == 4:
                assert {step["color"] for step in steps} <= {*LEVEL_COLORS, "text"}, panel["title"]
                assert [step["value"] for step in steps[1:]] in known, panel["title"]
