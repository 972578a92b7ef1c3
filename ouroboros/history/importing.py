"""Tables of others as a history: read, sorted as they were known, compared with each other.

Every row gives events, or a problem with its place. Files may come in any order and be any size:
what is compared with what is decided on the sorted events (settling.py), never in memory.
"""

import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from events.base import Event
from events.codec import encode
from ouroboros.history.cells import UnfitCell
from ouroboros.history.kinds.bars import daily, minutes
from ouroboros.history.kinds.common import RowReader, Table
from ouroboros.history.kinds.deal_list import deals
from ouroboros.history.kinds.gpu_prices import gpu_prices
from ouroboros.history.kinds.power_schedule import power_schedule
from ouroboros.history.mapping import DailyBars, DealList, GpuPrices, Mapping, MinuteBars, PowerSchedule
from ouroboros.history.mapping_file import guess_mapping, read_mapping
from ouroboros.history.ordering import in_known_order
from ouroboros.history.settling import Placed, Settling
from ouroboros.history.source import Entry
from ouroboros.history.stored import Stored, entry
from ouroboros.history.tables import MOST_COLUMNS, Problem, read_header, read_rows

# A row gives no more events than it has cells: line and number of an event are one number in the sorting.
EVENTS_PER_ROW = MOST_COLUMNS


@dataclass(slots=True)
class Tally:
    """What became of the rows."""

    rows: int = 0
    left_out: int = 0
    refused: int = 0
    repeated: int = 0
    events: int = 0


Report = Callable[[Problem], None]


def read_tables(paths: Sequence[Path], mapping: str | Path | None) -> list[Table]:
    """Look at the headers of files and find out what their columns mean. Raises UsageError."""
    tables = []
    for path in paths:
        if mapping is None:
            named: str | Path = guess_mapping(path, read_header(path, ","))
        else:
            named = mapping
        meant = read_mapping(named)
        table = Table(path, read_header(path, meant.delimiter), meant)
        row_reader(table)
        for column in meant.only:
            table.column(column)
        tables.append(table)
    return tables


def settled(
    tables: Sequence[Table],
    tally: Tally,
    refuse: Report,
    notice: Callable[[str], None],
    *,
    known_already: Iterable[Event] = (),
    before: str = "",
) -> Iterator[Placed]:
    """Read tables into events as they were known, each with its place, after what is `known_already`.

    What is known already comes in known order, out of the place `before`. What does not fit is told to
    `refuse` as it is met, what looks odd to `notice`. Raises UsageError.
    """
    places = [str(table.path) for table in tables]
    already = (
        Stored(event.known_at, -1, number, encode(event)) for number, event in enumerate(known_already)
    )
    rows = heapq.merge(already, in_known_order(_rows(tables, tally, refuse)))
    settling = Settling([table.mapping for table in tables])

    def placed() -> Iterator[Placed]:
        for row in rows:
            event = entry(row, places[row.journal_offset] if row.journal_offset >= 0 else before).event
            if row.journal_offset < 0:
                yield Placed(event, None, 0, before)
            else:
                line = row.journal_index // EVENTS_PER_ROW
                yield Placed(event, row.journal_offset, line, f"{places[row.journal_offset]}, line {line}")

    for one in settling.settle(placed()):
        if isinstance(one, Placed):
            tally.events += 1
            yield one
        elif one.reason:
            tally.refused += 1
            refuse(Problem(tables[one.file].path, one.line, one.reason))
        else:
            tally.repeated += 1
    for told in settling.notices():
        notice(told)


def row_reader(table: Table) -> RowReader:
    """Choose what reads the rows of a table. Raises UsageError where columns are missing."""
    mapping: Mapping = table.mapping
    match mapping:
        case DailyBars():
            return daily(table, mapping)
        case MinuteBars():
            return minutes(table, mapping)
        case GpuPrices():
            return gpu_prices(table, mapping)
        case PowerSchedule():
            return power_schedule(table, mapping)
        case DealList():
            return deals(table, mapping)


def numbered(placed: Iterable[Placed], start: int) -> Iterator[Entry]:
    """Give events the places of a journal of their own, one an offset."""
    for offset, one in enumerate(placed, start=start):
        yield Entry(offset, 0, one.event)


def _rows(tables: Sequence[Table], tally: Tally, refuse: Report) -> Iterator[Stored]:
    for number, table in enumerate(tables):
        read = row_reader(table)
        only = {column: frozenset(texts) for column, texts in table.mapping.only.items()}
        for row in read_rows(table.path, table.mapping.delimiter):
            tally.rows += 1
            if isinstance(row, Problem):
                tally.refused += 1
                refuse(row)
                continue
            if any(row.cells[column].strip() not in texts for column, texts in only.items()):
                tally.left_out += 1
                continue
            index = row.line * EVENTS_PER_ROW
            reasons: list[str] = []
            try:
                for one in read(row):
                    if isinstance(one, str):
                        reasons.append(one)
                    else:
                        yield Stored(one.known_at, number, index, encode(one))
                        index += 1
            except UnfitCell as error:
                reasons.append(str(error))
            tally.refused += bool(reasons)
            for reason in reasons:
                refuse(Problem(table.path, row.line, f"{reason}."))
