"""The facts published day by day as they became known, and what each day changed."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time
from itertools import groupby
from typing import Any

import orjson
import psycopg
from psycopg.sql import SQL, Identifier
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from events.base import Event
from events.clock import tick
from events.topics import SIGNALS
from projections.registry import PROJECTIONS
from streams.kafka import PartitionReader, producing
from streams.publishing import Publisher
from streams.settings import Settings
from streams.worker import Worker

# A signal names so many of the events that it rests on.
TOLD = 3
STYLES = {"calm": "green", "watch": "yellow", "warning": "dark_orange", "critical": "bold red"}


async def tell(settings: Settings, worker: Worker, facts: Sequence[Event], out: Console) -> None:
    """Publish the facts a day at a time and print what follows from each day."""
    signals = PartitionReader(settings, settings.topic(SIGNALS))
    await signals.start()
    try:
        heard = await signals.end()
        async with producing(settings) as producer:
            publisher = Publisher(settings, producer)
            for day, events in _by_day(facts):
                before = _row_counts(settings)
                midnight = tick(datetime.combine(day, time(23, 59, 59), UTC))
                for together in (events, [midnight]):
                    await publisher.publish(together)
                    await publisher.flush()
                    await worker.settle()
                _tell_day(out, day, events)
                _tell_rows(out, before, _row_counts(settings))
                end = await signals.end()
                async for records in signals.read(heard, end):
                    for record in records:
                        _tell_signal(out, orjson.loads(record.value))
                heard = end
    finally:
        await signals.stop()


def _by_day(facts: Sequence[Event]) -> Iterator[tuple[date, list[Event]]]:
    for day, events in groupby(facts, key=lambda event: event.known_at.date()):
        yield day, list(events)


def _tell_day(out: Console, day: date, events: Sequence[Event]) -> None:
    kinds = Counter(event.event_type for event in events)
    listed = ", ".join(f"{count} {name}" for name, count in sorted(kinds.items()))
    facts = "1 fact" if len(events) == 1 else f"{len(events)} facts"
    out.print(f"\n[bold]{day:%d %B %Y}[/]  {facts}: {listed}")


def _tell_rows(out: Console, before: dict[str, int], after: dict[str, int]) -> None:
    grown = ", ".join(
        f"{table} {count} (+{count - before[table]})"
        for table, count in after.items()
        if count != before[table]
    )
    out.print(Padding(Text(f"read models: {grown}", style="dim"), (0, 0, 0, 2)))


def _tell_signal(out: Console, signal: dict[str, Any]) -> None:
    style = STYLES[signal["level"]]
    head = Text.assemble(
        (f"{signal['step']:<9}", "bold"),
        " ",
        (f"{signal['level']:<8}", style),
        f" {signal['title']} · {signal['subject']} = {measured(signal['value'], signal['unit'])}",
    )
    out.print(Padding(head, (0, 0, 0, 2)))
    out.print(Padding(Text(signal["message"], style="italic"), (0, 0, 0, 4)))
    for source in signal["sources"][:TOLD]:
        told = source.get("headline", source["event_id"])
        out.print(Padding(Text(f"evidence: {told}", style="dim"), (0, 0, 0, 4)))
    if len(signal["sources"]) > TOLD:
        out.print(Padding(Text(f"and {len(signal['sources']) - TOLD} more", style="dim"), (0, 0, 0, 4)))


def measured(value: float, unit: str) -> str:
    """Write a value as a person would say it: shares in per cent, dollars in billions, counts bare."""
    match unit:
        case "share":
            return f"{value:.1%}"
        case "USD":
            return f"${value / 1e9:,.1f}B"
        case "days":
            return f"{value:g} days"
        case _:
            return f"{value:.4g}"


def _row_counts(settings: Settings) -> dict[str, int]:
    """Count the rows of every table of every projection."""
    with psycopg.connect(settings.database_url) as connection:
        counts = {}
        for projection in PROJECTIONS:
            for table in projection.tables:
                count = SQL("SELECT count(*) FROM {}").format(Identifier(projection.schema, table.name))
                found = connection.execute(count).fetchone()
                counts[table.name] = found[0] if found else 0
        return counts
