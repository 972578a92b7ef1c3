"""Promised days of power: one promise for each list in which a site stood with another day."""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from events.base import Event
from events.errors import UsageError, short
from ouroboros.imports import parse
from ouroboros.imports.kinds.common import LeftOut, RowReader, Table, cell, end_of, plausible
from ouroboros.imports.kinds.power_status import Statuses
from ouroboros.imports.mapping import PowerSchedule, PowerStatus
from ouroboros.imports.parse import UnfitCell
from ouroboros.imports.tables import Row

_ARROW = re.compile(r"\s*(?:\u2192|->|=>)\s*")
_YEAR_FIRST = re.compile(r"(\d{4})[-/](\d{1,2})", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})/(\d{4})", re.ASCII)
_MONTH_NAMED = re.compile(r"[A-Za-z]{3,9}\.?[\s-]+\d{4}", re.ASCII)
_MW = re.compile(r"([-+]?\d[\d.,]*)\s*MW\b", re.IGNORECASE)


def power_schedule(table: Table, mapping: PowerSchedule) -> RowReader:
    """Read a row as its promise, as the one before it where it names both, or as its end.

    Raises UsageError.
    """
    columns = mapping.columns
    for named in columns.model_dump().values():
        table.column(named)
    if columns.published is None and mapping.published is None:
        raise UsageError(
            f"{table.path} does not say when it was published.",
            "Say --published 2026-09-30, or in a mapping published: 2026-09-30, or a column for it.",
        )
    rows = _Rows(table, mapping)

    def read(row: Row) -> Iterator[Event | str]:
        known_at = table.published(row)
        assert known_at is not None  # noqa: S101  a column or a day is named
        status = rows.statuses.of(row)
        if mapping.totals:
            yield rows.total(row, known_at)
        elif status in {"withdrawn", "cancelled", "completed"}:
            yield rows.end(row, known_at, status)
        elif columns.change is None:
            yield from rows.promises(row, known_at)
        elif status == "resized":
            yield from rows.resized(row, known_at, row.cells[columns.change])
        else:
            yield from rows.changes(row, known_at, row.cells[columns.change])

    return read


