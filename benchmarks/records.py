"""Catching up: journal records in memory to rows in memory, on one core, through every projection."""

import asyncio
import gc
import random
import time
from collections.abc import Iterator, Sequence
from unittest.mock import patch

from benchmarks.facts import SEED
from benchmarks.in_memory import Folds, InMemory, Parts, note
from benchmarks.journals import EVENTS_A_MINUTE, mixed
from benchmarks.prices import SERIES, Market
from benchmarks.results import Figure, Result
from benchmarks.servers import Servers
from events.journal import decode_record
from projections.base import JournaledEvent
from projections.deduplication import Deduplicator, deduplicate
from projections.event_batch import batch_of
from projections.store import projector
from projections.store.projector import JournalRecord

EVENTS = 105_000
TIMES = 3
# About what one read of the journal gives the projector.
BATCH = 40

Records = Sequence[JournalRecord]


def records(_: Servers) -> Result:
    """Measure the whole of it, what is left without decoding, and the share of each part."""
    chance = random.Random(SEED)
    journal = list(mixed(chance, Market(chance), EVENTS // EVENTS_A_MINUTE))
    size = sum(len(record.value) for record in journal) / EVENTS
    # What stays for the whole run is nothing that the collector need look through.
    gc.collect()
    gc.freeze()
    whole = min(asyncio.run(_whole(journal)) for _ in range(TIMES))
    folding = min(asyncio.run(_without_decoding(journal)) for _ in range(TIMES))
    parts = _parts(journal)
    gc.unfreeze()
    total = sum(parts.values())
    return Result(
        "Catching up, one core: journal records to rows in memory",
        [
            Figure("decode, deduplicate, fold through every projection", EVENTS / whole, "events/s"),
            Figure("the same without decoding", EVENTS / folding, "events/s"),
            *(
                Figure(f"of that {name}: {seconds / total:.0%}", 1e6 * seconds / EVENTS, "µs/event")
                for name, seconds in parts.items()
            ),
        ],
        [
            f"{EVENTS:,} events, {len(SERIES) / EVENTS_A_MINUTE:.0%} of them bars of {len(SERIES)} series,"
            f" {size:.0f} bytes each, a record a minute; seed {SEED}; the best of {TIMES}.",
            "Rows are gathered as for COPY and then dropped.",
        ],
    )


async def _whole(records: Records) -> float:
    memory = InMemory()
    start = time.perf_counter()
    for batch in _batches(records):
        await memory.project_records(batch)
    return time.perf_counter() - start


async def _without_decoding(records: Records) -> float:
    memory = InMemory()
    seconds = 0.0
    for batch in _batches(records):
        decoded = iter([decode_record(record.value, record.headers) for record in batch])
        with patch.object(projector, "decode_record", lambda *_, decoded=decoded: next(decoded)):
            start = time.perf_counter()
            await memory.project_records(batch)
            seconds += time.perf_counter() - start
    return seconds


def _parts(records: Records) -> Parts:
    """Return the seconds of each step that a projector does."""
    parts = Parts()
    folds, deduplicator = Folds(), Deduplicator()
    for batch in _batches(records):
        events = list[JournaledEvent]()
        for record in batch:
            began = time.process_time()
            runs = decode_record(record.value, record.headers)
            began = note(parts, "decoding", began)
            deduplicator, accepted = deduplicate(deduplicator, record.offset, runs)
            events += accepted
            note(parts, "deduplication", began)
        began = time.process_time()
        columns = batch_of(events)
        note(parts, "columns", began)
        folds.fold(columns, parts)
    return parts


def _batches(records: Records) -> Iterator[Records]:
    for start in range(0, len(records), BATCH):
        yield records[start : start + BATCH]
