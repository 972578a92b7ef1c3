"""`ouroboros export`: the events that counted, into files that outlive broker and database."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from events.errors import UsageError
from ouroboros.terminal import progress, read_settings, say, time_of
from streams.settings import Settings

if TYPE_CHECKING:
    from ouroboros.history.manifest import Manifest
    from ouroboros.history.served import Archive, Journal
    from ouroboros.history.source import Entry

app = typer.Typer()

EVENTS_BETWEEN_UPDATES = 1_000


@app.command()
def export(
    to: Annotated[Path, typer.Option("--to", help="The folder: a new one, or one to continue.")],
    from_date: Annotated[
        str | None,
        typer.Option("--from", metavar="YYYY-MM-DD", help="What was known from this day on, in UTC."),
    ] = None,
    to_date: Annotated[
        str | None, typer.Option(metavar="YYYY-MM-DD", help="What was known before this day, in UTC.")
    ] = None,
    format_: Annotated[str, typer.Option("--format", help="parquet or jsonl.")] = "parquet",
    source: Annotated[str, typer.Option(help="archive (the database) or journal (Kafka).")] = "archive",
) -> None:
    """Write the events that counted into files, a folder a month; the same again adds what came since."""
    from ouroboros.history.manifest import format_named
    from ouroboros.history.source import Order
    from ouroboros.history.writing import writing

    known_from, known_before = time_of(from_date, "--from"), time_of(to_date, "--to-date")
    if known_from and known_before and known_before <= known_from:
        raise UsageError("The export would end before it begins.", "Give a later day with --to-date.")
    history = _history(read_settings(), source)
    with writing(to, source, format_named(format_), known_from, known_before) as (writer, start):
        entries = _after(history.entries(Order.JOURNAL), start, to)
        added = 0
        with progress() as bars:
            task = bars.add_task("Exporting", total=None, note="")
            for seen, entry in enumerate(entries, start=1):
                known_at = entry.event.known_at
                if (known_from is None or known_at >= known_from) and (
                    known_before is None or known_at < known_before
                ):
                    writer.add(entry)
                    added += 1
                if seen % EVENTS_BETWEEN_UPDATES == 1:
                    elapsed = bars.tasks[task].elapsed or 0.0
                    note = f"{seen:,} events, {seen / elapsed:,.0f} a second" if elapsed else ""
                    bars.update(task, completed=entry.offset, total=history.last_offset, note=note)
        manifest = writer.finish()
    where = f"{to}, {len(manifest.files):,} files"
    if start.events:
        say(f"Added {added:,} events to {where}, {manifest.events:,} events in all.")
    else:
        say(f"Exported {added:,} events to {where}.")


def _history(settings: Settings, source: str) -> "Archive | Journal":
    from ouroboros.history.served import Archive, Journal

    if source not in {"archive", "journal"}:
        raise UsageError(f"There is no source {source!r}.", "Known are archive and journal.")
    return Archive(settings) if source == "archive" else Journal(settings)


def _after(entries: "Iterator[Entry]", start: "Manifest", folder: Path) -> "Iterator[Entry]":
    """Leave out what the folder holds already, once it is clear that it came from the same journal."""
    last = start.last_place
    if last is None:
        yield from entries
        return
    for entry in entries:
        if entry.position >= last:
            if entry.position == last and str(entry.event.event_id) == start.last_event_id:
                yield from entries
                return
            break
    raise UsageError(
        f"{folder} was exported from another journal: its last event, {start.last_event_id} at "
        f"{last[0]}/{last[1]}, is not there in this one.",
        "Name a new folder.",
    )
