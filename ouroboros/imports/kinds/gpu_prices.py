"""Prices of GPUs: a row is a sale, an average or an offer; a period of a model becomes one bar later on."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
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
    for named in (columns.model, columns.date, columns.price, columns.quantity, *(columns.models or ())):
        table.column(named)
    date_format = table.date_format(columns.date)
    comma = mapping.decimal_comma

    def read(row: Row) -> Iterator[Event | str]:
        text = row.cells[columns.date]
        if mapping.period == "month":
            first = plausible(parse.month(text, "the month", date_format), "the month")
            on = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        else:
            on = parse.day(text, "the day", date_format, zone)
        ends_at = end_of(plausible(on, "the day"), zone)
        known_at = table.known_at(row, ends_at)
        begins = datetime.combine(on, time(), zone).astimezone(UTC)
        counted = cell(row, columns.quantity)
        shared = {
            "basis": mapping.basis,
            "interval_seconds": DAY_SECONDS,
            "bucket": begins.replace(hour=0, minute=0).isoformat(),
            "first_at": begins.isoformat(),
            "last_at": ends_at.isoformat(),
            "occurred_at": ends_at.isoformat(),
            "quantity": 1.0 if counted is None else parse.number(counted, "the quantity", comma),
        }

        def bar(model: str, price_column: str, what: str) -> Event:
            price = parse.positive(row.cells[price_column], what, comma, mapping.currency) * mapping.usd
            prices = {f"{name}_usd": price for name in ("open", "high", "low", "close")}
            return table.event("GpuBarClosed", known_at, {"model": model, **shared, **prices})

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
