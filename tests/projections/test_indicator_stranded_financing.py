from typing import Any

from hypothesis import given as forall
from hypothesis import settings
from hypothesis import strategies as st

from events.base import Event
from projections.base import Step
from projections.episodes.rows import IndicatorCurrentRow, IndicatorRow, SignalRow
from projections.warning_signs import WARNING_SIGNS
from projections.warning_signs.fold import WarningSigns
from tests.given import event, facts_and_bars, given, noon, rows_of, standing


def promise(known_on: str, expected_on: str | None, site_id: str = "Abilene") -> Event:
    dated = {"expected_on": expected_on} if expected_on else {}
    return event("PowerScheduled", known_on, site_id=site_id, operator="Oracle", mw=200, **dated)


def delivery(delivered_on: str, mw: float = 200) -> Event:
    return event("PowerDelivered", delivered_on, site_id="Abilene", mw=mw, delivered_on=delivered_on)


def loan(billions: float, facility_id: str = "f", site_id: str | None = "Abilene", **fields: Any) -> Event:
    principal_usd = billions * 1e9
    common = {"known_on": "2026-01-01", "borrower": "SPV", "site_id": site_id, **fields}
    return event("LoanOriginated", facility_id=facility_id, principal_usd=principal_usd, **common)


def repaid(known_on: str, billions: float) -> Event:
    return event("LoanRepaid", known_on, facility_id="f", amount_usd=billions * 1e9)


def tick(known_on: str) -> Event:
    return event("ClockTicked", known_on)


def rows(step: Step[WarningSigns]) -> dict[str, IndicatorCurrentRow]:
    found = standing(WARNING_SIGNS, step, IndicatorCurrentRow).items()
    return {subject: row for (indicator, subject), row in found if indicator == "stranded_financing"}


def now(*journal: Event) -> dict[str, tuple[float, str]]:
    found = rows(given(WARNING_SIGNS, *journal))
    return {subject: (row.value, row.level) for subject, row in found.items()}


def history(step: Step[WarningSigns]) -> list[IndicatorRow]:
    return [row for row in rows_of(step, IndicatorRow) if row.indicator == "stranded_financing"]


JUNE = promise("2026-01-01", "2026-06-01")


def test_money_is_stranded_from_the_day_after_the_promised_one() -> None:
    journal = (loan(26, equity_usd=3e9), JUNE, tick("2026-06-01"))
    assert now(*journal) == dict.fromkeys(("site:Abilene", "all"), (0.0, "calm"))
    step = given(WARNING_SIGNS, *journal, tick("2026-06-02"))
    assert now(*journal, tick("2026-06-02")) == dict.fromkeys(("site:Abilene", "all"), (29e9, "critical"))
    opened = [row for row in rows_of(step, SignalRow) if row.indicator == "stranded_financing"]
    assert [(row.subject, row.known_at) for row in opened] == [
        ("site:Abilene", noon("2026-06-02")),
        ("all", noon("2026-06-02")),
    ]
    assert set(opened[0].evidence) == {one.event_id for one in journal[:2]}


def test_time_adds_no_row_once_a_site_is_late() -> None:
    ticks = [tick(f"2026-06-{day:02}") for day in range(1, 20)]
    assert len(history(given(WARNING_SIGNS, loan(6), JUNE, *ticks))) == len(
        history(given(WARNING_SIGNS, loan(6), JUNE, *ticks[:2]))
    )


def test_money_is_stranded_as_soon_as_the_promised_day_is_put_off() -> None:
    journal = (loan(6), JUNE, promise("2026-02-01", "2026-07-01"))
    step = given(WARNING_SIGNS, *journal)
    assert now(*journal)["site:Abilene"] == (6e9, "warning")
    assert rows(step)["site:Abilene"].text == (
        "$6B of debt and equity in site Abilene wait for power that is now expected on 1 July 2026,"
        " 30 days late"
    )
    assert rows(step)["all"].text == (
        "$6B of debt and equity are in 1 site whose power is late: Abilene with $6B"
    )


def test_a_promise_that_is_brought_forward_again_frees_the_money() -> None:
    journal = (loan(6), JUNE, promise("2026-02-01", "2026-07-01"), promise("2026-03-01", "2026-05-01"))
    assert now(*journal)["site:Abilene"] == (0.0, "calm")
    # Missed, but the first promised day has not passed.
    assert now(*journal, tick("2026-06-01"))["site:Abilene"] == (0.0, "calm")
    assert now(*journal, tick("2026-06-02"))["site:Abilene"] == (6e9, "warning")


def test_power_that_came_late_frees_the_money_once_all_of_it_is_there() -> None:
    journal = (loan(6), JUNE, tick("2026-06-11"), delivery("2026-06-12", 80))
    assert now(*journal)["site:Abilene"] == (6e9, "warning")
    step = given(WARNING_SIGNS, *journal, delivery("2026-06-13", 120))
    assert rows(step)["site:Abilene"].text == (
        "$6B of debt and equity in site Abilene have the power that was promised"
    )
    assert now(*journal, delivery("2026-06-13", 120)) == dict.fromkeys(("site:Abilene", "all"), (0.0, "calm"))


