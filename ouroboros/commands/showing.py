"""Commands that show what is known to people: dashboards, the report."""

from pathlib import Path
from typing import Annotated

import typer

from ouroboros.commands.terminal import out, settings

app = typer.Typer()


@app.command()
def dashboards(
    watchlist: Annotated[
        list[Path] | None,
        typer.Option(help="A watchlist file, which gets a dashboard; may be repeated. The example if none."),
    ] = None,
    into: Annotated[
        Path | None, typer.Option(help="The folder to write; the one that Docker Compose uses if none.")
    ] = None,
) -> None:
    """Write the files of Grafana's dashboards and alert rules, with a dashboard for each watchlist."""
    from ouroboros.dashboards import write_dashboards  # noqa: PLC0415

    write_dashboards(watchlist or [], into, out)


@app.command()
def report(
    into: Annotated[Path, typer.Option("--out", help="The file to write.")] = Path("ouroboros-report.html"),
    at: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="As it was known at YYYY-MM-DD or YYYY-MM-DDTHH:MM, in UTC."),
    ] = None,
) -> None:
    """Write all that is known as one HTML file, which needs no Grafana and no network."""
    from ouroboros.report.command import moment_named, write_report  # noqa: PLC0415

    write_report(settings(), into, moment_named(at), out)
