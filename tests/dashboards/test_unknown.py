"""What is not known is never shown as calm, nor as a value of 0, and all boards say the same of it."""

from datetime import UTC, datetime
from functools import partial

import psycopg
import pytest

from dashboards.boards import boards
from dashboards.boards.backtest import BOARD as BACKTEST
from dashboards.boards.bubble_watch import BOARD as BUBBLE_WATCH
from dashboards.boards.equities import BOARD as EQUITIES
from dashboards.boards.gpu_prices import BOARD as GPU_PRICES
from dashboards.boards.power import BOARD as POWER
from dashboards.boards.watchlist import board as of_watchlist
from dashboards.grafana.board import Board
from ouroboros.commands.dashboards import SHIPPED_WATCHLIST
from ouroboros.watchlist import read_watchlist
from projections.registry import PROJECTIONS
from projections.store.migration import migrate
from tests.conftest import Databases, silent
from tests.dashboards.answers import Row, ask, may_be
from tests.dashboards.grafana import Choice, as_asked, choices, queries, written

pytestmark = pytest.mark.integration

WATCHLIST = of_watchlist(read_watchlist(SHIPPED_WATCHLIST, datetime(2026, 1, 1, tzinfo=UTC)))


def everything(database: str, board: Board) -> Choice:
    return choices(written(board), partial(may_be, database))


def shown(database: str, board: Board, title: str, chosen: Choice | None = None) -> list[Row]:
    (sql,) = (sql for name, sql in queries(written(board)) if name == title)
    (answer,) = ask(database, as_asked(sql, {**everything(database, board), **(chosen or {})}))
    return answer.rows


def test_delay_is_told_of_sites_with_a_promised_day_and_the_others_are_counted(demo: str) -> None:
    (delay,) = shown(demo, POWER, "Longest delay")
    assert delay == {"about": "site Helios · 2025-08-31 · 6 without a day", "value": 1}
    (light,) = shown(demo, BUBBLE_WATCH, "Late power")
    assert (light["level"], light["value"]) == ("calm", "1 day, watch at 30 days")
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
        (EQUITIES, "What the shares say", "Level", "Value"),
        (GPU_PRICES, "Prices now", "level", "fall"),
        (WATCHLIST, "Shares now", "Level", "Fall"),
        (WATCHLIST, "GPU models now", "level", "fall"),
        (WATCHLIST, "Sites' power", "level", "overdue_days"),
    ],
)
def test_what_is_unknown_has_no_value(demo: str, board: Board, title: str, level: str, value: str) -> None:
    rows = shown(demo, board, title)
    unknown = [row[value] for row in rows if row[level] == "unknown"]
    assert unknown
    assert {*unknown} <= {None, "-"}
    assert None not in [row[value] for row in rows if row[level] != "unknown"]


def test_levels_over_time_are_unknown_before_the_first_measurement_and_on_old_input(demo: str) -> None:
    levels = shown(demo, BUBBLE_WATCH, "Levels over time")
    of = {
        title: [row["value"] for row in levels if row["metric"].strip() == title]
        for title in ("Neocloud shock", "GPU price drawdown", "Credit waivers and defaults")
    }
    assert of["Neocloud shock"] == [-1, 0, 3, 3, -1, -1, -1]
    assert of["GPU price drawdown"][0] == 2
    assert of["GPU price drawdown"][-3:] == [-1, -1, -1]
    assert of["Credit waivers and defaults"][-1] == 1


def test_episodes_of_the_past_begin_unknown_too(demo: str) -> None:
    levels = shown(demo, BACKTEST, "Levels of the chosen signs")
    of_shock = [row["value"] for row in levels if row["metric"].strip() == "Neocloud shock · CRWV"]
    assert of_shock == [-1, 0, 3, -1, -1]


def test_a_pipeline_whose_time_stands_still_says_so(databases: Databases) -> None:
    url = databases.create()
    migrate(url, PROJECTIONS, None, silent)
    with psycopg.connect(url) as connection:
        connection.execute(
            "INSERT INTO ouroboros.component VALUES ('projector', now() - interval '25 hours', 0, 1, now()),"
            " ('sequencer', now(), 0, 1, now())"
        )
        connection.commit()
        assert shown(url, BUBBLE_WATCH, "Pipeline") == [{"state": "clock stopped"}]
        connection.execute("UPDATE ouroboros.component SET last_event_at = now() - interval '23 hours'")
        connection.commit()
        assert shown(url, BUBBLE_WATCH, "Pipeline") == [{"state": "running"}]
    databases.drop(url)


def test_dates_are_written_in_one_way_on_all_boards() -> None:
    units = {
        prop["value"]
        for board in boards()
        for panel in written(board)["panels"]
        for override in panel.get("fieldConfig", {"overrides": []})["overrides"]
        for prop in override["properties"]
        if prop["id"] == "unit" and prop["value"].startswith("time:")
    }
    assert units == {"time:YYYY-MM-DD", "time:YYYY-MM-DD HH:mm", "time:YYYY-MM-DD HH:mm:ss"}
