"""Daily and minute bars of shares: each known when its interval ended, which is never its beginning."""

import math
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

from events.base import Event
from events.errors import UsageError, short
from events.families.prices import DAY_SECONDS
from ouroboros.imports import parse
from ouroboros.imports.date_formats import clock_of
from ouroboros.imports.kinds.common import LeftOut, RowReader, Table, cell, day_of, plausible, simple
from ouroboros.imports.kinds.shares import symbol_reader
from ouroboros.imports.kinds.spacing import check_days, check_intervals
from ouroboros.imports.mapping import DailyBars, MinuteBars
from ouroboros.imports.parse import UnfitCell
from ouroboros.imports.tables import Row

T = TypeVar("T")

# Within this part two prices are one, rounded twice.
ROUNDED = 1e-6

USUAL = {
    "date": ("date", "tradedate", "tradingday", "day", "timestamp", "datetime", "time"),
    "time": ("datetime", "timestamp", "time", "date"),
    "open": ("open", "openprice", "1open", "openusd", "pxopen"),
    "high": ("high", "highprice", "2high", "highusd", "pxhigh"),
    "low": ("low", "lowprice", "3low", "lowusd", "pxlow"),
    "close": ("close", "closelast", "last", "price", "closeprice", "4close", "closeusd", "pxlast"),
    "volume": ("volume", "vol", "5volume", "sharestraded", "pxvolume"),
}
CLOCK = ("time", "timeofday", "hour", "minute")
ADJUSTED = ("adjclose", "adjustedclose", "adjcloseusd", "closeadj")


class _Prices:
    """The columns of prices of a file."""

    def __init__(self, table: Table, mapping: DailyBars | MinuteBars) -> None:
        self._table = table
        self._mapping = mapping
        named = mapping.columns
        self.symbol = symbol_reader(table, mapping)
        self._open = table.column(named.open, USUAL["open"])
        self._high = table.column(named.high, USUAL["high"])
        self._low = table.column(named.low, USUAL["low"])
        self._volume = table.column(named.volume, USUAL["volume"])
        close = table.column(named.close, (*USUAL["close"], *ADJUSTED))
        if close is None:
            raise UsageError(
                f"{table.path} has no column of closing prices.",
                "Say which one it is under columns: close of a mapping; the first line must name it.",
            )
        self._close = close
        # Beside an adjusted close, prices that stand as they were printed are adjusted alike.
        self._printed = table.column(None, USUAL["close"]) if simple(close) in ADJUSTED else None

    def fields(self, row: Row, factor: float) -> dict[str, float]:
        """Read the prices of a row in USD, times a factor, and its volume, divided by it."""
        comma, currency = self._mapping.decimal_comma, self._mapping.currency
        times = factor * self._mapping.usd
        closed = parse.positive(row.cells[self._close], "the price", comma, currency) * times

        printed = cell(row, self._printed)
        adjusted = times
        if printed is not None:
            adjusted = closed / parse.positive(printed, "the close", comma, currency)

        def price(column: str | None, what: str, otherwise: float) -> float:
            text = cell(row, column)
            if column is None or text is None:
                return otherwise
            # adjOpen and the like are adjusted already.
            of_column = times if "adj" in simple(column) else adjusted
            return parse.positive(text, what, comma, currency) * of_column

        opened = price(self._open, "the opening price", closed)
        high = price(self._high, "the highest price", max(opened, closed))
        low = price(self._low, "the lowest price", min(opened, closed))
        traded = cell(row, self._volume)
        volume = 0.0 if traded is None else parse.number(traded, "the volume", comma) / factor
        high, low = _at_least(high, opened, closed), -_at_least(-low, -opened, -closed)
        prices = {"open_usd": opened, "high_usd": high, "low_usd": low, "close_usd": closed}
        return {**prices, "volume": volume}


def _at_least(bound: float, *inside: float) -> float:
    """Return a bound, widened where only rounding, ours or a vendor's, made it too narrow."""
    most = max(inside)
    return most if bound < most and math.isclose(bound, most, rel_tol=ROUNDED) else bound


