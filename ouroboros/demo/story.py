"""The facts published day by day as they became known, and what each day changed.

The journal gets each day in one order, which is that of the ledger as a history: facts as they stand, the
bars of its prices, the clock.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any

import orjson
import psycopg
from psycopg.sql import SQL, Identifier
from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from events.bars import series_of
from events.base import Event
from events.families.prices import Tick
from events.topics import SIGNALS
from events.words import count
from ouroboros.history.event_files import days_of, together
from projections.registry import PROJECTIONS
from streams.kafka import reading
from streams.publishing import Publisher, publishing
from streams.settings import Settings
from streams.worker import Worker

# A signal names so many of the events that it rests on.
SOURCES_SHOWN = 3
STYLES = {
    "calm": "green",
    "unknown": "dim",
    "watch": "yellow",
    "warning": "dark_orange",
    "critical": "bold red",
}


async def publish_days(settings: Settings, worker: Worker, facts: Sequence[Event], out: Console) -> None:
    """Publish the facts a day at a time and print what follows from each day."""
    async with reading(settings, SIGNALS) as signals, publishing(settings) as publisher:
        printed_to = await signals.end()
        for events, midnight in days_of(facts):
            before = _row_counts(settings)
            await _publish_day(publisher, worker, events)
            await publisher.publish([midnight])
            await publisher.flush()
            await worker.settle()
            _print_day(out, midnight.known_at.date(), events)
            _print_rows(out, before, _row_counts(settings))
            end = await signals.end()
            async for records in signals.read(printed_to, end):
                for record in records:
                    _print_signal(out, orjson.loads(record.value))
            printed_to = end


async def _publish_day(publisher: Publisher, worker: Worker, events: Sequence[Event]) -> None:
    """Publish a day so that there is one order for the journal: partitions are read in any.

    A fact is sequenced before the next one is published. Prices come last, a message a series: bars close
    in the order in which their series came.
    """
    series: dict[str, list[Event]] = {}
    for event in events:
        if isinstance(event, Tick):
            series.setdefault(series_of(event), []).append(event)
    for message in (*together(event for event in events if not isinstance(event, Tick)), *series.values()):
        await publisher.publish_together(message)
        await worker.sequence()
    await worker.settle()


def _print_day(out: Console, day: date, events: Sequence[Event]) -> None:
    kinds = Counter(event.event_type for event in events)
    listed = ", ".join(f"{number} {name}" for name, number in sorted(kinds.items()))
    out.print(f"\n[bold]{day:%d %B %Y}[/]  {count(len(events), 'fact')}: {listed}")


def _print_rows(out: Console, before: dict[str, int], after: dict[str, int]) -> None:
    grown = ", ".join(
        f"{table} {rows} (+{rows - before[table]})" for table, rows in after.items() if rows != before[table]
    )
    out.print(Padding(Text(f"read models: {grown}", style="dim"), (0, 0, 0, 2)))


def _print_signal(out: Console, signal: dict[str, Any]) -> None:
    style = STYLES[signal["level"]]
    head = Text.assemble(
        (f"{signal['step']:<9}", "bold"),
        " ",
        (f"{signal['level']:<8}", style),
        f" {signal['title']} · {signal['subject']} = {measured(signal['value'], signal['unit'])}",
    )
    out.print(Padding(head, (0, 0, 0, 2)))
    out.print(Padding(Text(signal["message"], style="italic"), (0, 0, 0, 4)))
    for source in signal["sources"][:SOURCES_SHOWN]:
        text = source.get("headline", source["event_id"])
        out.print(Padding(Text(f"evidence: {text}", style="dim"), (0, 0, 0, 4)))
    more = len(signal["sources"]) - SOURCES_SHOWN
    if more > 0:
        out.print(Padding(Text(f"and {more} more", style="dim"), (0, 0, 0, 4)))


def measured(value: float | None, unit: str) -> str:
    """Return a value as a person would say it: shares in per cent, dollars in billions, counts bare."""
    if value is None:
        return "unknown"
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
    """Return the number of rows of every table of every projection."""
    with psycopg.connect(settings.database_url) as connection:
        counts = {}
        for projection in PROJECTIONS:
            for table in projection.tables:
                statement = SQL("SELECT count(*) FROM {}").format(Identifier(projection.schema, table.name))
                found = connection.execute(statement).fetchone()
                counts[table.name] = found[0] if found else 0
        return counts
