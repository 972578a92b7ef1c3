"""Commands for watchlists."""

import asyncio
import json
import logging
from pathlib import Path
from typing import Annotated

import typer

from ouroboros.commands.terminal import log_to_stderr, out, settings

app = typer.Typer(help="What to watch and how closely, from one file.", no_args_is_help=True)

WatchlistFile = Annotated[Path, typer.Argument(help="A YAML file; docs/examples/watchlist.yaml is one.")]


@app.command("check")
def check_watchlist_file(file: WatchlistFile) -> None:
    """Read a watchlist and say what it would change; what is wrong is told with its line."""
    from ouroboros.watchlist import check_watchlist  # noqa: PLC0415

    check_watchlist(file, out)


@app.command("publish")
def publish_watchlist_file(file: WatchlistFile) -> None:
    """Make a watchlist hold from now on; the same file again changes nothing."""
    from ouroboros.watchlist import publish_watchlist  # noqa: PLC0415

    log_to_stderr(logging.ERROR)
    asyncio.run(publish_watchlist(settings(), file, out))


@app.command("schema")
def watchlist_schema() -> None:
    """Print the JSON Schema of a watchlist file, for editors."""
    from ouroboros.watchlist import schema as describe  # noqa: PLC0415

    typer.echo(json.dumps(describe(), indent=2))
