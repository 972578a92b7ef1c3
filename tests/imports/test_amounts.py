"""Amounts in words: ceilings, ranges, rates, sums, currencies, plus signs, gigawatts."""

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ouroboros.imports.amount_words import UNITS
from ouroboros.imports.amounts import Amount, amount
from ouroboros.imports.parse import UnfitCell

BILLION = 10**9


def dollars(billions: str, **more: object) -> Amount:
    return Amount(Decimal(billions) * BILLION, **more)  # type: ignore[arg-type]


def low(billions: str) -> Decimal:
    return Decimal(billions) * BILLION


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Up to $100B", dollars("100", up_to=True)),
        ("up to ~$2B", dollars("2", up_to=True)),
        ("10+ GW of systems", Amount(capacity_mw=10_000)),
        ("6 GW Instinct", Amount(capacity_mw=6_000)),
        ("850 MW", Amount(capacity_mw=850)),
        ("3 GW inference + 2 GW training", Amount(capacity_mw=5_000)),
        ("2 \u00d7 500 MW", Amount(capacity_mw=1_000)),
        ("10 GW / ~$10B", dollars("10", capacity_mw=10_000)),
        ("$30-50B", dollars("50", low=Decimal(30 * BILLION))),
        ("$30B\u2013$50B", dollars("50", low=Decimal(30 * BILLION))),
        ("$500 million to $1.5 billion", dollars("1.5", low=Decimal(500 * 10**6))),
        ("between ~$5 and $8 billion", dollars("8", low=low("5"))),
        ("$30B - 5 years", dollars("30", term_months=60)),
        ("~$300B / 5 yrs", dollars("300", term_months=60)),
        ("$250B Azure", dollars("250")),
        ("$250B / Azure", dollars("250")),
        ("~27% \u00b7 $13.8B in", dollars("13.8")),
        ("~11.5% + $6.3B backstop", dollars("6.3")),
        ("$8B+", dollars("8")),
        ("~14% \u00b7 +$40B", dollars("40")),
        ("$1.4 trillion", dollars("1400")),
        ("22.5 billion dollars", dollars("22.5")),
        ("$740", Amount(Decimal(740))),
        ("US$1,250,000", Amount(Decimal(1_250_000))),
        ("$1 250 000", Amount(Decimal(1_250_000))),
        ("$1'250'000", Amount(Decimal(1_250_000))),
        ("5E+09", dollars("5")),
        ("up to 5B", dollars("5", up_to=True)),
        ("Phase 3 - $5B", dollars("5")),
        ("Won $5B contract", dollars("5")),
        ("$5B per Bloomberg", dollars("5")),
        ("$5B by the end of the year", dollars("5")),
        ("$13B at $183B valuation", dollars("13")),
        ("$30B at $380B post-money", dollars("30")),
        ("GPU buildout", Amount()),
        ("Warrant ~10% of AMD", Amount()),
        ("Multi-year", Amount()),
        ("multi-billion", Amount()),
        ("100 million users", Amount()),
        ("100k H100s", Amount()),
        ("", Amount()),
    ],
)
def test_an_amount_in_words_is_what_a_reader_takes_it_for(text: str, meant: Amount) -> None:
    assert amount(text) == meant


