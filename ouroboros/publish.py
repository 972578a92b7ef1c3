"""`ouroboros publish`: files of events onto their topics, with progress and the place of every error."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

from events.errors import UsageError
from streams.feeds.files import read_events
from streams.kafka import check_topics, producing
from streams.publishing import Publisher
from streams.settings import Settings

PROBLEMS_SHOWN = 20


async def publish_files(settings: Settings, paths: Sequence[Path], out: Console, err: Console) -> int:
    """Publish what can be read, tell what cannot; return the exit code, 1 if any line was refused.

    Publishing the mended files again is safe: an event that was taken in counts once.
    """
    for path in paths:
        if not path.is_file():
            raise UsageError(f"There is no file {path}.", "Check the path; nothing was published.")
    published = refused = 0
    await check_topics(settings)
    async with producing(settings) as producer:
        publisher = Publisher(settings, producer)
        with _progress(err) as progress:
            for path in paths:
                task = progress.add_task(path.name, total=path.stat().st_size, count="")
                for line in read_events(path):
                    if line.event:
                        await publisher.publish([line.event])
                        published += 1
                    else:
                        refused += 1
                        if refused <= PROBLEMS_SHOWN:
                            where = f"{line.path}, line {line.number}: {line.problem}"
                            progress.console.print(where, markup=False, soft_wrap=True)
                    if line.number % 500 == 0:
                        progress.update(task, completed=line.end, count=f"{published:,} events")
                progress.update(task, completed=path.stat().st_size, count=f"{published:,} events")
            await publisher.flush()
    if refused > PROBLEMS_SHOWN:
        err.print(f"... and {refused - PROBLEMS_SHOWN:,} lines more.")
    out.print(f"Published {published:,} events.", "" if not refused else f"{refused:,} lines were refused.")
    return 1 if refused else 0


def _progress(err: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[count]}"),
        TimeRemainingColumn(),
        console=err,
        transient=not err.is_terminal,
    )
