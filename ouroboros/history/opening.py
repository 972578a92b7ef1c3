"""Which history a name or path means."""

from itertools import islice
from pathlib import Path

from events.errors import UsageError
from ouroboros.history.event_files import EventsFile, Ledger, MappedFile
from ouroboros.history.exported import Exported, ExportedPart, is_export_line
from ouroboros.history.served import Archive, Journal
from ouroboros.history.source import History
from streams.settings import Settings

_REMEDY = (
    "Name archive, journal or ledger, or give a folder that `ouroboros export` or `ouroboros import` wrote, "
    "a .parquet or .jsonl file, or a .csv or .xlsx file."
)


def open_history(
    where: str | Path, *, settings: Settings | None = None, mapping: str | Path | None = None
) -> History:
    """Open a history by its name or path.

    `archive` (the database), `journal` (Kafka) and `ledger` (the facts of the sources) are names;
    everything else is a folder of an export, or a file of Parquet, JSONL or CSV; the mapping, a file or
    the name of a built-in one, says what the columns of a CSV mean.
    The settings say where the servers are; without them the environment does.
    Raises UsageError where there is nothing to read, or a file is not what its manifest says.
    """
    match str(where):
        case "archive":
            return Archive(settings or Settings())
        case "journal":
            return Journal(settings or Settings())
        case "ledger":
            return Ledger()
        case _:
            return _opened_path(Path(where), mapping, (settings or Settings()).bar_seconds)


def _opened_path(path: Path, mapping: str | Path | None, bar_seconds: int) -> History:
    if path.is_dir():
        return Exported(path)
    if not path.is_file():
        raise UsageError(f"There is no history {path}.", _REMEDY)
    match path.suffix.lower():
        case ".parquet":
            return ExportedPart(path)
        case ".jsonl" | ".ndjson":
            with path.open("rb") as file:
                return ExportedPart(path) if is_export_line(file.read(64)) else EventsFile(path, bar_seconds)
        case ".csv" | ".tsv" | ".txt" if mapping is not None:
            return MappedFile(path, mapping)
        case ".xlsx":
            return MappedFile(path, mapping)
        case ".csv":
            return EventsFile(path, bar_seconds) if _names_event_types(path) else MappedFile(path, None)
        case suffix:
            raise UsageError(f"{path} ends in {suffix or 'nothing'}, which is no history.", _REMEDY)


def _names_event_types(path: Path) -> bool:
    with path.open("rb") as file:
        return any(b"event_type" in line for line in islice(file, 1))
