"""What the kinds of tables have in common: finding columns, days and their ends, making the event."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from difflib import get_close_matches
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from events.base import EARLIEST_YEAR, LATEST_YEAR, Event
from events.codec import decode_document
from events.errors import UnreadableEvent, UsageError, short
from ouroboros.imports import parse
from ouroboros.imports.date_formats import written_as
from ouroboros.imports.mapping import Mapping
from ouroboros.imports.parse import UnfitCell, is_empty
from ouroboros.imports.tables import Row, named_in, once, read_rows

# A quarter of a year has days that cannot be months; so many rows of it there are in tables by day.
ROWS_LOOKED_AT = 5_000

# What a row gives: events, and reasons why a part of it gives none; an empty reason where it repeats another.
REPEATED = ""
RowReader = Callable[[Row], Iterator[Event | str]]


class LeftOut(Exception):
    """A row is about something else than the mapping asks for."""


@dataclass(frozen=True)
class Table:
    """A file, its columns, and what they mean."""

    path: Path
    header: tuple[str, ...]
    mapping: Mapping

    def column(self, named: str | None, usual: Sequence[str] = ()) -> str | None:
        """Return a column, by its name or else by a usual one. Raises UsageError where the named is none."""
        if named is not None:
            if named in self.header:
                return once(self.path, self.header, named)
            close = get_close_matches(named, self.header, n=1)
            meant = f" Did you mean {short(close[0])}?" if close else ""
            raise UsageError(
                f"{self.path} has no column {short(named)}.{meant}",
                f"Its columns are {short(', '.join(self.header), 300)}; the first line must name them, or say"
                " skip_lines in the mapping, how many stand above it.",
            )
        names = {simple(name): name for name in reversed(self.header)}
        found = next((names[name] for name in usual if name in names), None)
        return found and once(self.path, self.header, found)

    def check(self) -> None:
        """Raise UsageError where a column that all kinds of tables may name is not there."""
        self.column(self.mapping.columns.published)
        formats = self.mapping.date_format
        of_columns = formats if isinstance(formats, dict) else {}
        added = [name for template in self.mapping.add.values() for name in named_in(template)]
        for name in (*self.mapping.only, *of_columns, *added):
            self.column(name)
        for name in self.mapping.add:
            if self.header.count(name) > 1:
                raise UsageError(
                    f"{self.path} has a column {short(name)} already.", "Give the added one another name."
                )

    def date_format(self, column: str) -> str | None:
        """Return how the days of a column are written: as the mapping says, or as the first rows prove."""
        said = self.mapping.date_format
        found = said.get(column) if isinstance(said, dict) else said
        return found or written_as(self._first(column))

    def has_figures(self, column: str) -> bool:
        """Return whether any of the first rows has more than zeros in a column."""
        return any(sign in "123456789" for text in self._first(column) for sign in text)

    def _first(self, column: str) -> Iterator[str]:
        return (row.cells[column] for row in self.first_rows())

    def first_rows(self) -> Iterator[Row]:
        """Read so many rows as show what a column holds."""
        rows = islice(read_rows(self.path, self.mapping.layout), ROWS_LOOKED_AT)
        return (row for row in rows if isinstance(row, Row) and self.counts(row))

    def counts(self, row: Row) -> bool:
        """Return whether a row is one of those that the mapping asks for."""
        return all(row.cells[column].strip() in texts for column, texts in self.mapping.only.items())

    def name(self, text: str) -> str:
        """Return the name by which something is known here."""
        stripped = text.strip()
        if stripped in self.mapping.names:
            return self.mapping.names[stripped]
        for old, new in self.mapping.replace.items():
            stripped = stripped.replace(old, new)
        return self.mapping.names.get(stripped.strip(), stripped.strip())

    def published(self, row: Row) -> datetime | None:
        """Return when a row was published, None where nothing says so. Raises UnfitCell."""
        column, zone = self.mapping.columns.published, self.mapping.zone
        if column is not None and cell(row, column) is not None:
            what, written = "the day of publication", self._published_as
            if parse.has_clock(row.cells[column]):
                return parse.timestamp(row.cells[column], what, zone, written)
            return end_of(day_of(row, column, what, written, zone), zone or UTC)
        if self.mapping.published is not None:
            return end_of(self.mapping.published, zone or UTC)
        if column is not None:
            raise UnfitCell("the day of publication is empty (say published: for the whole file)")
        return None

    def known_at(self, row: Row, over: datetime) -> datetime:
        """Return when a price was known: as its day or interval was over, or as it was published later."""
        published = self.published(row)
        if published is not None and published < over:
            raise UnfitCell(
                f"it was published at {published:%Y-%m-%d %H:%M} UTC, before its day or interval was over"
            )
        return published or over

    @cached_property
    def _published_as(self) -> str | None:
        column = self.mapping.columns.published
        return None if column is None else self.date_format(column)

    @property
    def source(self) -> str:
        """Return who says what stands in the file."""
        return self.mapping.source or self.path.name[:200]

    def event(
        self, event_type: str, known_at: datetime, fields: dict[str, Any], url: str | None = None
    ) -> Event:
        """Return an event that is known at a time. Raises UnfitCell with all that is wrong with it."""
        document = {
            "event_type": event_type,
            "occurred_at": known_at.isoformat(),
            "known_at": known_at.isoformat(),
            "source": self.source,
            "source_url": url or self.mapping.source_url,
            "certainty": self.mapping.certainty.value,
            **fields,
        }
        try:
            return decode_document({name: value for name, value in document.items() if value is not None})
        except UnreadableEvent as error:
            raise UnfitCell(error.message.removesuffix(".")) from None


def plausible(day: date, what: str) -> date:
    """Return a day that an event can have. Raises UnfitCell for any other."""
    if not EARLIEST_YEAR <= day.year < LATEST_YEAR:
        raise UnfitCell(
            f"{what} is {day.isoformat()}, outside of the years {EARLIEST_YEAR} to {LATEST_YEAR} (a slip?)"
        )
    return day


def day_of(
    row: Row, column: str, what: str, date_format: str | None = None, zone: ZoneInfo | None = None
) -> date:
    """Read the day in a cell. Raises UnfitCell for what is none, or one that no event can have."""
    return plausible(parse.day(row.cells[column], what, date_format, zone), what)


def end_of(day: date, zone: tzinfo) -> datetime:
    """Return the time, in UTC, at which a day is over in a time zone."""
    return datetime.combine(day + timedelta(days=1), time(), zone).astimezone(UTC)


def cell(row: Row, column: str | None) -> str | None:
    """Return the text of a cell, None where there is no such column or nothing in it."""
    text = None if column is None else row.cells[column].strip()
    return None if text is None or is_empty(text) else text


def simple(name: str) -> str:
    """Return letters and digits of a column's name: <CLOSE>, Close/Last and "Adj Close" are all found."""
    return "".join(filter(str.isalnum, name.lower()))
