"""Promised days of power: one promise for each list in which a site stood with another day."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from events.base import Event
from events.errors import short
from ouroboros.imports import parse
from ouroboros.imports.kinds.common import RowReader, Table, cell, day_of, end_of, plausible
from ouroboros.imports.mapping import PowerSchedule
from ouroboros.imports.parse import UnfitCell
from ouroboros.imports.tables import Row

_ARROW = re.compile(r"\s*(?:\u2192|->|=>)\s*")


def power_schedule(table: Table, mapping: PowerSchedule) -> RowReader:
    """Read a row as its promise, and as the one before it where it names both. Raises UsageError."""
    columns, zone = mapping.columns, ZoneInfo(mapping.time_zone)
    for named in columns.model_dump().values():
        table.column(named)

    before_as = table.date_format(columns.published_before) if columns.published_before else None
    expected_as = table.date_format(columns.expected_on) if columns.expected_on else None
    changed_as = mapping.date_format if isinstance(mapping.date_format, str) else None

    def promise(row: Row, known_at: datetime, expected_on: date) -> Event:
        mw = cell(row, columns.mw)
        return table.event(
            "PowerScheduled",
            known_at,
            {
                "site_id": table.name(row.cells[columns.site]),
                "operator": table.name(cell(row, columns.operator) or mapping.operator or ""),
                "mw": None if mw is None else parse.positive(mw, "the power", mapping.decimal_comma),
                "expected_on": expected_on.isoformat(),
            },
        )

    def read(row: Row) -> Iterator[Event | str]:
        known_at = table.published(row)
        assert known_at is not None  # noqa: S101  the mapping names a column or a day
        if columns.change is None:
            expected_on = columns.expected_on or ""
            yield promise(row, known_at, day_of(row, expected_on, "the promised day", expected_as))
            return
        both = _ARROW.split(row.cells[columns.change])
        if len(both) != 2:
            raise UnfitCell(
                f"the change is {short(row.cells[columns.change])}, not an old day, an arrow and a new day"
            )
        before: datetime | None = None
        if columns.published_before:
            before = end_of(day_of(row, columns.published_before, "the list before", before_as), zone)
        promises = ((before, both[0], "the old day"), (known_at, both[1], "the new day"))
        for when, text, what in promises:
            if when is None:
                continue
            # One day may be a slip; the other one stands.
            try:
                yield promise(row, when, plausible(parse.day(text, what, changed_as), what))
            except UnfitCell as error:
                yield str(error)

    return read
