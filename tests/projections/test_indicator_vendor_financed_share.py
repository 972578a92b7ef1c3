from typing import Any

import pytest

from events.base import Event
from projections.base import Step
from projections.circularity.fold import CIRCULARITY
from projections.circularity.rows import VendorRoundTripRow
from projections.episodes.rows import IndicatorCurrentRow, IndicatorRow, SignalRow
from projections.money_graph import component
from projections.warning_signs import WARNING_SIGNS
from projections.warning_signs.fold import WarningSigns
from tests.given import event, facts_and_bars, given, rows_of, standing


def deal(deal_id: str, payer: str, payee: str, billions: float, kind: str = "equity", **fields: Any) -> Event:
    leg = {"kind": kind, "payer": payer, "payee": payee, "amount_usd": billions * 1e9, **fields}
    return event("DealAnnounced", deal_id=deal_id, title=f"{payer} pays {payee}", legs=[leg])


OUT = deal("out", "Amazon", "OpenAI", 15)
TRANCHE = deal("tranche", "Amazon", "OpenAI", 35, condition="an IPO")
BACK = deal("back", "OpenAI", "Amazon", 100, "purchase")


def rows(step: Step[WarningSigns]) -> dict[str, IndicatorCurrentRow]:
    found = standing(WARNING_SIGNS, step, IndicatorCurrentRow).items()
    return {subject: row for (indicator, subject), row in found if indicator == "vendor_financed_share"}


def now(*journal: Event) -> dict[str, tuple[float, str]]:
    found = rows(given(WARNING_SIGNS, *journal))
    return {subject: (row.value, row.level) for subject, row in found.items()}


def history(step: Step[WarningSigns]) -> list[IndicatorRow]:
    return [row for row in rows_of(step, IndicatorRow) if row.indicator == "vendor_financed_share"]


def test_the_part_of_a_vendor_s_orders_that_its_money_could_have_paid_for() -> None:
    step = given(WARNING_SIGNS, OUT, TRANCHE, BACK)
    assert now(OUT, TRANCHE, BACK) == {"Amazon firm": (0.15, "warning"), "Amazon all": (0.5, "critical")}
    assert rows(step)["Amazon firm"].text == (
        "up to 15.0 % of the $100B of firm orders placed with Amazon can have been paid for by its own"
        " financing: $15B of the $15B that it puts into others;"
        " separate legs do not prove that the same dollars travel"
    )
    assert set(rows(step)["Amazon all"].evidence) == {one.event_id for one in (OUT, TRANCHE, BACK)}


@pytest.mark.parametrize(
    ("billions", "level"), [(4.9, "calm"), (5, "watch"), (15, "warning"), (30, "critical")]
)
def test_the_share_decides_the_level(billions: float, level: str) -> None:
    assert now(deal("out", "Amazon", "OpenAI", billions), BACK)["Amazon firm"] == (billions / 100, level)


def test_money_may_come_home_by_way_of_others() -> None:
    journal = (
        deal("a", "Nvidia", "OpenAI", 10),
        deal("b", "OpenAI", "Oracle", 8, "lease"),
        deal("c", "Oracle", "Nvidia", 40, "purchase"),
    )
    assert now(*journal)["Nvidia firm"] == (0.2, "warning")


def test_a_vendor_that_finances_none_of_its_customers_is_calm() -> None:
    journal = (deal("a", "Nvidia", "OpenAI", 10), deal("b", "Meta", "Nvidia", 40, "purchase"))
    found = rows(given(WARNING_SIGNS, *journal))["Nvidia firm"]
    assert (found.value, found.level, found.evidence) == (0.0, "calm", [])
    assert found.text.startswith("none of the $40B of firm orders placed with Nvidia can have been paid for")


def test_who_only_finances_or_only_sells_is_no_subject() -> None:
    assert now(OUT, deal("b", "OpenAI", "Oracle", 40, "purchase")) == {}


def test_an_order_that_ends_clears_the_signal_and_keeps_the_row() -> None:
    step = given(WARNING_SIGNS, OUT, BACK, event("DealTerminated", "2026-02-01", deal_id="back"))
    assert {row.value for row in rows(step).values()} == {0.0}
    assert rows(step)["Amazon firm"].text == "Amazon does not both finance others and sell any more"
    told = [
        (row.subject, row.step)
        for row in rows_of(step, SignalRow)
        if row.indicator == "vendor_financed_share"
    ]
    assert [row for row in told if row[0] == "Amazon firm"] == [
        ("Amazon firm", "opened"),
        ("Amazon firm", "cleared"),
    ]


def test_a_deal_that_changes_nothing_of_a_vendor_writes_no_row() -> None:
    aside = deal("aside", "SoftBank", "Stargate", 30)
    assert history(given(WARNING_SIGNS, OUT, BACK, aside)) == history(given(WARNING_SIGNS, OUT, BACK))


def test_a_graph_too_large_for_each_event_is_measured_at_the_next_tick(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at_once = now(OUT, BACK)
    monkeypatch.setattr(component, "SOLVED_AT_ONCE", 1)
    waiting = given(WARNING_SIGNS, OUT, BACK)
    assert {row.value for row in rows(waiting).values()} == {0.0}
    assert rows(waiting)["Amazon firm"].text.endswith(
        "by its own financing; the newest deals are not counted yet"
    )
    ticks = [event("ClockTicked", f"2026-01-0{day}") for day in (2, 3)]
    assert now(OUT, BACK, ticks[0]) == at_once
    assert history(given(WARNING_SIGNS, OUT, BACK, *ticks)) == history(
        given(WARNING_SIGNS, OUT, BACK, ticks[0])
    )


def test_the_ledger_s_vendors_by_hand() -> None:
    assert now(*facts_and_bars()) == {
        # 15 billion paid, 50 with what waits for an IPO, of 138 that OpenAI is to spend on AWS.
        "Amazon firm": (round(15 / 138, 6), "watch"),
        "Amazon all": (round(50 / 138, 6), "critical"),
        # 30 billion of 5 GW at 35 billion each; the letter of intent over 100 commits nobody.
        "Nvidia all": (round(30 / 175, 6), "warning"),
        # 13 billion paid of 250 that OpenAI is to spend on Azure, and of 263 with the credits' estimate.
        "Microsoft firm": (round(13 / 250, 6), "watch"),
        "Microsoft all": (round(13 / 263, 6), "watch"),
    }


def test_the_shares_are_those_of_the_vendor_round_trips() -> None:
    facts = facts_and_bars()
    trips = {
        f"{row.vendor} {row.basis}": row for row in rows_of(given(CIRCULARITY, *facts), VendorRoundTripRow)
    }
    found = {subject: value for subject, (value, _) in now(*facts).items()}
    assert found == {subject: round(row.share, 6) for subject, row in trips.items()}
