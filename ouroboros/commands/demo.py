"""`ouroboros demo`: everything on this machine, and a tour."""

import logging
from typing import Annotated

import typer

from ouroboros.terminal import log_to_stderr, out, read_settings

app = typer.Typer()


@app.command()
def demo(
    keep: Annotated[bool, typer.Option("--keep", help="Leave everything running until Ctrl-C.")] = False,
) -> None:
    """Run everything on local servers, with the facts of the sources, and show what comes of it."""
    from ouroboros.demo.run import run_demo

    log_to_stderr(logging.ERROR)
    run_demo(read_settings(), out, keep=keep)
