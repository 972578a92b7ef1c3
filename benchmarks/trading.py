"""Made-up trading days as an export in Parquet: minute bars of shares, hourly bars of GPUs, and facts."""

import heapq
import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from benchmarks.facts import GPU_MODELS, SEED, SYMBOLS, common, every, facts
from benchmarks.prices import BASES
from events.base import Event
from events.families.prices import EquityBarClosed, GpuBarClosed
from ouroboros.history.source import Entry
from ouroboros.history.writing import writing
from projections.facts.watchlists import BUILDERS, FINANCIERS, NEOCLOUDS

DAYS = 5
MINUTES_A_DAY = 390
SHARES = 500
FACTS_A_MINUTE = 10
BASKETS = (*BUILDERS, *FINANCIERS, *NEOCLOUDS)
# Of SYMBOLS the first ten are pledged now and then.
NAMES = (*BASKETS, *SYMBOLS, *(f"XS{number}" for number in range(SHARES - len(SYMBOLS) - len(BASKETS))))


def export_days(folder: Path, days: int) -> int:
    """Write an export of so many trading days, and tell how many events are in it."""
    with writing(folder, "archive", "parquet") as (writer, _):
        for offset, event in enumerate(events(random.Random(SEED), days)):
            writer.add(Entry(offset, 0, event))
        return writer.finish().events


def events(chance: random.Random, days: int) -> Iterator[Event]:
    """Make up the events of so many weekdays, in the order in which they were known."""
    one_kind = (_share_bars(chance, days), _gpu_bars(chance, days), facts_of(chance, days))
    return heapq.merge(*one_kind, key=lambda event: event.known_at)


def facts_of(chance: random.Random, days: int) -> Iterator[Event]:
    """Make up facts in the trading hours."""
    seconds = 60 / FACTS_A_MINUTE
    moments = (
        moment
        for opening in _openings(days)
        for moment in islice(every(seconds, opening), MINUTES_A_DAY * FACTS_A_MINUTE)
    )
    return facts(chance, moments)


def _share_bars(chance: random.Random, days: int) -> Iterator[Event]:
    prices = {name: round(chance.uniform(20, 400), 4) for name in NAMES}
    for opening in _openings(days):
        for bucket in islice(every(60, opening), MINUTES_A_DAY):
            for name in NAMES:
                shared, prices[name] = _bar(chance, bucket, 60, prices[name])
                yield EquityBarClosed(**shared, symbol=name, volume=float(chance.randrange(100, 100_000)))


def _gpu_bars(chance: random.Random, days: int) -> Iterator[Event]:
    series = {
        (model, basis): round(chance.uniform(1_000, 30_000), 4) for model in GPU_MODELS for basis in BASES
    }
    # A rent is no price of a GPU, but as good as one for what it costs to fold.
    for opening in _openings(days):
        for bucket in islice(every(3_600, opening - timedelta(hours=14)), 24):
            for (model, basis), opened in series.items():
                shared, series[model, basis] = _bar(chance, bucket, 3_600, opened)
                yield GpuBarClosed(**shared, model=model, basis=basis, quantity=float(chance.randrange(1, 9)))


def _openings(days: int) -> Iterator[datetime]:
    weekdays = (day for day in every(86_400) if day.weekday() < 5)
    return islice(weekdays, days)


def _bar(
    chance: random.Random, bucket: datetime, seconds: int, opened: float
) -> tuple[dict[str, Any], float]:
    closed = round(max(1.0, opened * chance.gauss(1, 0.001)), 4)
    wick = chance.uniform(0, 0.002)
    at = bucket + timedelta(seconds=seconds)
    shared = {
        **common(chance, at, "exchange"),
        "interval_seconds": seconds,
        "bucket": bucket,
        "open_usd": opened,
        "high_usd": round(max(opened, closed) * (1 + wick), 4),
        "low_usd": round(min(opened, closed) * (1 - wick), 4),
        "close_usd": closed,
        "first_at": bucket,
        "last_at": at - timedelta(seconds=1),
    }
    return shared, closed
