"""What is not known is never shown as calm, nor as a value of 0, and all boards say the same of it."""

from functools import partial

import pytest

from dashboards.boards import BOARDS
from dashboards.bubble_watch import BUBBLE_WATCH
from dashboards.building.board import Board
from dashboards.equities import EQUITIES
from dashboards.gpu_prices import GPU_PRICES
from dashboards.power import POWER
from tests.dashboards.answers import Row, ask, may_be
from tests.dashboards.grafana import Choice, as_asked, choices, queries, written

pytestmark = pytest.mark.integration


def everything(database: str, board: Board) -> Choice:
    return choices(written(board), partial(may_be, database))


def shown(database: str, board: Board, title: str, chosen: Choice | None = None) -> list[Row]:
    (sql,) = (sql for name, sql in queries(written(board)) if name == title)
    (answer,) = ask(database, as_asked(sql, {**everything(database, board), **(chosen or {})}))
    return answer.rows


def test_delay_is_told_of_sites_with_a_promised_day_and_the_others_are_counted(demo: str) -> None:
    (delay,) = shown(demo, POWER, "Longest delay")
    assert delay == {"about": "site CoreWeave fleet · 2026-02-26 · 6 without a day", "value": 0}
    (light,) = shown(demo, BUBBLE_WATCH, "Late power")
    assert (light["level"], light["value"]) == ("calm", "0 days, watch at 30 days")
    assert light["where"] == "2 sites with a day, 6 without"


def test_delay_and_dollars_are_unknown_where_no_site_has_a_promised_day(demo: str) -> None:
    alone = {"site": ["Meta Hyperion"]}
    (delay,) = shown(demo, POWER, "Longest delay", alone)
    assert delay == {"about": "site Meta Hyperion · 2025-10-06 · 1 without a day", "value": None}
    (dollars,) = shown(demo, POWER, "Dollars in late sites", alone)
    assert dollars == {"about": "0 late of 1 that loans name · 1 without a day", "value": None}
    (other,) = (
        row
        for row in shown(demo, BUBBLE_WATCH, "Every subject of the chosen signs, in words")
        if (row["Sign"], row["Subject"]) == ("Stranded financing", "site Meta Hyperion")
    )
    assert (other["Level"], other["Value"]) == ("unknown", None)


def test_boards_agree_on_the_level_of_every_site_that_power_was_promised_to(demo: str) -> None:
    of_power = {row["site_id"]: row["level"] for row in shown(demo, POWER, "Sites")}
    subjects = shown(demo, BUBBLE_WATCH, "Every subject of the chosen signs, in words")
    of_watch = {
        row["Subject"].removeprefix("site "): row["Level"]
        for row in subjects
        if row["Sign"] == "Power delay" and row["Subject"].startswith("site ")
    }
    assert {site: of_power[site] for site in of_watch} == of_watch
    assert {*of_watch.values()} == {"calm", "unknown"}


@pytest.mark.parametrize(
    ("board", "title", "level", "value"),
    [
        (BUBBLE_WATCH, "The other signs, each at its worst", "Level", "Value"),
        (BUBBLE_WATCH, "Every subject of the chosen signs, in words", "Level", "Value"),
        (BUBBLE_WATCH, "Falling GPU prices", "level", "value"),
        (EQUITIES, "What the shares say", "level", "value"),
        (GPU_PRICES, "Prices now", "level", "fall"),
    ],
)
def test_what_is_unknown_has_no_value(demo: str, board: Board, title: str, level: str, value: str) -> None:
    rows = shown(demo, board, title)
    unknown = [row[value] for row in rows if row[level] == "unknown"]
    assert unknown
    assert {*unknown} <= {None, "-"}
    assert None not in [row[value] for row in rows if row[level] != "unknown"]


def test_dates_are_written_in_one_way_on_all_boards() -> None:
    units = {
        one["value"]
        for board in BOARDS
        for panel in written(board)["panels"]
        for override in panel.get("fieldConfig", {"overrides": []})["overrides"]
        for one in override["properties"]
        if one["id"] == "unit" and one["value"].startswith("time:")
    }
    assert units == {"time:YYYY-MM-DD", "time:YYYY-MM-DD HH:mm", "time:YYYY-MM-DD HH:mm:ss"}