@pytest.mark.parametrize(
    ("text", "billions"),
    [
        ("$13-billion", "13"),
        ("$750 mil", "0.75"),
        ("$2.5 bil", "2.5"),
        ("$3.5 billions", "3.5"),
        ("$14.2 bn.", "14.2"),
        ("$2.5bln", "2.5"),
        ("$5 Mrd", "5"),
        ("$750 MM", "0.75"),
        ("$5 billion-dollar deal", "5"),
        ("USD 5 billion", "5"),
        ("USD5bn", "5"),
        ("5bn USD", "5"),
        ("$5B USD", "5"),
        ("US$5bn", "5"),
        ("US $5bn", "5"),
        ("U.S. $5 billion", "5"),
        ("5 billion US dollars", "5"),
        ("5 billion U.S. dollars", "5"),
        ("\uff045B", "5"),
        ("$1.2bn (\u20ac1.1bn)", "1.2"),
        ("\u20ac1.1bn ($1.2bn)", "1.2"),
        ("$5 billion (about Rs 44,000 crore)", "5"),
        ("$40B (\u20ac37B; \u00a332B)", "40"),
        ("$2 lakh crore", "2000"),
    ],
)
def test_every_way_to_write_a_billion_dollars_is_read(text: str, billions: str) -> None:
    assert amount(text) == dollars(billions)


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("$5B + $3B", dollars("8")),
        ("$11.9B + $4B + $6.5B", dollars("22.4")),
        ("$11.9B + $4B + $6.5B = $22.4B", dollars("22.4")),
        ("$22.4B total: $11.9B + $4B + $6.5B", dollars("22.4")),
        ("$5B in cash and $3B in stock", dollars("8")),
        ("$8B ($5B + $3B)", dollars("8")),
        ("$8B incl. $3B debt", dollars("8")),
        ("$30B ($10B upfront)", dollars("30")),
        ("4 \u00d7 $2B", dollars("8")),
        ("4 x $2B", dollars("8")),
        ("$2B x 4", dollars("8")),
        ("4*$1-2B", dollars("8", low=low("4"))),
        ("3 tranches of $2B", dollars("6")),
        ("4 sites at $5B each", dollars("20")),
        ("10,000 GPUs at $30,000 each", dollars("0.3")),
        ("10 GW at $50B per GW", dollars("500", capacity_mw=10_000)),
        ("$5B + up to $3B", dollars("8", low=low("5"), up_to=True)),
        ("$5B (+$3B option)", dollars("8", low=low("5"), up_to=True)),
    ],
)
def test_sums_and_products_are_worked_out(text: str, meant: Amount) -> None:
    assert amount(text) == meant


@pytest.mark.parametrize(
    "text",
    ["less than $5B", "under $5B", "below ~$5B", "<$5B", "\u2264 $5B", "no more than $5B", "as much as $5B",
     "not to exceed $5B", "capped at $5B", "$5B max", "$5B or less", "$5B cap", "at most $5B"],
)  # fmt: skip
def test_what_bounds_an_amount_from_above_is_a_ceiling(text: str) -> None:
    assert amount(text) == dollars("5", up_to=True)


@pytest.mark.parametrize(
    "text",
    ["no less than $5B", "more than $5B", "over $5B", ">$5B", "at least $5B", "$5B or more", "$5B-plus",
     "$5B under the new plan"],
)  # fmt: skip
def test_what_bounds_an_amount_from_below_is_the_figure_that_is_stated(text: str) -> None:
    assert amount(text) == dollars("5")


@pytest.mark.parametrize(
    "text",
    ["~$1.25B/mo", "$1B per year", "$1B a year", "$2.5B a quarter", "$2.5B/qtr", "$1B annually", "$1B p.a.",
     "$1.2bn pa", "annual rent of $1B", "run rate of $5B", "$2B/week", "$30M monthly", "$1B each year",
     "$3B per annum"],
)  # fmt: skip
def test_a_rate_without_a_term_is_no_total_and_says_so(text: str) -> None:
    found = amount(text)
    assert found.amount is None
    assert found.left_open is not None
    assert "is a rate" in found.left_open


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("~$1.25B/mo for 5 years", dollars("75", term_months=60)),
        ("$1B per year over five years", dollars("5", term_months=60)),
        ("$2.5B a quarter for 8 quarters", dollars("20", term_months=24)),
        ("$100M/month, 3-year term", dollars("3.6", term_months=36)),
        ("$1B-$1.5B/yr for 10 years", dollars("15", low=low("10"), term_months=120)),
        ("$5B/yr x 4 yrs", dollars("20", term_months=48)),
        ("2 GW at $1.2B/yr for 15 years", dollars("18", capacity_mw=2_000, term_months=180)),
        ("$10B / 7 yrs", dollars("10", term_months=84)),
        ("$10B over a decade", dollars("10", term_months=120)),
        ("$38 billion over seven years", dollars("38", term_months=84)),
        ("$19.4B (5y)", dollars("19.4", term_months=60)),
        ("$5-7 billion over 5-7 years", dollars("7", low=low("5"))),
    ],
)
def test_a_rate_with_a_term_is_their_product_and_a_total_keeps_its_term(text: str, meant: Amount) -> None:
    assert amount(text) == meant


