"""Tables of others as events: read, sorted as they were known, compared with each other.

Every row gives events, or a problem with its line. Files may come in any order and be any size:
what is compared with what is decided on the sorted events (reconcile.py), never in memory.
"""

import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from events.base import Event
from events.codec import encode
from ouroboros.history.ordering import in_known_order
from ouroboros.history.source import Entry, Stored, entry
from ouroboros.imports.kinds.bars import daily, minutes
from ouroboros.imports.kinds.common import RowReader, Table
from ouroboros.imports.kinds.deal_list import deals
from ouroboros.imports.kinds.gpu_prices import gpu_prices
from ouroboros.imports.kinds.power_schedule import power_schedule
from ouroboros.imports.located import LocatedEvent
from ouroboros.imports.mapping import DailyBars, DealList, GpuPrices, Mapping, MinuteBars, PowerSchedule
from ouroboros.imports.mapping_file import guess_mapping, read_mapping
from ouroboros.imports.parse import UnfitCell
from ouroboros.imports.reconcile import Reconciler
from ouroboros.imports.tables import MOST_COLUMNS, Problem, read_header, read_rows

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
    """Read the headers of files, and find out what their columns mean. Raises UsageError."""
    tables = []
    for path in paths:
        meant = read_mapping(guess_mapping(path, read_header(path, ",")) if mapping is None else mapping)
        table = Table(path, read_header(path, meant.delimiter), meant)
        row_reader(table)
        for column in meant.only:
            table.column(column)
        tables.append(table)
    return tables


def reconciled(
    tables: Sequence[Table],
    tally: Tally,
    refuse: Report,
    notice: Callable[[str], None],
    *,
    known_already: Iterable[Event] = (),
    before: str = "",
) -> Iterator[LocatedEvent]:
    """Read tables into events as they were known, each with its address, after what is `known_already`.

    What is known already comes in known order, and stands in `before`. What does not fit is given to
    `refuse` as it is met, what looks odd to `notice`. Raises UsageError.
    """
    already = (
        Stored(event.known_at, -1, number, encode(event)) for number, event in enumerate(known_already)
    )
    rows = heapq.merge(already, in_known_order(_rows(tables, tally, refuse)))
    reconciler = Reconciler([table.mapping for table in tables])

    def located() -> Iterator[LocatedEvent]:
        for row in rows:
            if row.journal_offset < 0:
                yield LocatedEvent(entry(row, before).event, None, 0, before)
            else:
                path, line = tables[row.journal_offset].path, row.journal_index // EVENTS_PER_ROW
                event = entry(row, str(path)).event
                yield LocatedEvent(event, row.journal_offset, line, f"{path}, line {line}")

    for found in reconciler.reconcile(located()):
        if isinstance(found, LocatedEvent):
            tally.events += 1
            yield found
        elif found.reason:
            tally.refused += 1
            refuse(Problem(tables[found.table].path, found.line, found.reason))
        else:
            tally.repeated += 1
    for sentence in reconciler.notices():
        notice(sentence)


def row_reader(table: Table) -> RowReader:
    """Return what reads the rows of a table. Raises UsageError where columns are missing."""
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


def numbered(events: Iterable[LocatedEvent], start: int) -> Iterator[Entry]:
    """Return events as entries of a journal of their own, one an offset."""
    for offset, located in enumerate(events, start=start):
        yield Entry(offset, 0, located.event)


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
                for read_of_row in read(row):
                    if isinstance(read_of_row, str):
                        reasons.append(read_of_row)
                    else:
                        yield Stored(read_of_row.known_at, number, index, encode(read_of_row))
                        index += 1
            except UnfitCell as error:
                reasons.append(str(error))
            tally.refused += bool(reasons)
            for reason in reasons:
                refuse(Problem(table.path, row.line, f"{reason}."))
