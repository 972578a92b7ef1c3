"""`ouroboros import`: prices and facts of others into an export folder, or onto the topics of Kafka."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.progress import Progress, ProgressColumn, SpinnerColumn, Task
from rich.text import Text

from ouroboros.history.exported import Exported
from ouroboros.history.importing import Tally, numbered, read_tables, settled
from ouroboros.history.kinds.bars import share_of_file
from ouroboros.history.kinds.common import Table
from ouroboros.history.manifest import MANIFEST, Format
from ouroboros.history.mapping import DailyBars, Mapping, MinuteBars
from ouroboros.history.source import Order
from ouroboros.history.tables import Problem
from ouroboros.history.writing import writing
from streams.kafka import check_topics, producing
from streams.publishing import Publisher
from streams.settings import Settings

SHOWN = 20


class _Rows(ProgressColumn):
    """How far an import is, as it counts."""

    def __init__(self, tally: Tally) -> None:
        super().__init__()
        self._tally = tally

    def render(self, task: Task) -> Text:
        """Write rows, rows a second, and events so far."""
        rate = self._tally.rows / task.elapsed if task.elapsed else 0.0
        return Text(f"{self._tally.rows:,} rows, {rate:,.0f} a second; {self._tally.events:,} events")


def _progress(tally: Tally, err: Console) -> Progress:
    progress = Progress(SpinnerColumn(), _Rows(tally), console=err, transient=True)
    progress.add_task("Importing", total=None)
    return progress


class Told:
    """Tells people what does not fit, the first of it in full and the rest as a number."""

    def __init__(self, err: Console) -> None:
        self._err = err
        self._refused = 0

    def refuse(self, problem: Problem) -> None:
        """Tell of a row that gives no event, or of a part of one."""
        self._refused += 1
        if self._refused <= SHOWN:
            self._err.print(str(problem), markup=False, soft_wrap=True)

    def notice(self, sentence: str) -> None:
        """Tell of something odd that was imported all the same."""
        self._err.print(f"Look at this: {sentence}", markup=False, soft_wrap=True)

    def rest(self) -> None:
        """Tell how much more there was."""
        if self._refused > SHOWN:
            self._err.print(f"... and {self._refused - SHOWN:,} more.")


def import_into(
    folder: Path,
    paths: Sequence[Path],
    mapping: str | None,
    format_: Format,
    *,
    out: Console,
    err: Console,
) -> int:
    """Import files into a folder; return the exit code, 1 if rows were refused.

    The folder may hold earlier imports: what they told already is passed over.

    Raises UsageError where a file, mapping or folder cannot be worked with; nothing is imported then.
    """
    tables = _told_tables(paths, mapping, out)
    told, tally = Told(err), Tally()
    with _progress(tally, err), writing(folder, "import", format_) as (writer, start):
        before = Exported(folder).entries(Order.KNOWN) if (folder / MANIFEST).exists() else iter(())
        already = (entry.event for entry in before)
        events = settled(tables, tally, told.refuse, told.notice, known_already=already, before=str(folder))
        for entry in numbered(events, 0 if start.last_offset is None else start.last_offset + 1):
            writer.add(entry)
        writer.finish()
    told.rest()
    return _summary(tally, f"into {folder}", out)


async def import_onto_topics(
    settings: Settings, paths: Sequence[Path], mapping: str | None, out: Console, err: Console
) -> int:
    """Publish what files say; the same files again change nothing. Raises UsageError and KafkaError."""
    tables = _told_tables(paths, mapping, out)
    told, tally = Told(err), Tally()
    await check_topics(settings)
    async with producing(settings) as producer:
        publisher = Publisher(settings, producer)
        with _progress(tally, err):
            for one in settled(tables, tally, told.refuse, told.notice):
                await publisher.publish([one.event])
            await publisher.flush()
    told.rest()
    return _summary(tally, "onto the topics", out)


def _told_tables(paths: Sequence[Path], mapping: str | None, out: Console) -> list[Table]:
    tables = read_tables(paths, mapping)
    for table in tables[:SHOWN]:
        kind, one = table.mapping.kind.replace("_", " "), table.mapping
        share = share_of_file(table, one) if isinstance(one, DailyBars | MinuteBars) else None
        of = f" of {share}" if share else ""
        out.print(f"{table.path}: {kind}{of}{_clock(one)}.", markup=False, soft_wrap=True)
    return tables


def _clock(mapping: Mapping) -> str:
    """Say by which clock times are read: in a wrong zone everything is known hours too early or too late."""
    if isinstance(mapping, DailyBars):
        return f", known at {mapping.closes_at:%H:%M} {mapping.time_zone}"
    return f", by the clock of {mapping.time_zone}" if mapping.time_zone else ""


def _summary(tally: Tally, where: str, out: Console) -> int:
    parts = [f"Imported {tally.events:,} events {where}, from {tally.rows:,} rows."]
    if tally.left_out:
        parts.append(f"{tally.left_out:,} were left out, as the mapping says.")
    if tally.repeated:
        parts.append(f"{tally.repeated:,} repeated what was known.")
    if tally.refused:
        parts.append(f"{tally.refused:,} did not fit.")
    out.print(" ".join(parts), markup=False, soft_wrap=True)
    return 1 if tally.refused else 0
