"""`ouroboros publish`: files of events onto their topics, with progress and the line of every error."""

import asyncio
import logging
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from events.errors import UsageError
from ouroboros.terminal import Problems, log_to_stderr, out, progress, read_settings
from streams.feeds.files import read_events
from streams.publishing import publishing
from streams.settings import Settings

app = typer.Typer()


@app.command()
def publish(files: Annotated[list[Path], typer.Argument(help="JSONL or CSV files of events.")]) -> None:
    """Publish events from files to their topics; lines that are no events are told with their place."""
    log_to_stderr(logging.ERROR)
    raise typer.Exit(1 if asyncio.run(publish_files(read_settings(), files)) else 0)


async def publish_files(settings: Settings, paths: Sequence[Path]) -> int:
    """Publish what can be read, list what cannot, and return how many lines were refused.

    Publishing the mended files again is safe: an event that was taken in counts once.
    """
    for path in paths:
        if not path.is_file():
            raise UsageError(f"There is no file {path}.", "Check the path; nothing was published.")
    published, problems = 0, Problems()
    async with publishing(settings) as publisher:
        with progress() as bars:
            for path in paths:
                task = bars.add_task(path.name, total=path.stat().st_size, note="")
                for line in read_events(path):
                    if line.event:
                        await publisher.publish([line.event])
                        published += 1
                    else:
                        problems.show(f"{line.path}, line {line.number}: {line.problem}")
                    if line.number % 500 == 0:
                        bars.update(task, completed=line.end, note=f"{published:,} events")
                bars.update(task, completed=path.stat().st_size, note=f"{published:,} events")
    problems.show_rest()
    refused = f"{problems.count:,} lines were refused." if problems.count else ""
    out.print(f"Published {published:,} events.", refused)
    return problems.count
