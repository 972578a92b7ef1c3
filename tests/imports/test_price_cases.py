"""What people do with price tables: rows of other intervals, days that are not over, symbols, odd numbers."""

import csv
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from events.errors import UsageError
from events.families.prices import EquityBarClosed, GpuBarClosed
from tests.imports.tables import Imported, import_text, written_mapping

DAILY = "kind: daily_bars\ntime_zone: America/New_York\n"
MINUTES = "kind: minute_bars\ntime_zone: America/New_York\n"
MONDAY = date(2025, 3, 3)


def bars(imported: Imported) -> list[EquityBarClosed]:
    return [event for event in imported.events if isinstance(event, EquityBarClosed)]


def closes(imported: Imported) -> list[tuple[str, float]]:
    return [(bar.symbol, bar.close_usd) for bar in bars(imported)]


@pytest.mark.parametrize(
    ("days", "apart"),
    [
        ([0, 7, 14], 7),
        # The week that is not over yet ends on its last day; another had a holiday.
        ([0, 8, 14, 21, 25], 7),
        ([0, 31, 61, 92], 31),
        ([0, 91, 183], 92),
    ],
)
def test_rows_of_weeks_months_and_quarters_are_no_days(tmp_path: Path, days: list[int], apart: int) -> None:
    rows = [f"{MONDAY + timedelta(days=number)},10" for number in days]
    with pytest.raises(UsageError, match=f"its rows are {apart} days apart: they are no days"):
        import_text(tmp_path, "\n".join(["Date,Close", *rows]))


def test_weeks_of_several_shares_are_no_days_either(tmp_path: Path) -> None:
    rows = [f"{symbol},{day},10" for symbol in ("AAA", "BBB") for day in ("2025-03-03", "2025-03-10")]
    with pytest.raises(UsageError, match="7 days apart"):
        import_text(tmp_path, "\n".join(["symbol,date,close", *rows]))


def test_a_few_closes_far_apart_are_days(tmp_path: Path) -> None:
    days = ("2025-02-26", "2025-07-01", "2025-07-02", "2025-11-12")
    table = "\n".join(["date,close", *(f"{day},10" for day in days)])
    assert len(bars(import_text(tmp_path, table))) == 4


def test_bars_of_another_interval_than_the_mapping_says_are_told(tmp_path: Path) -> None:
    times = ("14:30", "14:35", "14:40")
    table = "\n".join(["datetime,close", *(f"2025-03-03 {time}:00+00:00,10" for time in times)])
    with pytest.raises(
        UsageError, match="its rows are 300 seconds apart, and the mapping says 60"
    ) as refused:
        import_text(tmp_path, table, "minute-bars")
    assert "Say interval_seconds: 300" in refused.value.remedy
    with pytest.raises(UsageError, match="its rows are 300 seconds apart, and the mapping says 900"):
        import_text(tmp_path, table, MINUTES + "interval_seconds: 900\n")
    imported = import_text(tmp_path, table, MINUTES + "interval_seconds: 300\n")
    assert bars(imported)[0].known_at == datetime(2025, 3, 3, 14, 35, tzinfo=UTC)


def test_a_share_that_trades_seldom_may_leave_minutes_out(tmp_path: Path) -> None:
    times = ("14:30", "14:37", "14:38", "14:50")
    table = "\n".join(["datetime,close", *(f"2025-03-03 {time}:00+00:00,10" for time in times)])
    assert len(bars(import_text(tmp_path, table, "minute-bars"))) == 4


def test_days_are_no_minutes(tmp_path: Path) -> None:
    imported = import_text(tmp_path, "Date,Close\n2025-03-03,10\n", MINUTES + "columns: {time: Date}\n")
    assert (imported.code, imported.events) == (1, [])
    assert "the time is '2025-03-03', a day without a time of day (say kind: daily_bars)" in imported.err
    table = "datetime,close\n2025-03-03 00:00:00,10\n2025-03-04 00:00:00,11\n"
    with pytest.raises(UsageError, match="all of its rows are at midnight: they are days"):
        import_text(tmp_path, table, MINUTES)


def test_minutes_are_no_days(tmp_path: Path) -> None:
    table = "date,close\n2025-03-03 14:30:00+00:00,10\n2025-03-03 14:35:00+00:00,11\n"
    with pytest.raises(UsageError, match="several times of one day: its rows are no days"):
        import_text(tmp_path, table, DAILY)


