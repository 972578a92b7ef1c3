from typing import Any

import pytest

from events.base import Event
from projections.base import Step
from projections.episodes.rows import IndicatorCurrentRow, IndicatorRow, SignalRow
from projections.money_graph import component
from projections.warning_signs import WARNING_SIGNS
from projections.warning_signs.fold import WarningSigns
from tests.given import event, given, rows_of, standing


def deal(deal_id: str, payer: str, payee: str, amount_usd: float, **fields: Any) -> Event:
    leg = {"kind": "equity", "payer": payer, "payee": payee, "amount_usd": amount_usd, **fields}
    return event("DealAnnounced", deal_id=deal_id, title=f"{payer} pays {payee}", legs=[leg])


OUT = deal("out", "Amazon", "OpenAI", 15e9)
TRANCHE = deal("tranche", "Amazon", "OpenAI", 35e9, condition="an IPO")
BACK = deal("back", "OpenAI", "Amazon", 100e9, kind="purchase")
ASIDE = deal("aside", "SoftBank", "OpenAI", 30e9)


def now(step: Step[WarningSigns]) -> dict[str, tuple[float, str]]:
    rows = standing(WARNING_SIGNS, step, IndicatorCurrentRow).values()
    return {row.subject: (row.value, row.level) for row in rows if row.indicator == "circularity"}


def test_money_that_only_goes_out_is_calm() -> None:
    assert now(given(WARNING_SIGNS, OUT, ASIDE)) == dict.fromkeys(
        ("ci_bff firm", "ci_max firm", "ci_bff all", "ci_max all"), (0.0, "calm")
    )


def test_what_comes_back_circulates_twice_its_bottleneck_on_each_basis() -> None:
    found = now(given(WARNING_SIGNS, OUT, TRANCHE, BACK, ASIDE))
    assert found["ci_max firm"] == found["ci_bff firm"] == (round(30 / 145, 6), "warning")
    assert found["ci_max all"] == found["ci_bff all"] == (round(100 / 180, 6), "critical")


def test_the_evidence_is_the_deals_that_circulate() -> None:
    rows = standing(WARNING_SIGNS, given(WARNING_SIGNS, ASIDE, OUT, TRANCHE, BACK), IndicatorCurrentRow)
    assert {OUT.event_id, BACK.event_id} <= set(rows["circularity", "ci_bff firm"].evidence)
    assert set(rows["circularity", "ci_bff all"].evidence) == {one.event_id for one in (OUT, TRANCHE, BACK)}


def test_the_words_do_not_claim_that_the_same_dollars_travel() -> None:
    rows = standing(WARNING_SIGNS, given(WARNING_SIGNS, OUT, BACK, ASIDE), IndicatorCurrentRow)
    assert rows["circularity", "ci_max firm"].text == (
        "at most 20.7 % of $145B of firm money can be going round in circles;"
        " separate legs do not prove that the same dollars travel"
    )


def test_a_deal_that_ends_clears_the_signal() -> None:
    step = given(WARNING_SIGNS, OUT, BACK, event("DealTerminated", "2026-02-01", deal_id="back"))
    assert set(now(step).values()) == {(0.0, "calm")}
    told = [(row.subject, row.step) for row in rows_of(step, SignalRow) if row.indicator == "circularity"]
    subjects = ("ci_bff firm", "ci_max firm", "ci_bff all", "ci_max all")
    assert told == [(one, "opened") for one in subjects] + [(one, "cleared") for one in subjects]


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_the_order_of_deals_does_not_matter(order: tuple[int, ...]) -> None:
    journal = (OUT, BACK, ASIDE)
    assert now(given(WARNING_SIGNS, *(journal[place] for place in order))) == now(
        given(WARNING_SIGNS, *journal)
    )


def test_a_graph_too_large_for_each_event_is_bounded_at_once_and_estimated_at_the_next_tick(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    at_once = now(given(WARNING_SIGNS, OUT, BACK, ASIDE))
    monkeypatch.setattr(component, "SOLVED_AT_ONCE", 1)
    journal = (OUT, BACK, ASIDE)
    waiting = given(WARNING_SIGNS, *journal)
    estimated = {subject: (0.0, "calm") for subject in at_once if subject.startswith("ci_bff")}
    assert now(waiting) == at_once | estimated
    rows = standing(WARNING_SIGNS, waiting, IndicatorCurrentRow)
    assert rows["circularity", "ci_bff firm"].text.endswith("; the newest deals are not counted yet")
    ticked = given(WARNING_SIGNS, *journal, event("ClockTicked", "2026-01-02"))
    assert now(ticked) == at_once
    again = given(WARNING_SIGNS, *journal, *(event("ClockTicked", f"2026-01-0{day}") for day in (2, 3)))
    assert rows_of(again, IndicatorRow) == rows_of(ticked, IndicatorRow)


def test_a_deal_on_one_basis_leaves_the_other_alone() -> None:
    rows = [row for row in rows_of(given(WARNING_SIGNS, OUT, TRANCHE), IndicatorRow) if row.journal_offset]
    assert [row.subject for row in rows if row.indicator == "circularity"] == ["ci_bff all", "ci_max all"]


def test_the_edges_that_circulate_most_are_the_evidence_and_stand_first() -> None:
    deals = [
        one
        for at, amount_usd in enumerate([3e9, 1e9, 7e9, 2e9, 6e9, 5e9, 4e9])
        for one in (
            deal(f"out-{at}", f"vendor-{at}", f"customer-{at}", amount_usd),
            deal(f"back-{at}", f"customer-{at}", f"vendor-{at}", amount_usd, kind="purchase"),
        )
    ]
    rows = standing(WARNING_SIGNS, given(WARNING_SIGNS, *deals), IndicatorCurrentRow)
    # Five edges: both of the two widest loops, and of the third the one whose payer comes first.
    widest = [deals[at].event_id for at in (5, 4, 9, 8, 11)]
    assert rows["circularity", "ci_max firm"].evidence == widest
    assert rows["circularity", "ci_bff all"].evidence == widest