def daily(table: Table, mapping: DailyBars) -> RowReader:
    """Read a row as the bar of a day. Raises UsageError where there is no column of days."""
    prices = _Prices(table, mapping)
    days = table.column(mapping.columns.date, USUAL["date"])
    zone = ZoneInfo(mapping.time_zone)
    if days is None:
        raise UsageError(
            f"{table.path} has no column of days.", "Say which one it is under columns: date of a mapping."
        )

    date_format = table.date_format(days)
    clock = table.column(None, CLOCK) if mapping.columns.date is None else None
    if clock is not None and clock != days and table.has_figures(clock):
        raise UsageError(
            f"{table.path} has times of day in its column {short(clock)}: its rows are no days.",
            "Say kind: minute_bars in a mapping, and under columns which ones are date and time;"
            " or date, if the times do not matter.",
        )

    def of_row(row: Row) -> tuple[str, date, str]:
        clock = clock_of(row.cells[days])
        return prices.symbol(row), day_of(row, days, "the day", date_format, zone), clock

    check_days(table.path, _fitting(table, of_row), several=mapping.keep != "first")

    def read(row: Row) -> Iterator[Event | str]:
        on = day_of(row, days, "the day", date_format, zone)
        symbol = prices.symbol(row)
        closed_at = datetime.combine(on, mapping.closes_at, zone).astimezone(UTC)
        # As live bars of a day begin: at midnight UTC before the last price.
        bucket = closed_at.replace(hour=0, minute=0, second=0, microsecond=0)
        fields = prices.fields(row, _split(mapping, symbol, on))
        yield _bar(table, row, bucket, closed_at, symbol=symbol, interval_seconds=DAY_SECONDS, **fields)

    return read


def minutes(table: Table, mapping: MinuteBars) -> RowReader:
    """Read a row as a bar of a fixed interval. Raises UsageError where there is no column of times."""
    prices = _Prices(table, mapping)
    times = table.column(mapping.columns.time, USUAL["time"])
    days = table.column(mapping.columns.date)
    if times is None:
        raise UsageError(
            f"{table.path} has no column of times.", "Say which one it is under columns: time of a mapping."
        )
    interval = timedelta(seconds=mapping.interval_seconds)
    formats = mapping.date_format
    time_format = formats.get(times) if isinstance(formats, dict) else formats

    def stamp_of(row: Row) -> datetime:
        text = row.cells[times] if days is None else f"{row.cells[days].strip()} {row.cells[times].strip()}"
        stamp = parse.timestamp(text, "the time", mapping.zone, time_format)
        plausible(stamp.date(), "the time")
        return stamp

    found = _fitting(table, lambda row: (prices.symbol(row), stamp_of(row)))
    check_intervals(table.path, found, interval, mapping.zone)

    def read(row: Row) -> Iterator[Event | str]:
        stamp = stamp_of(row)
        bucket = stamp if mapping.stamped == "start" else stamp - interval
        fields = prices.fields(row, 1.0)
        yield _bar(
            table,
            row,
            bucket,
            bucket + interval,
            symbol=prices.symbol(row),
            interval_seconds=mapping.interval_seconds,
            **fields,
        )

    return read


def _fitting(table: Table, read: Callable[[Row], T]) -> Iterator[T]:
    """Read the first rows, without those that do not fit: they are reported when all are read."""
    for row in table.first_rows():
        try:
            yield read(row)
        except (UnfitCell, LeftOut):
            continue


def _bar(table: Table, row: Row, bucket: datetime, over: datetime, **fields: str | float) -> Event:
    begins, ends = bucket.isoformat(), over.isoformat()
    times = {"bucket": begins, "first_at": begins, "last_at": ends, "occurred_at": ends}
    return table.event("EquityBarClosed", table.known_at(row, over), {**times, **fields})


def _split(mapping: DailyBars, symbol: str, on: date) -> float:
    """Return the factor that turns a price before its splits into one after them."""
    factor = 1.0
    for split in mapping.splits:
        if split.symbol in {None, symbol} and on < split.day:
            factor /= split.ratio
    return factor