@pytest.mark.parametrize(
    ("stamp", "known_at"),
    [
        # Evening in California is the next day in UTC, and over a day later.
        ("2026-06-29T23:30:00-07:00", datetime(2026, 7, 1, tzinfo=UTC)),
        ("2026-06-29T10:00:00-07:00", datetime(2026, 6, 30, tzinfo=UTC)),
        ("2026-06-30T01:00:00+09:00", datetime(2026, 6, 30, tzinfo=UTC)),
        # A midnight names the day that begins.
        ("2026-06-29T00:00:00-07:00", datetime(2026, 6, 30, tzinfo=UTC)),
        ("2026-06-29 23:30:00", datetime(2026, 6, 30, tzinfo=UTC)),
    ],
)
def test_a_price_is_never_known_before_it_was_made(tmp_path: Path, stamp: str, known_at: datetime) -> None:
    imported = import_text(tmp_path, f"gpu,timestamp,price_usd\nH100,{stamp},24000\n", name="listing.csv")
    (bar,) = imported.events
    assert isinstance(bar, GpuBarClosed)
    assert bar.known_at == bar.last_at == known_at


ELEVEN = datetime(2025, 3, 4, 16, tzinfo=UTC)
CLOSED = datetime(2025, 3, 4, 21, tzinfo=UTC)


def test_a_day_that_is_not_over_is_left_out_and_comes_with_its_close(tmp_path: Path) -> None:
    table = "Date,Close,Volume\n2025-03-03,10,100\n2025-03-04,10.30,40\n"
    imported = import_text(tmp_path, table, now=ELEVEN)
    assert (imported.code, closes(imported)) == (0, [("CSCO", 10)])
    assert "line 3: its day or interval is not over: it was left out; import the file again" in imported.err
    assert "1 were left out, because their day or interval is not over." in imported.out
    later = import_text(tmp_path, table.replace("10.30,40", "9.10,180"), now=CLOSED)
    assert (later.code, [(bar.close_usd, bar.volume) for bar in bars(later)]) == (0, [(10, 100), (9.1, 180)])


def test_a_row_of_the_future_is_refused(tmp_path: Path) -> None:
    imported = import_text(tmp_path, "Date,Close\n2025-03-03,10\n2025-04-03,11\n", now=ELEVEN)
    assert (imported.code, closes(imported)) == (1, [("CSCO", 10)])
    assert "line 3: it would be known at 2025-04-03 20:00 UTC, which lies in the future" in imported.err


def test_a_month_that_is_not_over_is_left_out(tmp_path: Path) -> None:
    table = "GPU,eBay Price,QTY Sold,Month\nA,$10,1,February 2025\nA,$9,1,March 2025\nA,$8,1,April 2025\n"
    imported = import_text(tmp_path, table, now=ELEVEN)
    assert [bar.known_at.month for bar in imported.events] == [3]
    assert "line 3: its day or interval is not over" in imported.err
    assert "line 4: it would be known at 2025-05-01 00:00 UTC" in imported.err


POLLED = (
    "Ticker,Close,Volume,Timestamp\n"
    "AAA,104.82,843,2026-01-29 09:06:00\n"
    "AAA,104.92,882794,2026-01-29 09:06:00\n"
    "AAA,104.90,7,2026-01-29 09:06:00\n"
)


@pytest.mark.parametrize(("keep", "close"), [("first", 104.82), ("last", 104.9), ("most_volume", 104.92)])
def test_the_mapping_says_which_of_several_rows_holds(tmp_path: Path, keep: str, close: float) -> None:
    imported = import_text(tmp_path, POLLED, MINUTES + f"keep: {keep}\n")
    assert closes(imported) == [("AAA", close)]
    assert imported.code == (1 if keep == "first" else 0)
    assert ("2 were left out, as the mapping says." in imported.out) == (keep != "first")


def test_what_was_imported_before_is_not_replaced_and_told(tmp_path: Path) -> None:
    import_text(tmp_path, "date,close\n2025-03-03,10\n", DAILY)
    imported = import_text(tmp_path, "date,close\n2025-03-03,11\n", DAILY + "keep: last\n")
    assert (imported.code, closes(imported)) == (1, [("CSCO", 10)])
    assert "(import into a new folder to have the other one)." in imported.err


def test_a_day_is_not_counted_again_when_the_mapping_says_another_close(tmp_path: Path) -> None:
    table = "date,close\n2025-03-03,10\n2025-03-04,11\n"
    import_text(tmp_path, table, DAILY)
    imported = import_text(tmp_path, table, DAILY + "closes_at: '16:30'\n")
    assert (imported.code, len(imported.events)) == (1, 2)
    assert imported.err.count("has a price that was known at another time: it was kept") == 2


def test_days_that_never_end_keep_their_days_when_clocks_change(tmp_path: Path) -> None:
    days = [date(2025, 3, 7) + timedelta(days=number) for number in range(5)]
    table = "\n".join(["date,close", *(f"{day},10" for day in days)])
    imported = import_text(tmp_path, table, DAILY + "closes_at: '19:30'\n")
    assert (imported.code, len(imported.events)) == (0, 5)


