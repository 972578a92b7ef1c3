"""`ouroboros backtest`: a study's results, on the screen and in a folder."""

import logging
from pathlib import Path
from typing import Annotated

import typer

from events.errors import UsageError
from ouroboros.terminal import log_to_stderr, out, read_settings, say

app = typer.Typer()

RESULT, PAGE = "result.json", "report.html"


@app.command()
def backtest(
    study: Annotated[Path, typer.Argument(help="A YAML file; docs/examples/studies has some.")],
    into: Annotated[
        Path | None, typer.Option(help="The folder of results; backtest-NAME of the study if none.")
    ] = None,
) -> None:
    """Run the rules that run live over history, and judge what the signals foretold and an action earned."""
    try:
        from ouroboros.backtest.figures import show
        from ouroboros.backtest.page import page
        from ouroboros.backtest.result_json import result_json
        from ouroboros.backtest.run import run_file
    except ModuleNotFoundError as error:
        raise UsageError(
            f"Backtests need {error.name}, which is not installed.",
            "Run `pip install 'ouroboros[research]'`.",
        ) from None

    log_to_stderr(logging.ERROR)
    result = run_file(read_settings(), study)
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
    say(f"\nWritten: {folder / RESULT} and {folder / PAGE}.")
