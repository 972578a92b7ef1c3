"""Cells as people write them: what they mean, and what is refused because it could mean two things."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ouroboros.imports import parse
from ouroboros.imports.parse import UnfitCell


@pytest.mark.parametrize(
    ("text", "decimal_comma", "value"),
    [
        ("$1,770", False, 1770),
        ("1,234,567.5", False, 1234567.5),
        ("  12.5 ", False, 12.5),
        ("10.5M", False, 10_500_000),
        ("1.4e3", False, 1400),
        ("1 234.5", False, 1234.5),
        ("1\u00a0234", False, 1234),
        ("34,99", True, 34.99),
        ("1.234,5", True, 1234.5),
        ("-3", False, -3),
    ],
)
def test_numbers_are_read_as_they_are_written(text: str, decimal_comma: bool, value: float) -> None:
    assert parse.number(text, "the price", decimal_comma) == value


@pytest.mark.parametrize(
    "text", ["", "—", "-", "N/A", "NaN", "nan", "inf", "1e999", "1,5", "twelve", "1.2.3", "0x10"]
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(UnfitCell, match="the price is "):
        parse.number(text, "the price")


@pytest.mark.parametrize(
    ("text", "currency", "value"),
    [
        ("USD 1,999.00", "USD", 1999),
        ("1.62 USD", "USD", 1.62),
        ("US$2.50", "USD", 2.5),
        ("€ 2.50", "EUR", 2.5),
        ("2.50 €", "EUR", 2.5),
        ("CHF 2.50", "CHF", 2.5),
    ],
)
def test_signs_of_the_currency_are_left_out(text: str, currency: str, value: float) -> None:
    assert parse.positive(text, "the price", currency=currency) == value


@pytest.mark.parametrize(("text", "currency"), [("€ 2.50", "USD"), ("$2.50", "EUR"), ("2.50 GBP", "USD")])
def test_an_amount_in_another_currency_is_no_number(text: str, currency: str) -> None:
    with pytest.raises(UnfitCell, match="which is no number"):
        parse.positive(text, "the price", currency=currency)


@pytest.mark.parametrize("text", ["0", "-5", "-12.5"])
def test_a_price_is_above_zero(text: str) -> None:
    with pytest.raises(UnfitCell, match="not above 0"):
        parse.positive(text, "the price")


@pytest.mark.parametrize(
    ("text", "date_format", "value"),
    [
        ("1998-01-02", None, date(1998, 1, 2)),
        ("19980102", None, date(1998, 1, 2)),
        ("1998/01/02", None, date(1998, 1, 2)),
        ("1998-01-02 00:00:00-05:00", None, date(1998, 1, 2)),
        ("2-Jan-98", None, date(1998, 1, 2)),
        ("02 January 2001", None, date(2001, 1, 2)),
        ("Jan 2, 1998", None, date(1998, 1, 2)),
        ("01/02/1998", "%m/%d/%Y", date(1998, 1, 2)),
        ("01/02/1998", "%d/%m/%Y", date(1998, 2, 1)),
    ],
)
def test_days_are_read_as_they_are_written(text: str, date_format: str | None, value: date) -> None:
    assert parse.day(text, "the day", date_format) == value


def test_a_day_that_could_be_two_is_refused() -> None:
    with pytest.raises(UnfitCell, match="such as date_format: '%m/%d/%Y'"):
        parse.day("01/02/1998", "the day")


@pytest.mark.parametrize(
    ("text", "value"), [("April 2022", 4), ("2022-04", 4), ("Dec 2022", 12), ("2022-04-19", 4)]
)
def test_months_are_read_as_their_first_day(text: str, value: int) -> None:
    assert parse.month(text, "the month") == date(2022, value, 1)


def test_a_moment_without_a_zone_needs_one() -> None:
    with pytest.raises(UnfitCell, match="without a time zone"):
        parse.timestamp("2026-03-19 13:30", "the time", None)
    eastern = ZoneInfo("America/New_York")
    assert parse.timestamp("2026-03-19 09:30", "the time", eastern) == datetime(
        2026, 3, 19, 13, 30, tzinfo=UTC
    )
    assert parse.timestamp("2026-01-19 09:30", "the time", eastern) == datetime(
        2026, 1, 19, 14, 30, tzinfo=UTC
    )
    # A zone that is written wins.
    assert parse.timestamp("2026-03-19 13:30+00:00", "the time", eastern).hour == 13
    assert parse.timestamp("1773927000", "the time", None) == datetime(2026, 3, 19, 13, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        # The close of New York, in seconds of nine digits and in milliseconds.
        ("883774800", date(1998, 1, 2)),
        ("883774800000", date(1998, 1, 2)),
        # Midnight in New York, and midnight UTC, which is evening there: the day that begins is meant.
        ("883717200", date(1998, 1, 2)),
        ("883699200", date(1998, 1, 2)),
        ("1773927000", date(2026, 3, 19)),
    ],
)
def test_a_day_may_be_counted_from_1970(text: str, value: date) -> None:
    assert parse.day(text, "the day", zone=ZoneInfo("America/New_York")) == value


def test_a_moment_may_be_counted_from_1970() -> None:
    wanted = datetime(1998, 1, 2, 21, tzinfo=UTC)
    assert parse.timestamp("883774800", "the time", None) == wanted
    assert parse.timestamp("883774800000", "the time", None) == wanted


@pytest.mark.parametrize("text", ["1998-10-25 01:30", "1998-04-05 02:30:00"])
def test_a_time_that_clocks_show_twice_or_never_is_refused(text: str) -> None:
    with pytest.raises(UnfitCell, match="clocks in America/New_York show twice or never"):
        parse.timestamp(text, "the time", ZoneInfo("America/New_York"))
    assert parse.timestamp(f"{text}-05:00", "the time", ZoneInfo("America/New_York"))


@settings(deadline=None)
@given(
    st.text(max_size=40) | st.from_regex(r"[0-9\-/:., TZ+]{1,25}", fullmatch=True),
    st.none() | st.text(max_size=10),
)
def test_any_text_is_read_or_refused(text: str, date_format: str | None) -> None:
    for read in (
        lambda: parse.number(text, "it"),
        lambda: parse.number(text, "it", decimal_comma=True),
        lambda: parse.day(text, "it", date_format),
        lambda: parse.day(text, "it", date_format, ZoneInfo("Asia/Tokyo")),
        lambda: parse.month(text, "it", date_format),
        lambda: parse.timestamp(text, "it", ZoneInfo("Asia/Tokyo"), date_format),
    ):
        try:
            assert read() is not None
        except UnfitCell as refused:
            assert str(refused).startswith("it is ")
