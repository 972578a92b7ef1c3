"""Bars of shares from tables: when they were known, what is adjusted, what is told."""

import gzip
from datetime import UTC, datetime
from pathlib import Path

import pytest

from events.errors import UsageError
from events.families.prices import EquityBarClosed
from tests.imports.tables import Imported, import_text, written_mapping

DAILY = "kind: daily_bars\ntime_zone: America/New_York\n"


def bars(imported: Imported) -> list[EquityBarClosed]:
    return [one for one in imported.events if isinstance(one, EquityBarClosed)]


def test_a_daily_bar_is_known_when_the_exchange_closed(tmp_path: Path) -> None:
    imported = import_text(
        tmp_path,
        "Date,Open,High,Low,Close,Adj Close,Volume\n"
        "1998-01-02,10.0,11.5,9.5,11.0,5.5,1000\n"
        "2000-07-03,64,65.5,63,65,60,2000\n",
        DAILY + "source: vendor\nsplit_adjusted: true\n",
    )
    assert (imported.code, imported.err.count("line")) == (0, 0)
    winter, summer = bars(imported)
    assert (winter.symbol, winter.source, winter.certainty) == ("CSCO", "vendor", "reported")
    assert winter.known_at == winter.last_at == winter.occurred_at == datetime(1998, 1, 2, 21, tzinfo=UTC)
    assert summer.known_at == datetime(2000, 7, 3, 20, tzinfo=UTC)
    assert (winter.bucket, winter.interval_seconds) == (datetime(1998, 1, 2, tzinfo=UTC), 86_400)
    assert (winter.open_usd, winter.high_usd, winter.low_usd, winter.close_usd) == (10.0, 11.5, 9.5, 11.0)
    assert winter.volume == 1000


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("Date,Close/Last,Volume,Open,High,Low", '1998-01-02,$11.00,"1,000",$10,$11.5,$9.5'),
        (
            "<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>",
            "CSCO,D,19980102,000000,10,11.5,9.5,11,1000",
        ),
        (
            '"Date","Price","Open","High","Low","Vol.","Change %"',
            '"Jan 02, 1998","11.00","10","11.5","9.5","1.00K","1%"',
        ),
        ("date,ticker,open,high,low,close,volume", "2-Jan-98,csco,10,11.5,9.5,11,1000"),
    ],
)
def test_columns_are_found_by_the_names_that_vendors_use(tmp_path: Path, header: str, row: str) -> None:
    (bar,) = bars(import_text(tmp_path, f"{header}\n{row}\n"))
    assert (bar.symbol, bar.open_usd, bar.high_usd, bar.low_usd, bar.close_usd) == ("CSCO", 10, 11.5, 9.5, 11)
    assert (bar.volume, bar.known_at) == (1000, datetime(1998, 1, 2, 21, tzinfo=UTC))


def test_days_in_numbers_are_read_where_the_table_proves_how_they_are_written(tmp_path: Path) -> None:
    american = import_text(tmp_path, "Date,Close\n01/02/1998,10\n01/30/1998,11\n", DAILY, name="A.csv")
    assert [bar.last_at.day for bar in bars(american)] == [2, 30]
    german = import_text(tmp_path, "Date,Close\n02.01.1998,10\n30.01.1998,11\n", DAILY, name="B.csv")
    assert [bar.last_at.day for bar in bars(german) if bar.symbol == "B"] == [2, 30]
    either = import_text(tmp_path, "Date,Close\n02/01/1998,10\n03/01/1998,11\n", DAILY, name="C.csv")
    assert (either.code, either.err.count("could be two")) == (1, 2)
    both = import_text(tmp_path, "Date,Close\n01/30/1998,10\n30/01/1998,11\n", DAILY, name="D.csv")
    assert (both.code, both.err.count("could be two")) == (1, 2)


def test_only_an_adjusted_close_makes_a_bar_of_one_price(tmp_path: Path) -> None:
    (bar,) = bars(import_text(tmp_path, "ticker,date,adj_close\nCAT,2024-08-22,334.02\n"))
    assert {bar.open_usd, bar.high_usd, bar.low_usd, bar.close_usd} == {334.02}
    assert (bar.symbol, bar.volume) == ("CAT", 0)


