from itertools import permutations
from typing import Any

import pytest

from events.base import Event
from events.ledger import ledger
from projections.episodes.rows import IndicatorCurrentRow, SignalRow
from projections.warning_signs import WARNING_SIGNS
from tests.given import (
    event,
    given,
    rows_of,
    standing,
    tick,
)

YEAR, QUARTER = ("2025-01-01", "2025-12-31"), ("2026-01-01", "2026-03-31")
FOUR_YEARS = {"starts": "2026-01-01", "ends": "2029-12-31"}


def revenue(known_on: str, billions: float, period: tuple[str, str] = YEAR, **fields: object) -> Event:
    starts, ends = period
    named = {"company": "OpenAI", "amount_usd": billions * 1e9, **fields}
    return event("RevenueReported", known_on, period_starts=starts, period_ends=ends, **named)


def leg(billions: float | None, name: str = "cloud", **fields: Any) -> dict[str, Any]:
    stated = {} if billions is None else {"amount_usd": billions * 1e9}
    return {"leg": name, "kind": "purchase", "payer": "OpenAI", "payee": "Oracle", **stated, **fields}


def deal(known_on: str, *legs: dict[str, Any], deal_id: str = "oracle", **fields: object) -> Event:
    return event("DealAnnounced", known_on, deal_id=deal_id, title=deal_id, legs=list(legs), **fields)


def stated(known_on: str, billions: float, ends: str | None = None, contract_id: str = "compute") -> Event:
    until = {} if ends is None else {"ends": ends}
    money = {"before_usd": billions * 1e9, "after_usd": billions * 1e9}
    return event("CommitmentRevised", known_on, company="OpenAI", contract_id=contract_id, **money, **until)


def rows(*journal: Event) -> dict[str, IndicatorCurrentRow]:
    current = standing(WARNING_SIGNS, given(WARNING_SIGNS, *journal), IndicatorCurrentRow).values()
    return {row.subject: row for row in current if row.indicator == "revenue_coverage"}


def found(*journal: Event) -> tuple[float, str]:
    row = rows(*journal)["OpenAI"]
    return row.value, row.level


CLOUD = deal("2026-01-01", leg(80, **FOUR_YEARS))


@pytest.mark.parametrize(
    ("billions", "value", "level"),
    [(20, 1.0, "calm"), (11, 0.55, "calm"), (10, 0.5, "watch"), (5, 0.25, "warning"), (2, 0.1, "critical")],
)
def test_less_revenue_than_commitments_raises_a_level(billions: float, value: float, level: str) -> None:
    assert found(CLOUD, revenue("2026-02-01", billions)) == (value, level)


def test_companies_are_listed_once_both_revenue_and_commitments_are_known() -> None:
    assert rows(CLOUD) == {}
    assert rows(revenue("2026-02-01", 10)) == {}
    assert rows(revenue("2026-02-01", 10, company="Oracle"), CLOUD) == {}
    assert rows(revenue("2026-01-01", 10), CLOUD).keys() == {"OpenAI"}


def test_only_the_segment_ai_counts_however_it_is_spelled() -> None:
    assert rows(CLOUD, revenue("2026-02-01", 10, segment="Ads")) == {}
    ai, ads = revenue("2026-02-01", 10, segment="ai"), revenue("2026-03-01", 90, segment="Ads")
    assert found(CLOUD, ai, ads) == (0.5, "watch")


def test_the_latest_period_counts_and_is_brought_to_a_year() -> None:
    journal = (CLOUD, revenue("2026-02-01", 10), revenue("2026-04-20", 4, QUARTER))
    assert found(*journal)[0] == 0.8
    assert found(*journal, revenue("2026-05-01", 12))[0] == 0.8


def test_a_restated_period_replaces_the_earlier_statement() -> None:
    assert found(CLOUD, revenue("2026-02-01", 10), revenue("2026-03-01", 5)) == (0.25, "warning")


