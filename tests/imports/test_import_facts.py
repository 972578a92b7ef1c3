"""Schedules of power and lists of deals: promises list by list, and deals with amounts in words."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from events.families.deals import DealAnnounced
from events.families.power import PowerScheduled
from tests.imports.tables import Imported, import_text

QUEUE = "inr,from_snapshot,to_snapshot,change_type,detail\n"
DEALS = "investor_id,recipient_id,investor,recipient,kind,group,amount,status,verified,source\n"


def promises(imported: Imported) -> list[tuple[datetime, str, date | None]]:
    return [
        (one.known_at, one.site_id, one.expected_on)
        for one in imported.events
        if isinstance(one, PowerScheduled)
    ]


def deals(imported: Imported) -> list[DealAnnounced]:
    return [one for one in imported.events if isinstance(one, DealAnnounced)]


def test_a_slip_is_a_promise_in_each_of_two_lists(tmp_path: Path) -> None:
    imported = import_text(
        tmp_path,
        QUEUE
        + "12INR,2024-01-01,2024-02-01,COD_SLIPPED,2024-03-01 \u2192 2024-05-31\n"
        + "12INR,2024-02-01,2024-03-01,STATUS_ADVANCED,a \u2192 b\n"
        + "12INR,2024-03-01,2024-04-01,COD_SLIPPED,2024-05-31 -> 2024-07-31\n",
    )
    assert promises(imported) == [
        # A list of a day is known when the day is over, in Texas.
        (datetime(2024, 1, 2, 6, tzinfo=UTC), "12INR", date(2024, 3, 1)),
        (datetime(2024, 2, 2, 6, tzinfo=UTC), "12INR", date(2024, 5, 31)),
        (datetime(2024, 4, 2, 5, tzinfo=UTC), "12INR", date(2024, 7, 31)),
    ]
    assert "1 were left out" in imported.out
    assert imported.code == 0


def test_a_day_that_is_125_years_off_is_told_and_the_other_day_of_the_row_stands(tmp_path: Path) -> None:
    imported = import_text(
        tmp_path,
        QUEUE
        + "12INR,2024-01-01,2024-02-01,COD_SLIPPED,2025-03-31 \u2192 1900-01-01\n"
        + "12INR,2024-02-01,2024-03-01,COD_SLIPPED,1900-01-01 \u2192 2025-04-30\n"
        + "12INR,2024-02-01,2024-03-01,COD_SLIPPED,some day\n",
    )
    assert [one[2] for one in promises(imported)] == [date(2025, 3, 31), date(2025, 4, 30)]
    assert imported.code == 1
    assert "line 2: the new day is 1900-01-01, outside of the years 1990 to 2100 (a slip?)." in imported.err
    assert "line 3: the old day is 1900-01-01" in imported.err
    assert "line 4: the change is 'some day', not an old day, an arrow and a new day." in imported.err


def test_a_schedule_may_name_the_promised_day_alone(tmp_path: Path) -> None:
    mapping = (
        "kind: power_schedule\ntime_zone: UTC\n"
        "columns: {site: site, published: on, expected_on: due, mw: MW, operator: who}\n"
    )
    rows = [f"Abilene,2025-0{month}-01,2026-06-30,1200,Crusoe" for month in (1, 2)]
    table = "\n".join(["site,on,due,MW,who", *rows])
    imported = import_text(tmp_path, table, mapping)
    (promise,) = imported.events
    assert isinstance(promise, PowerScheduled)
    assert (promise.mw, promise.operator, promise.expected_on) == (1200, "Crusoe", date(2026, 6, 30))
    assert "1 repeated what was known." in imported.out


@pytest.mark.parametrize(
    ("group", "amount", "status", "leg", "stage", "certainty"),
    [
        ("invest", "Up to $100B", "loi", (1e11, None, True, None), "letter_of_intent", "reported"),
        ("spend", "10+ GW of systems", "reported", (None, None, False, 10_000), "definitive", "reported"),
        ("spend", "$30-50B", "Confirmed", (5e10, 3e10, False, None), "definitive", "stated"),
        ("invest", "Warrant + 6 GW", "reported", (None, None, False, None), "definitive", "reported"),
        ("backstop", "~11.5% + $6.3B", "confirmed", (6.3e9, None, False, None), "definitive", "stated"),
    ],
)
def test_a_deal_says_what_its_words_say(  # noqa: PLR0917
    tmp_path: Path,
    group: str,
    amount: str,
    status: str,
    leg: tuple[float | None, float | None, bool, float | None],
    stage: str,
    certainty: str,
) -> None:
    row = (
        f"nvidia,openai,Nvidia,OpenAI,Some words,{group},{amount},{status},2025-09-22,https://example.com/a\n"
    )
    (deal,) = deals(import_text(tmp_path, DEALS + row))
    (only,) = deal.legs
    assert (only.amount_usd, only.amount_low_usd, only.up_to, only.capacity_mw) == leg
    assert (deal.stage, deal.certainty, deal.deal_id) == (stage, certainty, f"nvidia-openai-{group}")
    assert (only.payer, only.payee) == ("Nvidia", "OpenAI")
    assert deal.known_at == datetime(2025, 9, 23, 4, tzinfo=UTC)
    assert deal.source_url == "https://example.com/a"


def test_words_that_the_mapping_does_not_explain_are_refused(tmp_path: Path) -> None:
    rows = (
        "a,b,A,B,x,swap,$5B,confirmed,2025-09-22,\n"
        "a,c,A,C,x,spend,$5B,rumoured,2025-09-22,\n"
        "a,d,A,D,x,spend,\u20ac5B,confirmed,2025-09-22,\n"
        "a,a,A,A,x,spend,$5B,confirmed,2025-09-22,\n"
        "a,e,A,E,x,spend,$5B,confirmed,2025-09-22,\n"
        "a,e,A,E,x,spend,$6B,confirmed,2025-09-23,\n"
    )
    imported = import_text(tmp_path, DEALS + rows)
    assert [one.deal_id for one in deals(imported)] == ["a-e-spend"]
    for line, reason in (
        (2, "the kind is 'swap', which the mapping does not explain (it explains backstop, invest, spend)"),
        (3, "the status is 'rumoured', which the mapping does not explain"),
        (4, "is in another currency"),
        (5, "A cannot pay itself"),
        (7, "the deal a-e-spend stands in"),
    ):
        assert any(f"line {line}: " in one and reason in one for one in imported.err.splitlines()), reason
