"""Prices of GPUs: a row is a sale, an average or an offer; those of a venue and period become one bar."""

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from events.base import Event
from events.families.prices import DAY_SECONDS
from ouroboros.imports import parse
from ouroboros.imports.kinds.common import RowReader, Table, cell, end_of, plausible
from ouroboros.imports.mapping import GpuPrices
from ouroboros.imports.parse import UnfitCell
from ouroboros.imports.tables import Row


def gpu_prices(table: Table, mapping: GpuPrices) -> RowReader:
    """Read a row as a bar of its own, known when its day or month was over. Raises UsageError."""
    columns, zone = mapping.columns, ZoneInfo(mapping.time_zone)
    stated = columns.model_dump(exclude={"models"}, exclude_none=True)
    for named in (*stated.values(), *(columns.models or ())):
        table.column(named)
    date_format = table.date_format(columns.date)
    comma = mapping.decimal_comma

    def read(row: Row) -> Iterator[Event | str]:
        on = _day(row.cells[columns.date], mapping, zone, date_format)
        begins = datetime.combine(on, time(), zone).astimezone(UTC)
        ends = end_of(on, zone)
        known_at = _known_at(table, row, begins, ends)
        last_at = min(ends, known_at).isoformat()
        counted = cell(row, columns.quantity)
        shared = {
            "basis": mapping.basis,
            "interval_seconds": DAY_SECONDS,
            # The day itself, wherever it begins.
            "bucket": datetime.combine(on, time(), UTC).isoformat(),
            "first_at": begins.isoformat(),
            "last_at": last_at,
            "occurred_at": last_at,
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
    """Return the day of a row, or the last of its month."""
    if mapping.period == "month":
        first = plausible(parse.month(text, "the month", date_format), "the month")
        return (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return plausible(parse.day(text, "the day", date_format, zone), "the day")


def _known_at(table: Table, row: Row, begins: datetime, ends: datetime) -> datetime:
    """Return when a price was known: as its day was over, or as it was published, be it in the day."""
    published = table.published(row)
    if published is not None and published <= begins:
        raise UnfitCell(f"it was published at {published:%Y-%m-%d %H:%M} UTC, before its day had begun")
    return published or ends


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