def test_legs_are_spread_from_their_first_day_to_their_last() -> None:
    eight_years = leg(100, "chips", starts="2026-02-27", ends="2034-02-27")
    assert found(deal("2026-02-27", eight_years), revenue("2026-02-28", 12.5))[0] == 1.0


def test_a_leg_without_a_known_last_day_is_spread_over_five_years() -> None:
    row = rows(deal("2026-01-01", leg(80, **FOUR_YEARS), leg(50, "more")), revenue("2026-02-01", 15))[
        "OpenAI"
    ]
    assert (row.value, row.level) == (0.5, "watch")
    assert row.text == (
        "annual AI revenue of OpenAI is $15B ($15B for 1 January 2025 to 31 December 2025), 50.0 % of"
        " its annual commitments of $30B ($130B in 2 purchase or lease legs, for 1 of which 5 years"
        " are assumed)"
    )


def test_what_is_due_within_a_year_is_not_more_a_year_than_it_is_in_all() -> None:
    month = leg(20, starts="2026-03-01", ends="2026-03-31")
    assert found(deal("2026-01-01", month), revenue("2026-02-01", 10)) == (0.5, "watch")


def test_financing_conditions_and_bare_megawatts_are_no_commitment_in_dollars() -> None:
    legs = (
        leg(80, **FOUR_YEARS),
        leg(900, "if", condition="demand"),
        leg(900, "stake", kind="equity"),
        leg(None, "power", capacity_mw=5000),
    )
    assert found(deal("2026-01-01", *legs), revenue("2026-02-01", 10))[0] == 0.5


def test_companies_are_one_whatever_they_are_called() -> None:
    journal = (CLOUD, revenue("2026-02-01", 10, company="OpenAI Global, LLC"))
    assert found(*journal) == (0.5, "watch")
    renamed = deal("2026-01-01", leg(80, payer="OpenAI OpCo, LLC", **FOUR_YEARS))
    assert found(renamed, revenue("2026-02-01", 10)) == (0.5, "watch")


def test_what_a_company_pays_itself_is_no_commitment() -> None:
    itself = leg(900, "itself", payee="OpenAI Global", **FOUR_YEARS)
    assert found(deal("2026-01-01", leg(80, **FOUR_YEARS), itself), revenue("2026-02-01", 10))[0] == 0.5


def test_leases_count_like_purchases() -> None:
    lease = deal("2026-01-01", leg(80, kind="lease", **FOUR_YEARS))
    assert found(lease, revenue("2026-02-01", 10))[0] == 0.5


def test_the_larger_of_deals_and_statements_counts() -> None:
    small, large = stated("2026-01-01", 60, "2030-12-31"), stated("2026-01-01", 200, "2030-12-31")
    money = revenue("2026-02-01", 10)
    assert found(CLOUD, small, money)[0] == 0.5
    assert found(CLOUD, large, money)[0] == 0.25
    assert "$200B in 1 stated commitment)" in rows(CLOUD, large, money)["OpenAI"].text


def test_statements_on_several_contracts_add_up_and_the_newest_on_each_counts() -> None:
    journal = (
        stated("2026-01-03", 100, "2030-12-31"),
        stated("2026-01-02", 900, "2030-12-31"),
        stated("2026-01-01", 100, contract_id="power"),
    )
    assert found(*journal, revenue("2026-02-01", 10)) == (0.25, "warning")


def test_a_deal_that_ends_leaves_its_buyer_covered() -> None:
    journal = (CLOUD, revenue("2026-02-01", 2), event("DealTerminated", "2026-03-01", deal_id="oracle"))
    assert found(*journal) == (1.0, "calm")
    cleared = rows_of(given(WARNING_SIGNS, *journal), SignalRow)[-1]
    assert cleared.step == "cleared"
    assert "no commitment of it in dollars is known to be left" in cleared.message


