"""Made-up histories: bars and facts, some of them late, and what all projections make of batches."""

import random
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from benchmarks.trading import events
from events.base import Event
from events.codec import decode_document
from projections.base import Row
from projections.column_block import rows_of
from projections.event_batch import EventBatch
from projections.facts.learning import learn
from projections.facts.world import World
from projections.kernel import LearnedBatch
from projections.registry import PROJECTIONS

SEED = 20_260_301


def share_bar(day: str, symbol: str, minute: int, prices: Sequence[int]) -> Event:
    """Return a bar of a minute; prices are the first, the last, and how far the highest lies above both."""
    at = (datetime.fromisoformat(f"{day}T14:30:00+00:00") + timedelta(minutes=minute)).isoformat()
    first, last, higher = prices
    return decode_document(
        {
            **{"event_type": "EquityBarClosed", "source": "test", "certainty": "stated", "symbol": symbol},
            **{"interval_seconds": 60, "volume": minute, "open_usd": first, "close_usd": last},
            **{"high_usd": max(first, last) + higher, "low_usd": min(first, last)},
            **dict.fromkeys(("known_at", "occurred_at", "bucket", "first_at", "last_at"), at),
        }
    )


def late(chance: random.Random, journal: Iterable[Event]) -> list[Event]:
    """Let some events be known later than what is journaled after them, and some long before."""
    listed = list(journal)
    for position in chance.sample(range(len(listed)), len(listed) // 15):
        listed.append(listed[position])
        listed[position] = listed[chance.randrange(len(listed))]
    return list({event.event_id: event for event in listed}.values())


def mixed(size: int) -> list[Event]:
    """Return bars and facts of two months, some of them late."""
    chance = random.Random(SEED)
    made = events(chance, 2)
    return [
        event.model_copy(update={"known_at": event.known_at.replace(month=2)}) if number % 3 == 0 else event
        for number, event in enumerate(late(chance, [next(made) for _ in range(size)]))
    ]


def projected(batches: Iterable[EventBatch]) -> dict[str, Any]:
    """Return what batches leave: the world, the states, and each table's rows with the types of values."""
    world, states = World(), {projection.name: projection.initial for projection in PROJECTIONS}
    rows: dict[type[Row], list[tuple[Row, list[type]]]] = {}
    for batch in batches:
        before, (world, steps) = world, learn(world, batch)
        for projection in PROJECTIONS:
            step = projection.project(states[projection.name], LearnedBatch(batch, before, steps))
            states[projection.name] = step.state
            for row in rows_of(step.pieces):
                # 1 equals 1.0, and is written differently.
                rows.setdefault(type(row), []).append((row, [type(value) for value in row]))
    # History comes in any order; where rows replace each other the order says which stays.
    history = {table.row for projection in PROJECTIONS for table in projection.tables if not table.key}
    rows = {row: sorted(made, key=repr) if row in history else made for row, made in rows.items()}
    return {"world": world, "states": states, "rows": rows}
