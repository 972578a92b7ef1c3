"""What publishers tell beside the sources: prices of GPUs, and single figures, each with its address."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeVar

import pytest

from events.base import Certainty, Event
from events.contracts import ContractRenegotiated
from events.credit import LoanOriginated
from events.deals import DealEvent
from events.financials import RevenueReported, UnitCostReported
from events.ledger import ledger
from events.power import PowerScheduled
from events.prices import EquityPriced, GpuPriced

SOURCES = {"S0", "S1", "S2", "S3", "S4", "CoreWeave 8-K"}
TOLD = [event for event in ledger() if event.source not in SOURCES]
YEAR = timedelta(days=365)
BILLION = Decimal(10**9)
E = TypeVar("E", bound=Event)


def of(kind: type[E], events: Iterable[Event] = TOLD) -> list[E]:
    return [event for event in events if isinstance(event, kind)]


def test_what_others_tell_says_where_it_is_written_and_that_it_is_second_hand() -> None:
    assert len(TOLD) == 33
    assert [event for event in TOLD if not event.source_url] == []
    assert {event.certainty for event in TOLD} == {Certainty.REPORTED, Certainty.ESTIMATED}


def test_what_others_tell_moves_no_money() -> None:
    assert [event for event in TOLD if isinstance(event, DealEvent)] == []
    assert [event.deal_id for event in of(ContractRenegotiated) if event.deal_id] == []


def test_no_fall_of_a_gpu_price_compares_prices_of_different_kinds() -> None:
    kinds = {}
    for one in of(GpuPriced):
        for other in of(GpuPriced):
            same_series = (one.model, one.basis) == (other.model, other.basis)
            if same_series and abs(one.occurred_at - other.occurred_at) < YEAR:
                kinds[one.event_id, other.event_id] = one.venue == other.venue
    assert all(kinds.values())


def test_only_one_order_says_how_many_gpus_changed_hands() -> None:
    sold = [one for one in of(GpuPriced) if one.quantity]
    assert [(one.model, one.quantity, one.basis) for one in sold] == [
        ("B200", 1300, "list"),
        ("B300", 1100, "list"),
    ]
    # About 130 million dollars for both models together.
    assert round(sum(one.quantity * one.price_usd for one in sold), -6) == 130_000_000


def test_the_rent_of_an_h100_fell_from_eight_dollars_to_below_two_and_rose_again() -> None:
    rents = sorted((one.occurred_at, one.price_usd) for one in of(GpuPriced) if one.basis == "rental_hour")
    assert [price for _, price in rents] == [8, 2.85, 2, 1.7, 2.35, 2.65]


def test_of_helios_eighty_percent_is_debt_and_half_a_year_is_promised() -> None:
    (loan,) = [one for one in of(LoanOriginated) if one.site_id == "Helios"]
    assert loan.equity_usd is not None
    assert loan.principal_usd / (loan.principal_usd + loan.equity_usd) == Decimal("0.8")
    (promise,) = [one for one in of(PowerScheduled) if one.site_id == "Helios"]
    assert (promise.mw, promise.expected_on) == (133, date(2026, 6, 30))


def test_microsoft_and_openai_changed_their_contract_three_times() -> None:
    changes = of(ContractRenegotiated)
    assert [(one.supplier, one.customer, one.known_at.date()) for one in changes] == [
        ("Microsoft", "OpenAI", date(2025, 1, 22)),
        ("Microsoft", "OpenAI", date(2025, 10, 28)),
        ("Microsoft", "OpenAI", date(2026, 4, 28)),
    ]
    assert [one.after.amount_usd for one in changes] == [None, 250 * BILLION, None]


def test_openai_earned_13_billion_in_2025_and_paid_two_dollars_to_serve_for_each_in_nine_months() -> None:
    half, year = of(RevenueReported)
    assert (half.amount_usd, year.amount_usd) == (Decimal("4.3") * BILLION, Decimal("13.1") * BILLION)
    assert half.period_starts == year.period_starts
    (served,) = of(UnitCostReported)
    assert round(served.cost_usd / served.revenue_usd, 2) == 2


def test_coreweave_s_shares_fell_by_more_than_18_percent_after_its_results() -> None:
    before, after = [
        one.price_usd
        for one in of(EquityPriced)
        if one.symbol == "CRWV" and one.occurred_at.date() >= date(2026, 2, 26)
    ]
    assert before == pytest.approx(after / (1 - 0.18), abs=0.01)
    assert after / before - 1 < -0.18
