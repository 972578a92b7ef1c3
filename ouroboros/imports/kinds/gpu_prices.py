"""Prices of GPUs: a row is a sale, an average or an offer; those of a venue and period become one bar."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from events.base import Event
from events.errors import short
from events.families.prices import DAY_SECONDS
from ouroboros.imports import parse
from ouroboros.imports.kinds.common import RowReader, Table, cell, end_of, plausible
from ouroboros.imports.mapping import GpuPrices
from ouroboros.imports.parse import UnfitCell
from ouroboros.imports.tables import Row

_ZONED = re.compile(r"\d[T ]\d{1,2}:\d{2}.*(?:Z|[+-]\d{2}:?\d{2})$", re.IGNORECASE | re.ASCII)


def gpu_prices(table: Table, mapping: GpuPrices) -> RowReader:
    """Read a row as a bar of its own, known when its day or month was over. Raises UsageError."""
    columns, zone = mapping.columns, ZoneInfo(mapping.time_zone)
    stated = columns.model_dump(exclude={"models"}, exclude_none=True)
    for named in (*stated.values(), *(columns.models or ())):
        table.column(named)
    date_format = table.date_format(columns.date)
    known_format = None if columns.known_at is None else table.date_format(columns.known_at)
    comma = mapping.decimal_comma

    def read(row: Row) -> Iterator[Event | str]:
        on = _day(row.cells[columns.date], mapping, zone, date_format)
        begins = datetime.combine(on, time(), zone).astimezone(UTC)
        ends = end_of(on, zone)
        known_at = _known_at(row, mapping, begins, zone, known_format) or ends
        counted = cell(row, columns.quantity)
        shared = {
            "basis": mapping.basis,
            "interval_seconds": DAY_SECONDS,
            # The day itself, wherever it begins.
            "bucket": datetime.combine(on, time(), UTC).isoformat(),
            "first_at": begins.isoformat(),
            "last_at": min(ends, known_at).isoformat(),
            "quantity": 1.0 if counted is None else parse.number(counted, "the quantity", comma),
            **_said(table, row, mapping),
        }
        vote = _vote(table, row, mapping)

        def bar(model: str, price_column: str, what: str) -> Event:
            price = parse.positive(row.cells[price_column], what, comma, mapping.currency) * mapping.usd
            prices = {f"{name}_usd": price for name in ("open", "high", "low", "close")}
            venues = [{**vote, "median_usd": price}]
            return table.event(
                "GpuBarClosed", known_at, {"model": model, **shared, **prices, "venues": venues}
            )

        if columns.model is not None and columns.price is not None:
            yield bar(table.name(row.cells[columns.model]), columns.price, "the price")
        for column, model in (columns.models or {}).items():
            # Not every model has a price every day.
            if cell(row, column) is not None:
                try:
                    yield bar(model, column, f"the price of {model}")
                except UnfitCell as error:
                    yield str(error)

    return read


def _day(text: str, mapping: GpuPrices, zone: ZoneInfo, date_format: str | None) -> date:
    """Return the day of a row, or the last of its month; a time with its offset is of a day in the zone."""
    text = text.strip()
    if mapping.period == "month":
        first = plausible(parse.month(text, "the month", date_format), "the month")
        return (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    has_offset = _ZONED.search(text) if date_format is None else "%z" in date_format
    if has_offset:
        return plausible(
            parse.timestamp(text, "the day", zone, date_format).astimezone(zone).date(), "the day"
        )
    return plausible(parse.day(text, "the day", date_format, zone), "the day")


def _known_at(
    row: Row, mapping: GpuPrices, begins: datetime, zone: ZoneInfo, date_format: str | None
) -> datetime | None:
    """Return when a row was published, by its own column; a day is known when it was over."""
    text = cell(row, mapping.columns.known_at)
    if text is None:
        return None
    if ":" in text or (date_format is not None and "%H" in date_format):
        known_at = parse.timestamp(text, "known_at", zone, date_format)
    else:
        known_at = end_of(plausible(parse.day(text, "known_at", date_format, zone), "known_at"), zone)
    if known_at < begins:
        raise UnfitCell(f"known_at is {short(text)}, before the day of the price has begun")
    return known_at


def _said(table: Table, row: Row, mapping: GpuPrices) -> dict[str, Any]:
    """Return what a row, or else the mapping, says that its price is of."""
    said: dict[str, Any] = {name: _text(table, row, mapping, name) for name in ("form", "condition", "term")}
    if (memory := cell(row, mapping.columns.memory_gb)) is not None:
        text = re.sub(r"\s*G(?:i?B)?$", "", memory, flags=re.IGNORECASE)
        said["memory_gb"] = parse.positive(text, "the memory", mapping.decimal_comma)
    return said


def _vote(table: Table, row: Row, mapping: GpuPrices) -> dict[str, Any]:
    """Return where a price was asked, or who publishes an average, and in which revision."""
    venue = _text(table, row, mapping, "venue")
    vote: dict[str, Any] = {"venue": venue, "is_average": mapping.average, "offers": 1}
    if mapping.average and venue is None:
        vote["venue"] = mapping.source or table.path.name[:200]
    if (revision := cell(row, mapping.columns.revision)) is not None:
        vote["revision"] = int(parse.number(revision, "the revision", mapping.decimal_comma))
    return vote


def _text(table: Table, row: Row, mapping: GpuPrices, name: str) -> str | None:
    text = cell(row, getattr(mapping.columns, name))
    stated: str | None = getattr(mapping, name)
    return stated if text is None else table.name(text)
