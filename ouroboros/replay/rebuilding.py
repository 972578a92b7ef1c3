"""`ouroboros replay`: projections rebuilt beside the live ones, as far as they were not yet."""

import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import psycopg
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from events.errors import UsageError
from ouroboros.history.opening import open_history
from ouroboros.history.source import History
from ouroboros.replay import reading, register, schemas
from ouroboros.replay.plan import Plan
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


@dataclass(frozen=True, slots=True)
class _Bar:
    """A progress bar that also tells the rate."""

    progress: Progress
    task: TaskID
    began: float

    def show(self, done: int, events: int) -> None:
        """Show how much of the source has been read, and how many events that were."""
        seconds = time.monotonic() - self.began
        rate = f"{events / seconds:,.0f} events a second" if seconds > 0 else ""
        self.progress.update(self.task, completed=done, rate=rate)


async def replay(settings: Settings, schema: str, plan: Plan, err: Console) -> Folded:
    """Fold what a plan is about into a schema, or go on where an earlier run ended.

    Raises UsageError where the name cannot be used or stands for something else, psycopg.Error.
    """
    schemas.check_name(schema)
    plan.check()
    plan = plan.resolved()
    with register.holding(settings.database_url, schema) as connection:
        history = None if plan.is_whole_journal else open_history(plan.source, settings=settings)
        # What a server holds is hashed by reading all of it: that hash is there too late.
        files = history.hashes if history is not None and plan.is_of_files else {}
        last_offset = await reading.last_offset_of(settings, plan)
        found = _begin(connection, schema, plan, files, last_offset)
        return await fold(settings, connection, found, history, err)


async def fold(
    settings: Settings,
    connection: psycopg.Connection[Any],
    found: register.Replay,
    history: History | None,
    err: Console,
) -> Folded:
    """Fold the rest of the whole journal, or of a history, into a replay that is held."""
    async with _projecting(settings, found) as projector:
        began, start = time.monotonic(), projector.next_offset
        with _progress(err) as progress:
            bar = _Bar(progress, progress.add_task(found.schema, total=None, rate=""), began)
            if history is None:
                await _fold_journal(settings, projector, bar)
            else:
                bar.progress.update(bar.task, total=reading.count_of(settings, found.plan), completed=start)
                await _fold_history(projector, found, history, bar)
                bar.progress.update(bar.task, total=projector.next_offset)
        await projector.snapshot()
        register.finish(connection, found.schema)
        return Folded(projector.applied, time.monotonic() - began)


async def _fold_history(projector: Projector, found: register.Replay, history: History, bar: _Bar) -> None:
    folded = projector.next_offset
    if export := reading.in_batches(history, found.plan):
        for batch in reading.batched(export, found.plan, folded):
            await projector.project_batch(batch)
            bar.show(projector.next_offset, projector.applied)
    else:
        for events in reading.counted(history, found.plan, found.last_offset, folded):
            await projector.project_counted(events)
            bar.show(projector.next_offset, projector.applied)


async def _fold_journal(settings: Settings, projector: Projector, bar: _Bar) -> None:
    await check_topics(settings)
    async with reading_journal(settings) as journal:
        end = await journal.end()
        bar.progress.update(bar.task, total=end, completed=projector.next_offset)
        async for records in reading.records(journal, projector.next_offset, end):
            await projector.project(records)
            bar.show(projector.next_offset, projector.applied)


@asynccontextmanager
async def _projecting(settings: Settings, found: register.Replay) -> AsyncIterator[Projector]:
    projector = await Projector.load(
        settings.database_url,
        PROJECTIONS,
        settings.snapshot_events,
        namespace=schemas.place_of(found.schema),
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
    with connection.transaction():
        lock_migrations(connection)
        found = register.find(connection, schema)
        if found is None:
            schemas.make(connection, schema)
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
    schemas.check_versions(connection, schema)
    return found


def _progress(err: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.percentage:>3.0f}%"),
        TextColumn("{task.fields[rate]}"),
        TimeElapsedColumn(),
        TextColumn("left:"),
        TimeRemainingColumn(),
        console=err,
    )
