"""What the live benchmarks publish, and publishing it."""

import asyncio
import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import LiteralString

import psycopg

from benchmarks.facts import SEED, SYMBOLS, every, facts_of_entities
from benchmarks.prices import Market
from events.base import Event
from events.families.prices import EquityPriced
from streams.publishing import EVENTS_PER_MESSAGE, publishing
from streams.settings import Settings

FACT_SECONDS = 20.0


@dataclass(frozen=True)
class Workload:
    """Events in the order in which they are published."""

    name: str
    events: Sequence[Event]
    goal: float
    # What the read models answer afterwards, and to which question.
    question: LiteralString
    answer: float

    @property
    def topics(self) -> list[str]:
        """Name the topics that they go to."""
        return sorted({event.TOPIC for event in self.events})

    def publish(self, settings: Settings) -> None:
        """Send everything, and wait until the broker has it."""
        asyncio.run(_publish(settings, self.events))

    def check(self, settings: Settings) -> None:
        """Make sure that each event counts once in the read models."""
        with psycopg.connect(settings.database_url) as connection:
            found = connection.execute(self.question).fetchone()
        if found != (self.answer,):
            raise SystemExit(f"{self.name}: {self.question} gives {found} instead of {self.answer}.")


def workloads() -> list[Workload]:
    """Make up facts in arrays, facts one a message, and prices in arrays."""
    chance = random.Random(SEED)
    of_entities = facts_of_entities(chance, 200, EVENTS_PER_MESSAGE, every(FACT_SECONDS))
    single = facts_of_entities(chance, 300, 100, every(FACT_SECONDS))
    market = Market(chance)
    prints = [market.prints(number, EVENTS_PER_MESSAGE, every(1.0)) for number in range(len(SYMBOLS))]
    return [
        _facts("facts in arrays of 500", chain(*of_entities), 50_000),
        # Neighbours of different entities travel alone.
        _facts("facts, one a message", chain(*zip(*single, strict=True)), 8_000),
        _prices("prices in arrays of 500", chain(*prints), 50_000),
    ]


def _facts(name: str, events: Iterable[Event], goal: float) -> Workload:
    listed = list(events)
    return Workload(name, listed, goal, "SELECT count(*) FROM read.journal_event", len(listed))


def _prices(name: str, events: Iterable[Event], goal: float) -> Workload:
    listed = list(events)
    volume = sum(event.size for event in listed if isinstance(event, EquityPriced))
    return Workload(name, listed, goal, "SELECT sum(volume) FROM read.equity_bar", volume)


async def _publish(settings: Settings, events: Sequence[Event]) -> None:
    async with publishing(settings) as publisher:
        await publisher.publish(events)