class _Rows:
    """Reads what the rows of a schedule say."""

    def __init__(self, table: Table, mapping: PowerSchedule) -> None:
        self.statuses = Statuses(table, mapping)
        self._table, self._mapping, self._columns = table, mapping, mapping.columns
        self._zone = ZoneInfo(mapping.time_zone)
        of_days = (
            *(self._columns.published_before, self._columns.expected_before, self._columns.expected_on),
            *(self._columns.completed_on, self._columns.withdrawn_on),
        )
        self._formats = {column: table.date_format(column) for column in of_days if column}
        # What some columns prove holds for those with too few rows to prove anything.
        proven = {written for written in self._formats.values() if written}
        self._shared = proven.pop() if len(proven) == 1 else None

    def promises(self, row: Row, known_at: datetime) -> Iterator[Event]:
        """Read the promise of a row, after the one that was made before."""
        before, mw = self._day(row, self._columns.expected_before, "the day promised before"), self._mw(row)
        requested_on = self._day(row, self._columns.published_before, "the list before")
        expected_on = self._day(row, self._columns.expected_on, "the promised day") or before
        if expected_on is None:
            raise UnfitCell("the promised day is empty")
        if before and requested_on and (requested := end_of(requested_on, self._zone)) < known_at:
            yield self.scheduled(row, requested, before, mw)
        yield self.scheduled(row, known_at, expected_on, mw)

    def changes(self, row: Row, known_at: datetime, change: str) -> Iterator[Event | str]:
        """Read an old and a new day; one may be a slip, and the other one stands."""
        both = _ARROW.split(change)
        if len(both) != 2:
            raise UnfitCell(f"the change is {short(change)}, not an old day, an arrow and a new day")
        listed = self._day(row, self._columns.published_before, "the list before")
        before = end_of(listed, self._zone) if listed else None
        said = self._mapping.date_format
        for when, text, what in ((before, both[0], "the old day"), (known_at, both[1], "the new day")):
            if when is None:
                continue
            try:
                on = parse.day(text, what, said if isinstance(said, str) else None)
                yield self.scheduled(row, when, plausible(on, what), self._mw(row))
            except UnfitCell as error:
                yield str(error)

    def end(self, row: Row, known_at: datetime, status: PowerStatus) -> Event:
        """Read how a promise ended: withdrawn, cancelled or completed."""
        listed_on = self._listed_on(known_at)
        try:
            mw = self._mw(row)
        except UnfitCell:
            # An end is one, whatever the list says of its power.
            mw = None
        fields: dict[str, Any] = {**self._of_site(row), "mw": mw}
        if status == "completed":
            # A list that says no day says that it was by then; one that had been promised may be over.
            on = self._day(row, self._columns.completed_on, "the day of completion")
            on = on or self._day(row, self._columns.expected_on, "the promised day") or listed_on
            return self._table.event(
                "PowerCompleted", known_at, {**fields, "completed_on": min(on, listed_on).isoformat()}
            )
        on = self._day(row, self._columns.withdrawn_on, "the day of withdrawal") or listed_on
        fields |= {"reason": status, "occurred_at": f"{min(on, listed_on)}T00:00:00Z"}
        return self._table.event("PowerWithdrawn", known_at, fields)

    def total(self, row: Row, known_at: datetime) -> Event:
        """Read all that a site has by a day, the day of the list where none is named."""
        column, text = self._columns.expected_on, cell(row, self._columns.mw)
        mw = None if text is None else parse.number(text, "the power", self._mapping.decimal_comma)
        if mw is not None and mw < 0:
            raise UnfitCell(f"the power in all is {mw:g} MW, below 0")
        if not mw and column is not None:
            raise LeftOut
        return self.scheduled(row, known_at, self._day(row, column, "the day"), mw or None)

    def scheduled(self, row: Row, known_at: datetime, expected_on: date | None, mw: float | None) -> Event:
        """Return a promise."""
        on = expected_on.isoformat() if expected_on else None
        return self._table.event(
            "PowerScheduled", known_at, {**self._of_site(row), "mw": mw, "expected_on": on}
        )

    def resized(self, row: Row, known_at: datetime, change: str) -> Iterator[Event | str]:
        """Read new MW, the last in a text such as "204.0 -> 203.0 MW". Without any it stands in the list."""
        found = _MW.findall(change)
        if not found:
            raise UnfitCell(f"the change is {short(change)}, which names no MW")
        try:
            yield self.scheduled(row, known_at, None, self._positive(found[-1]))
        except UnfitCell as error:
            yield self.scheduled(row, known_at, None, None)
            yield str(error)

    def _of_site(self, row: Row) -> dict[str, Any]:
        operator = cell(row, self._columns.operator) or self._mapping.operator
        return {
            "site_id": self._table.name(row.cells[self._columns.site]),
            "phase": cell(row, self._columns.phase),
            "operator": self._table.name(operator) or None if operator else None,
        }

    def _mw(self, row: Row) -> float | None:
        text = cell(row, self._columns.mw)
        return None if text is None else self._positive(text)

    def _positive(self, text: str) -> float:
        mw = parse.number(text, "the power", self._mapping.decimal_comma)
        if mw > 0:
            return mw
        what = (
            "which promises nothing" if mw == 0 else "which takes power away (an uprate or its correction?)"
        )
        raise UnfitCell(
            f"the power is {mw:g} MW, {what}: give more than 0 MW, or an empty cell where it is unknown"
        )

    def _day(self, row: Row, column: str | None, what: str) -> date | None:
        text = cell(row, column)
        if column is None or text is None:
            return None
        if self._formats[column] is None and (month := _month(text)):
            return plausible(month.replace(day=monthrange(month.year, month.month)[1]), what)
        try:
            return plausible(parse.day(text, what, self._formats[column]), what)
        except UnfitCell:
            if self._formats[column] is not None or self._shared is None:
                raise
            return plausible(parse.day(text, what, self._shared), what)

    def _listed_on(self, known_at: datetime) -> date:
        # A list is known when its day is over, which is when the next one begins.
        return (known_at - timedelta.resolution).astimezone(self._zone).date()


def _month(text: str) -> date | None:
    """Return the first day of a month that is named without a day, None for anything else."""
    if found := _YEAR_FIRST.fullmatch(text):
        text = f"{found[1]}-{found[2]:0>2}"
    elif found := _YEAR_LAST.fullmatch(text):
        text = f"{found[2]}-{found[1]:0>2}"
    elif not _MONTH_NAMED.fullmatch(text):
        return None
    return parse.month(text, "the promised month")
