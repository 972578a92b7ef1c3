"""Amounts in words: ceilings, ranges, plus signs, gigawatts."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ouroboros.imports.amounts import Amount, amount
from ouroboros.imports.parse import UnfitCell

BILLION = 10**9


def dollars(billions: str, **more: object) -> Amount:
    return Amount(Decimal(billions) * BILLION, **more)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Up to $100B", dollars("100", up_to=True)),
        ("up to ~$2B", dollars("2", up_to=True)),
        ("10+ GW of systems", Amount(capacity_mw=10_000)),
        ("6 GW Instinct", Amount(capacity_mw=6_000)),
        ("850 MW", Amount(capacity_mw=850)),
        ("10 GW / ~$10B", dollars("10", capacity_mw=10_000)),
        ("$30-50B", dollars("50", low=Decimal(30 * BILLION))),
        ("$30B\u2013$50B", dollars("50", low=Decimal(30 * BILLION))),
        ("$500 million to $1.5 billion", dollars("1.5", low=Decimal(500 * 10**6))),
        ("$30B - 5 years", dollars("30")),
        ("~$300B / 5 yrs", dollars("300")),
        ("$250B Azure", dollars("250")),
        ("~27% · $13.8B in", dollars("13.8")),
        ("~11.5% + $6.3B backstop", dollars("6.3")),
        ("$8B+", dollars("8")),
        ("~14% · +$40B", dollars("40")),
        ("$1.4 trillion", dollars("1400")),
        ("22.5 billion dollars", dollars("22.5")),
        ("$740", Amount(Decimal(740))),
        ("US$1,250,000", Amount(Decimal(1_250_000))),
        ("GPU buildout", Amount()),
        ("Warrant ~10% of AMD", Amount()),
        ("Multi-year", Amount()),
        ("", Amount()),
    ],
)
def test_an_amount_in_words_is_what_a_reader_takes_it_for(text: str, meant: Amount) -> None:
    assert amount(text) == meant


def test_a_plain_number_is_counted_in_the_unit_of_the_table() -> None:
    assert amount("30", BILLION) == dollars("30")
    assert amount("30 million", BILLION) == Amount(Decimal(30 * 10**6))


@pytest.mark.parametrize(
    ("text", "why"), [("€5B", "another currency"), ("EUR 5bn", "another"), ("$50B-$30B", "falls")]
)
def test_an_amount_that_makes_no_sense_here_is_refused(text: str, why: str) -> None:
    with pytest.raises(UnfitCell, match=why):
        amount(text)


@settings(deadline=None)
@given(
    st.text(max_size=60)
    | st.from_regex(
        r"(up to )?~?\$?[0-9.,]{0,9} ?[BMKTGW+%]{0,3}[- \u2013]\$?[0-9.]{0,4}[BM]?", fullmatch=True
    )
)
def test_any_text_is_an_amount_or_refused(text: str) -> None:
    try:
        found = amount(text)
    except UnfitCell:
        return
    assert found.low is None or (found.amount is not None and found.low <= found.amount)
