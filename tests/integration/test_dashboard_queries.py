"""The SQL of the dashboards about watchlists, history and the pipeline, asked of a real database."""

from datetime import date, timedelta
from typing import Any

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dashboards.boards.backtest import BOARD as BACKTEST
from dashboards.boards.credit import BOARD as CREDIT
from dashboards.boards.pipeline_health import BOARD as PIPELINE_HEALTH
from dashboards.boards.power import BOARD as POWER
from dashboards.boards.watchlist import board
from dashboards.grafana.board import Board
from dashboards.grafana.sql import literal, names
from events.base import Event
from events.families.clock import tick
from events.journal import Run, encode_records
from projections.registry import PROJECTIONS
from projections.store.projector import JournalRecord, Projector
from tests.dashboards.answers import Row, ask
from tests.dashboards.grafana import HOSTILE, Choice, as_asked, choices, queries, written
from tests.dashboards.test_watchlist_board import watchlist
from tests.integration.pipeline import event

pytestmark = pytest.mark.integration

FILE = watchlist(
    symbols=["CRWV", "NONE"],
    companies=HOSTILE,
    lenders=HOSTILE,
    sites=HOSTILE,
    gpu_models=HOSTILE,
    thresholds=[
        {"indicator": "credit_waivers", "watch": 0.25, "warning": 1, "critical": 3},
        *(
            {
                "indicator": "credit_waivers",
                "subject": f"lender:{one}",
                "watch": 1,
                "warning": 7,
                "critical": 9,
            }
            for one in HOSTILE[:1]
        ),
    ],
)
BACKTEST_CHOICE: Choice = {
    "indicator": ["credit_waivers", "neocloud_shock"],
    "level": "warning",
    "symbol": "CRWV",
    "horizon": "20",
    "fall": "10",
}


def bar(day: str, close_usd: float) -> Event:
    moment = f"{day}T00:00:00Z"
    return event(
        "EquityBarClosed",
        f"{day}T21:00:00Z",
        symbol="CRWV",
        interval_seconds=86400,
        bucket=moment,
        open_usd=close_usd,
        high_usd=close_usd,
        low_usd=close_usd,
        close_usd=close_usd,
        first_at=moment,
        last_at=f"{day}T21:00:00Z",
    )


def waiver(day: str, lender: str, kind: str = "waiver", **fields: Any) -> Event:
    stated = {"facility_id": "loan", "borrower": lender, "lenders": [lender], "kind": kind, **fields}
    return event("CreditWaiverReported", f"{day}T12:00:00Z", **stated)


async def journaled(database: str, *events: Event) -> None:
    projector = await Projector.load(database, PROJECTIONS, 1_000_000)
    records = []
    for offset, one in enumerate((*events, tick(events[-1].known_at))):
        ((value, headers),) = encode_records([Run("credit/0", offset, (one,))])
        records.append(JournalRecord(offset, value, tuple(headers)))
    await projector.project_records(records)
    await projector.close()


def shown(database: str, of: Board, title: str, choice: Choice) -> list[Row]:
    (sql,) = (sql for name, sql in queries(written(of)) if name == title)
    (answer,) = ask(database, as_asked(sql, choice))
    return answer.rows


def everything(of: Board, database: str) -> Choice:
    """Choose All: what the queries of the variables give."""

    def found(sql: str) -> list[str]:
        (answer,) = ask(database, sql)
        return [row["unnest"] for row in answer.rows]

    return choices(written(of), found)


def all_answered(database: str, of: Board, choice: Choice) -> None:
    ask(database, *(as_asked(sql, choice) for _, sql in queries(written(of))))


@pytest.mark.asyncio
async def test_one_waiver_of_several_reports_is_one_fact_and_names_what_the_desk_needs(database: str) -> None:
    filing = waiver("2026-01-05", "Fictional", source="8-K", certainty="filing")
    wire = waiver("2026-01-06", "Fictional", source="A newswire", certainty="reported")
    other = waiver("2026-01-05", "Another", source="A newswire", facility_id="of another")
    taken_back = waiver("2026-01-07", "Fictional", source="desk")
    retracted = event(
        "ReportRetracted", "2026-01-08T12:00:00Z", report_id=str(taken_back.event_id), by="Ada", why="Not so."
    )
    await journaled(database, other, wire, filing, taken_back, retracted)
    choice: Choice = {"lender": ["Fictional"], "borrower": ["Fictional"]}
    rows = shown(database, CREDIT, "Reports of each fact", choice)
    assert [(row["report"], row["source"], row["report_id"]) for row in rows] == [
        ("1 of 2", "8-K", str(filing.event_id)),
        ("2 of 2", "A newswire", str(wire.event_id)),
    ]
    assert {(row["kind"], row["fact_id"]) for row in rows} == {("relief", str(wire.event_id))}
    (severity,) = shown(database, CREDIT, "Relief by borrower", choice)
    assert severity == {"name": "Fictional", "value": 1.0}