def test_a_leg_that_moves_to_another_payer_leaves_the_first_one() -> None:
    moved = event(
        "DealRevised", "2026-03-01", deal_id="oracle", legs=[leg(80, payer="Microsoft", **FOUR_YEARS)]
    )
    journal = (CLOUD, revenue("2026-02-01", 2), revenue("2026-02-01", 10, company="Microsoft"), moved)
    values = {subject: row.value for subject, row in rows(*journal).items()}
    assert values == {"OpenAI": 1.0, "Microsoft": 0.5}


def test_an_amendment_before_its_deal_counts_once_the_deal_is_known() -> None:
    ended = event("DealTerminated", "2026-01-05", deal_id="oracle")
    assert found(revenue("2026-01-02", 2), ended, CLOUD) == (1.0, "calm")


def test_a_renegotiated_leg_counts_as_it_is_now() -> None:
    parties = {"contract_id": "c", "supplier": "Oracle", "customer": "OpenAI", "before": {}}
    after = {"after": {"amount_usd": 160e9}, "deal_id": "oracle", "leg": "cloud"}
    renegotiated = event("ContractRenegotiated", "2026-03-01", **parties, **after)
    assert found(CLOUD, revenue("2026-02-01", 10), renegotiated) == (0.25, "warning")


def test_commitments_count_to_their_last_day_by_the_clock_alone() -> None:
    journal = (CLOUD, revenue("2029-12-01", 10))
    assert found(*journal, tick("2029-12-31")) == (0.5, "watch")
    assert found(*journal, tick("2029-12-31"), tick("2030-01-01")) == (1.0, "calm")


def test_statements_count_to_their_last_day_and_the_deals_after_it() -> None:
    journal = (CLOUD, stated("2026-01-01", 60, "2027-06-30"), revenue("2027-06-01", 10))
    assert found(*journal, tick("2027-06-30")) == (0.25, "warning")
    assert found(*journal, tick("2027-06-30"), tick("2027-07-01"))[0] == 0.5
    assert found(*journal, tick("2027-07-01"), revenue("2029-12-01", 10), tick("2030-01-01")) == (1.0, "calm")


def test_the_last_day_itself_still_counts() -> None:
    until = stated("2026-01-01", 60, "2027-06-30")
    assert found(CLOUD, revenue("2029-12-31", 10))[0] == 0.5
    assert found(until, revenue("2027-06-30", 10))[0] == 0.25
    assert found(until, revenue("2027-07-01", 10))[0] == 1.0


def test_of_several_legs_each_ends_in_its_time() -> None:
    short = leg(20, "short", starts="2026-01-01", ends="2026-12-31")
    journal = (deal("2026-01-01", leg(80, **FOUR_YEARS), short), revenue("2026-12-01", 10))
    assert found(*journal, tick("2026-12-31"))[0] == 0.25
    assert found(*journal, tick("2027-01-01"))[0] == 0.5


def test_the_evidence_is_the_revenue_and_the_largest_commitments() -> None:
    money, small = revenue("2026-02-01", 10), deal("2026-01-01", leg(1, **FOUR_YEARS), deal_id="small")
    assert rows(small, CLOUD, money)["OpenAI"].evidence == [money.event_id, CLOUD.event_id, small.event_id]


def test_the_same_facts_give_the_same_coverage_in_whatever_order_they_come() -> None:
    facts = (
        CLOUD,
        stated("2026-01-03", 200, "2030-12-31"),
        revenue("2026-02-01", 10),
        revenue("2026-04-20", 4, QUARTER),
    )
    assert {found(*journal)[0] for journal in permutations(facts)} == {0.4}


def test_13_billion_of_revenue_cover_a_tenth_of_what_the_ledger_says_openai_owes() -> None:
    # 600 billion over the 58 months to the end of 2030: more than 38 over 5 years and 100 over 8.
    row = rows(*ledger())["OpenAI"]
    # What it earned in half a year was known first, and came to less than a tenth.
    assert (row.value, row.level) == (0.105528, "critical")
    assert row.text == (
        "annual AI revenue of OpenAI is $13.1B ($13.1B for 1 January 2025 to 31 December 2025), 10.6 % of"
        " its annual commitments of $124.1B ($600B in 1 stated commitment)"
    )
