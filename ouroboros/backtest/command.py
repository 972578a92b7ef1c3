"""`ouroboros backtest`: from a study's file to its results, on the screen and in a folder."""

from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

from events.errors import UsageError
from ouroboros.backtest.checks import IMPORT
from ouroboros.backtest.page import page
from ouroboros.backtest.result_json import result_json
from ouroboros.backtest.run import Result, run
from ouroboros.backtest.sources import Part, Source
from ouroboros.backtest.study import Study
from ouroboros.backtest.study_file import read_study
from ouroboros.backtest.summary import show
from ouroboros.history.opening import open_history
from ouroboros.watchlist import read_watchlist
from ouroboros.yaml_lines import Lines
from streams.settings import Settings

RESULT, PAGE = "result.json", "report.html"


def backtest(settings: Settings, path: Path, into: Path | None, out: Console) -> None:
    """Run a study, show what comes of it, and write result.json and report.html into a folder.

    Raises UsageError for a mistake in the study, or prices that cannot carry it.
    """
    result = run_file(settings, path)
    folder = into or Path(f"backtest-{result.study.study}")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / RESULT).write_bytes(result_json(result))
        (folder / PAGE).write_text(page(result), encoding="utf-8")
    except OSError as error:
        raise UsageError(
            f"The results cannot be written into {folder}: {error.strerror}.",
            "Name another folder with --into.",
        ) from None
    show(result, out)
    out.print(f"\nWritten: {folder / RESULT} and {folder / PAGE}.", markup=False, soft_wrap=True)


def run_file(settings: Settings, path: Path) -> Result:
    """Read a study and run it. Raises UsageError as `backtest` does."""
    study, document = read_study(path)
    watchlist = read_watchlist(Path(study.watchlist), datetime.now(UTC)) if study.watchlist else None
    return run(path, study, document, _source(settings, path, study, document), watchlist)


def _source(settings: Settings, path: Path, study: Study, document: Lines) -> Source:
    parts = []
    for number, part in enumerate(study.history):
        try:
            parts.append(Part(part, open_history(part.read, settings=settings, mapping=part.mapping)))
        except UsageError as error:
            line = document.line(("history", number))
            prices = f"The study needs prices of {', '.join(map(str, study.universe))}: {IMPORT}"
            raise UsageError(f"{path}, line {line}: {error.message}", f"{error.remedy} {prices}") from None
    return Source(parts, study.period.ends)