def test_an_adjusted_close_that_is_asked_for_adjusts_the_other_prices_alike(tmp_path: Path) -> None:
    table = "Date,Open,High,Low,Close,Adj Close,Volume\n1998-01-02,10.3,11.7,9.1,11.7,3.9,1000\n"
    (bar,) = bars(import_text(tmp_path, table, DAILY + "columns: {close: Adj Close}\n"))
    prices = (bar.open_usd, bar.high_usd, bar.low_usd, bar.close_usd)
    assert prices == pytest.approx((10.3 / 3, 3.9, 9.1 / 3, 3.9))


def test_prices_that_are_adjusted_already_are_not_adjusted_again(tmp_path: Path) -> None:
    # As Tiingo writes them: the prices as printed, and beside them the adjusted ones.
    table = (
        "date,close,high,low,open,adjClose,adjHigh,adjLow,adjOpen\n"
        "1998-01-02,11.7,11.7,9.1,10.3,3.9,3.9,3.1,3.5\n"
    )
    columns = "columns: {close: adjClose, open: adjOpen, high: adjHigh, low: adjLow}\n"
    (bar,) = bars(import_text(tmp_path, table, DAILY + columns))
    assert (bar.open_usd, bar.high_usd, bar.low_usd, bar.close_usd) == (3.5, 3.9, 3.1, 3.9)


def test_minutes_are_not_taken_for_days(tmp_path: Path) -> None:
    header = "Date,Time,Close\n"
    with pytest.raises(
        UsageError, match="has times of day in its column 'Time': its rows are no days"
    ) as caught:
        import_text(tmp_path, header + "1998-04-03,09:30,9\n1998-04-03,09:31,9.1\n")
    assert "kind: minute_bars" in caught.value.remedy
    (bar,) = bars(import_text(tmp_path, header + "1998-04-03,000000,9\n"))
    assert bar.close_usd == 9
    closing = import_text(tmp_path, header + "1998-04-06,16:00,9\n", DAILY + "columns: {date: Date}\n")
    assert [one.last_at.day for one in bars(closing)] == [3, 6]


def test_the_share_that_a_file_is_about_is_told(tmp_path: Path) -> None:
    imported = import_text(tmp_path, "Date,Close\n1998-01-02,5\n", name="HistoricalData_CSCO_17.csv")
    assert "HistoricalData_CSCO_17.csv: daily bars of CSCO, known at 16:00" in imported.out


def test_the_clock_by_which_times_are_read_is_told(tmp_path: Path) -> None:
    mapping = "kind: minute_bars\ntime_zone: America/New_York\n"
    imported = import_text(tmp_path, "datetime,close\n2026-03-19 13:30,5\n", mapping, name="ARM_1m.csv")
    assert "ARM_1m.csv: minute bars of ARM, by the clock of America/New_York." in imported.out


def test_prices_of_new_york_over_the_change_of_clocks_are_known_at_the_same_hour_there(
    tmp_path: Path,
) -> None:
    table = "Date,Time,Close\n04/03/1998,09:30,5\n04/06/1998,09:30,5\n"
    mapping = (
        "kind: minute_bars\ntime_zone: America/New_York\ndate_format: '%m/%d/%Y %H:%M'\n"
        "columns: {date: Date, time: Time}\n"
    )
    assert [one.bucket.hour for one in bars(import_text(tmp_path, table, mapping))] == [14, 13]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (gzip.compress(b"Date,Close\n"), "is compressed. Unpack it first"),
        ("Date,Close\n".encode("utf-16"), "is UTF-16. Convert it: iconv -f UTF-16"),
        ("Datum,Schlußkurs\n".encode("latin-1"), "is not UTF-8. Convert it"),
    ],
    ids=["gzip", "UTF-16", "Latin-1"],
)
def test_what_is_no_plain_text_is_told_with_what_to_do(tmp_path: Path, content: bytes, told: str) -> None:
    path = tmp_path / "CSCO.csv"
    path.write_bytes(content)
    with pytest.raises(UsageError) as caught:
        Imported(tmp_path / "into", [path], None)
    assert told in str(caught.value)


def test_prices_that_only_rounding_puts_out_of_order_are_one(tmp_path: Path) -> None:
    (bar,) = bars(import_text(tmp_path, "date,open,high,low,close\n1998-01-02,10,11,9.5000001,9.5\n", DAILY))
    assert (bar.low_usd, bar.close_usd) == (9.5, 9.5)


