"""Closes of shares as events, and the real ones of the shared data where they are at hand."""

import csv
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import pytest

from events.base import Event
from events.families.clock import tick
from tests.given import event

PRICES = Path(__file__).resolve().parents[3] / "shared" / "data" / "prices"


def close(day: str, symbol: str, price: float, at: str = "12:00:00", bucket: str = "00:00:00") -> Event:
    """Close a bar that ends on a day at a time (UTC)."""
    prices = dict.fromkeys(("open_usd", "high_usd", "low_usd", "close_usd"), price)
    return event(
        "EquityBarClosed",
        day,
        symbol=symbol,
        interval_seconds=86_400,
        bucket=f"{day}T{bucket}Z",
        first_at=f"{day}T{bucket}Z",
        last_at=f"{day}T{at}Z",
        **prices,
    )


def held(journal: Iterable[Event], minutes: float = 15) -> list[Event]:
    """Let minutes pass after the newest of some events, so that what they reached is taken."""
    events = list(journal)
    return [*events, tick(max(one.known_at for one in events) + timedelta(minutes=minutes))]


def real_closes(file: str, column: str, symbols: Iterable[str]) -> list[tuple[str, str, float]]:
    """Read (day, symbol, price) out of real daily prices, the oldest first; skip the test without them."""
    path = PRICES / file
    if not path.exists():
        pytest.skip(f"needs the real prices of {file}, which lie beside the checkout in shared/data/prices")
    with path.open(encoding="utf-8") as lines:
        rows = [row for row in csv.DictReader(lines) if row["ticker"] in symbols]
    return sorted((row["date"], row["ticker"], float(row[column])) for row in rows)