def test_the_term_may_stand_in_another_cell() -> None:
    assert amount("$1.25B/mo", term_months=24) == dollars("30", term_months=24)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("2 GW at $1.2B/yr", "is a rate"),
        ("$30,000/GPU", "price of one"),
        ("$2M per MW", "no capacity is stated"),
        ("H100 \u00d7 $30,000", "one factor is not clear"),
        ("27% of $500B", "share of something"),
        ("$500B valuation", "valuation only"),
        ("5 billion commitment", "does not say of what"),
        ("a billion dollars", "does not say of what"),
    ],
)
def test_what_is_no_amount_of_the_deal_is_left_open_with_a_word(text: str, why: str) -> None:
    found = amount(text)
    assert found.amount is None
    assert found.left_open is not None
    assert why in found.left_open


def test_a_plain_number_is_counted_in_the_unit_of_the_table() -> None:
    assert amount("30", BILLION) == amount("$30", BILLION) == dollars("30")
    assert amount("30-50", BILLION) == dollars("50", low=low("30"))
    assert amount("30 million", BILLION) == Amount(Decimal(30 * 10**6))


FOREIGN = [
    *("\u20ac5B", "EUR 5bn", "A$24 billion", "C$500M", "NT$30B", "NT $30B", "HK$1.2 billion", "S$500M"),
    *("SEK 10 billion", "\u20b91,62,990 crore", "5,000 crore", "Rs 5,000 crore", "R$5 bi", "kr 5 bn"),
    *("RMB 380 billion", "380 billion yuan", "\u00a53 trillion", "1.2 trillion won", "CHF 2 bn", "2 bn CHF"),
    *("$5B CAD", "5 billion Canadian dollars", "AU$2bn", "$2bn AUD", "XA$5B", "\u20bf500", "5B\u20ac"),
    *("\u20ba30 billion", "AED 5bn", "5bn pounds", "10 billion kronor"),
]


@pytest.mark.parametrize("text", FOREIGN)
def test_an_amount_in_another_currency_is_refused_never_taken_for_dollars(text: str) -> None:
    with pytest.raises(UnfitCell, match="another currency"):
        amount(text)


@pytest.mark.parametrize(
    ("currency", "text", "units"),
    [
        ("AUD", "A$24 billion", 24 * BILLION),
        ("AUD", "$24 billion", 24 * BILLION),
        ("EUR", "\u20ac5B", 5 * BILLION),
        ("EUR", "5B", 5 * BILLION),
        ("EUR", "\u20ac1.1bn ($1.2bn)", Decimal("1.1e9")),
        ("INR", "\u20b91,62,990 crore", 1_629_900 * 10**6),
        ("INR", "5,000 crore", 50 * BILLION),
        ("SEK", "SEK 10 billion", 10 * BILLION),
        ("NOK", "10 mrd kroner", 10 * BILLION),
        ("CNY", "\u00a53bn", 3 * BILLION),
        ("TWD", "NT$30B", 30 * BILLION),
    ],
)
def test_amounts_in_the_currency_of_the_table_are_in_its_units(
    currency: str, text: str, units: float
) -> None:
    assert amount(text, currency=currency) == Amount(Decimal(units), currency=currency)


