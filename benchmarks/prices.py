"""Prices of the made-up world: bars as a sequencer journals them, and the prints of feeds."""

import random
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from benchmarks.facts import GPU_MODELS, SYMBOLS, common
from events.base import Event
from events.families.prices import EquityBarClosed, EquityPriced, GpuBarClosed, GpuBasis

BASES: tuple[GpuBasis, ...] = ("resale", "rental_hour")
SERIES: tuple[tuple[str, GpuBasis | None], ...] = (
    *((symbol, None) for symbol in SYMBOLS),
    *((model, basis) for model in GPU_MODELS for basis in BASES),
)


class Market:
    """All series, each a random walk; prices in USD."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._prices = [chance.uniform(20, 400) for _ in SERIES]

    def bars(self, bucket: datetime, seconds: int) -> Iterator[Event]:
        """Let every series trade for an interval."""
        for number, (name, basis) in enumerate(SERIES):
            opened, closed = self._prices[number], self._step(number)
            wick = self._chance.uniform(0, 0.002)
            last_at = bucket + timedelta(seconds=seconds - self._chance.randrange(1, 10))
            shared: dict[str, Any] = {
                **common(self._chance, last_at, "exchange"),
                "interval_seconds": seconds,
                "bucket": bucket,
                "open_usd": opened,
                "high_usd": round(max(opened, closed) * (1 + wick), 4),
                "low_usd": round(min(opened, closed) * (1 - wick), 4),
                "close_usd": closed,
                "first_at": bucket + timedelta(seconds=self._chance.randrange(10)),
                "last_at": last_at,
            }
            volume = float(self._chance.randrange(100, 100_000))
            if basis is None:
                yield EquityBarClosed(**shared, symbol=name, volume=volume)
            else:
                yield GpuBarClosed(**shared, model=name, basis=basis, quantity=volume)

    def prints(self, number: int, each: int, moments: Iterator[datetime]) -> list[Event]:
        """Let one share trade some times."""
        return [
            EquityPriced(
                **common(self._chance, next(moments), "exchange"),
                symbol=SYMBOLS[number % len(SYMBOLS)],
                price_usd=self._step(number % len(SYMBOLS)),
                size=float(self._chance.randrange(1, 1_000)),
            )
            for _ in range(each)
        ]

    def _step(self, number: int) -> float:
        price = round(max(1.0, self._prices[number] * self._chance.gauss(1, 0.001)), 4)
        self._prices[number] = price
        return price