@pytest.mark.parametrize("said", ["", "split_adjusted: true\n"])
def test_a_hundredfold_error_is_told_as_a_change_of_unit(tmp_path: Path, said: str) -> None:
    table = "Date,Close,Volume\n2025-03-03,61.5,0\n2025-03-04,0.6,0\n2025-03-05,61.5,0\n"
    imported = import_text(tmp_path, table, DAILY + said)
    assert imported.err.count("it looks like a change of unit, such as pence for pounds") == 2
    assert "line 3: CSCO moved -99% in a day, from 61.50 to 0.60 USD" in imported.err


GERMAN = (
    "kind: daily_bars\ntime_zone: Europe/Berlin\ncloses_at: '17:30'\ndecimal_comma: true\n"
    "columns: {date: Datum, close: Schluss}\n"
)


def test_a_point_that_groups_nothing_is_no_decimal_point(tmp_path: Path) -> None:
    table = "\ufeffDatum;Schluss\n03.03.2025;12,50\n04.03.2025;12.75\n05.03.2025;1.234,50\n31.03.2025;1.234\n"
    imported = import_text(tmp_path, table, GERMAN)
    assert [close for _, close in closes(imported)] == [12.5, 1234.5, 1234]
    assert "line 3: the price is '12.75', whose point groups no thousands" in imported.err


@pytest.mark.parametrize(
    ("name", "symbol"),
    [
        ("daily_AAA.csv", "AAA"),
        ("weekly_adjusted_IBM.csv", "IBM"),
        ("nvda.us.txt", "NVDA"),
        ("BRK-B.csv", "BRK-B"),
        ("aaa-daily.csv", "AAA"),
        ("ENR.DE.csv", "ENR.DE"),
        ("^GSPC.csv", "GSPC"),
        ("AAA Historical Data (1).csv", "AAA"),
        ("AAA_2024-06_2026-05.csv", "AAA"),
        ("ARM_1m.csv", "ARM"),
        ("GOOG_F.csv", "GOOG"),
        ("prices_F.csv", "F"),
        ("nvda_us_d.csv", "NVDA"),
        ("enr.de.csv", "ENR.DE"),
    ],
)
def test_vendors_name_their_files_after_shares(tmp_path: Path, name: str, symbol: str) -> None:
    assert closes(import_text(tmp_path, "Date,Close\n2025-03-03,10\n", name=name)) == [(symbol, 10)]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("daily.csv", "its name names no share"),
        ("HistoricalData_17.csv", "its name names no share"),
        ("MarketData.csv", "its name names no share"),
        ("closing.csv", "its name names no share"),
        ("AAA_BBB.csv", "its name may mean AAA or BBB"),
    ],
)
def test_a_file_whose_name_says_too_little_is_asked_about(tmp_path: Path, name: str, why: str) -> None:
    with pytest.raises(UsageError, match=why) as refused:
        import_text(tmp_path, "Date,Close\n2025-03-03,10\n", name=name)
    assert "such as symbol: CSCO" in refused.value.remedy


def test_symbols_of_new_york_are_those_of_everybody_else(tmp_path: Path) -> None:
    table = "<TICKER>,<PER>,<DATE>,<TIME>,<CLOSE>\nAAA.US,D,20250303,000000,10.5\n"
    assert closes(import_text(tmp_path, table, name="nvda.us.txt")) == [("AAA", 10.5)]


EXCHANGES = (
    "symbol,date,close\nNASDAQ:AAA,2025-03-03,10\nBRK/B,2025-03-03,400\nBBB us Equity,2025-03-03,10\n"
    "X:AAAUSD,2025-03-03,10\n"
)


def test_what_makes_a_symbol_is_said_once_for_a_file(tmp_path: Path) -> None:
    asked = import_text(tmp_path, EXCHANGES, DAILY)
    assert (asked.code, asked.events) == (1, [])
    for hint in ('{"NASDAQ:": ""}', '{"/": "-"}', '{" us Equity": ""}', '{"X:": ""}'):
        assert f"say once for the file replace: {hint}" in asked.err
    mapping = (
        DAILY + 'replace: {"NASDAQ:": "", /: "-", " us Equity": "", "X:": ""}\nnames: {AAAUSD: AAA-USD}\n'
    )
    imported = import_text(tmp_path, EXCHANGES, mapping)
    assert sorted(closes(imported)) == [("AAA", 10), ("AAA-USD", 10), ("BBB", 10), ("BRK-B", 400)]


