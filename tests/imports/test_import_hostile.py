"""Whatever a file holds, an import refuses it in a sentence or imports what fits; it never crashes."""

import csv
import tempfile
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.errors import UsageError
from ouroboros.history.opening import open_history
from ouroboros.history.source import Order
from ouroboros.imports.mapping_file import built_in, read_mapping
from tests.imports.tables import Imported

HEADERS = {
    name: [*read_mapping(name).columns.model_dump(exclude_none=True).values(), *read_mapping(name).only]
    for name in built_in()
}
HEADERS["daily-bars"] = ["symbol", "date", "open", "high", "low", "close", "volume"]
HEADERS["minute-bars"] = ["symbol", "datetime", "open", "close", "volume"]
HEADERS["deal-list"] += ["investor_id", "recipient_id"]

LIKELY = st.sampled_from(
    [
        *("", "CSCO", "1998-01-02", "9999-12-31", "0001-01-01", "1e308", "-1", "5", "$1,770", "April 9999"),
        *("NaN", "inf", "2025-03-31 \u2192 1900-01-01", "COD_SLIPPED", "invest", "confirmed", "on-demand"),
        *("Up to $100B", "$999999999999999T", "10 GW", "99999999999999 GW", "\x00", "\ud7ff", '"', "=1+1"),
        *("2026-03-19 13:30:00+00:00", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "9999999999999"),
    ]
)
CELLS = LIKELY | st.text(max_size=12)


@pytest.mark.parametrize("name", HEADERS)
@settings(deadline=None, max_examples=60)
@given(st.data())
def test_any_cells_are_imported_or_refused_row_by_row(name: str, data: st.DataObject) -> None:
    header = HEADERS[name]
    rows = data.draw(st.lists(st.lists(CELLS, min_size=len(header), max_size=len(header)), max_size=5))
    text = StringIO()
    csv.writer(text, quoting=csv.QUOTE_ALL).writerows([header, *rows])
    check(text.getvalue().encode(errors="replace"), name)


@settings(deadline=None, max_examples=100)
@given(st.binary(max_size=200), st.sampled_from([None, *HEADERS]))
def test_any_bytes_are_imported_or_refused(content: bytes, mapping: str | None) -> None:
    check(content, mapping)


def check(content: bytes, mapping: str | None) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "CSCO.csv"
        path.write_bytes(content)
        try:
            imported = Imported(Path(folder) / "into", [path], mapping)
        except UsageError as error:
            assert str(path) in error.message
            return
        assert imported.code == (1 if "line " in imported.err else 0)


@settings(deadline=None, max_examples=100)
@given(st.binary(max_size=200), st.sampled_from([".jsonl", ".parquet", ".csv", ".txt", ""]))
def test_any_file_is_a_history_or_refused(content: bytes, suffix: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"history{suffix}"
        path.write_bytes(content)
        try:
            entries = list(open_history(path).entries(Order.KNOWN))
        except UsageError as error:
            assert str(path) in error.message
        else:
            assert entries == []
