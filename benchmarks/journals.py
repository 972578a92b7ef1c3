"""Journals of the made-up world: a record a minute of trading, as sequencers write them."""

import random
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from itertools import islice

from benchmarks.facts import FACILITIES, FIRST_DAY, SITES, common, deal, every, facts, loan, schedule
from benchmarks.prices import SERIES, Market
from events.base import Event
from events.families.clock import tick
from events.journal import Run, encode_records
from projections.store.projector import JournalRecord

MINUTES_A_DAY = 390
FACTS_A_MINUTE = 10
EVENTS_A_MINUTE = len(SERIES) + FACTS_A_MINUTE
FACTS_A_DAY = MINUTES_A_DAY * FACTS_A_MINUTE

# What a year leaves for dashboards to read.
DAYS_A_YEAR, FACTS_OF_A_DESK, DEALS_A_DAY, DAYS_BY_THE_MINUTE = 365, 100, 1, 2


def mixed(
    chance: random.Random, market: Market, minutes: int, first_offset: int = 0, day: int = 0
) -> Iterator[JournalRecord]:
    """Make up minutes of a trading day and of those that follow: all series, and a few facts."""
    told = facts(chance, _trading(day, 60 / FACTS_A_MINUTE))
    for minute, bucket in enumerate(islice(_trading(day, 60), minutes)):
        fresh = [*market.bars(bucket, 60), *islice(told, FACTS_A_MINUTE)]
        yield _record(first_offset + minute, fresh)


def history(chance: random.Random, market: Market, days: int) -> Iterator[JournalRecord]:
    """Make up days of which only that is journaled which leaves something in the folds' memory.

    Those are all facts, and one bar a day of each series; the other bars of a day would leave
    nothing but rows.
    """
    offset = 0
    for day in range(days):
        told = facts(chance, _trading(day, 60 / FACTS_A_MINUTE))
        opened = FIRST_DAY + timedelta(days=day)
        yield _record(offset, market.bars(opened, 60))
        offset += 1
        for _ in range(FACTS_A_DAY // EVENTS_A_MINUTE):
            yield _record(offset, islice(told, EVENTS_A_MINUTE))
            offset += 1


def year(chance: random.Random, market: Market) -> Iterator[JournalRecord]:
    """Make up a year of a desk: all loans and sites on its first day, then facts, deals and bars a day.

    Each series has a bar a day, and then a bar a minute for some days.
    """
    offset = 0
    for day in range(DAYS_A_YEAR):
        morning = FIRST_DAY + timedelta(days=day)
        told: list[Event] = [
            *(_standing(chance) if day == 0 else ()),
            *(deal(chance, common(chance, morning), day * DEALS_A_DAY + one) for one in range(DEALS_A_DAY)),
            *islice(facts(chance, every(60, morning)), FACTS_OF_A_DESK),
            *market.bars(morning.replace(hour=0, minute=0), 86_400),
            tick(morning.replace(hour=23)),
        ]
        for start in range(0, len(told), EVENTS_A_MINUTE):
            yield _record(offset, told[start : start + EVENTS_A_MINUTE])
            offset += 1
    for bucket in islice(_trading(DAYS_A_YEAR, 60), DAYS_BY_THE_MINUTE * MINUTES_A_DAY):
        yield _record(offset, market.bars(bucket, 60))
        offset += 1


def _standing(chance: random.Random) -> Iterator[Event]:
    """Originate every loan and promise power to every site."""
    for entity in range(FACILITIES):
        yield loan(chance, common(chance, FIRST_DAY), entity)
    for entity in range(SITES):
        yield schedule(chance, common(chance, FIRST_DAY), entity)


def _trading(day: int, seconds: float) -> Iterator[datetime]:
    """Give the moments of trading hours, from the opening of a day on."""
    for one in range(day, 10_000):
        opening = FIRST_DAY + timedelta(days=one)
        yield from islice(every(seconds, opening), int(MINUTES_A_DAY * 60 / seconds))


def _record(offset: int, events: Iterable[Event]) -> JournalRecord:
    runs = [Run(_source(event), offset, (event,)) for event in events]
    ((value, headers),) = encode_records(_numbered(runs))
    return JournalRecord(offset, value, tuple(headers))


def _numbered(runs: Iterable[Run]) -> Iterator[Run]:
    """Give the facts of one partition offsets of their own."""
    for place, run in enumerate(runs):
        yield run if "#" in run.source else Run(run.source, run.offset * 1_000 + place, run.events)


def _source(event: Event) -> str:
    partition = len(event.key) % 4
    basis = getattr(event, "basis", None)
    if event.TOPIC.endswith("prices"):
        return f"{event.TOPIC}/{partition}#{event.key}" + (f"/{basis}" if basis else "")
    return f"{event.TOPIC}/{partition}"
