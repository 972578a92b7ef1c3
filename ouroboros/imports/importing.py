"""Tables of others as events: read, sorted as they were known, compared with each other.

Every row gives events, or a problem with its line. Files may come in any order and be any size:
what is compared with what is decided on the sorted events (reconcile.py), never in memory.
"""

import heapq
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from events.base import Event
from events.codec import encode
from ouroboros.history.ordering import in_known_order
from ouroboros.history.source import Entry, Stored, entry
from ouroboros.imports.guessing import guess_mapping
from ouroboros.imports.kinds.bars import daily, minutes
from ouroboros.imports.kinds.common import REPEATED, LeftOut, RowReader, Table
from ouroboros.imports.kinds.deal_list import deals, listed_at
from ouroboros.imports.kinds.gpu_prices import gpu_prices
from ouroboros.imports.kinds.power_schedule import power_schedule
from ouroboros.imports.known_deals import KnownDeals
from ouroboros.imports.located import LocatedEvent
from ouroboros.imports.mapping import DailyBars, DealList, GpuPrices, Mapping, MinuteBars, PowerSchedule
from ouroboros.imports.mapping_file import read_mapping
from ouroboros.imports.parse import UnfitCell
from ouroboros.imports.reconcile import Reconciler
from ouroboros.imports.tables import MOST_COLUMNS, Problem, Row, read_header, read_rows

# A row gives no more events than it has cells: line and number of an event are one number in the sorting.
EVENTS_PER_ROW = MOST_COLUMNS


@dataclass(slots=True)
class Tally:
    """What became of the rows."""

    rows: int = 0
    left_out: int = 0
    not_over: int = 0
    refused: int = 0
    repeated: int = 0
    events: int = 0


Report = Callable[[Problem], None]


def read_tables(
    paths: Sequence[Path], mapping: str | Path | None, published: date | None = None
) -> list[Table]:
    """Read the headers of files, and find out what their columns mean. Raises UsageError.

    Files whose mapping names no day of publication were `published` on that day.
    """
    tables = []
    for path in paths:
        meant = read_mapping(guess_mapping(path) if mapping is None else mapping)
        if published is not None and meant.published is None:
            meant = meant.model_copy(update={"published": published})
        table = Table(path, read_header(path, meant.layout), meant)
        table.check()
        row_reader(table)
        tables.append(table)
    return tables


def reconciled(
    tables: Sequence[Table],
    tally: Tally,
    refuse: Report,
    notice: Callable[[str], None],
    *,
    known_already: Iterable[Event] = (),
    known_deals: Iterable[Event] = (),
    before: str = "",
    now: datetime | None = None,
) -> Iterator[LocatedEvent]:
    """Read tables into events as they were known, each with its address, after what is `known_already`.

    What is known already comes in known order, and stands in `before`; `known_deals` are what of it is about
    deals, and may come from elsewhere. What does not fit is given to `refuse` as it is met, what looks odd to
    `notice`. Rows of days that are not over by `now` are left out, and those of the future refused. Raises
    UsageError.
    """
    already = (
        Stored(event.known_at, -1, number, encode(event)) for number, event in enumerate(known_already)
    )
    known = KnownDeals(known_deals, before)
    read = _rows(tables, tally, refuse, notice, now=now or clock(), known=known)
    rows = heapq.merge(already, in_known_order(read))
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
        elif found.is_left_out:
            tally.left_out += 1
        else:
            tally.repeated += 1
    for sentence in (*reconciler.notices(), *known.doubles()):
        notice(sentence)


def lists_deals(tables: Iterable[Table]) -> bool:
    """Return whether any table is a list of deals, which is compared with what is known of them."""
    return any(isinstance(table.mapping, DealList) for table in tables)


def row_reader(table: Table, known: KnownDeals | None = None) -> RowReader:
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
            return deals(table, mapping, known or KnownDeals())


def numbered(events: Iterable[LocatedEvent], start: int) -> Iterator[Entry]:
    """Return events as entries of a journal of their own, one an offset."""
    for offset, located in enumerate(events, start=start):
        yield Entry(offset, 0, located.event)


def clock() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


def _rows(
    tables: Sequence[Table],
    tally: Tally,
    refuse: Report,
    notice: Callable[[str], None],
    *,
    now: datetime,
    known: KnownDeals,
) -> Iterator[Stored]:
    # Lists of deals in the order of their days, whatever the order in which they are named.
    for number, table in sorted(enumerate(tables), key=lambda pair: _listed_at(pair[1])):
        read, line, index = row_reader(table, known), 0, 0
        not_over: list[int] = []
        for row in read_rows(table.path, table.mapping.layout):
            tally.rows += 1
            if isinstance(row, Problem):
                tally.refused += 1
                refuse(row)
                continue
            found = _read(table, read, row, now)
            # Some lines are a row for each share.
            index = index if row.line == line else row.line * EVENTS_PER_ROW
            line = row.line
            for event in found.events:
                yield Stored(event.known_at, number, index, encode(event))
                index += 1
            tally.left_out += found.is_left_out
            tally.repeated += found.repeated
            tally.refused += bool(found.reasons)
            for reason in found.reasons:
                refuse(Problem(table.path, row.line, f"{reason}."))
            if found.is_not_over:
                tally.not_over += 1
                not_over.append(row.line)
        if not_over:
            more = f" (and {len(not_over) - 1:,} more rows)" if len(not_over) > 1 else ""
            notice(
                f"{table.path}, line {not_over[0]}{more}: its day or interval is not over: it was left out;"
                " import the file again when it is."
            )
        if isinstance(table.mapping, DealList):
            for sentence in known.missing(table.path, listed_at(table, table.mapping)):
                notice(sentence)


def _listed_at(table: Table) -> datetime:
    known = listed_at(table, table.mapping) if isinstance(table.mapping, DealList) else None
    return known or datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class _Found:
    """What a row gives."""

    events: list[Event] = field(default_factory=list)
    reasons: list[str] = field(default_factory=list)
    repeated: int = 0
    is_left_out: bool = False
    is_not_over: bool = False


def _read(table: Table, read: RowReader, row: Row, now: datetime) -> _Found:
    found = _Found()
    if not table.counts(row):
        found.is_left_out = True
        return found
    try:
        for event in read(row):
            if event == REPEATED:
                found.repeated += 1
            elif isinstance(event, str):
                found.reasons.append(event)
            elif event.known_at <= now:
                found.events.append(event)
            elif _is_of_today(event, table.mapping, now):
                found.is_not_over = True
            else:
                found.reasons.append(
                    f"it would be known at {event.known_at:%Y-%m-%d %H:%M} UTC, which lies in the future"
                    " (is the day right?)"
                )
    except LeftOut:
        found.is_left_out = True
    except UnfitCell as error:
        found.reasons.append(str(error))
    return found


def _is_of_today(event: Event, mapping: Mapping, now: datetime) -> bool:
    """Return whether what is not known yet is of a day or month that has begun."""
    zone = mapping.zone or UTC
    # What is known at midnight is of the day before.
    last = (event.known_at - timedelta(microseconds=1)).astimezone(zone).date()
    today = now.astimezone(zone).date()
    if isinstance(mapping, GpuPrices) and mapping.period == "month":
        return (last.year, last.month) == (today.year, today.month)
    return last == today
