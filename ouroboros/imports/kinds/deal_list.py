"""Lists of deals with amounts in words: a row is a deal of one leg; a later list revises what it changed."""

import re
from collections.abc import Iterator
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from events.base import Certainty, Event
from events.errors import short
from events.families.deals import CENT, FINANCING, DealAnnounced, LegKind
from ouroboros.imports.amounts import PLAIN_UNITS, Amount, amount
from ouroboros.imports.deal_vintages import Listed, news
from ouroboros.imports.kinds.common import REPEATED, RowReader, Table, cell, day_of, end_of
from ouroboros.imports.kinds.deal_terms import Term, term_of_row, with_term
from ouroboros.imports.known_deals import KnownDeals
from ouroboros.imports.mapping import DealList
from ouroboros.imports.parse import UnfitCell
from ouroboros.imports.tables import Row

MOST_USD = 10**15
# Less is no deal between companies, but an amount whose unit was not read.
LEAST_USD = 1_000

_NO_PART_OF_AN_ID = re.compile(r"[^a-z0-9.]+")
_DAY_IN_A_NAME = re.compile(r"(?<!\d)(20\d{2})[-_.]?([01]\d)[-_.]?([0-3]\d)(?!\d)")


def deals(table: Table, mapping: DealList, known: KnownDeals) -> RowReader:
    """Read a row as an announcement, or as what it changes of what is known.

    Raises UsageError where a column is not there.
    """
    columns, zone = mapping.columns, ZoneInfo(mapping.time_zone)
    for named in (*columns.model_dump().values(), *mapping.id_columns):
        table.column(named)
    date_format = table.date_format(columns.date)
    of_file = listed_at(table, mapping)

    def read(row: Row) -> Iterator[Event | str]:
        deal_id = _deal_id(row, mapping)
        known.note(table.path, deal_id, table.source)
        on = day_of(row, columns.date, "the day", date_format)
        term = term_of_row(table, mapping, row)
        payer, payee = table.name(row.cells[columns.payer]), table.name(row.cells[columns.payee])
        words = row.cells[columns.amount]
        said = amount(
            words,
            PLAIN_UNITS[mapping.plain_unit],
            currency=mapping.currency,
            decimal_comma=mapping.decimal_comma,
            term_months=term.months,
        )
        kind = _meaning(row.cells[columns.kind], mapping.kinds, "kind")
        leg = {"kind": kind.value, "payer": payer, "payee": payee, **_leg(said, kind, mapping.usd, on, term)}
        title = cell(row, columns.title) or f"{payer} and {payee}: {words.strip()}"
        event = table.event(
            "DealAnnounced",
            end_of(on, zone),
            {
                "deal_id": deal_id,
                "title": title[:200],
                "legs": [leg],
                "fact_id": mapping.facts.get(deal_id),
                **_stage(row, mapping),
            },
            url=cell(row, columns.url),
        )
        assert isinstance(event, DealAnnounced)  # noqa: S101  that is what was asked for
        new = news(known, event, mapping, Listed(table.path, row, table.published(row) or of_file))
        if new is None:
            yield REPEATED
            return
        known.learn(new, f"{table.path}, line {row.line}", table.path, row)
        yield new
        if said.left_open:
            yield said.left_open

    return read


def _deal_id(row: Row, mapping: DealList) -> str:
    parts = (
        _NO_PART_OF_AN_ID.sub("-", row.cells[column].lower()).strip("-") for column in mapping.id_columns
    )
    return "-".join(filter(None, parts))[:200]


def _stage(row: Row, mapping: DealList) -> dict[str, Any]:
    """Return the stage of a deal and how sure it is, as its status says."""
    fields: dict[str, Any] = {"stage": "definitive"}
    status = cell(row, mapping.columns.status)
    if status is not None:
        meant = _meaning(status, mapping.statuses, "status")
        if isinstance(meant, Certainty):
            fields["certainty"] = meant.value
        else:
            fields["stage"] = meant
    return fields


def listed_at(table: Table, mapping: DealList) -> datetime | None:
    """Return when a list was public, the end of its day, if its day is known."""
    on = _day_of_list(table, mapping)
    return end_of(on, ZoneInfo(mapping.time_zone)) if on else None


def _day_of_list(table: Table, mapping: DealList) -> date | None:
    """Return the day of a list: as the mapping says, or else the one day in the name of the file."""
    if mapping.published is not None:
        return mapping.published
    days = set()
    for found in _DAY_IN_A_NAME.finditer(table.path.stem):
        try:
            days.add(date(int(found[1]), int(found[2]), int(found[3])))
        except ValueError:
            continue
    return days.pop() if len(days) == 1 else None


def _leg(said: Amount, kind: LegKind, usd_per_unit: float, on: date, term: Term) -> dict[str, Any]:
    leg: dict[str, Any] = {}
    rate = usd_per_unit if said.currency != "USD" else 1.0
    if said.amount is not None:
        leg["amount_usd"] = _dollars(said.amount, rate)
    if said.low is not None:
        leg["amount_low_usd"] = _dollars(said.low, rate)
    if said.up_to:
        leg["up_to"] = True
    # Gigawatts beside an investment are what the other side will buy, not what is invested.
    if said.capacity_mw is not None and kind not in FINANCING:
        leg["capacity_mw"] = said.capacity_mw
    # Money is lent or put in at once, however long it stays; what is bought is paid over the term.
    bought_over = said.term_months if kind not in FINANCING and said.amount is not None else None
    return leg | with_term(term, on, bought_over)


def _dollars(amount_: Decimal, usd_per_unit: float) -> str:
    dollars = amount_ * Decimal(str(usd_per_unit))
    if dollars > MOST_USD:
        raise UnfitCell(f"the amount is {dollars:.3g} dollars, more than there are")
    if dollars < LEAST_USD:
        raise UnfitCell(
            f"the amount is {dollars:f} dollars, too little for a deal (if the list counts in millions or"
            " billions, say plain_unit)"
        )
    return str(dollars.quantize(CENT))


def _meaning(text: str, words: dict[str, Any], what: str) -> Any:
    """Return what a word of the file means, however its letters are written."""
    found = {word.lower(): meant for word, meant in words.items()}.get(text.strip().lower())
    if found is None:
        known = ", ".join(sorted(words)) or "none"
        raise UnfitCell(
            f"the {what} is {short(text)}, which the mapping does not explain (it explains {known})"
        )
    return found
