"""`ouroboros report`: the state of the database as one HTML file."""

from pathlib import Path
from typing import Annotated

import typer

from events.errors import UsageError
from ouroboros.terminal import out, read_settings

app = typer.Typer()


@app.command()
def report(
    into: Annotated[Path, typer.Option("--out", help="The file to write.")] = Path("ouroboros-report.html"),
    at: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="As it was known at YYYY-MM-DD or YYYY-MM-DDTHH:MM, in UTC."),
    ] = None,
) -> None:
    """Write all that is known as one HTML file, which needs no Grafana and no network."""
    try:
        from ouroboros.report.command import read_time, write_report
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        raise UsageError(
            f"Reports need {package}, which is not installed.", "Run `pip install 'ouroboros[research]'`."
        ) from None

    write_report(read_settings(), into, read_time(at), out)