def test_a_loan_for_a_site_that_is_late_already_is_stranded_at_once() -> None:
    assert now(JUNE, tick("2026-06-11"), loan(1))["site:Abilene"] == (1e9, "watch")


def test_repayments_free_money_and_may_come_first() -> None:
    late = (JUNE, tick("2026-06-11"))
    assert now(*late, loan(6), repaid("2026-06-12", 5.5))["all"] == (0.5e9, "calm")
    assert now(*late, repaid("2026-06-12", 5.5), loan(6))["all"] == (0.5e9, "calm")
    gone = rows(given(WARNING_SIGNS, *late, loan(6), repaid("2026-06-12", 6)))["site:Abilene"]
    assert (gone.value, gone.text) == (0.0, "no loan for site Abilene is owed any more")


def test_all_sites_that_are_late_add_up() -> None:
    journal = [
        *(loan(billions, name, name) for name, billions in zip("ABCDE", (1, 2, 3, 4, 5), strict=True)),
        *(promise("2026-01-01", "2026-06-01", name) for name in "ABCD"),
        promise("2026-01-01", "2027-06-01", "E"),
        tick("2026-06-02"),
    ]
    step = given(WARNING_SIGNS, *journal)
    assert rows(step)["all"].value == 10e9
    assert rows(step)["all"].text == (
        "$10B of debt and equity are in 4 sites whose power is late: D with $4B, C with $3B,"
        " B with $2B and 1 more"
    )
    assert rows(step)["site:E"].value == 0.0


def test_the_equity_of_a_borrower_counts_once_as_it_was_last_stated() -> None:
    loans = (
        loan(5, "f", equity_usd=2e9),
        loan(5, "g", equity_usd=3e9, known_on="2026-01-02"),
        loan(1, "h", borrower="Other", equity_usd=1e9),
    )
    late = (JUNE, tick("2026-06-11"))
    assert now(*loans, *late)["all"] == now(*reversed(loans), *late)["all"] == (15e9, "warning")


def test_loans_without_a_site_and_sites_without_a_loan_are_no_subjects() -> None:
    assert now(loan(6, site_id=None), JUNE, tick("2026-06-11")) == {}


def test_a_loan_for_another_site_leaves_the_first() -> None:
    journal = (JUNE, tick("2026-06-11"), loan(6), loan(6, site_id="Shackelford"))
    assert now(*journal) == dict.fromkeys(("site:Abilene", "site:Shackelford", "all"), (0.0, "calm"))


def test_one_of_the_ledger_s_financed_sites_has_a_promised_day_and_is_a_day_late() -> None:
    found = rows(given(WARNING_SIGNS, *facts_and_bars()))
    assert {subject: (row.value, row.level) for subject, row in found.items()} == {
        "site:Meta Hyperion": (0.0, "calm"),
        **dict.fromkeys(("site:Helios", "all"), (1.75e9, "watch")),
    }
    assert found["site:Meta Hyperion"].text == (
        "$29B of debt and equity in site Meta Hyperion wait for power, and no day is known on which it"
        " should come"
    )
    assert found["site:Helios"].text.endswith("power that was due on 30 June 2026, 1 day late")


DAYS = st.dates(min_value=noon("2026-01-01").date(), max_value=noon("2026-12-31").date()).map(str)
EVENTS = st.one_of(
    st.builds(promise, DAYS, st.none() | DAYS),
    st.builds(delivery, DAYS, st.sampled_from([80, 120])),
    st.builds(repaid, DAYS, st.integers(1, 4)),
    st.builds(tick, DAYS),
    DAYS.map(lambda known_on: loan(6, known_on=known_on, equity_usd=1e9)),
)


@settings(deadline=None)
@forall(st.lists(EVENTS, max_size=30))
def test_time_told_by_many_ticks_or_by_one_comes_to_the_same(journal: list[Event]) -> None:
    end = tick("2027-01-31")
    each_day = [tick(f"2027-01-{day:02}") for day in range(1, 31)]
    assert now(*journal, end) == now(*journal, *each_day, end)


@settings(deadline=None)
@forall(st.lists(EVENTS, max_size=30))
def test_a_site_s_money_is_stranded_where_power_delay_says_that_it_waits_late(journal: list[Event]) -> None:
    step = given(WARNING_SIGNS, *journal, loan(6, "last"), tick("2027-01-31"))
    delay = standing(WARNING_SIGNS, step, IndicatorCurrentRow).get(("power_delay", "site:Abilene"))
    # Power that was complete keeps its days of delay, and holds no money back any more.
    waits_late = bool(delay and delay.value > 0 and "was complete" not in delay.text)
    assert (rows(step)["site:Abilene"].value > 0) == waits_late
    assert rows(step)["all"].value == rows(step)["site:Abilene"].value
