"""The dashboard that a watchlist file becomes."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dashboards.boards.watchlist import SHIPPED, UID, board, uid_of
from dashboards.grafana.sql import literal
from events.base import Certainty
from events.errors import UsageError
from events.families.desk import WatchlistChanged
from ouroboros.commands.dashboards import SHIPPED_WATCHLIST
from ouroboros.watchlist import read_watchlist
from tests.dashboards.grafana import queries, written

NOW = datetime(2026, 11, 1, tzinfo=UTC)
LISTS = {
    "symbols": ("symbol", "Shares now"),
    "companies": ("company", "Companies' money"),
    "lenders": ("lender", "Lenders now"),
    "sites": ("site", "Sites' power"),
    "gpu_models": ("gpu_model", "GPU models now"),
}


def watchlist(**fields: Any) -> WatchlistChanged:
    return WatchlistChanged.model_validate(
        {
            "event_id": "00000000-0000-0000-0000-000000000001",
            "occurred_at": NOW,
            "known_at": NOW,
            "source": "desk",
            "certainty": Certainty.STATED,
            "watchlist": "desk",
            **fields,
        }
    )


def test_the_shipped_watchlist_keeps_its_address_and_has_all_its_lists() -> None:
    changed = read_watchlist(SHIPPED_WATCHLIST, NOW)
    made = board(changed)
    assert changed.watchlist == SHIPPED
    assert made.uid == UID
    assert [variable["name"] for variable in made.variables] == [variable for variable, _ in LISTS.values()]
    assert {title for _, title in LISTS.values()} <= {panel.title for panel in made.panels}


@pytest.mark.parametrize("listed", LISTS)
def test_a_list_that_names_nothing_has_no_panels_and_no_variable(listed: str) -> None:
    made = board(watchlist(**{listed: ["NVDA"]}))
    titles = {panel.title for panel in made.panels}
    assert [variable["name"] for variable in made.variables] == [LISTS[listed][0]]
    assert titles & {title for _, title in LISTS.values()} == {LISTS[listed][1]}
    others = {variable for variable, _ in LISTS.values()} - {LISTS[listed][0]}
    for title, sql in queries(written(made)):
        assert not others & set(re.findall(r"\$\{(\w+)", sql)), title


def test_a_watchlist_that_names_nothing_still_is_a_dashboard() -> None:
    made = board(watchlist())
    assert made.variables == ()
    assert [panel.title for panel in made.panels] == [
        "Signs by level",
        "Warning signs",
        "Signals in the time range",
    ]


def test_every_panel_says_what_it_shows_and_has_an_id_of_its_own() -> None:
    made = board(read_watchlist(SHIPPED_WATCHLIST, NOW))
    assert all(panel.description for panel in made.panels)
    panels = written(made)["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    for panel in panels:
        if panel["type"] != "row":
            assert panel["fieldConfig"]["defaults"]["noValue"], panel["title"]


def test_the_lines_of_a_chart_stand_where_the_watchlist_puts_its_thresholds() -> None:
    override = {"indicator": "pledged_equity_drawdown", "watch": 0.1, "warning": 0.2, "critical": 0.6}
    made = board(watchlist(symbols=["ARM"], thresholds=[override]))
    (chart,) = (panel for panel in made.panels if panel.title.startswith("Shares' fall"))
    steps = chart.defaults["thresholds"]["steps"]
    assert [step["value"] for step in steps] == [None, 0.1, 0.2, 0.6]
    assert [step["color"] for step in steps] == ["green", "yellow", "orange", "red"]


def test_relief_is_said_to_count_over_the_window_of_the_watchlist() -> None:
    window = {"indicator": "credit_waivers", "days": 33}
    (shown,) = (
        panel
        for panel in board(watchlist(lenders=["Blackstone"], windows=[window])).panels
        if panel.title == "Lenders now"
    )
    assert "33 days" in shown.description


@given(st.text(min_size=1, max_size=200))
@settings(deadline=None)
def test_any_name_becomes_an_address_that_grafana_takes(name: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,40}", uid_of(name))


def test_names_that_look_alike_have_addresses_of_their_own() -> None:
    names = [
        "credit",
        "Credit",
        "credit ",
        "cre dit",
        "日本",
        "日",
        "-",
        "a" * 200,
        "a" * 199,
        SHIPPED,
        "Neoclouds",
    ]
    assert len({uid_of(name) for name in names}) == len(names)
    assert uid_of("credit") == f"{UID}-credit"


@given(st.text(st.sampled_from("a$_([]{}'\\:, ")))
@settings(deadline=None)
def test_a_name_in_sql_holds_nothing_that_grafana_would_replace(name: str) -> None:
    written = literal(name)
    assert not set("$[{") & set(written)
    inner = written.removeprefix("E'").removesuffix("'")
    assert "'" not in inner.replace("''", "")


def test_a_name_that_grafana_would_take_for_a_macro_is_refused_with_a_remedy() -> None:
    with pytest.raises(UsageError, match=r"Cash\$App\(US\) cannot have a dashboard") as refused:
        board(watchlist(companies=["Cash$App(US)"]))
    assert "dollar sign" in refused.value.remedy
