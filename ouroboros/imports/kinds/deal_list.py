"""Lists of deals with amounts in words: a row is a deal of one leg."""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from events.base import Certainty, Event
from events.errors import short
from events.families.deals import CENT, FINANCING, LegKind
from ouroboros.imports.amounts import PLAIN_UNITS, Amount, amount
from ouroboros.imports.kinds.common import RowReader, Table, cell, day_of, end_of
from ouroboros.imports.mapping import DealList
from ouroboros.imports.parse import UnfitCell
from ouroboros.imports.tables import Row

MOST_USD = 10**15

_NO_PART_OF_AN_ID = re.compile(r"[^a-z0-9.]+")


def deals(table: Table, mapping: DealList) -> RowReader:
    """Read a row as an announcement. Raises UsageError where a column is not there."""
    columns, zone = mapping.columns, ZoneInfo(mapping.time_zone)
    for named in (*columns.model_dump().values(), *mapping.id_columns):
        table.column(named)
    date_format = table.date_format(columns.date)

    def read(row: Row) -> Iterator[Event | str]:
        on = day_of(row, columns.date, "the day", date_format)
        kind = _meaning(row.cells[columns.kind], mapping.kinds, "kind")
        fields: dict[str, Any] = {"stage": "definitive"}
        status = cell(row, columns.status)
        if status is not None:
            meant = _meaning(status, mapping.statuses, "status")
            if isinstance(meant, Certainty):
                fields["certainty"] = meant.value
            else:
                fields["stage"] = meant
        payer, payee = table.name(row.cells[columns.payer]), table.name(row.cells[columns.payee])
        said = amount(row.cells[columns.amount], PLAIN_UNITS[mapping.plain_unit])
        title = cell(row, columns.title) or f"{payer} and {payee}: {row.cells[columns.amount].strip()}"
        parts = (
            _NO_PART_OF_AN_ID.sub("-", row.cells[column].lower()).strip("-") for column in mapping.id_columns
        )
        yield table.event(
            "DealAnnounced",
            table.published(row) or end_of(on, zone),
            {
                "deal_id": "-".join(filter(None, parts))[:200],
                "title": title[:200],
                "legs": [
                    {"kind": kind.value, "payer": payer, "payee": payee, **_leg(said, kind, mapping.usd)}
                ],
                **fields,
            },
            url=cell(row, columns.url),
        )

    return read


def _leg(said: Amount, kind: LegKind, usd_per_unit: float) -> dict[str, Any]:
    leg: dict[str, Any] = {}
    if said.amount is not None:
        leg["amount_usd"] = _dollars(said.amount, usd_per_unit)
    if said.low is not None:
        leg["amount_low_usd"] = _dollars(said.low, usd_per_unit)
    if said.up_to:
        leg["up_to"] = True
    # Gigawatts beside an investment are what the other side will buy, not what is invested.
    if said.capacity_mw is not None and kind not in FINANCING:
        leg["capacity_mw"] = said.capacity_mw
    return leg


def _dollars(amount_: Decimal, usd_per_unit: float) -> str:
    dollars = amount_ * Decimal(str(usd_per_unit))
    if dollars > MOST_USD:
        raise UnfitCell(f"the amount is {dollars:.3g} dollars, more than there are")
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
