"""What publishers state beside the sources: prices of GPUs, and single figures, each with its address."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeVar

import pytest

from events.base import Certainty, Event
from events.families.contracts import ContractRenegotiated
from events.families.credit import LoanOriginated
from events.families.deals import DealAnnounced, DealEvent
from events.families.financials import RevenueReported, UnitCostReported
from events.families.power import PowerScheduled
from events.families.prices import EquityPriced, GpuPriced
from events.ledger import ledger

SOURCES = {"S0", "S1", "S2", "S3", "S4", "CoreWeave 8-K"}
OTHERS = [event for event in ledger() if event.source not in SOURCES]
YEAR = timedelta(days=365)
BILLION = Decimal(10**9)
E = TypeVar("E", bound=Event)


def of(kind: type[E], events: Iterable[Event] = OTHERS) -> list[E]:
    return [event for event in events if isinstance(event, kind)]


def test_what_others_state_says_where_it_is_written_and_that_it_is_second_hand() -> None:
    assert len(OTHERS) == 34
    assert [event for event in OTHERS if not event.source_url] == []
    assert {event.certainty for event in OTHERS} == {Certainty.REPORTED, Certainty.ESTIMATED}


def test_what_others_state_moves_the_money_of_one_renegotiation_alone() -> None:
    moved = "openai-microsoft-azure-2025"
    assert [event.deal_id for event in OTHERS if isinstance(event, DealEvent)] == [moved]
    assert [event.deal_id for event in of(ContractRenegotiated) if event.deal_id] == [moved]


def test_no_fall_of_a_gpu_price_compares_prices_of_different_kinds() -> None:
    kinds = {}
    for price in of(GpuPriced):
        for other in of(GpuPriced):
            same_series = (price.model, price.basis) == (other.model, other.basis)
            if same_series and abs(price.occurred_at - other.occurred_at) < YEAR:
                kinds[price.event_id, other.event_id] = price.venue == other.venue
    assert all(kinds.values())


def test_only_one_order_says_how_many_gpus_changed_hands() -> None:
    sold = [order for order in of(GpuPriced) if order.quantity]
    assert [(order.model, order.quantity, order.basis) for order in sold] == [
        ("B200", 1300, "list"),
        ("B300", 1100, "list"),
    ]
    # About 130 million dollars for both models together.
    assert round(sum(order.quantity * order.price_usd for order in sold), -6) == 130_000_000


def test_the_rent_of_an_h100_fell_from_eight_dollars_to_below_two_and_rose_again() -> None:
    rents = sorted(
        (rent.occurred_at, rent.price_usd) for rent in of(GpuPriced) if rent.basis == "rental_hour"
    )
    assert [price for _, price in rents] == [8, 2.85, 2, 1.7, 2.35, 2.65]


def test_of_helios_eighty_percent_is_debt_and_half_a_year_is_promised() -> None:
    (loan,) = [loan for loan in of(LoanOriginated) if loan.site_id == "Helios"]
    assert loan.equity_usd is not None
    assert loan.principal_usd / (loan.principal_usd + loan.equity_usd) == Decimal("0.8")
    (promise,) = [plan for plan in of(PowerScheduled) if plan.site_id == "Helios"]
    assert (promise.mw, promise.expected_on) == (133, date(2026, 6, 30))


def test_microsoft_and_openai_changed_their_contract_three_times() -> None:
    changes = of(ContractRenegotiated)
    assert [(change.supplier, change.customer, change.known_at.date()) for change in changes] == [
        ("Microsoft", "OpenAI", date(2025, 1, 22)),
        ("Microsoft", "OpenAI", date(2025, 10, 28)),
        ("Microsoft", "OpenAI", date(2026, 4, 28)),
    ]
    assert [change.after.amount_usd for change in changes] == [None, 250 * BILLION, None]


def test_openai_earned_13_billion_in_2025_and_paid_two_dollars_to_serve_for_each_in_nine_months() -> None:
    half, year = of(RevenueReported)
    assert (half.amount_usd, year.amount_usd) == (Decimal("4.3") * BILLION, Decimal("13.1") * BILLION)
    assert half.period_starts == year.period_starts
    (served,) = of(UnitCostReported)
    assert round(served.cost_usd / served.revenue_usd, 2) == 2


def test_what_the_renegotiation_states_in_dollars_is_a_promise_of_the_money_graph() -> None:
    (changed,) = [change for change in of(ContractRenegotiated) if change.after.amount_usd]
    (deal,) = [deal for deal in of(DealAnnounced) if deal.deal_id == changed.deal_id]
    (leg,) = deal.legs
    assert (leg.leg, leg.payer, leg.payee) == (changed.leg, "OpenAI", "Microsoft")
    assert leg.amount_usd == changed.after.amount_usd == 250 * BILLION
    assert deal.known_at == changed.known_at


def test_coreweave_s_shares_fell_by_more_than_18_percent_after_its_results() -> None:
    before, after = [
        close.price_usd
        for close in of(EquityPriced)
        if close.symbol == "CRWV" and close.occurred_at.date() >= date(2026, 2, 26)
    ]
    assert (before, after) == (97.63, 79.56)
    assert after / before - 1 == pytest.approx(-0.185, abs=0.0005)
