"""Databases that hold the ledger, its prices as daily bars, and whatever else a test adds."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, time, timedelta
from itertools import groupby

from events.base import Event
from events.codec import decode_document
from events.families.clock import tick
from events.families.prices import EquityPriced, GpuPriced
from events.journal import Run, encode_records
from events.ledger import ledger
from projections.registry import PROJECTIONS
from projections.store.projector import JournalRecord, Projector


def history(more: Iterable[Event] = ()) -> list[Event]:
    """Give the ledger and more facts as the journal would have them, with a tick at the end of each day."""
    facts = sorted((*map(as_bar, ledger()), *more), key=lambda event: event.known_at)
    return [
        one
        for day, events in groupby(facts, key=lambda event: event.known_at.date())
        for one in (*events, tick(datetime.combine(day, time(23, 59, 59), UTC)))
    ]


def as_bar(event: Event) -> Event:
    """Close a bar of a day over a single price."""
    match event:
        case EquityPriced():
            return _bar(event, "EquityBarClosed", symbol=event.symbol)
        case GpuPriced():
            return _bar(event, "GpuBarClosed", model=event.model, basis=event.basis)
        case _:
            return event


def _bar(print_: EquityPriced | GpuPriced, event_type: str, **series: str) -> Event:
    bucket = datetime.combine(print_.occurred_at.date(), time(), UTC)
    return decode_document(
        {
            "event_type": event_type,
            "occurred_at": print_.occurred_at.isoformat(),
            "known_at": max(print_.known_at, bucket + timedelta(days=1)).isoformat(),
            "source": print_.source,
            "source_url": print_.source_url,
            "certainty": print_.certainty,
            "interval_seconds": 86_400,
            "bucket": bucket.isoformat(),
            "first_at": print_.occurred_at.isoformat(),
            "last_at": print_.occurred_at.isoformat(),
            **dict.fromkeys(("open_usd", "high_usd", "low_usd", "close_usd"), print_.price_usd),
            **series,
        }
    )


def records(events: Iterable[Event]) -> Iterator[JournalRecord]:
    """Write events as records of the journal, one each."""
    for offset, one in enumerate(events):
        ((value, headers),) = encode_records([Run("ledger/0", offset, (one,))])
        yield JournalRecord(offset, value, tuple(headers))


async def fill(database: str, events: Iterable[Event]) -> None:
    """Fold events into a database that is ready for a worker."""
    projector = await Projector.load(database, PROJECTIONS, 1_000_000)
    await projector.project_records(list(records(events)))
    await projector.close()