def test_dollars_in_a_table_of_another_currency_are_dollars() -> None:
    assert amount("$5B", currency="EUR") == amount("US$5bn", currency="AUD") == dollars("5")
    with pytest.raises(UnfitCell, match="another currency"):
        amount("\u00a35B", currency="EUR")
    with pytest.raises(UnfitCell, match="two currencies"):
        amount("\u20ac5B + $3B", currency="EUR")


def test_a_decimal_comma_is_read_where_the_mapping_says_so_and_refused_elsewhere() -> None:
    assert amount("2,5 Mrd. Euro", currency="EUR", decimal_comma=True).amount == Decimal("2.5e9")
    assert amount("$1.250.000", decimal_comma=True).amount == Decimal(1_250_000)
    for text, comma in (("$1,5B", False), ("$1.250.000", False), ("$12.75B", True)):
        with pytest.raises(UnfitCell, match="could be two, or none"):
            amount(text, decimal_comma=comma)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("$50B-$30B", "falls"),
        ("-$5B", "below 0"),
        ("$5B, $3B", "names several"),
        ("$22.5B of $30B", "names several"),
        ("2026: $5B; 2027: $6B", "names several"),
        ("$5B (up to $8B)", "names several"),
        ("$5B + 3B", "names several"),
        ("US$5B CAD", "two currencies"),
        ("$5B plus \u20ac3B", "another currency"),
    ],
)
def test_an_amount_that_makes_no_sense_here_is_refused(text: str, why: str) -> None:
    with pytest.raises(UnfitCell, match=why):
        amount(text)


SIGNS = st.sampled_from(("$", "US$", "USD ", "$ ", "~$", "usd ", "about $"))
FIGURES = st.decimals("0.01", "999", places=2, allow_nan=False)


@settings(deadline=None)
@given(SIGNS, FIGURES, st.sampled_from(sorted(UNITS)), st.sampled_from(("", " ")), st.booleans())
def test_any_figure_with_any_unit_is_read_back(
    sign: str, figure: Decimal, unit: str, space: str, upper: bool
) -> None:
    written = f"{sign}{figure}{space}{unit.upper() if upper else unit}"
    assert amount(written).amount == figure * UNITS[unit]


@settings(deadline=None)
@given(FIGURES, st.sampled_from(sorted(UNITS)), st.sampled_from(("USD", "dollars", "US dollars", "usd")))
def test_any_figure_before_its_currency_is_read_back(figure: Decimal, unit: str, words: str) -> None:
    assert amount(f"{figure} {unit} {words}").amount == figure * UNITS[unit]


@settings(deadline=None)
@given(st.lists(FIGURES, min_size=2, max_size=5), st.sampled_from((" + ", "+", " plus ", " and ")))
def test_any_sum_is_worked_out(parts: list[Decimal], joint: str) -> None:
    assert amount(joint.join(f"${part}B" for part in parts)).amount == sum(parts) * BILLION


@settings(deadline=None)
@given(st.text(alphabet="abcdefghij klmnopqrstuvwxyz0123456789-.,()%", max_size=60))
def test_a_text_without_a_currency_or_a_unit_is_no_money_unless_it_is_a_figure_alone(text: str) -> None:
    try:
        found = amount(f"plan {text}")
    except UnfitCell:
        return
    assert found.amount is None or any(word in text for word in ("usd", "dollar"))


@settings(deadline=None)
@given(
    st.text(max_size=60)
    | st.from_regex(
        r"(up to )?~?\$?[0-9.,]{0,9} ?[BMKTGW+%]{0,3}[- \u2013/x+]\$?[0-9.]{0,4}[BM]?(/yr|/mo)?",
        fullmatch=True,
    )
)
def test_any_text_is_an_amount_or_refused(text: str) -> None:
    try:
        found = amount(text)
    except UnfitCell:
        return
    assert found.low is None or (found.amount is not None and found.low <= found.amount)
