"""Commands for dead letters."""

import asyncio
import logging
from pathlib import Path
from typing import Annotated

import typer

from ouroboros.commands.terminal import log_to_stderr, out, settings

app = typer.Typer(
    help="What could not be read: look at it, send it again, put it away.", no_args_is_help=True
)

Place = Annotated[str, typer.Argument(help="As listed: TOPIC/PARTITION/OFFSET/INDEX.")]
Places = Annotated[list[str] | None, typer.Argument(help="As listed; all open ones if none is named.")]
Mended = Annotated[
    Path | None, typer.Option("--with", help="Send this file's content instead of the original bytes.")
]


@app.command("list")
def list_letters(
    closed: Annotated[
        bool, typer.Option("--all", help="Show those that were resolved or discarded as well.")
    ] = False,
) -> None:
    """List dead letters, the oldest first."""
    from ouroboros.letters import list_dead_letters  # noqa: PLC0415

    list_dead_letters(settings(), out, with_closed=closed)


@app.command("show")
def show_letter(place: Place) -> None:
    """Show one dead letter: the reason, the headers, the original bytes."""
    from ouroboros.letters import show_dead_letter  # noqa: PLC0415

    show_dead_letter(settings(), out, place)


@app.command("redrive")
def redrive_letters(places: Places = None, mended: Mended = None) -> None:
    """Send dead letters to their topics again, in the order in which they came."""
    from ouroboros.letters import redrive  # noqa: PLC0415

    log_to_stderr(logging.ERROR)
    raise typer.Exit(asyncio.run(redrive(settings(), out, places or [], mended)))


@app.command("discard")
def discard_letter(
    place: Place,
    by: Annotated[str, typer.Option("--by", help="Who decides it.")],
    why: Annotated[str, typer.Option("--why", help="The reason, in words.")],
) -> None:
    """Put a dead letter away that nobody can mend; what waited behind it is sent again."""
    from ouroboros.letters import discard  # noqa: PLC0415

    log_to_stderr(logging.ERROR)
    asyncio.run(discard(settings(), out, place, by, why))
