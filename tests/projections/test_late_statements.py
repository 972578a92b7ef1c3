"""Terms and statements that come late: those that were known last hold, whatever order they come in."""

from typing import Any

from events.base import Event
from events.families.clock import tick
from projections.episodes.rows import IndicatorRow, SignalRow
from projections.warning_signs import WARNING_SIGNS
from tests.given import event, given, noon, rows_of
from tests.projections.lateness import CLOCK, NOW, TODAY, after, ago, found, gpu_bar, measured


def secured(known_on: str, principal_usd: float, **fields: Any) -> Event:
    named = {"facility_id": "f", "borrower": "Fictional Vehicle", "principal_usd": principal_usd}
    return event("LoanOriginated", known_on, **named, **fields)


GPUS = {"kind": "gpus", "model": "H100", "quantity": 1e5}


def test_old_terms_of_a_loan_on_gpus_that_come_late_do_not_replace_the_newer_ones() -> None:
    journal = [gpu_bar(TODAY, 25_000, 25_000), secured(ago(50), 1e9, collateral=GPUS), CLOCK]
    step = after(journal, secured(ago(300), 2.5e9, collateral=GPUS))
    assert measured(step, "gpu_collateral_ltv", "f") == [(NOW, 0.4)]
    freed = [gpu_bar(TODAY, 25_000, 25_000), secured(ago(50), 1e9), CLOCK]
    assert measured(after(freed, secured(ago(300), 2.5e9, collateral=GPUS)), "gpu_collateral_ltv", "f") == []


def test_a_loan_that_comes_late_is_set_against_the_newest_price() -> None:
    journal = [gpu_bar(ago(20), 50_000, 50_000), gpu_bar(TODAY, 25_000, 25_000)]
    step = after(journal, secured(ago(300), 2.5e9, collateral=GPUS))
    assert measured(step, "gpu_collateral_ltv", "f") == [(NOW, 1.0)]
    assert measured(after([*journal, CLOCK], gpu_bar(ago(1), 1, 1)), "gpu_collateral_ltv", "f") == []


def test_old_terms_of_a_vehicle_that_come_late_do_not_replace_the_newer_ones() -> None:
    vehicle = {"off_balance_sheet": True, "equity_usd": 1e9}
    journal = [secured(ago(50), 3e9, **vehicle), CLOCK]
    step = after(journal, secured(ago(300), 99e9, **vehicle))
    assert found(step, "offbalance_leverage", "Fictional Vehicle") == (0.75, "watch")
    repaid = event("LoanRepaid", ago(20), facility_id="f", amount_usd=2e9)
    assert measured(after(journal, repaid), "offbalance_leverage", "Fictional Vehicle")[-1] == (NOW, 0.5)


def guided(known_on: str, billions: float, year: int = 2026) -> Event:
    period = {"period_starts": f"{year}-01-01", "period_ends": f"{year}-12-31"}
    amounts = dict.fromkeys(("low_usd", "high_usd"), billions * 1e9)
    return event("CapexGuided", known_on, company="Meta", **amounts, **period)


def test_a_guidance_that_comes_late_is_what_the_newest_is_set_against() -> None:
    journal = [guided(ago(200), 60), guided(ago(10), 60), CLOCK]
    assert found(given(WARNING_SIGNS, *journal), "capex_cut", "Meta") == (0.0, "calm")
    step = after(journal, guided(ago(100), 80))
    assert measured(step, "capex_cut", "Meta")[-1] == (NOW, 0.25)
    older = after(journal, guided(ago(300), 80))
    assert measured(older, "capex_cut", "Meta")[-1] == (NOW, 0.0)


def revised(known_on: str, before: float, after: float) -> Event:
    money = {"before_usd": before * 1e9, "after_usd": after * 1e9}
    return event("CommitmentRevised", known_on, company="OpenAI", contract_id="compute", **money)


def test_a_higher_commitment_of_before_that_comes_late_deepens_the_cut() -> None:
    journal = [revised(ago(10), 1000, 900), CLOCK]
    step = after(journal, revised(ago(100), 1400, 1200))
    assert measured(step, "commitment_downscaled", "OpenAI")[-1] == (NOW, round(1 - 900 / 1400, 6))


def earned(known_on: str, billions: float, year: int = 2025) -> Event:
    period = {"period_starts": f"{year}-01-01", "period_ends": f"{year}-12-31"}
    return event("RevenueReported", known_on, company="OpenAI", amount_usd=billions * 1e9, **period)