def test_decimal_commas_other_delimiters_and_currencies_are_stated(tmp_path: Path) -> None:
    mapping = (
        "kind: daily_bars\ntime_zone: Europe/Berlin\ncloses_at: '17:30'\n"
        "delimiter: ';'\ndecimal_comma: true\n"
        "date_format: '%d.%m.%Y'\nsymbol: ENR.DE\ncurrency: EUR\nusd_per_unit: 1.25\n"
        "columns: {date: Datum, close: Schluss, volume: Stücke}\n"
    )
    (bar,) = bars(import_text(tmp_path, "Datum;Schluss;Stücke\n02.01.2025;1.050,40;1.000\n", mapping))
    assert (bar.symbol, bar.close_usd, bar.volume) == ("ENR.DE", 1313.0, 1000)
    assert bar.known_at == datetime(2025, 1, 2, 16, 30, tzinfo=UTC)


def test_rows_that_do_not_fit_are_told_with_file_line_and_reason_and_the_others_imported(
    tmp_path: Path,
) -> None:
    imported = import_text(
        tmp_path,
        "symbol,date,open,high,low,close,volume\n"
        "CSCO,1998-01-02,10,11,9,10,5\n"
        "CSCO US Equity and more,1998-01-02,10,11,9,10,5\n"
        "CSCO,1998-01-05,10,11,9,,5\n"
        "CSCO,1873-01-06,10,11,9,10,5\n"
        "CSCO,1998-01-07,10,11,10.5,10,5\n"
        "CSCO,1998-01-08,10,11,9,NaN,5\n"
        "CSCO,01/09/1998,10,11,9,10,5\n"
        "CSCO,1998-01-12,10,11\n"
        "CSCO,1998-01-13,10,11,9,-10,5\n"
        "\n"
        "CSCO,1998-01-14,10,11,9,10,5\n",
        DAILY,
    )
    assert imported.code == 1
    assert [bar.last_at.day for bar in bars(imported)] == [2, 14]
    told = [line.removeprefix(f"{tmp_path}/CSCO.csv, ") for line in imported.err.splitlines()]
    for line, reason in (
        (3, "the symbol is 'CSCO US Equity and more'"),
        (4, "the price is empty."),
        (5, "the day is 1873-01-06, outside of the years 1990 to 2100"),
        (6, "low_usd lies above open_usd or close_usd"),
        (7, "the price is empty."),
        (8, "the day is '01/09/1998', which is no day or could be two"),
        (9, "4 cells stand under 7 columns."),
        (10, "the price is '-10', not above 0."),
    ):
        assert any(one.startswith(f"line {line}: ") and reason in one for one in told), (line, told)
    assert "Imported 2 events" in imported.out
    assert "8 did not fit." in imported.out


def test_one_day_with_two_prices_is_told_with_both_places(tmp_path: Path) -> None:
    header = "symbol,date,close\n"
    first, second = tmp_path / "a.csv", tmp_path / "b.csv"
    first.write_text(header + "CAT,2024-08-22,334\nCAT,2024-08-23,339\n")
    second.write_text(header + "CAT,2024-08-23,339\nCAT,2024-08-22,335\n")
    imported = Imported(tmp_path / "into", [first, second], written_mapping(tmp_path, DAILY))
    assert (imported.code, len(imported.events)) == (1, 2)
    assert f"{second}, line 3: CAT of 2024-08-22 20:00 UTC closed at 335 USD" in imported.err
    assert f"at 334 with 0 in {first}, line 2: the first of the two was kept." in imported.err
    assert "1 repeated what was known." in imported.out


def test_importing_again_adds_only_what_is_new(tmp_path: Path) -> None:
    header = "date,close\n"
    once = import_text(tmp_path, header + "2024-08-22,334\n", DAILY)
    twice = import_text(tmp_path, header + "2024-08-22,334\n2024-08-23,335\n2024-08-21,333\n", DAILY)
    assert [bar.last_at.day for bar in bars(twice)] == [21, 22, 23]
    assert twice.events[1] == once.events[0]
    third = import_text(tmp_path, header + "2024-08-22,300\n", DAILY)
    assert (third.code, len(third.events)) == (1, 3)
    assert f"at 334 with 0 in {tmp_path / 'into'}: the first of the two was kept." in third.err


def test_a_large_move_looks_like_a_split(tmp_path: Path) -> None:
    table = "date,close,volume\n2000-03-22,144,5\n2000-03-23,72,5\n2000-03-24,20,0\n"
    imported = import_text(tmp_path, table, DAILY)
    assert (imported.code, len(imported.events)) == (0, 3)
    assert (
        "CSCO.csv, line 3: CSCO moved -50% in a day, from 144.00 to 72.00 USD; it looks like a split"
        in imported.err
    )
    # With or without a volume: some vendors have none.
    assert imported.err.count("looks like a split") == 2


