"""Commands that run the pipeline, and tell how it is."""

import asyncio
import logging
from importlib.metadata import version as installed_version
from typing import Annotated

import typer

from ouroboros.commands.terminal import log_to_stderr, out, settings

app = typer.Typer()


@app.command()
def demo(
    keep: Annotated[bool, typer.Option("--keep", help="Leave everything running until Ctrl-C.")] = False,
) -> None:
    """Run everything on local servers, with the facts of the sources, and show what comes of it."""
    from ouroboros.demo import run_demo  # noqa: PLC0415  only the demo needs the embedded servers

    log_to_stderr(logging.ERROR)
    run_demo(settings(), out, keep=keep)


@app.command()
def worker(
    only: Annotated[
        list[str] | None,
        typer.Option(
            help="sequencer, projector, dead-letters, signals, webhooks, or a projection; may be repeated."
        ),
    ] = None,
) -> None:
    """Take events in, keep the projections, raise the signals, until stopped."""
    from ouroboros.running import run_worker  # noqa: PLC0415  OR-tools and Faust take a second to load

    log_to_stderr(logging.INFO)
    asyncio.run(run_worker(settings(), only or []))


@app.command()
def migrate() -> None:
    """Create or bring up to date the topics, the database and its read-only role."""
    from ouroboros.preparation import prepare  # noqa: PLC0415

    asyncio.run(prepare(settings(), lambda sentence: out.print(sentence, markup=False)))


@app.command()
def status(
    check: Annotated[
        bool, typer.Option("--check", help="Print nothing; fail unless every component is alive.")
    ] = False,
) -> None:
    """Show how far everything is: lag, checkpoints, dead letters."""
    from ouroboros.status import healthy, show_status  # noqa: PLC0415

    log_to_stderr(logging.ERROR)
    if check:
        raise typer.Exit(0 if healthy(settings()) else 1)
    asyncio.run(show_status(settings(), out))


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(installed_version("ouroboros"))