@pytest.mark.asyncio
async def test_a_promise_that_ended_is_not_late_and_says_how_it_ended(database: str) -> None:
    promised = [
        event("PowerScheduled", site_id=site, operator="Fictional", mw=100, expected_on="2026-01-31")
        for site in ("gone", "there", "awaited")
    ]
    gone = event("PowerWithdrawn", "2026-03-01T12:00:00Z", site_id="gone", reason="cancelled")
    there = event("PowerCompleted", "2026-02-02T12:00:00Z", site_id="there", completed_on="2026-02-01")
    await journaled(database, *promised, there, gone, tick(gone.known_at + timedelta(hours=1)))
    choice: Choice = {"operator": ["Fictional"], "site": ["gone", "there", "awaited"]}
    (late,) = shown(database, POWER, "Late sites", choice)
    assert late == {"late": 1, "without a day": 0}
    sites = {row["site_id"]: row for row in shown(database, POWER, "Sites", choice)}
    assert (sites["gone"]["level"], sites["gone"]["overdue_days"]) == ("calm", 0)
    assert sites["gone"]["remark"] == "Cancelled on 2026-03-01"
    assert sites["there"]["remark"] == "Complete since 2026-02-01, 1 day late"
    assert sites["awaited"]["overdue_days"] == (date(2026, 3, 1) - date(2026, 1, 31)).days
    happened = {row["kind"] for row in shown(database, POWER, "What happened at sites", choice)}
    assert happened >= {"cancelled", "completed"}


@pytest.mark.asyncio
async def test_every_panel_of_a_watchlist_finds_names_of_any_letters(database: str) -> None:
    events = [waiver("2026-01-05", one) for one in HOSTILE]
    sites = [
        event("PowerScheduled", site_id=one, operator="Fictional", mw=100, expected_on="2026-06-30")
        for one in HOSTILE
    ]
    await journaled(database, *sites, *events, bar("2026-01-06", 100.0))
    made = board(FILE)
    choice = everything(made, database)
    assert choice["company"] == list(HOSTILE)
    all_answered(database, made, choice)
    signs = shown(database, made, "Warning signs", choice)
    found = {row["Subject"]: row for row in signs if row["Sign"] == "Credit waivers and defaults"}
    assert {f"lender {one}" for one in HOSTILE} <= found.keys()
    assert {f"borrower {one}" for one in HOSTILE} <= found.keys()
    assert "all" not in found
    own, others = found[f"lender {HOSTILE[0]}"], found[f"lender {HOSTILE[1]}"]
    limits = ("Watch at", "Warning at", "Critical at")
    assert [own[limit] for limit in limits] == ["1 point", "7 points", "9 points"]
    assert [others[limit] for limit in limits] == ["0.25 points", "1 point", "3 points"]
    assert {
        row["Lender"]: row["Severity"] for row in shown(database, made, "Lenders now", choice)
    } == dict.fromkeys(HOSTILE, 1.0)
    assert {row["site_id"] for row in shown(database, made, "Sites' power", choice)} == set(HOSTILE)
    shares = shown(database, made, "Shares now", choice)
    told = [(row["Share"], row["Price"], row["Fall"], row["Level"]) for row in shares]
    assert told == [("CRWV", 100.0, None, "unknown"), ("NONE", None, None, "unknown")]


@pytest.mark.asyncio
async def test_what_is_not_chosen_is_not_shown(database: str) -> None:
    await journaled(database, *(waiver("2026-01-05", one) for one in HOSTILE))
    made = board(FILE)
    choice = {**{name: ["nobody"] for name in everything(made, database)}, "lender": [HOSTILE[2]]}
    signs = shown(database, made, "Warning signs", choice)
    # The file sets thresholds of this subject by name.
    assert {row["Subject"] for row in signs} == {f"lender {HOSTILE[2]}", f"lender {HOSTILE[0]}"}


