import os
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import psycopg
import pytest
from hypothesis import given as hypothesis_given
from hypothesis import settings
from hypothesis import strategies as st
from psycopg import sql

from events.base import Event
from projections.base import Table
from projections.prices.fold import PRICES, EquityBarPartRow, GpuBarPartRow
from projections.store import tables
from tests.given import event, given, rows_of

START = datetime(2026, 2, 27, tzinfo=UTC)
BAR = {
    "interval_seconds": 60,
    "bucket": "2026-02-27T12:00:00Z",
    "open_usd": 126.0,
    "high_usd": 129.5,
    "low_usd": 125.0,
    "close_usd": 127.0,
    "first_at": "2026-02-27T12:00:01Z",
    "last_at": "2026-02-27T12:00:58Z",
}
ARM = event("EquityBarClosed", "2026-02-27", symbol="ARM", volume=900, **BAR)
H100 = event("GpuBarClosed", "2026-02-27", model="H100", basis="resale", quantity=8, **BAR)


def test_a_share_s_bar_is_one_row_as_the_bar_says() -> None:
    bucket = datetime(2026, 2, 27, 12, tzinfo=UTC)
    first_at, last_at = bucket + timedelta(seconds=1), bucket + timedelta(seconds=58)
    assert given(PRICES, ARM).rows == (
        EquityBarPartRow(
            "ARM", 60, bucket, ARM.event_id, 126.0, 129.5, 125.0, 127.0, 900.0, first_at, last_at
        ),
    )


def test_a_gpu_s_bar_is_one_row_as_the_bar_says() -> None:
    (row,) = given(PRICES, H100).rows
    assert isinstance(row, GpuBarPartRow)
    assert (row.model, row.basis, row.open_usd, row.high_usd, row.low_usd, row.close_usd, row.quantity) == (
        "H100",
        "resale",
        126.0,
        129.5,
        125.0,
        127.0,
        8.0,
    )


def test_single_prices_and_other_families_pass_by() -> None:
    tick = event("EquityPriced", symbol="ARM", price_usd=127)
    gpu_tick = event("GpuPriced", model="H100", basis="resale", price_usd=20_000)
    assert given(PRICES, tick, gpu_tick, event("ClockTicked")).rows == ()


def test_a_bar_that_is_delivered_again_writes_the_very_same_row_whatever_the_clock_says() -> None:
    first, again = rows_of(given(PRICES, ARM, event("ClockTicked", "2026-03-09"), ARM), EquityBarPartRow)
    assert first == again


@pytest.mark.parametrize("table", PRICES.tables, ids=lambda table: table.name)
def test_the_key_holds_the_column_that_timescaledb_cuts_by(table: Table) -> None:
    assert table.time_column in table.key
    assert set(table.key) <= set(table.columns)


def test_two_bars_of_one_bucket_are_two_rows() -> None:
    later = event("EquityBarClosed", "2026-02-27", symbol="ARM", volume=1, **BAR)
    keys = {row[:4] for row in rows_of(given(PRICES, ARM, later), EquityBarPartRow)}
    assert len(keys) == 2


def test_the_state_survives_json() -> None:
    state = given(PRICES, ARM, H100).state
    assert PRICES.state_type.validate_json(PRICES.state_type.dump_json(state)) == state


# What the views make of the parts, on a real server.

SERVER = os.environ.get("OUROBOROS_TEST_TIMESCALE")
on_a_server = pytest.mark.skipif(
    not SERVER, reason="OUROBOROS_TEST_TIMESCALE names no server to try the views of the prices on"
)
Connection = psycopg.Connection[Any]


@pytest.fixture(scope="module")
def database() -> Iterator[Connection]:
    assert SERVER
    name = sql.Identifier(f"prices_{uuid4().hex}")
    with psycopg.connect(SERVER, autocommit=True) as server:
        server.execute(sql.SQL("CREATE DATABASE {}").format(name))
        try:
            with psycopg.connect(SERVER, dbname=name.as_string().strip('"'), autocommit=True) as connection:
                _make_tables(connection)
                yield connection
        finally:
            server.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(name))


def _make_tables(connection: Connection) -> None:
    schema = sql.Identifier(PRICES.schema)
    connection.execute(sql.SQL("CREATE SCHEMA read; CREATE SCHEMA {}; SET timezone = 'UTC'").format(schema))
    for text in (tables.schema_script(PRICES), tables.script("projections.prices", "views.sql")):
        connection.execute(sql.SQL(text).format(schema=schema))


