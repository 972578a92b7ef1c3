"""Commands for history: taking it out and in, judging signals by it."""

import asyncio
import json
import logging
from pathlib import Path
from typing import Annotated

import typer

from events.errors import UsageError
from ouroboros.commands.terminal import err, log_to_stderr, out, settings

app = typer.Typer()


@app.command("export")
def export_events(
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
    from ouroboros.history.export_command import day, export, format_named  # noqa: PLC0415

    export(
        settings(),
        to,
        source=source,
        format_=format_named(format_),
        known_from=day(from_date),
        known_before=day(to_date),
        out=out,
        err=err,
    )


@app.command("import")
def import_tables(  # noqa: PLR0917  typer passes them by name
    files: Annotated[
        list[Path] | None, typer.Argument(help="CSV files of prices, deals or schedules.")
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
    schema_only: Annotated[
        bool, typer.Option("--schema", help="Print the JSON Schema of a mapping and do nothing else.")
    ] = False,
) -> None:
    """Read tables of others as events, each known when its day or interval was over."""
    from ouroboros.history.export_command import format_named  # noqa: PLC0415
    from ouroboros.history.import_command import import_into, import_onto_topics  # noqa: PLC0415
    from ouroboros.history.mapping_file import schema as describe  # noqa: PLC0415

    log_to_stderr(logging.ERROR)
    if schema_only:
        typer.echo(json.dumps(describe(), indent=2))
        return
    if not files:
        raise UsageError("There is nothing to import.", "Name one CSV file or more.")
    if onto_topics:
        raise typer.Exit(asyncio.run(import_onto_topics(settings(), files, mapping, out, err)))
    raise typer.Exit(import_into(into, files, mapping, format_named(format_), out=out, err=err))


@app.command()
def backtest(
    study: Annotated[Path, typer.Argument(help="A YAML file; docs/examples/studies has some.")],
    into: Annotated[
        Path | None, typer.Option(help="The folder of results; backtest-NAME of the study if none.")
    ] = None,
) -> None:
    """Run the rules that run live over history, and judge what the signals foretold and an action earned."""
    try:
        from ouroboros.backtest.command import backtest as run  # noqa: PLC0415  a worker's image lacks these
    except ModuleNotFoundError as error:
        raise UsageError(
            f"Backtests need {error.name}, which is not installed.",
            "Run `pip install 'ouroboros[research]'`.",
        ) from None

    log_to_stderr(logging.ERROR)
    run(settings(), study, into, out)
