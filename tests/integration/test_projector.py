"""The one transactional writer, against a real database: races, gaps, outages, lost answers."""

import asyncio
import random
from collections.abc import Sequence
from typing import Any

import psycopg
import pytest

from events.base import Event
from events.errors import CheckpointMoved, JournalGap, UsageError
from events.journal import Run, encode_records
from ouroboros.embedded import PostgresServer
from projections.registry import PROJECTIONS
from projections.store.migration import migrate
from projections.store.projector import JournalRecord, Projector
from projections.store.writing import RowBuffer
from streams.kafka import ensure_topics
from streams.settings import Settings
from streams.worker import working
from tests.conftest import Databases, silent
from tests.integration.pipeline import event, fingerprint, publish, query, work_off
from tests.integration.test_crashes import mixed_events

pytestmark = [pytest.mark.integration, pytest.mark.asyncio]


def journal(events: Sequence[Event], of: int = 1) -> list[JournalRecord]:
    """Put events into journal records, so many a record."""
    records: list[JournalRecord] = []
    for start in range(0, len(events), of):
        run = Run("credit/0", start, tuple(events[start : start + of]))
        ((value, headers),) = encode_records([run])
        records.append(JournalRecord(len(records), value, tuple(headers)))
    return records


def loans(count: int) -> list[Event]:
    return [event("LoanRepaid", facility_id=f"f{number}", amount_usd=number + 1) for number in range(count)]


async def load(database: str, snapshot_events: int = 1_000_000) -> Projector:
    return await Projector.load(database, PROJECTIONS, snapshot_events)