def _bars(connection: Connection, parts: list[Event], view: str) -> list[Any]:
    """Upsert the rows of the parts as a projector would, and read the view."""
    schema = sql.Identifier(PRICES.schema)
    rows = given(PRICES, *parts).rows
    for table in PRICES.tables:
        name = sql.Identifier(table.name)
        connection.execute(sql.SQL("TRUNCATE {}.{}").format(schema, name))
        insert = sql.SQL(
            "INSERT INTO {}.{} VALUES ({}) ON CONFLICT ({}) DO UPDATE SET event_id = excluded.event_id"
        ).format(
            schema,
            name,
            sql.SQL(", ").join([sql.Placeholder()] * len(table.columns)),
            sql.SQL(", ").join(map(sql.Identifier, table.key)),
        )
        with connection.cursor() as cursor:
            cursor.executemany(insert, [row for row in rows if isinstance(row, table.row)])
    return connection.execute(
        sql.SQL("SELECT * FROM {} ORDER BY 1, 2, 3, 4").format(sql.Identifier("read", view))
    ).fetchall()


def _part(
    *, identifier: int, series: str, minute: int, prices: list[float], size: float, first: int, last: int
) -> dict[str, Any]:
    bucket = START + timedelta(minutes=minute)
    opened, closed, *_ = prices
    return {
        "event_id": str(UUID(int=identifier)),
        "series": series,
        "interval_seconds": 60,
        "bucket": bucket,
        "open_usd": opened,
        "close_usd": closed,
        "high_usd": max(prices),
        "low_usd": min(prices),
        "size": size,
        "first_at": bucket + timedelta(seconds=min(first, last)),
        "last_at": bucket + timedelta(seconds=max(first, last)),
        "occurred_at": bucket,
        "known_at": bucket + timedelta(minutes=1),
    }


PARTS = st.lists(
    st.builds(
        _part,
        identifier=st.integers(0, 2**128 - 1),
        series=st.sampled_from(["ARM", "NVDA"]),
        minute=st.integers(0, 2),
        prices=st.lists(st.floats(0.01, 1e6), min_size=4, max_size=4),
        size=st.floats(0, 1e9),
        first=st.integers(0, 3),
        last=st.integers(0, 3),
    ),
    max_size=10,
    unique_by=lambda part: part["event_id"],
)


def _together(parts: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    """Put the parts of each bucket together in plain Python."""
    buckets = sorted({(part["series"], part["bucket"]) for part in parts})
    bars = []
    for series, bucket in buckets:
        own = [part for part in parts if (part["series"], part["bucket"]) == (series, bucket)]
        first = min(own, key=lambda part: (part["first_at"], part["event_id"]))
        last = max(own, key=lambda part: (part["last_at"], part["event_id"]))
        high, low = max(part["high_usd"] for part in own), min(part["low_usd"] for part in own)
        size = pytest.approx(sum(part["size"] for part in own))
        bars.append((series, bucket, first["open_usd"], high, low, last["close_usd"], size))
    return bars


def _equity(part: dict[str, Any]) -> Event:
    fields = {name: value for name, value in part.items() if name not in ("series", "size")}
    return event("EquityBarClosed", symbol=part["series"], volume=part["size"], **fields)


def _gpu(part: dict[str, Any]) -> Event:
    fields = {name: value for name, value in part.items() if name not in ("series", "size")}
    return event("GpuBarClosed", model=part["series"], basis="resale", quantity=part["size"], **fields)


ON_THE_SERVER = settings(deadline=None, max_examples=50)


@on_a_server
@hypothesis_given(PARTS, st.randoms())
@ON_THE_SERVER
def test_the_parts_of_a_bucket_make_one_bar_in_whatever_order_and_however_often_they_come(
    database: Connection, parts: list[dict[str, Any]], chance: Any
) -> None:
    shuffled = chance.sample(parts, len(parts)) + parts[:3]
    bars = _bars(database, [_equity(part) for part in parts], "equity_bar")
    assert [bar[:1] + bar[2:] for bar in bars] == _together(parts)
    # To the last digit, the sums of floats too.
    assert _bars(database, [_equity(part) for part in shuffled], "equity_bar") == bars


@on_a_server
@hypothesis_given(PARTS, st.randoms())
@ON_THE_SERVER
def test_gpu_bars_are_put_together_the_same_way(
    database: Connection, parts: list[dict[str, Any]], chance: Any
) -> None:
    shuffled = chance.sample(parts, len(parts)) + parts[:3]
    bars = _bars(database, [_gpu(part) for part in parts], "gpu_bar")
    assert [bar[:1] + bar[3:] for bar in bars] == _together(parts)
    assert _bars(database, [_gpu(part) for part in shuffled], "gpu_bar") == bars
