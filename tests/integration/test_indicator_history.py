"""The line that a graph draws of an indicator, asked of a real database."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
import pytest

from dashboards.grafana.indicators import history
from events.base import Event
from events.families.clock import tick
from events.journal import Run, encode_records
from projections.indicators import DEFINITIONS
from projections.registry import PROJECTIONS
from projections.store.projector import JournalRecord, Projector
from tests.integration.pipeline import event

pytestmark = [pytest.mark.integration, pytest.mark.asyncio]

BEGINNING = datetime(2026, 1, 5, tzinfo=UTC)
DAY = timedelta(days=1)
SERIES = "H100 resale"


def price(at: datetime, close_usd: float) -> Event:
    told = f"{at:%Y-%m-%dT%H:%M:%SZ}"
    prices = dict.fromkeys(("open_usd", "high_usd", "low_usd", "close_usd"), close_usd)
    moments = dict.fromkeys(("bucket", "first_at", "last_at"), told)
    return event("GpuBarClosed", told, model="H100", basis="resale", interval_seconds=60, **prices, **moments)


async def fold(database: str, *events: Event) -> None:
    projector = await Projector.load(database, PROJECTIONS, 1_000_000)
    records = []
    for offset, one in enumerate(events):
        ((value, headers),) = encode_records([Run("gpu.prices/0", offset, (one,))])
        records.append(JournalRecord(offset, value, tuple(headers)))
    await projector.project_records(records)
    await projector.close()


def line(database: str, start: datetime, end: datetime, interval: timedelta) -> list[tuple[datetime, float]]:
    """Draw it as Grafana does: its macros and variables filled in."""
    sql = history("gpu_resale_drawdown", where="subject LIKE '%resale'")
    sql = re.sub(r"\$__timeFilter\(([\w.]+)\)", rf"\1 BETWEEN '{start}' AND '{end}'", sql)
    sql = sql.replace("$__timeFrom()", f"'{start}'").replace("$__timeTo()", f"'{end}'")
    sql = sql.replace("$__interval_ms", str(interval // timedelta(milliseconds=1)))
    with psycopg.connect(database) as connection:
        connection.execute("SET TIME ZONE 'UTC'")
        drawn: list[tuple[Any, ...]] = connection.execute(sql).fetchall()
    assert {name for _, name, _ in drawn} <= {SERIES}
    return [(at, value) for at, _, value in drawn]


async def test_each_interval_shows_its_worst_value_and_then_its_last(database: str) -> None:
    morning, noon = BEGINNING + DAY + timedelta(hours=10), BEGINNING + DAY + timedelta(hours=12)
    await fold(database, price(BEGINNING, 100), price(morning, 50), price(noon, 80), tick(noon))
    end = noon + timedelta(hours=1)
    drawn = line(database, BEGINNING - DAY, end, DAY)
    assert drawn == [(BEGINNING, 0), (morning, 0.5), (noon + timedelta(milliseconds=1), 0.2), (end, 0.2)]


async def test_a_line_begins_with_what_held_before_the_range(database: str) -> None:
    await fold(database, price(BEGINNING, 100), price(BEGINNING + DAY, 70), tick(BEGINNING + 5 * DAY))
    start, end = BEGINNING + 3 * DAY, BEGINNING + 5 * DAY
    assert line(database, start, end, DAY) == [(start, 0.3), (end, 0.3)]


async def test_a_line_goes_on_to_the_end_of_a_range_in_the_past(database: str) -> None:
    await fold(database, price(BEGINNING, 100), price(BEGINNING + DAY, 70), price(BEGINNING + 40 * DAY, 60))
    drawn = line(database, BEGINNING - DAY, BEGINNING + 5 * DAY, DAY)
    assert drawn == [(BEGINNING, 0), (BEGINNING + DAY, 0.3), (BEGINNING + 5 * DAY, 0.3)]


async def test_a_line_ends_when_its_input_is_too_old(database: str) -> None:
    await fold(database, price(BEGINNING, 100), tick(BEGINNING + 100 * DAY))
    stale_after = DEFINITIONS["gpu_resale_drawdown"].stale_after
    assert stale_after is not None
    drawn = line(database, BEGINNING - DAY, BEGINNING + 100 * DAY, DAY)
    assert drawn == [(BEGINNING, 0), (BEGINNING + stale_after, 0)]
    later = BEGINNING + 50 * DAY
    assert line(database, later, later + DAY, DAY) == []
