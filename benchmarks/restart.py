"""Restart: how long a worker takes until it has caught up, with the memory of ten million events."""

import asyncio
import random
import time
from collections.abc import Iterable

from benchmarks.children import Child
from benchmarks.facts import SEED
from benchmarks.in_memory import InMemory
from benchmarks.journals import EVENTS_A_MINUTE, FACTS_A_DAY, MINUTES_A_DAY, history, mixed
from benchmarks.live import WORKER
from benchmarks.prices import SERIES, Market
from benchmarks.results import Figure, Result
from benchmarks.servers import Servers
from events.topics import JOURNAL
from projections.store.projector import JournalRecord
from streams.kafka import producing
from streams.settings import Settings

REMEMBERED = 10_000_000
EVENTS_A_DAY = MINUTES_A_DAY * len(SERIES) + FACTS_A_DAY
GOAL_SECONDS, GOAL_MB = 5, 300
SENT_AT_ONCE = 200


def restart(servers: Servers) -> Result:
    """Leave a journal and snapshots, and start workers on them."""
    settings = servers.fresh()
    days = REMEMBERED // EVENTS_A_DAY
    # On average a crash comes half way between two snapshots.
    tail_minutes = settings.snapshot_events // 2 // EVENTS_A_MINUTE
    records = asyncio.run(_leave(settings, days, tail_minutes))
    crashed, _ = _start(settings)
    stopped, resident_mb = _start(settings)
    fresh, _ = _start(servers.fresh())
    return Result(
        f"Restart with the memory of {REMEMBERED:,} events",
        [
            Figure("after a crash, half way between snapshots", crashed, "s", GOAL_SECONDS, "less"),
            Figure("after an orderly stop", stopped, "s", GOAL_SECONDS, "less"),
            Figure("on an empty journal, for comparison", fresh, "s"),
            Figure("memory of the worker after its restart", resident_mb, "MB", GOAL_MB, "less"),
        ],
        [
            "From the start of the process to caught up; imports and group joins are part of it.",
            f"The journal has {days} days of facts ({days * FACTS_A_DAY:,}) and one bar a series and day:"
            f" the other bars of {days * EVENTS_A_DAY:,} events leave only rows, and here not even those.",
            f"{records:,} records; after the snapshot {tail_minutes * EVENTS_A_MINUTE:,} events, already"
            f" written; seed {SEED}.",
        ],
    )


def _start(settings: Settings) -> tuple[float, float]:
    """Start a worker; tell how long it took to catch up, and what it holds then."""
    start = time.perf_counter()
    with Child(settings, WORKER) as worker:
        told = worker.answer()
        return time.perf_counter() - start, told["resident_mb"]


async def _leave(settings: Settings, days: int, tail_minutes: int) -> int:
    """Leave a journal, and in the database what a worker leaves that is killed at its end."""
    chance = random.Random(SEED)
    market = Market(chance)
    memory = InMemory()
    await _journal(settings, history(chance, market, days), memory)
    first = memory.next_offset
    await _journal(settings, mixed(chance, market, tail_minutes, first, days), None)
    await memory.leave_in(settings.database_url, first + tail_minutes - 1)
    return first + tail_minutes


async def _journal(settings: Settings, records: Iterable[JournalRecord], memory: InMemory | None) -> None:
    async with producing(settings) as producer:
        sent = []
        for record in records:
            sent.append(
                await producer.send(
                    settings.topic(JOURNAL), record.value, headers=list(record.headers), partition=0
                )
            )
            if memory:
                await memory.project_records([record])
            if len(sent) >= SENT_AT_ONCE:
                await asyncio.gather(*sent)
                sent.clear()
        await asyncio.gather(*sent)