def cloud(known_on: str, starts: str, ends: str, deal_id: str = "oracle") -> Event:
    terms = {"kind": "purchase", "payer": "OpenAI", "payee": "Oracle", "amount_usd": 40e9}
    legs = [{"leg": "cloud", **terms, "starts": starts, "ends": ends}]
    return event("DealAnnounced", known_on, deal_id=deal_id, title=deal_id, legs=legs)


def test_commitments_that_come_late_count_as_long_as_they_last() -> None:
    journal = [earned(ago(60), 10), CLOCK]
    over = cloud(ago(2000), "2021-01-01", "2024-12-31", "over")
    lasts = cloud(ago(500), "2025-01-01", "2028-12-31")
    assert measured(after(journal, over), "revenue_coverage", "OpenAI") == [(NOW, 1.0)]
    assert measured(after(journal, over, lasts), "revenue_coverage", "OpenAI")[-1] == (NOW, 1.0)
    assert measured(after(journal, lasts, revised(ago(90), 50, 500)), "revenue_coverage", "OpenAI")[-1] == (
        NOW,
        0.1,
    )
    ends = tick(noon("2029-01-01"))
    step = given(WARNING_SIGNS, *journal, over, lasts, ends)
    assert "no commitment of it in dollars is known to be left" in rows_of(step, IndicatorRow)[-1].text


def test_revenue_of_an_earlier_period_that_comes_late_changes_nothing() -> None:
    journal = [cloud(ago(500), "2025-01-01", "2028-12-31"), earned(ago(60), 5), CLOCK]
    assert found(after(journal, earned(ago(20), 1, 2024)), "revenue_coverage", "OpenAI") == (0.5, "watch")
    assert found(after(journal, earned(ago(90), 1)), "revenue_coverage", "OpenAI") == (0.5, "watch")
    assert found(after(journal, earned(ago(20), 1)), "revenue_coverage", "OpenAI") == (0.1, "critical")


def promised(known_on: str, expected_on: str) -> Event:
    named = {"site_id": "Abilene", "operator": "Crusoe", "mw": 100}
    return event("PowerScheduled", known_on, expected_on=expected_on, **named)


def test_a_first_promise_that_comes_late_makes_the_slip_longer_from_now_on() -> None:
    journal = [promised(ago(50), ago(-10)), CLOCK]
    assert found(given(WARNING_SIGNS, *journal), "power_delay", "site:Abilene") == (0.0, "calm")
    step = after(journal, promised(ago(300), ago(90)))
    assert measured(step, "power_delay", "site:Abilene")[-1] == (NOW, 100.0)
    assert measured(step, "power_delay", "operator:Crusoe")[-1] == (NOW, 100.0)


def test_a_promise_between_two_others_that_comes_late_changes_nothing_and_is_not_cited() -> None:
    journal = [promised(ago(300), ago(90)), promised(ago(50), ago(-10)), CLOCK]
    between = promised(ago(200), ago(40)).model_copy(update={"source": "an old newsletter"})
    step = after(journal, between)
    assert measured(step, "power_delay", "site:Abilene")[-1] == (NOW, 100.0)
    overdue = given(WARNING_SIGNS, *journal, between, event("ClockTicked", ago(-90)))
    (told,) = [row for row in rows_of(overdue, SignalRow) if row.subject == "site:Abilene"][1:]
    assert (told.step, told.message.endswith("See test.")) == ("escalated", True)


def test_power_that_is_heard_of_late_stops_the_days_on_the_day_on_which_it_came() -> None:
    journal = [promised(ago(300), ago(100)), CLOCK]
    assert found(given(WARNING_SIGNS, *journal), "power_delay", "site:Abilene") == (100.0, "warning")
    came = event("PowerDelivered", ago(60), site_id="Abilene", mw=100, delivered_on=ago(80))
    step = after(journal, came)
    assert measured(step, "power_delay", "site:Abilene")[-1] == (NOW, 0.0)
    (*_, cleared) = [row for row in rows_of(step, SignalRow) if row.subject == "site:Abilene"]
    assert "was complete on" in cleared.message
    assert "20 days late" in cleared.message
    assert [row.step for row in rows_of(step, SignalRow) if row.subject == "site:Abilene"][-1] == "cleared"


def test_a_promise_that_has_passed_already_when_it_comes_is_overdue_at_once() -> None:
    step = after([CLOCK], promised(ago(200), ago(120)))
    assert measured(step, "power_delay", "site:Abilene") == [(NOW, 120.0)]
    tomorrow = given(WARNING_SIGNS, CLOCK, promised(ago(200), ago(120)), event("ClockTicked", ago(-1)))
    assert measured(tomorrow, "power_delay", "site:Abilene")[-1] == (noon(ago(-1)), 121.0)
