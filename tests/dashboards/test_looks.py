"""What a laptop shows of the dashboards: tables that fit, names that can be read, words instead of keys."""

from collections.abc import Iterator
from itertools import chain
from math import inf, nextafter
from typing import Any

import pytest

from dashboards.boards import boards
from dashboards.boards.bubble_watch import BOARD as BUBBLE_WATCH
from dashboards.boards.credit import BOARD as CREDIT
from dashboards.boards.money_map import BOARD as MONEY_MAP
from dashboards.grafana.board import Board, to_json
from dashboards.grafana.levels import COLORS, lines_of
from dashboards.grafana.panels import LEAST_WIDTH
from events.units import Unit
from projections.definition import Level
from projections.indicators import DEFINITIONS
from tests.dashboards.answers import Answer, Row, ask, may_be
from tests.dashboards.grafana import as_asked, choices, properties, written

pytestmark = pytest.mark.integration

# A laptop of 1440 pixels with Grafana's menu open, as a first visit has it: what the grid has of them for a
# column, and what a panel takes for itself.
COLUMN, EDGES = 46, 32
# The graph in pixels: a ring, and the name below it, of so many pixels a letter to each side.
RING, NAME_FROM, NAME_TO, HALF_LETTER = 40, 45, 60, 2.5

Point = tuple[float, float]


def shown(database: str, board: Board) -> Iterator[tuple[dict[str, Any], list[Answer]]]:
    """Give every panel that asks something, with what it is answered when all is chosen."""
    plain = written(board)
    chosen = choices(plain, lambda sql: may_be(database, sql))
    for panel in plain["panels"]:
        if asked := [as_asked(target["rawSql"], chosen) for target in panel.get("targets", [])]:
            yield panel, ask(database, *asked)


def rows(database: str, board: Board, title: str) -> list[list[Row]]:
    (found,) = (found for panel, found in shown(database, board) if panel["title"] == title)
    return [answer.rows for answer in found]


@pytest.mark.parametrize("board", boards(), ids=lambda board: board.uid)
def test_a_table_fills_its_panel_and_no_column_is_pushed_out_of_it(demo: str, board: Board) -> None:
    wrong = {}
    for panel, (answer, *_) in shown(demo, board):
        if panel["type"] != "table":
            continue
        looks = [properties(panel, name) for name, _ in answer.columns]
        widths = [look.get("custom.width") for look in looks if "custom.hidden" not in look]
        needed = sum(pixels or LEAST_WIDTH for pixels in widths)
        if None not in widths or needed > panel["gridPos"]["w"] * COLUMN - EDGES:
            wrong[panel["title"]] = widths
    assert wrong == {}


@pytest.mark.parametrize("board", boards(), ids=lambda board: board.uid)
def test_annotations_and_choices_have_the_titles_of_signs_and_not_their_keys(demo: str, board: Board) -> None:
    plain = written(board)
    chosen = choices(plain, lambda sql: may_be(demo, sql))
    for annotation in plain["annotations"]["list"]:
        (answer,) = ask(demo, as_asked(annotation["target"]["rawSql"], chosen))
        said = " ".join(chain.from_iterable((row["title"], row["tags"]) for row in answer.rows))
        assert not [key for key in DEFINITIONS if key in said], annotation["name"]
    for variable in plain["templating"]["list"]:
        if variable["name"] == "indicator":
            (answer,) = ask(demo, variable["query"])
            titles = {row["__value"]: row["__text"] for row in answer.rows}
            assert titles == {key: definition.title for key, definition in DEFINITIONS.items()}


def test_no_arrow_of_the_money_map_runs_through_the_name_of_a_company_that_it_joins(demo: str) -> None:
    nodes, edges = rows(demo, MONEY_MAP, "Who pays whom, at the end of the time range")
    places = {row["id"]: (float(row["fixedx"]), float(row["fixedy"])) for row in nodes}
    crossed = [
        (edge["source"], edge["target"], name)
        for edge in edges
        for name in (edge["source"], edge["target"])
        if _crosses(places[edge["source"]], places[edge["target"]], places[name], name)
    ]
    assert edges
    assert crossed == []


