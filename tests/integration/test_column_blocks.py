"""Blocks are copied into tables as their rows would be."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid5

import numpy as np
import psycopg
import pytest
from hypothesis import given as forall
from hypothesis import settings as running
from hypothesis import strategies as st

from projections.base import Projection
from projections.column_block import ColumnBlock
from projections.journal_event.fold import JOURNAL_EVENT, JournalEventRow
from projections.prices.fold import PRICES, EquityBarPartRow
from projections.store.writing import ROWS_AT_ONCE, RowBuffer, lines

NOW = datetime(2026, 1, 5, 14, 30, tzinfo=UTC)
AWKWARD = ["plain", "a\\b", "\\N", "\\.", "tab\there", "line\nline\r\n", "é 💰", "", '"quoted", and so on']


def block_of(row: type[Any], rows: list[Any]) -> ColumnBlock:
    """Turn rows into columns, times without their zone and ids as text."""
    return ColumnBlock(row, tuple(_column(list(values)) for values in zip(*rows, strict=True)))


def _column(values: list[Any]) -> Any:
    match values[0]:
        case datetime():
            return np.array([time.replace(tzinfo=None) for time in values], dtype="datetime64[us]")
        case str() | UUID():
            return np.array([str(value) for value in values], dtype=object)
        case _:
            return np.array(values)


def event_row(number: int, text: str) -> JournalEventRow:
    at = NOW.replace(microsecond=number)
    ids = uuid5(UUID(int=0), str(number))
    return JournalEventRow(at, number, 0, ids, "EquityBarClosed", at, text, text, text, text, "{}")


def bar_row(number: int, price: float) -> EquityBarPartRow:
    ids = uuid5(UUID(int=0), str(number))
    return EquityBarPartRow("D", 60, NOW, ids, price, price, 0.1, 1e-9, 1e15, NOW, NOW)


async def written(database: str, projection: Projection[Any], buffer: RowBuffer, table: str) -> list[Any]:
    async with await psycopg.AsyncConnection.connect(database) as connection:
        await connection.execute("SET TIME ZONE 'Asia/Kolkata'")
        async with connection.cursor() as cursor:
            await buffer.write(cursor)
            await cursor.execute(f"SELECT * FROM {projection.schema}.{table}")  # noqa: S608
            return await cursor.fetchall()


@pytest.mark.integration
@pytest.mark.asyncio
async def test_texts_numbers_and_times_come_back_as_they_were(database: str) -> None:
    rows = [event_row(number, text) for number, text in enumerate(AWKWARD)]
    buffer = RowBuffer(JOURNAL_EVENT)
    buffer.add([block_of(JournalEventRow, rows)], NOW)
    found = await written(database, JOURNAL_EVENT, buffer, "journal_event")
    assert sorted(row[:-1] for row in found) == [row[:-1] for row in rows]


@pytest.mark.integration
@pytest.mark.asyncio
async def test_of_the_rows_of_one_key_in_blocks_and_beside_them_the_last_stays(database: str) -> None:
    buffer = RowBuffer(PRICES)
    first = [bar_row(1, 1.5), bar_row(2, 2.5), bar_row(1, 1.25), bar_row(3, 3.5)]
    buffer.add([block_of(EquityBarPartRow, first)], NOW)
    buffer.add([block_of(EquityBarPartRow, [bar_row(2, 0.1 + 0.2)])], NOW)
    buffer.add([(bar_row(3, 3.75),)], NOW)
    found = await written(database, PRICES, buffer, "equity_bar_part")
    assert sorted(found) == sorted([bar_row(1, 1.25), bar_row(2, 0.1 + 0.2), bar_row(3, 3.75)])


def test_history_before_its_beginning_is_left_out_and_what_stands_is_not() -> None:
    later = NOW.replace(hour=15)
    events, prices = RowBuffer(JOURNAL_EVENT, history_from=later), RowBuffer(PRICES, history_from=later)
    for now in (NOW, later):
        events.add([block_of(JournalEventRow, [event_row(1, "plain")])], now)
        prices.add([block_of(EquityBarPartRow, [bar_row(1, 1.5)])], now)
    assert len(events._blocks) == 1
    assert len(prices._blocks) == 2


@running(deadline=None)
@forall(st.lists(st.text(st.characters(codec="utf-8")), min_size=1, max_size=20))
def test_every_row_is_one_line_with_a_tab_between_two_columns(texts: list[str]) -> None:
    rows = [event_row(number, text) for number, text in enumerate(texts)]
    (text,) = lines(block_of(JournalEventRow, rows))
    *of_rows, last = text.split("\n")
    assert (len(of_rows), last) == (len(rows), "")
    assert {line.count("\t") for line in of_rows} == {len(JournalEventRow._fields) - 1}
    assert "\r" not in text


def test_many_rows_are_written_a_part_at_a_time() -> None:
    row = bar_row(1, 1.5)
    parts = list(lines(block_of(EquityBarPartRow, [row] * (ROWS_AT_ONCE + 1))))
    assert [part.count("\n") for part in parts] == [ROWS_AT_ONCE, 1]
