"""Promised days of power: one promise for each list in which a site stood with another day."""

import re
from collections.abc import Iterator
from datetime import date, datetime

from events.base import Event
from events.errors import UsageError, short
from ouroboros.history import cells
from ouroboros.history.cells import UnfitCell
from ouroboros.history.kinds.common import RowReader, Table, cell, end_of, plausible
from ouroboros.history.mapping import PowerSchedule
from ouroboros.history.tables import Row

_ARROW = re.compile(r"\s*(?:\u2192|->|=>)\s*")


def power_schedule(table: Table, mapping: PowerSchedule) -> RowReader:
    """Read a row as the promise that it tells, and the one that it tells of. Raises UsageError."""
    columns, zone = mapping.columns, mapping.zone
    for named in columns.model_dump().values():
        table.column(named)
    if zone is None:
        raise UsageError("Days need a time zone.", "Say time_zone in the mapping.")

    def published(row: Row, column: str) -> datetime:
        on = cells.day(row.cells[column], "the day of the list", mapping.date_format)
        return end_of(plausible(on, "the day of the list"), zone)

    def promise(row: Row, known_at: datetime, expected_on: date) -> Event:
        mw = cell(row, columns.mw)
        return table.event(
            "PowerScheduled",
            known_at,
            {
                "site_id": table.name(row.cells[columns.site]),
                "operator": table.name(cell(row, columns.operator) or mapping.operator or ""),
                "mw": None if mw is None else cells.positive(mw, "the power", mapping.decimal_comma),
                "expected_on": expected_on.isoformat(),
            },
        )

    def read(row: Row) -> Iterator[Event | str]:
        known_at = published(row, columns.published)
        if columns.change is None:
            text = row.cells[columns.expected_on or ""]
            yield promise(
                row, known_at, plausible(_day(text, "the promised day", mapping), "the promised day")
            )
            return
        both = _ARROW.split(row.cells[columns.change])
        if len(both) != 2:
            raise UnfitCell(
                f"the change is {short(row.cells[columns.change])}, not an old day, an arrow and a new day"
            )
        before = published(row, columns.published_before) if columns.published_before else None
        told = ((before, both[0], "the old day"), (known_at, both[1], "the new day"))
        for when, text, what in told:
            if when is None:
                continue
            # One day may be a slip; the other one stands.
            try:
                yield promise(row, when, plausible(_day(text, what, mapping), what))
            except UnfitCell as error:
                yield str(error)

    return read


def _day(text: str, what: str, mapping: PowerSchedule) -> date:
    return cells.day(text, what, mapping.date_format)
