"""Running a pipeline in a test: publish, wait, look at what came of it, compare with a replay."""

import asyncio
import hashlib
import os
import subprocess
import sys
from collections.abc import Iterable
from typing import Any

import psycopg
from aiokafka.structs import ConsumerRecord
from psycopg.sql import SQL, Identifier

from events.base import Event
from events.codec import decode_document
from projections.registry import PROJECTIONS
from projections.store.projector import JournalRecord, Projector
from streams.kafka import producing, reading_journal
from streams.messages import as_pairs
from streams.publishing import publishing
from streams.settings import Settings
from streams.worker import working


def event(event_type: str, known_at: str = "2026-01-01T12:00:00Z", **fields: Any) -> Event:
    common = {"occurred_at": known_at, "known_at": known_at, "source": "test", "certainty": "stated"}
    return decode_document({"event_type": event_type, **common, **fields})


async def publish(settings: Settings, events: Iterable[Event]) -> None:
    async with publishing(settings) as publisher:
        await publisher.publish(events)


async def send(settings: Settings, topic: str, value: bytes, **more: Any) -> None:
    async with producing(settings) as producer:
        await producer.send_and_wait(settings.topic_named(topic), value, **more)


async def work_off(settings: Settings, only: tuple[str, ...] = ()) -> None:
    """Run a worker until everything published is in the read models."""
    async with working(settings, only) as worker:
        await asyncio.wait_for(worker.settle(), 60)


def query(settings: Settings, statement: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(settings.database_url) as connection:
        return connection.execute(statement).fetchall()


async def journal_records(settings: Settings) -> list[ConsumerRecord]:
    async with reading_journal(settings) as journal:
        return [record async for batch in journal.read(0, await journal.end()) for record in batch]


async def replay(settings: Settings, database: str, batch: int = 100) -> None:
    """Fold the whole journal into another database, in batches of a certain size."""
    records = [
        JournalRecord(record.offset, record.value, as_pairs(record.headers))
        for record in await journal_records(settings)
    ]
    projector = await Projector.load(database, PROJECTIONS, snapshot_events=1_000_000)
    for start in range(0, len(records), batch):
        await projector.project_records(records[start : start + batch])
    await projector.close()


def fingerprint(database: str) -> dict[str, str]:
    """Hash every row of every table of every projection, whatever order they lie in."""
    hashes = {}
    with psycopg.connect(database) as connection:
        for projection in PROJECTIONS:
            for table in projection.tables:
                rows = connection.execute(
                    SQL("SELECT t::text FROM {} t ORDER BY 1").format(
                        Identifier(projection.schema, table.name)
                    )
                ).fetchall()
                text = "\n".join(row[0] for row in rows)
                hashes[table.name] = f"{len(rows)} rows {hashlib.sha256(text.encode()).hexdigest()[:16]}"
    return hashes


def worker_process(settings: Settings, *only: str) -> subprocess.Popen[bytes]:
    """Start a worker as a process of its own."""
    roles = [part for name in only for part in ("--only", name)]
    command = [sys.executable, "-m", "ouroboros", "worker", *roles]
    # Unbuffered: what until_working does not read is left for whoever reads the rest.
    return subprocess.Popen(command, env=environment(settings), stderr=subprocess.PIPE, bufsize=0)


def until_working(worker: subprocess.Popen[bytes]) -> None:
    """Wait until a worker says that it works: a signal before that ends it while it loads its modules."""
    assert worker.stderr
    said = b""
    for line in iter(worker.stderr.readline, b""):
        said += line
        if b"working:" in line:
            return
    raise AssertionError(f"the worker ended before it worked: {said.decode()}")


def dying_worker_process(settings: Settings, moment: str) -> subprocess.Popen[bytes]:
    """Start a worker that kills itself at a moment; see dying_worker.py."""
    command = [sys.executable, "-m", "tests.integration.dying_worker"]
    return subprocess.Popen(command, env={**environment(settings), "DIE_AT": moment})


async def ouroboros(settings: Settings, *arguments: str) -> tuple[int, str, str]:
    """Run the command line on the servers of a test."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "ouroboros", *arguments),
        env={**environment(settings), "COLUMNS": "200"},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate()
    return process.returncode or 0, out.decode(), err.decode()


def environment(settings: Settings) -> dict[str, str]:
    return {
        **os.environ,
        "OUROBOROS_KAFKA": settings.kafka,
        "OUROBOROS_DATABASE": settings.database_url,
        "OUROBOROS_NAMESPACE": settings.namespace,
        "OUROBOROS_CLOCK_SECONDS": "0",
        "OUROBOROS_SNAPSHOT_EVENTS": str(settings.snapshot_events),
        "OUROBOROS_STALL_SECONDS": str(settings.stall_seconds),
        "OUROBOROS_BAR_SECONDS": str(settings.bar_seconds),
    }
