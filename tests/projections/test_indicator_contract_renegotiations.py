from typing import Any

import pytest

from events.base import Event
from events.ledger import ledger
from projections.episodes.rows import IndicatorCurrentRow, IndicatorRow, SignalRow
from projections.warning_signs import WARNING_SIGNS
from tests.given import (
    event,
    given,
    noon,
    rows_of,
    standing,
    tick,
)


def changed(
    known_on: str,
    before: float | None = None,
    after: float | None = None,
    contract_id: str = "lease",
    **fields: Any,
) -> Event:
    parties = {"supplier": "CoreWeave", "customer": "Microsoft", "contract_id": contract_id, **fields}
    terms = {
        name: {} if billions is None else {"amount_usd": billions * 1e9}
        for name, billions in (("before", before), ("after", after))
    }
    return event("ContractRenegotiated", known_on, **terms, **parties)


def deal(deal_id: str, billions: float, payer: str = "Microsoft", payee: str = "CoreWeave") -> Event:
    leg = {"leg": "cloud", "kind": "purchase", "payer": payer, "payee": payee, "amount_usd": billions * 1e9}
    return event("DealAnnounced", "2026-01-01", deal_id=deal_id, title=deal_id, legs=[leg])


def rows(*journal: Event) -> dict[str, IndicatorCurrentRow]:
    current = standing(WARNING_SIGNS, given(WARNING_SIGNS, *journal), IndicatorCurrentRow).values()
    return {row.subject: row for row in current if row.indicator == "contract_renegotiations"}


def now(*journal: Event) -> dict[str, tuple[float, str]]:
    return {subject: (row.value, row.level) for subject, row in rows(*journal).items()}


def watchlist(known_on: str, days: int) -> Event:
    windows: list[dict[str, Any]] = [{"indicator": "contract_renegotiations", "days": days}]
    return event("WatchlistChanged", known_on, watchlist="desk", windows=windows)


@pytest.mark.parametrize(("number", "level"), [(1, "watch"), (2, "warning"), (3, "warning"), (4, "critical")])
def test_renegotiations_count_for_the_supplier_the_customer_and_in_all(number: int, level: str) -> None:
    journal = [changed(f"2026-01-0{day + 1}", contract_id=f"contract {day}") for day in range(number)]
    expected = (float(number), level)
    assert now(*journal) == {
        "all": expected,
        "supplier:CoreWeave": expected,
        "customer:Microsoft": expected,
    }


def test_other_suppliers_and_customers_count_apart() -> None:
    found = now(changed("2026-01-01"), changed("2026-01-02", customer="Meta"))
    assert found["supplier:CoreWeave"] == (2.0, "warning")
    assert found["customer:Meta"] == found["customer:Microsoft"] == (1.0, "watch")


def test_a_renegotiation_expires_after_90_days_by_the_clock_alone_and_keeps_its_rows() -> None:
    journal = (changed("2026-01-01"), changed("2026-01-20", customer="Meta"))
    assert now(*journal, tick("2026-03-31"))["all"] == (2.0, "warning")
    assert now(*journal, tick("2026-04-01")) == {
        "all": (1.0, "watch"),
        "supplier:CoreWeave": (1.0, "watch"),
        "customer:Microsoft": (0.0, "calm"),
        "customer:Meta": (1.0, "watch"),
    }
    cleared = rows_of(given(WARNING_SIGNS, *journal, tick("2026-05-01")), SignalRow)[-1]
    assert (cleared.step, cleared.known_at) == ("cleared", noon("2026-05-01"))


def test_one_that_comes_more_than_90_days_late_does_not_count() -> None:
    assert now(tick("2026-06-01"), changed("2026-01-01")) == {}


def test_an_event_that_brings_one_and_lets_one_expire_gives_one_row_a_subject() -> None:
    step = given(WARNING_SIGNS, changed("2026-01-01"), changed("2026-04-01"))
    last = [row for row in rows_of(step, IndicatorRow) if row.journal_offset == 1]
    assert [(row.subject, row.value) for row in last if row.indicator == "contract_renegotiations"] == [
        ("all", 1.0),
        ("supplier:CoreWeave", 1.0),
        ("customer:Microsoft", 1.0),
    ]


