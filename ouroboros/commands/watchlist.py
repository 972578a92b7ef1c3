"""`ouroboros watchlist`: say what to watch and how closely, from one file."""

import asyncio
import json
import logging
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from events.families.desk import WatchlistChanged
from ouroboros.terminal import log_to_stderr, out, read_settings, say
from streams.publishing import publishing
from streams.settings import Settings

app = typer.Typer(
    name="watchlist", help="What to watch and how closely, from one file.", no_args_is_help=True
)

WatchlistFile = Annotated[Path, typer.Argument(help="A YAML file; docs/examples/watchlist.yaml is one.")]


@app.command()
def check(file: WatchlistFile) -> None:
    """Read a watchlist and say what it would change; what is wrong is told with its line."""
    from ouroboros.watchlist import read_watchlist

    _summarise(read_watchlist(file, datetime.now(UTC)))


@app.command()
def publish(file: WatchlistFile) -> None:
    """Make a watchlist hold from now on; the same file again changes nothing."""
    from ouroboros.watchlist import read_watchlist

    log_to_stderr(logging.ERROR)
    changed = read_watchlist(file, datetime.now(UTC))
    asyncio.run(_publish(read_settings(), changed))
    _summarise(changed)
    out.print("Published.")


@app.command()
def schema() -> None:
    """Print the JSON Schema of a watchlist file, for editors."""
    from ouroboros.watchlist import schema as describe

    typer.echo(json.dumps(describe(), indent=2))


async def _publish(settings: Settings, changed: WatchlistChanged) -> None:
    async with publishing(settings) as publisher:
        await publisher.publish([changed])


def _summarise(changed: WatchlistChanged) -> None:
    from ouroboros.watchlist import LEVELS
    from projections.indicators import DEFINITIONS

    watched = {
        "share": changed.symbols,
        "company": changed.companies,
        "lender": changed.lenders,
        "site": changed.sites,
        "GPU model": changed.gpu_models,
    }
    named = ", ".join(f"{what} {', '.join(names)}" for what, names in watched.items() if names)
    say(f"Watchlist {changed.watchlist}: {named or 'it names nothing'}.")
    for override in changed.thresholds:
        whose = f" of {override.subject}" if override.subject else ""
        levels = ", ".join(f"{level} {getattr(override, level):,.12g}" for level in LEVELS)
        unit = DEFINITIONS[override.indicator].unit
        say(f"{override.indicator}{whose}: {levels} ({unit}).")
    for window in changed.windows:
        say(f"{window.indicator}: counts over {window.days} days.")