@pytest.mark.parametrize(
    ("first", "second", "days"),
    [
        ("1/2/2025 16:00:00", "1/31/2025 16:00:00", [2, 31]),
        ("01/30/25", "01/29/25", [29, 30]),
        ("2025-1-2", "2025-1-31", [2, 31]),
        ("1/2/2025 4:00 PM", "1/31/2025 4:00 PM", [2, 31]),
    ],
)
def test_days_are_read_as_spreadsheets_write_them(
    tmp_path: Path, first: str, second: str, days: list[int]
) -> None:
    imported = import_text(tmp_path, f"Date, Close\n{first}, 10\n{second}, 11\n", DAILY)
    assert [(bar.last_at.month, bar.last_at.day) for bar in bars(imported)] == [(1, day) for day in days]


def test_the_hint_of_a_day_that_could_be_two_works(tmp_path: Path) -> None:
    # 31.01.25 may be of 2025 or of 2031.
    for text, date_format in (("01/02/25", "%m/%d/%y"), ("31.01.25", "%d.%m.%y"), ("1/2/2025", "%m/%d/%Y")):
        table = f"Date,Close\n{text},10\n"
        imported = import_text(tmp_path, table, DAILY)
        assert (imported.code, f"such as date_format: '{date_format}')" in imported.err) == (1, True)
        there = import_text(
            tmp_path / date_format.replace("/", ""), table, DAILY + f"date_format: '{date_format}'\n"
        )
        assert len(bars(there)) == 1


@pytest.mark.parametrize("stamp", ["1744792500", "1744792500000", "1744792500000000", "1744792500000000000"])
def test_times_are_counted_from_1970_in_any_part_of_a_second(tmp_path: Path, stamp: str) -> None:
    table = f"ticker,close,window_start\nAAA,200.5,{stamp}\nAAA,200.34,-68400000000000\n"
    imported = import_text(tmp_path, table, "kind: minute_bars\ncolumns: {time: window_start}\n")
    assert [bar.bucket for bar in bars(imported)] == [datetime(2025, 4, 16, 8, 35, tzinfo=UTC)]
    assert "line 3: the time is '-68400000000000', a count from 1970 that lies before it" in imported.err


def test_a_feed_that_died_is_told(tmp_path: Path) -> None:
    days = [MONDAY + timedelta(days=number) for number in (0, 1, 2, 3, 4, 7)]
    rows = [
        f"{symbol},{day},10"
        for day in days
        for symbol in ("AAA", "BBB", "CCC")
        if symbol != "AAA" or day < date(2025, 3, 5)
    ]
    imported = import_text(tmp_path, "\n".join(["symbol,date,close", *rows]), DAILY)
    told = "Look at this: AAA has no price after 4 March 2025, while others go on to 10 March 2025."
    assert (imported.code, imported.err.strip()) == (0, told)


def test_a_price_that_stands_still_without_trades_is_told(tmp_path: Path) -> None:
    days = [MONDAY + timedelta(days=number) for number in (0, 1, 2, 3, 4, 7, 8)]
    rows = [f"{day},10,{100 if day == MONDAY else 0}" for day in days]
    imported = import_text(tmp_path, "\n".join(["date,close,volume", *rows]), DAILY)
    told = (
        "CSCO stands at 10.00 USD without a trade on its last 6 days, from 4 March 2025 to 11 March 2025:"
        " its feed may be dead."
    )
    assert (imported.code, imported.err.strip()) == (0, f"Look at this: {told}")


def test_all_refused_rows_are_in_a_file_beside_the_import(tmp_path: Path) -> None:
    rows = [f"{MONDAY},x{number}" for number in range(50)]
    imported = import_text(tmp_path, "\n".join(["date,close", *rows]), DAILY)
    path = tmp_path / "into-refused.csv"
    assert imported.err.count("which is no number") == 20
    assert "... and 30 more." in imported.err
    assert f"All rows that did not fit are in {path}." in imported.out
    with path.open() as file:
        found = list(csv.DictReader(file))
    assert len(found) == 50
    assert found[49] == {
        "file": str(tmp_path / "CSCO.csv"),
        "line": "51",
        "reason": "the price is 'x49', which is no number.",
    }
    import_text(tmp_path, "date,close\n2025-03-03,1\n", DAILY)
    assert not path.exists()


def test_two_files_are_compared_as_one(tmp_path: Path) -> None:
    for name, close in (("a", 10), ("b", 11)):
        (tmp_path / f"{name}.csv").write_text(f"symbol,date,close\nAAA,2025-03-03,{close}\n")
    paths = [tmp_path / "a.csv", tmp_path / "b.csv"]
    imported = Imported(tmp_path / "into", paths, written_mapping(tmp_path, DAILY + "keep: last\n"))
    assert (imported.code, closes(imported)) == (0, [("AAA", 11)])