def test_a_longer_window_counts_again_what_had_left_and_late_ones_too() -> None:
    journal = (changed("2026-01-01"), tick("2026-06-01"), changed("2026-02-01"))
    assert now(*journal)["all"] == (0.0, "calm")
    assert now(*journal, watchlist("2026-06-02", 180))["all"] == (2.0, "warning")
    assert now(*journal, watchlist("2026-06-02", 180), tick("2026-07-01"))["all"] == (1.0, "watch")


def test_a_shorter_window_lets_go_of_what_it_does_not_reach() -> None:
    journal = (changed("2026-01-01"), changed("2026-02-01"), watchlist("2026-02-02", 10))
    assert now(*journal)["all"] == (1.0, "watch")


def test_dollars_are_told_as_a_share_of_all_that_was_announced() -> None:
    outside = deal("openai-oracle", 60, "OpenAI", "Oracle")
    found = rows(deal("msft-crwv", 30), outside, changed("2026-01-10", 10, 6))
    assert found["all"].text == (
        "1 contract renegotiation in all became known in the last 90 days;"
        " $10B before became $6B, 10.0 % of announced money"
    )
    assert found["supplier:CoreWeave"].text == (
        "1 contract renegotiation with the supplier CoreWeave became known in the last 90 days;"
        " $10B before became $6B, 25.0 % of announced money"
    )


def test_a_leg_that_was_renegotiated_is_not_announced_twice() -> None:
    part = changed("2026-01-10", 30, 20, deal_id="msft-crwv", leg="cloud")
    found = rows(deal("msft-crwv", 30), deal("meta-crwv", 90, "Meta"), part)
    assert "$30B before became $20B, 25.0 % of announced money" in found["supplier:CoreWeave"].text
    assert "$30B before became $20B, 100.0 % of announced money" in found["customer:Microsoft"].text


def test_companies_are_one_whatever_they_are_called() -> None:
    azure = changed("2026-01-10", 10, 6, customer="Azure")
    found = rows(deal("msft-crwv", 30), azure)
    assert found.keys() == {"all", "supplier:CoreWeave", "customer:Microsoft"}
    assert "25.0 % of announced money" in found["customer:Microsoft"].text


def test_a_watchlist_chooses_what_a_gigawatt_counts_for() -> None:
    leg = {"leg": "power", "kind": "purchase", "payer": "Meta", "payee": "Oracle", "capacity_mw": 1000}
    bare = event("DealAnnounced", deal_id="bare", title="1 GW", legs=[leg])
    low = event("WatchlistChanged", "2026-01-05", watchlist="desk", gigawatt_assumption="low")
    one = changed("2026-01-10", 5)
    assert "12.5 % of announced money" in rows(bare, one)["all"].text
    assert "25.0 % of announced money" in rows(bare, low, one)["all"].text


def test_a_renegotiated_leg_between_two_names_of_one_company_takes_nothing_away() -> None:
    inside = deal("inside", 30, "Azure", "Microsoft")
    part = changed(
        "2026-01-10", 30, 20, deal_id="inside", leg="cloud", supplier="Microsoft", customer="Azure"
    )
    assert "50.0 % of announced money" in rows(inside, deal("meta-crwv", 30, "Meta"), part)["all"].text


def test_a_contract_changed_twice_counts_from_its_first_terms_to_its_last() -> None:
    found = rows(changed("2026-01-10", 10, 8), changed("2026-01-20", 8, 5))
    assert "2 contract renegotiations" in found["all"].text
    assert "$10B before became $5B, 100.0 % of announced money" in found["all"].text


def test_terms_that_leave_the_amount_as_it_was_are_told_so() -> None:
    assert rows(changed("2026-01-10", 10))["all"].text.endswith("; $10B stayed, 100.0 % of announced money")


def test_without_dollars_the_text_says_that_they_are_not_stated() -> None:
    assert rows(changed("2026-01-10", None, 5))["all"].text == (
        "1 contract renegotiation in all became known in the last 90 days;"
        " $5B are agreed now, what was agreed before is not stated in dollars"
    )


def test_the_evidence_is_the_newest_renegotiations() -> None:
    journal = [changed(f"2026-01-{day:02}") for day in range(1, 26)]
    assert rows(*journal)["all"].evidence == [one.event_id for one in journal[-20:]]


def test_deals_alone_write_no_row() -> None:
    assert now(deal("msft-crwv", 30)) == {}


def test_of_the_ledger_s_three_renegotiations_one_is_of_the_last_90_days() -> None:
    assert now(*ledger()) == dict.fromkeys(("all", "supplier:Microsoft", "customer:OpenAI"), (1.0, "watch"))