@pytest.mark.asyncio
async def test_a_backtest_tells_what_the_share_did_after_the_signal(database: str) -> None:
    prices = {"01-06": 100.0, "01-08": 88.0, "01-12": 80.0, "01-27": 110.0, "02-20": 105.0}
    bars = {day: bar(f"2026-{day}", price) for day, price in prices.items()}
    late = waiver("2026-02-19", "Late Lender", "default")
    await journaled(
        database,
        waiver("2026-01-05", "Lender", "default"),
        *(bars[day] for day in list(prices)[:4]),
        late,
        bars["02-20"],
    )
    rows = shown(database, BACKTEST, "Episodes and what followed", BACKTEST_CHOICE)
    found = {row["Subject"]: row for row in rows if row["Sign"] == "Credit waivers and defaults"}
    # The first close is that of the next day; 20 days after it comes the 26th, and the next close.
    early = found["lender Lender"]
    assert early["Price"] == 100.0
    assert early["Return"] == pytest.approx(0.1)
    assert early["Worst"] == pytest.approx(-0.2)
    assert early["Days to fall"] == 2
    no_price_yet = found["lender Late Lender"]
    assert no_price_yet["Price"] == 105.0
    assert (no_price_yet["Return"], no_price_yet["Worst"], no_price_yet["Days to fall"]) == (
        None,
        None,
        None,
    )
    (sums,) = shown(database, BACKTEST, "All episodes together", BACKTEST_CHOICE)
    waivers = [row for row in rows if row["Sign"] == "Credit waivers and defaults"]
    assert sums["Episodes"] == len(rows) >= len(waivers) == 5
    assert sums["Outcomes"] == sum(row["Return"] is not None for row in rows)


@pytest.mark.asyncio
async def test_a_backtest_without_any_price_says_so_and_does_not_fail(database: str) -> None:
    await journaled(database, waiver("2026-01-05", "Lender", "default"))
    rows = shown(database, BACKTEST, "Episodes and what followed", BACKTEST_CHOICE)
    assert [row["Price"] for row in rows] == [None] * 3
    (sums,) = shown(database, BACKTEST, "All episodes together", BACKTEST_CHOICE)
    assert (sums["Episodes"], sums["Outcomes"], sums["Fell after"]) == (3, 0, None)
    all_answered(database, BACKTEST, BACKTEST_CHOICE)


def test_the_health_of_a_pipeline_that_never_ran_is_told(database: str) -> None:
    all_answered(database, PIPELINE_HEALTH, {})
    (lights,) = shown(database, PIPELINE_HEALTH, "What needs somebody", {})
    assert lights.pop("Heartbeat") is None
    assert {*lights.values()} == {0}
    feeds = shown(database, PIPELINE_HEALTH, "Feeds", {})
    assert {(row["Status"], row["Ago"]) for row in feeds} == {("never heard", None)}


def test_parts_webhooks_and_letters_are_told_as_they_stand(database: str) -> None:
    with psycopg.connect(database) as connection:
        connection.execute(
            "INSERT INTO ouroboros.component VALUES ('idle', NULL, 0, 1, now()), ('busy', NULL, 5, 1, now()),"
            " ('lost', NULL, 0, 1, now() - interval '5 minutes'),"
            " ('gone', NULL, 0, 1, now() - interval '3 days')"
        )
        connection.execute(
            "INSERT INTO ouroboros.webhook_delivery"
            " (destination, message_id, key, payload, attempts, next_attempt_at, delivered_at, given_up_at,"
            " reason)"
            " VALUES ('good', 'a', 'k', '{}', 1, NULL, now(), NULL, NULL),"
            " ('slow', 'a', 'k', '{}', 3, now(), NULL, NULL, 'It answered 503.'),"
            " ('bad', 'a', 'k', '{}', 1, NULL, NULL, now(), 'It answered 404.')"
        )
        connection.execute(
            'INSERT INTO ouroboros.dead_letter (topic, partition, "offset", index, reason, headers,'
            " received_at) VALUES ('credit', 0, 7, 1, 'It is not JSON. Mend it.', '[]', now())"
        )
    parts = shown(database, PIPELINE_HEALTH, "Parts of the pipeline", {})
    assert {row["Part"]: row["Status"] for row in parts} == {
        "idle": "running",
        "busy": "behind",
        "lost": "silent",
        "gone": "retired",
    }
    hooks = shown(database, PIPELINE_HEALTH, "Webhooks", {})
    assert {row["Webhook"]: row["Status"] for row in hooks} == {
        "good": "in order",
        "slow": "failing",
        "bad": "given up",
    }
    (dead_letter,) = shown(database, PIPELINE_HEALTH, "Open dead letters", {})
    assert dead_letter["Address"] == "credit/0/7/1"
    (lights,) = shown(database, PIPELINE_HEALTH, "What needs somebody", {})
    assert (lights["Silent parts"], lights["Behind"], lights["Dead letters"]) == (1, 5, 1)
    assert (lights["Posts failing"], lights["Posts given up"]) == (1, 1)


@given(st.lists(st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"])), max_size=4))
@settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_names_come_back_from_sql_as_they_were(database: str, texts: list[str]) -> None:
    with psycopg.connect(database) as connection:
        asked = connection.execute(f"SELECT {names(texts)}".encode()).fetchone()
        assert asked == (texts,)
        for text in texts:
            assert connection.execute(f"SELECT {literal(text)}".encode()).fetchone() == (text,)