@pytest.mark.parametrize("said", ["split_adjusted: true\n", "splits:\n- {day: 2000-03-23, ratio: 2}\n"])
def test_a_split_that_is_stated_is_none(tmp_path: Path, said: str) -> None:
    table = "date,close,volume\n2000-03-22,144,5\n2000-03-23,72,5\n"
    imported = import_text(tmp_path, table, DAILY + said)
    assert "split" not in imported.err
    before, after = bars(imported)
    if said.startswith("splits"):
        assert (before.close_usd, before.volume) == (72, 10)
    assert (after.close_usd, after.volume) == (72, 5)


def test_trading_days_without_a_price_are_told(tmp_path: Path) -> None:
    rows = [
        f"{symbol},2025-03-{on:02},{100 + on}"
        for symbol in ("AAA", "BBB", "CCC")
        for on in (3, 4, 5, 6, 7, 10, 11, 12, 13, 14, 17, 18, 19, 20, 21)
        if not (symbol == "AAA" and on in {5, 11, 12, 13, 14}) and on != 19
    ]
    imported = import_text(tmp_path, "symbol,date,close\n" + "\n".join(rows) + "\n", DAILY)
    assert (imported.code, imported.err.count("Look at this:")) == (0, 1)
    # The 19th has no price of anybody: a holiday.
    told = "AAA has no price on 5 trading days: 5 March 2025; 11 March 2025 to 14 March 2025 (4 weekdays)."
    assert told in imported.err


def test_a_minute_bar_is_known_when_its_minute_is_over(tmp_path: Path) -> None:
    table = "datetime,open,high,low,close,volume\n2026-03-19 13:30:00+00:00,1,2,0.5,1.5,7\n"
    (bar,) = bars(import_text(tmp_path, table, "minute-bars", name="NVDA_1m.csv"))
    assert (bar.symbol, bar.bucket.minute, bar.known_at.minute, bar.interval_seconds) == ("NVDA", 30, 31, 60)


def test_minute_bars_may_be_stamped_with_their_end_in_the_time_of_the_exchange(tmp_path: Path) -> None:
    mapping = (
        "kind: minute_bars\ntime_zone: America/New_York\nstamped: end\ninterval_seconds: 300\n"
        "columns: {date: day, time: clock}\n"
    )
    table = "day,clock,close\n2026-03-19,09:35,5\n"
    (bar,) = bars(import_text(tmp_path, table, mapping))
    assert bar.bucket == datetime(2026, 3, 19, 13, 30, tzinfo=UTC)
    assert bar.known_at == datetime(2026, 3, 19, 13, 35, tzinfo=UTC)


def test_times_without_a_zone_are_refused_unless_the_mapping_names_one(tmp_path: Path) -> None:
    imported = import_text(tmp_path, "datetime,close\n2026-03-19 13:30,5\n", "minute-bars")
    assert (imported.code, imported.events) == (1, [])
    assert "without a time zone (say time_zone, such as America/New_York)" in imported.err


@pytest.mark.parametrize(
    ("table", "mapping", "why"),
    [
        ("when,what\n1,2\n", None, "needs a mapping"),
        ("date,volume\n1,2\n", DAILY, "no column of closing prices"),
        ("close,volume\n1,2\n", DAILY, "no column of days"),
        ("date,close\n", DAILY + "columns: {close: clsoe}\n", "Did you mean 'close'"),
        ("date,close,close\n", DAILY, "twice"),
        ("", DAILY, "no header"),
        ("date,close\n1998-01-02,5\n", "daily-bar", "Did you mean daily-bars"),
        ("date,close\n" + "9" * 300_000, DAILY, "longer than"),
        ('date,close\n"1998-01-02,5\n', DAILY, "unexpected end of data"),
    ],
)
def test_a_table_that_cannot_be_worked_with_is_refused_whole(
    tmp_path: Path, table: str, mapping: str | None, why: str
) -> None:
    with pytest.raises(UsageError, match=why):
        import_text(tmp_path, table, mapping)
    assert not (tmp_path / "into" / "manifest.json").exists()


def test_a_file_whose_name_begins_with_no_symbol_needs_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no column of symbols, and its name names no share"):
        import_text(tmp_path, "date,close\n1998-01-02,5\n", DAILY, name="_prices.csv")
