"""A database with all of the demo in it, as reading it through a worker would leave it."""

import asyncio
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time
from itertools import count, groupby

import psycopg
import pytest

from events.base import Event
from events.clock import tick
from events.journal import Run, encode_records
from events.ledger import ledger
from events.prices import EquityPriced, GpuPriced
from projections.registry import PROJECTIONS
from projections.store.migration import migrate
from projections.store.projector import JournalRecord, Projector
from streams.messages import Message
from streams.sequencer.conflation import Conflation
from tests.conftest import Databases, silent

# The demo's quotes are daily.
BAR_SECONDS = 86_400


@pytest.fixture(scope="session")
def unused(databases: Databases) -> Iterator[str]:
    """Give a database into which nothing was ever read."""
    url = databases.create()
    migrate(url, PROJECTIONS, None, silent)
    yield url
    databases.drop(url)


@pytest.fixture(scope="session")
def demo(databases: Databases) -> Iterator[str]:
    url = databases.create()
    migrate(url, PROJECTIONS, None, silent)
    runs = list(_journal(ledger()))
    asyncio.run(_fold(url, runs))
    _report_health(url, len(runs))
    yield url
    databases.drop(url)


def _journal(facts: Iterable[Event]) -> Iterator[Run]:
    """Give what sequencers journal of facts, a day at a time: prices as bars, and midnight after them."""
    numbers = count()
    for day, events in groupby(facts, key=lambda event: event.known_at.date()):
        conflation = Conflation(BAR_SECONDS)
        for event in events:
            offset = next(numbers)
            if isinstance(event, EquityPriced | GpuPriced):
                quote = Message(event.TOPIC, 0, offset, 0, None, None, ())
                yield from (closed.run for closed in conflation.add(quote, [event], 0))
            else:
                yield Run(f"{event.TOPIC}/0", offset, (event,))
        yield from (closed.run for closed in conflation.close_all())
        midnight = tick(datetime.combine(day, time(23, 59, 59), UTC))
        yield Run("clock/0", next(numbers), (midnight,))


async def _fold(url: str, runs: Iterable[Run]) -> None:
    projector = await Projector.load(url, PROJECTIONS, 1_000_000)
    records = []
    for offset, run in enumerate(runs):
        ((value, headers),) = encode_records([run])
        records.append(JournalRecord(offset, value, tuple(headers)))
    await projector.project(records)
    await projector.close()


def _report_health(url: str, applied: int) -> None:
    with psycopg.connect(url) as connection:
        for part in ("dead-letters", "projector", "sequencer", "signals"):
            connection.execute(
                "INSERT INTO ouroboros.component VALUES (%s, NULL, 0, %s, now())", (part, applied)
            )
