"""`ouroboros import`: prices and facts of others into an export folder, or onto the topics of Kafka."""

import asyncio
import json
import logging
from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import Progress, ProgressColumn, SpinnerColumn, Task
from rich.text import Text

from events.base import Event
from events.errors import UsageError
from ouroboros.terminal import PROBLEMS_SHOWN, err, log_to_stderr, read_settings, say
from streams.publishing import publishing
from streams.settings import Settings

if TYPE_CHECKING:
    from ouroboros.history.manifest import Format
    from ouroboros.imports.importing import Tally
    from ouroboros.imports.kinds.common import Table
    from ouroboros.imports.mapping import Mapping
    from ouroboros.imports.refused import RefusedRows

app = typer.Typer()


@app.command("import")
def import_tables(  # noqa: PLR0917  typer passes them by name
    files: Annotated[
        list[Path] | None, typer.Argument(help="CSV files or workbooks of prices, deals or schedules.")
    ] = None,
    mapping: Annotated[
        str | None,
        typer.Option(help="What the columns mean: a YAML file, or the name of a built-in mapping."),
    ] = None,
    into: Annotated[Path, typer.Option(help="The folder, which may hold earlier imports.")] = Path("history"),
    format_: Annotated[str, typer.Option("--format", help="parquet or jsonl.")] = "parquet",
    onto_topics: Annotated[
        bool, typer.Option("--publish", help="Publish the events to Kafka instead.")
    ] = False,
    published: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"],
            help="The day on which lists were published that do not say it, such as 2026-09-30.",
        ),
    ] = None,
    schema_only: Annotated[
        bool, typer.Option("--schema", help="Print the JSON Schema of a mapping and do nothing else.")
    ] = False,
) -> None:
    """Read tables of others as events, each known when its day or interval was over."""
    from ouroboros.history.manifest import format_named
    from ouroboros.imports.importing import read_tables
    from ouroboros.imports.mapping_file import schema
    from ouroboros.imports.refused import RefusedRows, beside

    log_to_stderr(logging.ERROR)
    if schema_only:
        typer.echo(json.dumps(schema(), indent=2))
        return
    if not files:
        raise UsageError("There is nothing to import.", "Name one CSV file or workbook, or more.")
    format_of_files = format_named(format_)
    tables = read_tables(files, mapping, published.date() if published else None)
    _describe(tables)
    with closing(RefusedRows(beside(Path("topics") if onto_topics else into))) as refused:
        if onto_topics:
            tally = asyncio.run(_publish(read_settings(), tables, refused))
        else:
            tally = write_into(into, tables, format_of_files, refused)
    _summarise(tally, "onto the topics" if onto_topics else f"into {into}")
    if tally.refused:
        say(f"All rows that did not fit are in {refused.path}.")
    raise typer.Exit(1 if tally.refused else 0)


def write_into(folder: Path, tables: "Sequence[Table]", format_: "Format", refused: "RefusedRows") -> "Tally":
    """Import tables into a folder, without what it holds already, and return what became of the rows.

    Raises UsageError where the folder cannot be worked with; nothing is imported then.
    """
    from ouroboros.history.exported import Exported
    from ouroboros.history.manifest import MANIFEST
    from ouroboros.history.source import Order
    from ouroboros.history.writing import writing
    from ouroboros.imports.importing import Tally, lists_deals, numbered, reconciled
    from ouroboros.imports.known_deals import deal_events

    tally = Tally()
    with _progress(tally), writing(folder, "import", format_) as (writer, start):
        before = Exported(folder).entries(Order.KNOWN) if (folder / MANIFEST).exists() else iter(())
        already = (entry.event for entry in before)
        known_deals: Iterable[Event] = ()
        if lists_deals(tables) and (folder / MANIFEST).exists():
            known_deals = deal_events(Exported(folder))
        events = reconciled(
            *(tables, tally, refused.refuse, _notice),
            known_already=already,
            known_deals=known_deals,
            before=str(folder),
        )
        for entry in numbered(events, 0 if start.last_offset is None else start.last_offset + 1):
            writer.add(entry)
        writer.finish()
    refused.show_rest()
    return tally


async def _publish(settings: Settings, tables: "Sequence[Table]", refused: "RefusedRows") -> "Tally":
    """Publish what tables say; the same files again change nothing. Raises UsageError and KafkaError."""
    from ouroboros.imports.importing import Tally, lists_deals, reconciled

    tally = Tally()
    known_deals = await asyncio.to_thread(_archived_deals, settings) if lists_deals(tables) else ()
    async with publishing(settings) as publisher:
        with _progress(tally):
            for located in reconciled(
                *(tables, tally, refused.refuse, _notice), known_deals=known_deals, before="the archive"
            ):
                await publisher.publish([located.event])
    refused.show_rest()
    return tally


def _archived_deals(settings: Settings) -> Sequence[Event]:
    """Read what the database knows of deals; without one nothing is known, which is told."""
    import psycopg

    from ouroboros.history.served import Archive
    from ouroboros.imports.known_deals import CONCERN_DEALS, deal_events

    try:
        return tuple(deal_events(Archive(settings, only=CONCERN_DEALS)))
    except psycopg.Error as error:
        _notice(
            f"the archive of the database cannot be read ({type(error).__name__}): a deal that an earlier"
            " list had is published as a new one, and what changed is known since the row's day."
        )
        return ()


def _notice(sentence: str) -> None:
    """Show something odd that was imported all the same."""
    say(f"Look at this: {sentence}", err)


class _Rows(ProgressColumn):
    """How far an import is, as it counts."""

    def __init__(self, tally: "Tally") -> None:
        super().__init__()
        self._tally = tally

    def render(self, task: Task) -> Text:
        """Write rows, rows a second, and events so far."""
        rate = self._tally.rows / task.elapsed if task.elapsed else 0.0
        return Text(f"{self._tally.rows:,} rows, {rate:,.0f} a second; {self._tally.events:,} events")


def _progress(tally: "Tally") -> Progress:
    progress = Progress(SpinnerColumn(), _Rows(tally), console=err, transient=True)
    progress.add_task("Importing", total=None)
    return progress


def _describe(tables: "Sequence[Table]") -> None:
    """Say what each file was taken for."""
    from ouroboros.imports.kinds.shares import share_of_file
    from ouroboros.imports.mapping import DailyBars, MinuteBars

    for table in tables[:PROBLEMS_SHOWN]:
        mapping = table.mapping
        share = share_of_file(table, mapping) if isinstance(mapping, DailyBars | MinuteBars) else None
        of = f" of {share}" if share else ""
        kind = mapping.kind.replace("_", " ")
        say(f"{table.path}: {kind}{of}{_clock(mapping)}.")


def _clock(mapping: "Mapping") -> str:
    """Say by which clock times are read: in a wrong zone everything is known hours too early or too late."""
    if mapping.kind == "daily_bars":
        return f", known at {mapping.closes_at:%H:%M} {mapping.time_zone}"
    return f", by the clock of {mapping.time_zone}" if mapping.time_zone else ""


def _summarise(tally: "Tally", where: str) -> None:
    parts = [f"Imported {tally.events:,} events {where}, from {tally.rows:,} rows."]
    if tally.left_out:
        parts.append(f"{tally.left_out:,} were left out, as the mapping says.")
    if tally.not_over:
        parts.append(f"{tally.not_over:,} were left out, because their day or interval is not over.")
    if tally.repeated:
        parts.append(f"{tally.repeated:,} repeated what was known.")
    if tally.refused:
        parts.append(f"{tally.refused:,} did not fit.")
    say(" ".join(parts))