def rows(database: str, statement: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(database) as connection:
        return connection.execute(statement).fetchall()


async def test_of_two_projectors_with_the_same_batch_one_writes_and_the_other_stops(database: str) -> None:
    records = journal(loans(50), of=5)
    racers = [await load(database) for _ in range(4)]
    outcomes = await asyncio.gather(
        *(racer.project_records(records) for racer in racers), return_exceptions=True
    )
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["CheckpointMoved"] * 3 + ["NoneType"]
    assert rows(database, "SELECT count(*), count(DISTINCT event_id) FROM read.credit_event") == [(50, 50)]
    for racer in racers:
        await racer.close()


async def test_a_projector_that_was_overtaken_writes_nothing_more(database: str) -> None:
    records = journal(loans(20))
    stale = await load(database)
    await stale.project_records(records[:5])
    taken_over = await load(database)
    await taken_over.project_records(records[:10])
    with pytest.raises(CheckpointMoved, match="another one has taken over"):
        await stale.project_records(records[5:20])
    assert rows(database, "SELECT count(*) FROM read.credit_event") == [(10,)]
    for projector in (stale, taken_over):
        await projector.close()


async def test_a_gap_in_the_journal_stops_the_projector(database: str) -> None:
    records = journal(loans(5))
    projector = await load(database)
    await projector.project_records(records[:2])
    with pytest.raises(JournalGap, match="from offset 1 to 3"):
        await projector.project_records(records[3:])
    assert rows(database, "SELECT count(*) FROM read.credit_event") == [(2,)]
    await projector.close()


async def test_what_kafka_delivers_again_is_passed_over(database: str) -> None:
    records = journal(loans(5))
    projector = await load(database)
    for _ in range(3):
        await projector.project_records(records)
    assert rows(database, "SELECT count(*) FROM read.credit_event") == [(5,)]
    await projector.close()


async def test_a_commit_whose_answer_was_lost_is_not_made_twice(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    projector = await load(database)
    real = projector._try_commit
    attempts = 0

    async def commit_and_lose_the_answer(*args: Any, **more: Any) -> None:
        nonlocal attempts
        attempts += 1
        await real(*args, **more)
        if attempts == 1:
            raise psycopg.OperationalError("the connection is gone")

    monkeypatch.setattr(projector, "_try_commit", commit_and_lose_the_answer)
    await projector.project_records(journal(loans(5)))
    assert attempts == 2
    assert rows(database, "SELECT count(*) FROM read.credit_event") == [(5,)]
    await projector.close()


async def test_a_lost_connection_is_made_anew_and_nothing_is_lost(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    projector = await load(database)
    records = journal(loans(30), of=3)
    await projector.project_records(records[:2])
    real = RowBuffer.write
    cut: list[bool] = []

    async def write_and_be_cut_off(self: RowBuffer, cursor: psycopg.AsyncCursor[Any]) -> None:
        await real(self, cursor)
        if not cut:
            cut.append(True)
            pid = cursor.connection.info.backend_pid
            with psycopg.connect(database, autocommit=True) as killer:
                killer.execute("SELECT pg_terminate_backend(%s)", (pid,))

    monkeypatch.setattr(RowBuffer, "write", write_and_be_cut_off)
    await projector.project_records(records)
    assert cut
    assert rows(database, "SELECT count(*), count(DISTINCT event_id) FROM read.credit_event") == [(30, 30)]
    await projector.close()


async def test_a_start_from_snapshot_and_tail_leaves_the_same_rows(
    database: str, second_database: str
) -> None:
    records = journal(mixed_facts(300), of=4)
    undisturbed = await load(second_database)
    await undisturbed.project_records(records)
    await undisturbed.close()

    position = 0
    while position < len(records):
        projector = await load(database, snapshot_events=40)
        # From the snapshot on: what lies between it and the checkpoint is folded, not written.
        for start in range(projector.next_offset, min(position + 17, len(records)), 5):
            await projector.project_records(records[start : min(start + 5, position + 17)])
        position += 17
        await projector.close()
    assert rows(database, "SELECT min(journal_offset) > 0 FROM ouroboros.snapshot") == [(True,)]
    assert fingerprint(database) == fingerprint(second_database)


def mixed_facts(count: int) -> list[Event]:
    return [fact for fact in mixed_events(random.Random(3), 2 * count) if fact.event_type != "EquityPriced"][
        :count
    ]


async def test_a_snapshot_that_cannot_be_read_costs_time_and_nothing_else(
    database: str, second_database: str
) -> None:
    records = journal(mixed_facts(60))
    whole = await load(second_database)
    await whole.project_records(records)
    await whole.close()
    first = await load(database, snapshot_events=1)
    await first.project_records(records[:30])
    await first.close()
    with psycopg.connect(database) as connection:
        connection.execute("UPDATE ouroboros.snapshot SET state = '[]' WHERE projection = 'credit'")
    second = await load(database)
    assert second.next_offset == 0
    await second.project_records(records)
    await second.close()
    assert fingerprint(database) == fingerprint(second_database)


async def test_a_database_that_was_not_prepared_is_told_as_such(empty_database: str) -> None:
    with pytest.raises(UsageError, match="Run `ouroboros migrate`"):
        await load(empty_database)


async def test_migrating_again_changes_nothing(database: str) -> None:
    projector = await load(database)
    await projector.project_records(journal(loans(3)))
    await projector.close()
    before = fingerprint(database)
    told: list[str] = []
    migrate(database, PROJECTIONS, "a password", told.append)
    assert fingerprint(database) == before
    assert not [sentence for sentence in told if sentence.startswith("Made")]


async def test_databases_of_one_server_can_be_made_ready_at_once(databases: Databases) -> None:
    made = [databases.create() for _ in range(4)]
    try:
        for _ in range(3):
            ready = (asyncio.to_thread(migrate, url, PROJECTIONS, "a password", silent) for url in made)
            await asyncio.gather(*ready)
    finally:
        for url in made:
            databases.drop(url)


async def test_on_timescale_history_is_in_hypertables_and_elsewhere_it_is_said(empty_database: str) -> None:
    told: list[str] = []
    migrate(empty_database, PROJECTIONS, None, told.append)
    expected = {
        (projection.schema, table.name)
        for projection in PROJECTIONS
        for table in projection.tables
        if table.time_column
    }
    if told[-1].startswith("Plain PostgreSQL"):
        assert "without hypertables" in told[-1]
        return
    found = rows(
        empty_database, "SELECT hypertable_schema, hypertable_name FROM timescaledb_information.hypertables"
    )
    assert set(found) == expected
    assert "hypertables" in told[-1]


async def test_a_database_that_goes_away_for_a_while_loses_nothing(
    settings: Settings, postgres_server: PostgresServer, databases: Any
) -> None:
    if databases.url != postgres_server.dsn:
        pytest.skip("only the PostgreSQL of this suite can be stopped")
    await ensure_topics(settings)
    async with working(settings) as worker:
        await publish(settings, loans(10))
        await asyncio.wait_for(worker.settle(), 60)
        postgres_server.stop()
        await publish(settings, loans(60)[10:])
        await asyncio.sleep(6)
        postgres_server.stop()
        postgres_server.start()
        await asyncio.wait_for(worker.settle(), 60)
    assert query(settings, "SELECT count(*), count(DISTINCT event_id) FROM read.credit_event") == [(60, 60)]
    await work_off(settings)
    assert query(settings, "SELECT count(*) FROM read.credit_event") == [(60,)]
