"""Prices of GPUs: a row is a sale, an average or an offer; a period of a model becomes one bar later on."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta

from events.base import Event
from events.errors import UsageError
from ouroboros.history import cells
from ouroboros.history.kinds.bars import DAY_SECONDS
from ouroboros.history.kinds.common import RowReader, Table, cell, end_of, plausible
from ouroboros.history.mapping import GpuPrices
from ouroboros.history.tables import Row


def gpu_prices(table: Table, mapping: GpuPrices) -> RowReader:
    """Read a row as a bar of its own, known when its day or month was over. Raises UsageError."""
    columns, zone = mapping.columns, mapping.zone
    for named in (columns.model, columns.date, columns.price, columns.quantity):
        table.column(named)
    if zone is None:
        raise UsageError("Days need a time zone.", "Say time_zone in the mapping.")

    date_format = table.date_format(columns.date)

    def read(row: Row) -> Iterator[Event | str]:
        text = row.cells[columns.date]
        if mapping.period == "month":
            first = plausible(cells.month(text, "the month", date_format), "the month")
            on = (first + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        else:
            on = cells.day(text, "the day", date_format)
        known_at = end_of(plausible(on, "the day"), zone)
        begins = datetime.combine(on, time(), zone).astimezone(UTC)
        price = cells.positive(row.cells[columns.price], "the price", mapping.decimal_comma) * mapping.usd
        counted = cell(row, columns.quantity)
        quantity = 1.0 if counted is None else cells.number(counted, "the quantity", mapping.decimal_comma)
        yield table.event(
            "GpuBarClosed",
            known_at,
            {
                "model": table.name(row.cells[columns.model]),
                "basis": mapping.basis,
                "interval_seconds": DAY_SECONDS,
                "bucket": begins.replace(hour=0, minute=0).isoformat(),
                "first_at": begins.isoformat(),
                "last_at": known_at.isoformat(),
                "quantity": quantity,
                **{f"{name}_usd": price for name in ("open", "high", "low", "close")},
            },
        )

    return read
