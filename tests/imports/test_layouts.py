"""Files as programs leave them: titles above the header, separators, workbooks, shares side by side."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from events.errors import UsageError
from events.families.power import PowerScheduled
from events.families.prices import EquityBarClosed, GpuBarClosed
from tests.imports.tables import Imported, import_text

DAILY = "kind: daily_bars\ntime_zone: America/New_York\n"
POWER = "kind: power_schedule\ntime_zone: America/New_York\noperator: Example\n"
INDEX = "kind: gpu_prices\ntime_zone: UTC\nbasis: rental_hour\n"


def closes(imported: Imported) -> list[tuple[str, date, float]]:
    return [
        (event.symbol, event.last_at.date(), event.close_usd)
        for event in imported.events
        if isinstance(event, EquityBarClosed)
    ]


def promises(imported: Imported) -> list[PowerScheduled]:
    return [event for event in imported.events if isinstance(event, PowerScheduled)]


def test_a_title_is_skipped_and_a_promise_is_made_of_two_columns_on_the_day_of_the_whole_list(
    tmp_path: Path,
) -> None:
    mapping = POWER + (
        "skip_lines: 1\npublished: 2026-08-31\nadd: {Due: '{Year}-{Month}-01'}\n"
        "columns: {site: Plant, expected_on: Due, mw: MW}\n"
    )
    table = 'A title, with "quotes\nPlant,Month,Year,MW\nAlpha,9,2026,57.5\nBeta,,2026,5\n'
    imported = import_text(tmp_path, table, mapping)
    (promise,) = promises(imported)
    assert (promise.site_id, promise.mw, promise.expected_on) == ("Alpha", 57.5, date(2026, 9, 1))
    assert promise.known_at == datetime(2026, 9, 1, 4, tzinfo=UTC)
    # A part that is empty makes no day of the rest; the line is that of the file.
    assert "line 4: the promised day is empty." in imported.err


def test_a_list_without_a_day_needs_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"does not say when it was published"):
        import_text(tmp_path, "Plant,Due\n", POWER + "columns: {site: Plant, expected_on: Due}\n")


@pytest.mark.parametrize(
    ("mapping", "why"),
    [
        ("add: {Due: '{Yaer}-01-01'}\n", "no column 'Yaer'. Did you mean 'Year'"),
        ("add: {Year: '2026'}\n", "has a column 'Year' already"),
        ("date_format: {Yaer: '%Y'}\n", "no column 'Yaer'"),
    ],
)
def test_columns_that_are_named_and_not_there_are_told(tmp_path: Path, mapping: str, why: str) -> None:
    with pytest.raises(UsageError, match=why):
        import_text(tmp_path, "Plant,Year,close,date\n", DAILY + mapping)


def test_two_columns_may_write_their_days_in_two_ways(tmp_path: Path) -> None:
    mapping = POWER + (
        "date_format: {list: '%d/%m/%Y', due: '%m/%d/%Y'}\n"
        "columns: {site: Plant, published: list, expected_on: due}\n"
    )
    (promise,) = promises(import_text(tmp_path, "Plant,list,due\nAlpha,02/01/2026,02/01/2026\n", mapping))
    assert (promise.known_at, promise.expected_on) == (
        datetime(2026, 1, 3, 5, tzinfo=UTC),
        date(2026, 2, 1),
    )


def test_days_with_months_of_one_digit_are_proven_by_the_rows_of_their_own_column(tmp_path: Path) -> None:
    mapping = POWER + "columns: {site: Plant, published: list, expected_on: due}\n"
    table = "Plant,list,due\nAlpha,31/1/2026,9/1/2026\nBeta,28/2/2026,12/31/2026\n"
    found = promises(import_text(tmp_path, table, mapping))
    assert [promise.expected_on for promise in found] == [date(2026, 9, 1), date(2026, 12, 31)]


def test_vintages_of_an_index_are_known_when_each_was_published(tmp_path: Path) -> None:
    mapping = INDEX + "columns: {model: gpu, date: day, price: usd, published: vintage}\n"
    table = (
        "gpu,day,usd,vintage\n"
        "H100,2026-03-01,2.50,2026-03-02\n"
        "H100,2026-03-02,2.40,2026-03-03T12:00:00Z\n"
        "H100,2026-03-01,2.10,2026-03-03T12:00:00Z\n"
        "H100,2026-03-04,2.00,2026-03-03\n"
    )
    imported = import_text(tmp_path, table, mapping)
    found = [
        (bar.known_at, bar.first_at.day, bar.close_usd)
        for bar in imported.events
        if isinstance(bar, GpuBarClosed)
    ]
    noon = datetime(2026, 3, 3, 12, tzinfo=UTC)
    assert found == [(datetime(2026, 3, 3, tzinfo=UTC), 1, 2.5), (noon, 1, 2.1), (noon, 2, 2.4)]
    assert "line 5: it was published at 2026-03-04 00:00 UTC, before its day had begun" in imported.err


def test_a_price_list_may_be_published_as_a_whole(tmp_path: Path) -> None:
    (bar,) = import_text(tmp_path, "date,close\n2025-03-03,10\n", DAILY + "published: 2025-03-05\n").events
    assert isinstance(bar, EquityBarClosed)
    assert (bar.last_at, bar.occurred_at) == (datetime(2025, 3, 3, 21, tzinfo=UTC),) * 2
    assert bar.known_at == datetime(2025, 3, 6, 5, tzinfo=UTC)


@pytest.mark.parametrize(
    "table",
    [
        "sep=;\nDate;Close\n2025-03-03;10\n",
        '\ufeff"sep=;"\r\nDate;Close\r\n2025-03-03;10\r\n',
        "Date;Close\n2025-03-03;10\n",
        "Date\tClose\n2025-03-03\t10\n",
        "Date|Close|\n2025-03-03|10|\n",
    ],
)
def test_what_stands_between_cells_is_found(tmp_path: Path, table: str) -> None:
    assert closes(import_text(tmp_path, table)) == [("CSCO", date(2025, 3, 3), 10)]


def test_a_name_that_stands_twice_matters_only_where_it_is_read(tmp_path: Path) -> None:
    table = "date,close,Plot,Plot\n2025-03-03,10,1,2\n"
    assert closes(import_text(tmp_path, table)) == [("CSCO", date(2025, 3, 3), 10)]
    with pytest.raises(UsageError, match="has the column 'Plot' twice"):
        import_text(tmp_path, table, DAILY + "columns: {close: Plot}\n")


ONE_TICKER = (
    "Price,Close,High,Low,Open,Volume\nTicker,AAA,AAA,AAA,AAA,AAA\nDate,,,,,\n"
    "2025-03-03,10.5,11,10,10.2,1000\n2025-03-04,10.8,11,10.4,10.5,1200\n"
)
TWO_TICKERS = (
    "Price,Close,Close,Volume,Volume\nTicker,AAA,BBB,AAA,BBB\nDate,,,,\n"
    "2025-03-03,10.5,20.5,1000,2000\n2025-03-04,,21.5,,2100\n"
)


def test_prices_of_several_shares_side_by_side_are_read(tmp_path: Path) -> None:
    assert closes(import_text(tmp_path, ONE_TICKER, name="yf.csv")) == [
        ("AAA", date(2025, 3, 3), 10.5),
        ("AAA", date(2025, 3, 4), 10.8),
    ]


@pytest.mark.parametrize("above", ["Price", "Attributes", ""])
def test_a_share_without_a_price_on_a_day_has_no_row_there(tmp_path: Path, above: str) -> None:
    imported = import_text(tmp_path, TWO_TICKERS.replace("Price,", f"{above},"), name="yf.csv")
    assert closes(imported) == [
        ("AAA", date(2025, 3, 3), 10.5),
        ("BBB", date(2025, 3, 3), 20.5),
        ("BBB", date(2025, 3, 4), 21.5),
    ]
    assert imported.code == 0


def test_shares_may_stand_above_their_fields(tmp_path: Path) -> None:
    table = "Ticker,BBB,BBB,AAA\nPrice,Close,Open,Close\nDate,,,\n2025-03-03,20.5,20,10.5\n"
    assert closes(import_text(tmp_path, table, name="yf.csv")) == [
        ("BBB", date(2025, 3, 3), 20.5),
        ("AAA", date(2025, 3, 3), 10.5),
    ]


def test_a_mapping_that_names_one_share_takes_that_one_alone(tmp_path: Path) -> None:
    mapping = DAILY + "symbol: AAA\ncolumns: {date: Price, close: Close}\n"
    assert closes(import_text(tmp_path, ONE_TICKER, mapping))[0] == ("AAA", date(2025, 3, 3), 10.5)
    imported = import_text(tmp_path / "two", TWO_TICKERS, mapping)
    assert closes(imported) == [("AAA", date(2025, 3, 3), 10.5)]
    assert "2 were left out" in imported.out
    with pytest.raises(UsageError, match="holds AAA, BBB, and the mapping says symbol: CCC"):
        import_text(tmp_path, TWO_TICKERS, mapping.replace("AAA", "CCC"))


def workbook(path: Path, **sheets: list[list[object]]) -> Path:
    openpyxl = pytest.importorskip("openpyxl")
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    book.save(path)
    return path


SHEET: list[list[object]] = [
    ["Date", "Close", "Volume", None],
    [datetime(2025, 3, 3), 12.75, 1000, None],  # noqa: DTZ001  as Excel has it
    [date(2025, 3, 4), 12, None, None],
    [None, None],
]


@pytest.mark.parametrize("mapping", [None, DAILY + "decimal_comma: true\n"])
def test_a_plain_sheet_of_a_workbook_is_read(tmp_path: Path, mapping: str | None) -> None:
    path = workbook(tmp_path / "CSCO.xlsx", Prices=SHEET, Empty=[])
    (tmp_path / "mapping.yaml").write_text(mapping or "")
    imported = Imported(tmp_path / "into", [path], mapping and str(tmp_path / "mapping.yaml"))
    assert closes(imported) == [("CSCO", date(2025, 3, 3), 12.75), ("CSCO", date(2025, 3, 4), 12)]


def test_of_several_sheets_the_mapping_names_one(tmp_path: Path) -> None:
    path = workbook(tmp_path / "CSCO.xlsx", Notes=[["a note"]], Prices=[["A title"], *SHEET])
    with pytest.raises(UsageError, match="2 sheets with anything in them: 'Notes, Prices'") as refused:
        Imported(tmp_path / "into", [path], None)
    assert "sheet: NAME" in refused.value.remedy
    (tmp_path / "mapping.yaml").write_text(DAILY + "sheet: Prices\nskip_lines: 1\n")
    imported = Imported(tmp_path / "into", [path], str(tmp_path / "mapping.yaml"))
    assert len(closes(imported)) == 2


@pytest.mark.parametrize(
    ("content", "name", "why"),
    [
        (b"PK\x03\x04\xff", "a.xlsx", "Save the sheet as CSV"),
        (b"PK\x03\x04\xff", "a.ods", "Save the sheet as CSV"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "a.xls", "Save the sheet as CSV"),
        (b'[{"date": "2025-03-03"}]', "a.csv", "is JSON, no table. Write it as CSV"),
        (b'{\n "a": 1}', "a.txt", "is JSON, no table"),
        (b'{"date": "2025-03-03"}\n', "a.jsonl", "is JSON, no table"),
    ],
)
def test_what_is_no_table_says_what_to_do(tmp_path: Path, content: bytes, name: str, why: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(UsageError) as refused:
        Imported(tmp_path / "into", [path], None)
    assert why in str(refused.value)


@pytest.mark.parametrize(
    ("header", "why"),
    [
        ("gpu,timestamp,price", "gpu-listing-prices would fit but for 'price_usd', which it lacks"),
        ("Date,Volume", "daily-bars would fit but for a column of closing prices"),
        ("when,what", "its columns fit no built-in one. Name one"),
        ("A title", "A mapping may say skip_lines, if a title stands above the names of the columns."),
    ],
)
def test_the_mapping_that_nearly_fits_is_named(tmp_path: Path, header: str, why: str) -> None:
    with pytest.raises(UsageError) as refused:
        import_text(tmp_path, f"{header}\n1,2,3\n")
    assert why in str(refused.value)


def test_times_with_a_clock_may_be_minutes(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="minute-bars would fit but for what its 'datetime' may mean"):
        import_text(tmp_path, "datetime,close\n2025-03-03 14:30:00+00:00,10\n")
    assert closes(import_text(tmp_path, "timestamp,close\n2025-03-03,10\n")) == [
        ("CSCO", date(2025, 3, 3), 10)
    ]
