"""Small histories for studies: daily bars, waivers of lenders, and where they are kept."""

import random
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import orjson

from events.bars import with_bars
from events.base import Event
from events.codec import decode_document
from events.families.prices import DAY_SECONDS
from ouroboros.backtest.bars import Priced
from ouroboros.backtest.prices import Prices
from ouroboros.backtest.run import Result, run
from ouroboros.backtest.sources import Part, Source
from ouroboros.backtest.study import HistoryPart
from ouroboros.backtest.study_file import read_study
from ouroboros.history.source import Entry, History, Order, journaled
from projections.event_batch import batch_of

CLOSES = time(21)


def at(day: str, hour: int = 21, minute: int = 0) -> datetime:
    return datetime.combine(date.fromisoformat(day), time(hour, minute), UTC)


def bar(symbol: str, known_at: datetime, opened: float, closed: float, **more: Any) -> Event:
    bucket = known_at.replace(hour=0, minute=0)
    return decode_document(
        {
            "event_type": "EquityBarClosed",
            "occurred_at": known_at.isoformat(),
            "known_at": known_at.isoformat(),
            "source": "test",
            "certainty": "reported",
            "symbol": symbol,
            "interval_seconds": 86_400,
            "bucket": bucket.isoformat(),
            "first_at": bucket.isoformat(),
            "last_at": known_at.isoformat(),
            "open_usd": opened,
            "high_usd": max(opened, closed),
            "low_usd": min(opened, closed),
            "close_usd": closed,
            **more,
        }
    )


def waiver(known_at: datetime, kind: str = "waiver", borrower: str = "CoreWeave", **more: Any) -> Event:
    return decode_document(
        {
            "event_type": "CreditWaiverReported",
            "occurred_at": known_at.isoformat(),
            "known_at": known_at.isoformat(),
            "source": "test",
            "certainty": "reported",
            "facility_id": f"loan-{borrower}",
            "borrower": borrower,
            "kind": kind,
            **more,
        }
    )


def gpu_bar(known_at: datetime, price: float, model: str = "H100", basis: str = "rental_hour") -> Event:
    """Make the bar of a day that ends at a time."""
    begins = known_at - timedelta(days=1)
    return decode_document(
        {
            "event_type": "GpuBarClosed",
            "occurred_at": known_at.isoformat(),
            "known_at": known_at.isoformat(),
            "source": "test",
            "certainty": "reported",
            "model": model,
            "basis": basis,
            "interval_seconds": 86_400,
            "bucket": begins.isoformat(),
            "first_at": begins.isoformat(),
            "last_at": known_at.isoformat(),
            **{f"{name}_usd": price for name in ("open", "high", "low", "close")},
        }
    )


def bars(symbol: str, first: str, prices: Sequence[tuple[float, float]]) -> list[Event]:
    """Make a bar of open and close for each day from the first one on."""
    start = at(first)
    return [bar(symbol, start + timedelta(days=number), *one) for number, one in enumerate(prices)]


class InMemory(History):
    """Events in the order of their arrival; of single prices, bars of their days."""

    def __init__(self, name: str, events: Sequence[Event]) -> None:
        super().__init__(name, {"memory": "0" * 64})
        self.events = events

    def entries(self, order: Order, until: datetime | None = None) -> Iterator[Entry]:
        events = list(with_bars(self.events, DAY_SECONDS))
        self.drawn.update({str(event.event_id) for event in events if event not in self.events})
        found = [
            Entry(offset, 0, event)
            for offset, event in enumerate(events)
            if until is None or event.known_at <= until
        ]
        if order is Order.KNOWN:
            found.sort(key=lambda entry: (entry.event.known_at, entry.offset))
        yield from found


def prices_of(universe: Sequence[Priced], events: Sequence[Event]) -> Prices:
    """Take daily bars in the order in which they come."""
    history = InMemory("memory", events)
    prices = Prices(universe, 86_400, [history])
    prices.take(batch_of(list(journaled(history.entries(Order.JOURNAL)))))
    return prices


def source_of(until: datetime, *parts: Sequence[Event], takes: Sequence[str] = ()) -> Source:
    """Read lists of events as the parts of one history."""
    stated = [{"read": f"part {number}"} for number in range(len(parts))]
    for part, take in zip(stated, takes, strict=False):
        part["take"] = take
    return Source(
        [
            Part(HistoryPart.model_validate(part), InMemory(part["read"], tuple(events)))
            for part, events in zip(stated, parts, strict=True)
        ],
        until,
    )


def study_document(**changes: Any) -> dict[str, Any]:
    """Write a study of CoreWeave's waivers, with some keys changed; None leaves one out."""
    document: dict[str, Any] = {
        "study": "test",
        "history": [{"read": "ledger"}],
        "universe": ["CRWV"],
        "period": {"starts": "2025-03-01", "ends": "2025-06-01"},
        "signals": {
            "waivers": {
                "of": [{"indicator": "credit_waivers", "level": "watch", "subject": "borrower:CoreWeave"}]
            }
        },
        "outcome": {"symbol": "CRWV", "falls": 0.2, "within_days": 7},
        "draws": 100,
    }
    document |= changes
    return {key: value for key, value in document.items() if value is not None}


def written(folder: Path, **changes: Any) -> Path:
    path = folder / "study.yaml"
    path.write_bytes(orjson.dumps(study_document(**changes), option=orjson.OPT_INDENT_2))
    return path


def result_of(folder: Path, events: Iterable[Event], **changes: Any) -> Result:
    study, document = read_study(written(folder, **changes))
    return run(study, document, source_of(study.period.ends, tuple(events)), None)


def random_history(seed: int, days: int = 25) -> list[Event]:
    """Make daily prices that wander, and waivers at any hour; some arrive later than they are known."""
    chance = random.Random(seed)
    price, events = 100.0, list[Event]()
    for number in range(days):
        known_at = at("2025-03-03") + timedelta(days=number)
        opened = price * chance.uniform(0.93, 1.07)
        price = opened * chance.uniform(0.93, 1.07)
        events.append(bar("CRWV", known_at, opened, price))
        if chance.random() < 0.2:
            kind = chance.choice(["amendment", "waiver", "forbearance", "default"])
            time = known_at + timedelta(minutes=chance.randrange(1440))
            events.append(waiver(time, kind, facility_id=f"loan-{number}"))
    chance.shuffle(events)
    return events
