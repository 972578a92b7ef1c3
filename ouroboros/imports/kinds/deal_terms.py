"""The term of a deal: as its own columns say, or as the words of its amount do."""

import calendar
from datetime import date, timedelta
from typing import NamedTuple

from events.errors import short
from ouroboros.imports.kinds.common import Table, cell, day_of
from ouroboros.imports.mapping import DealList
from ouroboros.imports.parse import UnfitCell
from ouroboros.imports.rates import term_of
from ouroboros.imports.tables import Row
from projections.facts.annual import MONTHS_PER_YEAR, months


class Term(NamedTuple):
    """The first and the last day of a term, and its months, as far as they are stated."""

    starts: date | None = None
    ends: date | None = None
    months: int | None = None


def term_of_row(table: Table, mapping: DealList, row: Row) -> Term:
    """Read what the columns of a row say of its term. Raises UnfitCell for what is none."""
    columns = mapping.columns
    starts = _day(table, row, columns.starts, "the first day")
    ends = _day(table, row, columns.ends, "the last day")
    text = cell(row, columns.term)
    if text is not None:
        stated = term_of(text)
        if stated is None:
            raise UnfitCell(f"the term is {short(text)}, not so many years or months (write: 5 years)")
        return Term(starts, ends, stated)
    if starts is None or ends is None:
        return Term(starts, ends)
    return Term(starts, ends, months(starts, ends))


def with_term(term: Term, on: date, of_months: int | None) -> dict[str, str]:
    """Return the first and the last day of a leg; months without a first day run from when it was known."""
    starts, ends = term.starts, term.ends
    if of_months is not None and ends is None:
        starts = starts or on
        ends = _after(starts, of_months) - timedelta(days=1)
    named = {"starts": starts, "ends": ends}
    return {name: day.isoformat() for name, day in named.items() if day is not None}


def _day(table: Table, row: Row, column: str | None, what: str) -> date | None:
    if column is None or cell(row, column) is None:
        return None
    return day_of(row, column, what, table.date_format(column))


def _after(day: date, of_months: int) -> date:
    year, month = divmod(day.month - 1 + of_months, MONTHS_PER_YEAR)
    last = calendar.monthrange(day.year + year, month + 1)[1]
    return date(day.year + year, month + 1, min(day.day, last))
