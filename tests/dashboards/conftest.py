"""A database with all of the demo in it, as reading it through a worker would leave it."""

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, time
from itertools import count, groupby

import psycopg
import pytest

from events.base import Event
from events.families.clock import tick
from events.families.prices import EquityPriced, GpuPriced
from events.journal import Run, encode_records
from events.ledger import ledger
from ouroboros.demo.tour import MUTED_FOR, SEEN, UNREADABLE, tour
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
    _report_health(url, asyncio.run(_fold(url, ledger())))
    _leave_behind(url)
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


def _tour(url: str, at: datetime) -> list[Run]:
    """Give what sequencers journal of the demo's tour."""
    with psycopg.connect(url) as connection:
        asked = "SELECT signal_id FROM read.indicator_current WHERE indicator = %s AND subject = %s"
        found = connection.execute(asked, SEEN).fetchone()
        assert found
    acts = tour(at, str(found[0]), datetime.now(UTC) + MUTED_FOR)
    return [Run(f"{act.TOPIC}/1", offset, (act,)) for offset, act in enumerate(acts)]


async def _fold(url: str, facts: Sequence[Event]) -> int:
    """Fold facts and the tour after them, and count what the journal of them has."""
    projector = await Projector.load(url, PROJECTIONS, 1_000_000)
    runs = list(_journal(facts))
    await projector.project_records(_records(runs))
    runs += _tour(url, facts[-1].known_at)
    await projector.project_records(_records(runs))
    await projector.close()
    return len(runs)


def _records(runs: Iterable[Run]) -> list[JournalRecord]:
    records = []
    for offset, run in enumerate(runs):
        ((value, headers),) = encode_records([run])
        records.append(JournalRecord(offset, value, tuple(headers)))
    return records


def _report_health(url: str, applied: int) -> None:
    with psycopg.connect(url) as connection:
        for part in ("dead-letters", "projector", "sequencer", "signals", "webhooks"):
            connection.execute(
                "INSERT INTO ouroboros.component VALUES (%s, NULL, 0, %s, now())", (part, applied)
            )


def _leave_behind(url: str) -> None:
    """Leave the dead letter of the tour, and every signal as the demo's receiver took it."""
    with psycopg.connect(url) as connection:
        connection.execute(
            "INSERT INTO ouroboros.dead_letter"
            ' (topic, partition, "offset", index, key, reason, raw, headers, received_at)'
            " VALUES ('credit', 0, 0, 0, 'demonstration', 'kind: waver is not known', %s, '[]', now())",
            (UNREADABLE,),
        )
        connection.execute(
            "INSERT INTO ouroboros.webhook_delivery"
            " (destination, message_id, key, payload, attempts, next_attempt_at, delivered_at)"
            " SELECT 'demo', concat(signal_id, '/', step_number), subject, '{}', 1, NULL, now()"
            " FROM read.signal WHERE NOT muted"
        )
