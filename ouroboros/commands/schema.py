"""`ouroboros schema`: what events and topics look like."""

import json
from importlib.metadata import version as installed_version
from typing import Annotated

import typer

from events.schema import asyncapi, json_schema

app = typer.Typer()


@app.command()
def schema(
    event_type: Annotated[str | None, typer.Argument(help="An event type, such as DealAnnounced.")] = None,
) -> None:
    """Print an event type as JSON Schema, or all topics and their messages as AsyncAPI."""
    document = json_schema(event_type) if event_type else asyncapi(installed_version("ouroboros"))
    typer.echo(json.dumps(document, indent=2))
