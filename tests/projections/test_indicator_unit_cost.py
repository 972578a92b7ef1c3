import pytest

from events.base import Event
from events.ledger import ledger
from projections.episodes.rows import IndicatorCurrentRow, IndicatorRow
from projections.warning_signs import WARNING_SIGNS
from tests.given import event, given, noon, rows_of, standing


def report(known_on: str, cost_usd: float, revenue_usd: float = 10e9, company: str = "OpenAI") -> Event:
    return event("UnitCostReported", known_on, company=company, cost_usd=cost_usd, revenue_usd=revenue_usd)


def found(*journal: Event) -> dict[str, IndicatorCurrentRow]:
    rows = standing(WARNING_SIGNS, given(WARNING_SIGNS, *journal), IndicatorCurrentRow).values()
    return {row.subject: row for row in rows if row.indicator == "unit_cost"}


@pytest.mark.parametrize(
    ("cost_usd", "value", "level"),
    [
        (7.9e9, 0.79, "calm"),
        (8e9, 0.8, "watch"),
        (10e9, 1.0, "warning"),
        (13e9, 1.3, "critical"),
        (1, 0.0, "calm"),
    ],
)
def test_cost_is_set_against_the_revenue_that_it_earned(cost_usd: float, value: float, level: str) -> None:
    row = found(report("2026-01-01", cost_usd))["OpenAI"]
    assert (row.value, row.level) == (value, level)


def test_an_analyst_reads_what_a_dollar_of_revenue_costs() -> None:
    one = report("2026-01-01", 13e9)
    row = found(one)["OpenAI"]
    assert row.text == (
        "OpenAI spends $1.30 on inference for each dollar that it earns ($13B for $10B of revenue)"
    )
    assert row.evidence == [one.event_id]


def test_the_newest_report_counts_and_an_older_one_that_comes_late_writes_nothing() -> None:
    journal = (report("2026-01-01", 13e9), report("2026-03-01", 9e9), report("2026-02-01", 20e9))
    assert found(*journal)["OpenAI"].value == 0.9
    rows = rows_of(given(WARNING_SIGNS, *journal), IndicatorRow)
    assert [row.journal_offset for row in rows if row.indicator == "unit_cost"] == [0, 1]


def test_companies_are_measured_apart() -> None:
    rows = found(report("2026-01-01", 13e9), report("2026-01-02", 1e9, company="Google"))
    assert {name: row.level for name, row in rows.items()} == {"OpenAI": "critical", "Google": "calm"}


def test_a_company_is_one_whatever_it_is_called() -> None:
    rows = found(
        report("2026-01-01", 13e9, company="Alphabet Inc."), report("2026-01-02", 1e9, company="Google")
    )
    assert {name: row.level for name, row in rows.items()} == {"Google": "calm"}


def test_the_ledger_s_openai_pays_two_dollars_to_serve_for_each_that_it_earns() -> None:
    (row,) = found(*(fact for fact in ledger() if fact.known_at < noon("2026-05-01"))).values()
    assert (row.subject, round(row.value, 2), row.level) == ("OpenAI", 2.0, "critical")
