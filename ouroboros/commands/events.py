"""Commands for events: what they look like, and sending them."""

import asyncio
import json
import logging
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Annotated

import typer

from events.schema import asyncapi, json_schema
from ouroboros.commands.terminal import err, log_to_stderr, out, settings

app = typer.Typer()


@app.command()
def publish(files: Annotated[list[Path], typer.Argument(help="JSONL or CSV files of events.")]) -> None:
    """Publish events from files to their topics; lines that are no events are told with their place."""
    from ouroboros.publish import publish_files  # noqa: PLC0415

    log_to_stderr(logging.ERROR)
    raise typer.Exit(asyncio.run(publish_files(settings(), files, out, err)))


@app.command()
def schema(
    event_type: Annotated[str | None, typer.Argument(help="An event type, such as DealAnnounced.")] = None,
) -> None:
    """Print an event type as JSON Schema, or all topics and their messages as AsyncAPI."""
    document = json_schema(event_type) if event_type else asyncapi(installed_version("ouroboros"))
    typer.echo(json.dumps(document, indent=2))
