"""`ouroboros export`: the events that counted, into files that outlive broker and database."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from events.errors import UsageError
from ouroboros.history.archive import Archive
from ouroboros.history.journal import Journal
from ouroboros.history.manifest import Format, Manifest
from ouroboros.history.source import Entry, Order
from ouroboros.history.writing import writing
from streams.settings import Settings

EVENTS_BETWEEN_UPDATES = 1_000


def export(
    settings: Settings,
    folder: Path,
    *,
    source: str,
    format_: Format,
    known_from: datetime | None,
    known_before: datetime | None,
    out: Console,
    err: Console,
) -> Manifest:
    """Export what was known in [known_from, known_before), or continue the export of a folder.

    Raises UsageError where the folder holds something else, or the journal is not the one that it came from.
    """
    if known_from and known_before and known_before <= known_from:
        raise UsageError("The export would end before it begins.", "Give a later day with --to-date.")
    history: Archive | Journal
    match source:
        case "archive":
            history = Archive(settings)
        case "journal":
            history = Journal(settings)
        case _:
            raise UsageError(f"There is no source {source!r}.", "Known are archive and journal.")
    with writing(folder, source, format_, known_from, known_before) as (writer, start):
        entries = _after(history.entries(Order.JOURNAL), start, folder)
        added = 0
        with _progress(err) as progress:
            task = progress.add_task("Exporting", total=None, told="")
            for seen, entry in enumerate(entries, start=1):
                known_at = entry.event.known_at
                if (known_from is None or known_at >= known_from) and (
                    known_before is None or known_at < known_before
                ):
                    writer.add(entry)
                    added += 1
                if seen % EVENTS_BETWEEN_UPDATES == 1:
                    elapsed = progress.tasks[task].elapsed or 0.0
                    told = f"{seen:,} events, {seen / elapsed:,.0f} a second" if elapsed else ""
                    progress.update(task, completed=entry.offset, total=history.last_offset(), told=told)
        manifest = writer.finish()
    where = f"{folder}, {len(manifest.files):,} files"
    if start.events:
        out.print(f"Added {added:,} events to {where}, {manifest.events:,} events in all.", soft_wrap=True)
    else:
        out.print(f"Exported {added:,} events to {where}.", soft_wrap=True)
    return manifest


def format_named(name: str) -> Format:
    """Choose a format of files. Raises UsageError for one that is not known."""
    match name:
        case "parquet" | "jsonl":
            return name
        case _:
            raise UsageError(f"There is no format {name!r}.", "Known are parquet and jsonl.")


def day(text: str | None) -> datetime | None:
    """Read a day as its first moment in UTC. Raises UsageError."""
    if text is None:
        return None
    try:
        return datetime.combine(date.fromisoformat(text), time(), UTC)
    except ValueError:
        raise UsageError(f"{text!r} is no day.", "Write it as YYYY-MM-DD.") from None


def _after(entries: Iterator[Entry], start: Manifest, folder: Path) -> Iterator[Entry]:
    """Leave out what the folder holds already, once it is clear that it came from the same journal."""
    last = start.last_place
    if last is None:
        yield from entries
        return
    for entry in entries:
        if (entry.offset, entry.index) >= last:
            if (entry.offset, entry.index) == last and str(entry.event.event_id) == start.last_event_id:
                yield from entries
                return
            break
    raise UsageError(
        f"{folder} was exported from another journal: its last event, {start.last_event_id} at "
        f"{last[0]}/{last[1]}, is not there in this one.",
        "Name a new folder.",
    )


def _progress(err: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[told]}"),
        TimeRemainingColumn(),
        console=err,
        transient=not err.is_terminal,
    )