def _crosses(one: Point, other: Point, named: Point, name: str) -> bool:
    """Tell whether a way between two places enters the words below a place, going along it in small steps."""
    half = HALF_LETTER * len(name)
    for step in range(201):
        x = one[0] + (other[0] - one[0]) * step / 200 - named[0]
        y = one[1] + (other[1] - one[1]) * step / 200 - named[1]
        if abs(x) < half and NAME_FROM < y < NAME_TO:
            return True
    return False


def test_companies_of_the_money_map_do_not_lie_on_each_other(demo: str) -> None:
    nodes, _ = rows(demo, MONEY_MAP, "Who pays whom, at the end of the time range")
    places = [(float(row["fixedx"]), float(row["fixedy"])) for row in nodes]
    apart = [
        max(abs(place[0] - other[0]), abs(place[1] - other[1]))
        for at, place in enumerate(places)
        for other in places[:at]
    ]
    assert min(apart) > 2 * RING


def test_all_companies_of_the_money_map_stand_inside_of_the_panel(demo: str) -> None:
    nodes, _ = rows(demo, MONEY_MAP, "Who pays whom, at the end of the time range")
    furthest = max(abs(float(row["fixedx"])) for row in nodes)
    assert furthest + RING < (24 * COLUMN - EDGES) / 2


def test_units_are_set_apart_by_grafana_alone() -> None:
    for board in boards():
        assert "suffix: " not in to_json(board).decode(), board.uid


def test_the_database_writes_values_with_their_units_as_thresholds_are_written(unused: str) -> None:
    units = [unit for unit in Unit if unit is not Unit.USD]
    values = [(unit, value) for unit in units for value in (0.0, 1.0, 2.0, 25.0)]
    asked = [f"SELECT {unit.sql(str(value))} AS text" for unit, value in values]
    assert [answer.rows[0]["text"] for answer in ask(unused, *asked)] == [
        unit.threshold(value) for unit, value in values
    ]
    (dollars, nothing) = ask(
        unused, f"SELECT {Unit.USD.sql('1.234e9')} AS text", f"SELECT {Unit.DAYS.sql('NULL::float8')} AS text"
    )
    assert (dollars.rows, nothing.rows) == ([{"text": "$1.23B"}], [{"text": None}])


def test_a_line_has_the_colour_of_the_level_that_begins_there_whichever_way_trouble_lies() -> None:
    for key, definition in DEFINITIONS.items():
        drawn = {step["value"]: step["color"] for step in lines_of(key)}
        limits = definition.thresholds
        watch = nextafter(limits.watch, inf) if definition.above else limits.watch
        assert drawn[watch] == COLORS[Level.WATCH], key
        assert drawn[limits.warning] == COLORS[Level.WARNING], key
        assert drawn[limits.critical] == COLORS[Level.CRITICAL], key


def test_a_large_number_says_whose_it_is_and_as_of_when(demo: str) -> None:
    ((leverage,),) = rows(demo, CREDIT, "Leverage of SPVs")
    assert leverage["about"] == "Meta Hyperion SPV · 2025-10-06"
    assert round(leverage["value"], 3) == 0.897
    ((fall,),) = rows(demo, CREDIT, "Fall of pledged shares")
    assert fall["about"] == "ARM · old since 2026-03-06"


def test_a_large_number_says_that_nothing_was_heard_yet(unused: str) -> None:
    ((leverage,),) = rows(unused, CREDIT, "Leverage of SPVs")
    assert leverage == {"about": "nothing heard yet", "value": None}


def test_the_last_changes_are_those_of_the_last_day_with_any_however_long_ago(demo: str) -> None:
    (changes,) = rows(demo, BUBBLE_WATCH, "Last changes")
    (newest,) = ask(demo, "SELECT max(known_at) AS at FROM read.signal")
    assert changes
    assert max(row["When"] for row in changes) == newest.rows[0]["at"]
    assert {(newest.rows[0]["at"] - row["When"]).days for row in changes} <= {0, 1}
