from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from events.codec import decode, encode
from events.families.deals import CENT, ROUNDED, DealAnnounced, Leg
from tests.strategies import events_of


def leg(**fields: Any) -> Leg:
    return Leg.model_validate({"leg": "l", "kind": "equity", "payer": "A", "payee": "B", **fields})


def refusal(**fields: Any) -> str:
    with pytest.raises(ValidationError) as refused:
        leg(**fields)
    return str(refused.value)


def test_a_leg_in_dollars_needs_nothing_new() -> None:
    plain = leg(amount_usd=5)
    assert plain.amount_usd == 5
    assert (plain.amount, plain.currency, plain.usd_per_unit) == (None, "USD", None)
    assert (plain.up_to, plain.amount_low_usd) == (False, None)


@pytest.mark.parametrize(
    ("amount", "rate", "dollars"),
    [("10e9", "1.17", "11700000000"), (3_000_000, 0.00072, "2160"), (Decimal("0.5"), "0.333", "0.17")],
)
def test_dollars_are_derived_from_an_amount_in_another_currency(amount: Any, rate: Any, dollars: str) -> None:
    assert leg(amount=amount, currency="KRW", usd_per_unit=rate).amount_usd == Decimal(dollars)


def test_an_amount_in_dollars_is_an_amount_in_dollars() -> None:
    assert leg(amount=7).amount_usd == leg(amount=7, currency="USD", usd_per_unit=1).amount_usd == 7


def test_dollars_beside_an_amount_may_be_rounded_and_need_no_rate() -> None:
    assert leg(
        amount="10e9", currency="EUR", usd_per_unit="1.1712", amount_usd="11.7e9"
    ).amount_usd == Decimal("11.7e9")
    assert leg(amount="10e9", currency="EUR", amount_usd="11.7e9").usd_per_unit is None


def test_dollars_that_contradict_the_amount_are_refused() -> None:
    reason = refusal(amount="10e9", currency="EUR", usd_per_unit="1.17", amount_usd="10e9")
    assert "amount_usd is 10000000000.00, but amount times usd_per_unit is 11700000000.00" in reason


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"amount": 5, "currency": "EUR"}, "an amount in EUR needs usd_per_unit"),
        ({"currency": "EUR"}, "belong to amount"),
        ({"amount_usd": 5, "currency": "EUR"}, "belong to amount"),
        ({"amount_usd": 5, "usd_per_unit": 2}, "belong to amount"),
        ({"amount": 5, "usd_per_unit": 2}, "a US dollar is worth one dollar"),
        ({"amount": 5, "currency": "eur", "usd_per_unit": 1}, "currency"),
        ({"amount": 5, "currency": "EUR", "usd_per_unit": 0}, "usd_per_unit"),
        ({"amount": "NaN", "currency": "EUR", "usd_per_unit": 1}, "amount"),
        ({"amount": "1e400", "currency": "EUR", "usd_per_unit": "1e400"}, "amount"),
        ({"amount": [5], "currency": "EUR", "usd_per_unit": {}}, "amount"),
        ({"amount": "1e18", "currency": "EUR", "usd_per_unit": "2"}, "amount_usd"),
    ],
)
def test_an_amount_that_does_not_say_what_it_is_in_dollars_is_refused(fields: Any, reason: str) -> None:
    assert reason in refusal(**fields)


def test_a_range_runs_from_its_low_end_to_its_upper_end() -> None:
    assert leg(amount_low_usd=5, amount_usd=9).amount_low_usd == 5
    assert leg(amount_low_usd=9, amount_usd=9).amount_low_usd == 9
    assert leg(amount_low_usd=5, amount=9, currency="EUR", usd_per_unit=1).amount_usd == 9
    assert "upper end" in refusal(amount_low_usd=10, amount_usd=9)
    assert "upper end" in refusal(amount_low_usd=10)


@given(events_of(DealAnnounced))
@settings(deadline=None)
def test_in_whatever_currency_an_amount_is_its_dollars_come_back_the_same(event: DealAnnounced) -> None:
    (again,) = decode(encode(event))
    assert again == event
    for leg in event.legs:
        if leg.amount is not None and leg.usd_per_unit is not None:
            assert leg.amount_usd is not None
            assert abs(leg.amount_usd - leg.amount * leg.usd_per_unit) <= max(CENT, ROUNDED * leg.amount_usd)


@given(
    st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists),
    st.text(),
)
@settings(deadline=None)
def test_no_value_in_the_place_of_an_amount_is_more_than_refused(value: Any, currency: str) -> None:
    assume(value is not None)
    for fields in ({"amount": value}, {"amount": 1, "usd_per_unit": value}):
        try:
            assert leg(**fields, currency=currency or "USD").amount_usd is not None
        except ValidationError as refused:
            assert refused.error_count()
