"""`ouroboros replay`: projections rebuilt beside the live ones, as far as they were not yet."""

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import psycopg

from events.errors import UsageError
from ouroboros.history.opening import open_history
from ouroboros.history.source import History
from ouroboros.replay import reading, register
from ouroboros.replay.plan import Plan
from ouroboros.terminal import progress
from projections.registry import PROJECTIONS
from projections.store.migration import lock_migrations
from projections.store.projector import Projector
from streams.kafka import check_topics, reading_journal
from streams.settings import Settings


@dataclass(frozen=True, slots=True)
class Folded:
    """How many events a run folded, and in how many seconds."""

    events: int
    seconds: float


async def replay(settings: Settings, schema: str, plan: Plan) -> Folded:
    """Fold what a plan is about into a schema, or go on where an earlier run ended.

    Raises UsageError where the name cannot be used or stands for something else, psycopg.Error.
    """
    register.check_name(schema)
    plan.check()
    plan = plan.resolved()
    with register.holding(settings.database_url, schema) as connection:
        history = None if plan.is_whole_journal else open_history(plan.source, settings=settings)
        # What a server holds is hashed by reading all of it: that hash is there too late.
        files = history.hashes if history is not None and plan.is_of_files else {}
        last_offset = await reading.last_offset_of(settings, plan)
        found = _begin(connection, schema, plan, files, last_offset)
        return await fold(settings, connection, found, history)


async def fold(
    settings: Settings,
    connection: psycopg.Connection[Any],
    found: register.Replay,
    history: History | None,
) -> Folded:
    """Fold the rest of the whole journal, or of a history, into a replay that is held."""
    async with _projecting(settings, found) as projector:
        began = time.monotonic()
        with progress() as bars:
            task = bars.add_task(found.schema, total=None, note="")

            def show(total: int | None = None) -> None:
                rate = projector.applied / (time.monotonic() - began or 1)
                note = f"{rate:,.0f} events a second"
                bars.update(task, total=total, completed=projector.next_offset, note=note)

            if history is None:
                await _fold_journal(settings, projector, show)
            else:
                show(reading.count_of(settings, history))
                for batch in reading.batches_of(
                    history, found.plan, found.last_offset, projector.next_offset
                ):
                    await projector.project(batch)
                    show()
                show(projector.next_offset)
        await projector.snapshot()
        register.finish(connection, found.schema)
        return Folded(projector.applied, time.monotonic() - began)


async def _fold_journal(settings: Settings, projector: Projector, show: Callable[[int], None]) -> None:
    await check_topics(settings)
    async with reading_journal(settings) as journal:
        end = await journal.end()
        show(end)
        async for records in reading.records(journal, projector.next_offset, end):
            await projector.project_records(records)
            show(end)


@asynccontextmanager
async def _projecting(settings: Settings, found: register.Replay) -> AsyncIterator[Projector]:
    projector = await Projector.load(
        settings.database_url,
        PROJECTIONS,
        settings.snapshot_events,
        namespace=register.namespace_of(found.schema),
        history_from=found.plan.from_time,
    )
    try:
        yield projector
    finally:
        await projector.close()


def _begin(
    connection: psycopg.Connection[Any],
    schema: str,
    plan: Plan,
    files: Mapping[str, str],
    last_offset: int | None,
) -> register.Replay:
    """Register a new replay, or return the one that is to go on. Raises UsageError where it is another."""
    with connection.transaction():
        lock_migrations(connection)
        found = register.find(connection, schema)
        if found is None:
            register.add(connection, schema, plan, files, last_offset)
            return register.registered(connection, schema)
    if found.plan != plan:
        raise UsageError(
            f"{schema} holds a replay of something else: {found.plan}.",
            f"Give --into another name, or run `ouroboros replay drop {schema}` first.",
        )
    if dict(found.files) != dict(files):
        raise UsageError(
            f"{plan.source} has changed since the replay into {schema} was begun.",
            f"Put the original back, or run `ouroboros replay drop {schema}` and replay again.",
        )
    register.check_versions(connection, schema)
    return found


@contextmanager
def temporary_replay(settings: Settings, plan: Plan) -> Iterator[str]:
    """Fold what a plan is about, give the schema of the views, and drop all of it whatever happens.

    Like any other replay it is in the register, so what a killed process left can be found and dropped.
    Raises UsageError where the role may not make schemas, psycopg.Error.
    """
    _check_rights(settings.database_url)
    schema = f"temporary_{uuid4().hex[:12]}"
    try:
        asyncio.run(replay(settings, schema, plan))
        yield schema
    finally:
        with register.holding(settings.database_url, schema) as connection, connection.transaction():
            if register.find(connection, schema):
                register.drop(connection, schema)


def _check_rights(database: str) -> None:
    """Raise UsageError where the role may not make schemas and register them."""
    with psycopg.connect(database, connect_timeout=5) as connection:
        (role, allowed) = connection.execute(
            "SELECT current_user, has_database_privilege(current_database(), 'CREATE')"
            " AND has_schema_privilege('ouroboros', 'CREATE')"
        ).fetchone() or ("", False)
    if not allowed:
        raise UsageError(
            f"The past is folded into schemas of its own, and the role {role} may not create any here.",
            "Put the role that runs `ouroboros migrate` into OUROBOROS_DATABASE.",
        )
