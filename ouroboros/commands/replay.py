"""`ouroboros replay`: history folded again, beside the live read models."""

import asyncio
import logging
from typing import Annotated

import psycopg
import typer
from rich.table import Table

from events.errors import UsageError
from ouroboros.terminal import log_to_stderr, out, read_settings, say, time_of

app = typer.Typer(
    name="replay", help="Fold history again, beside the live read models.", invoke_without_command=True
)

Schema = Annotated[str, typer.Argument(help="The schema that was named with --into.")]


@app.callback()
def replay(  # noqa: PLR0917  typer passes them by name
    context: typer.Context,
    into: Annotated[
        str | None, typer.Option(metavar="SCHEMA", help="The schema of the views; the same again goes on.")
    ] = None,
    source: Annotated[
        str, typer.Option(help="journal (Kafka), archive (the database), ledger, or a folder or file.")
    ] = "journal",
    from_time: Annotated[
        str | None, typer.Option("--from", metavar="TIME", help="Write history from this moment on.")
    ] = None,
    to_time: Annotated[
        str | None, typer.Option("--to", metavar="TIME", help="End when the clock has passed this moment.")
    ] = None,
    as_known_at: Annotated[
        str | None,
        typer.Option(metavar="TIME", help="Fold what was known then, in the order in which it became known."),
    ] = None,
) -> None:
    """Rebuild all projections beside the live ones; a time without a zone is UTC."""
    if context.invoked_subcommand is not None:
        return
    if into is None:
        raise UsageError("A replay needs a schema to write into.", "Name one with --into.")
    from ouroboros.replay.plan import Plan
    from ouroboros.replay.rebuilding import replay as rebuild

    log_to_stderr(logging.ERROR)
    plan = Plan(
        source,
        time_of(from_time, "--from"),
        time_of(to_time, "--to"),
        time_of(as_known_at, "--as-known-at"),
    )
    folded = asyncio.run(rebuild(read_settings(), into, plan))
    done = (
        f"Folded {folded.events:,} events in {folded.seconds:,.1f} seconds,"
        f" {folded.events / folded.seconds:,.0f} a second."
        if folded.events
        else "There was nothing new to fold."
    )
    say(f"{done} The views are in {into}; `ouroboros fingerprint {into}` tells what is in them.")


@app.command()
def promote(schema: Schema) -> None:
    """Put rebuilt tables in the place of the live ones; a running worker then has to be started again."""
    from ouroboros.replay.promotion import promote as go_live

    log_to_stderr(logging.ERROR)
    offset = asyncio.run(go_live(read_settings(), schema))
    say(
        f"{schema} is live, up to journal offset {offset:,}. A worker that runs stops at its next commit and"
        " goes on from there when it is started again."
    )


@app.command()
def drop(schema: Schema) -> None:
    """Remove a replay with its tables and views."""
    from ouroboros.replay import register

    with register.holding(read_settings().database_url, schema) as connection, connection.transaction():
        register.registered(connection, schema)
        register.drop(connection, schema)
    say(f"{schema} is gone.")


@app.command("list")
def list_all() -> None:
    """List the replays there are, and how far they got."""
    from ouroboros.replay import register

    table = Table("schema")
    # What was folded is to be read whole, also in a narrow window.
    table.add_column("of", overflow="fold")
    for name in ("folded", "begun", "finished"):
        table.add_column(name)
    with psycopg.connect(read_settings().database_url, connect_timeout=5) as connection:
        for replay in register.all_replays(connection):
            offsets = register.offsets(connection, register.namespace_of(replay.schema))
            unit = "journal records" if replay.plan.is_whole_journal else "events"
            folded = f"{min(offsets.values(), default=-1) + 1:,} {unit}"
            begun = f"{replay.made_at:%Y-%m-%d %H:%M}"
            finished = f"{replay.finished_at:%Y-%m-%d %H:%M}" if replay.finished_at else "no"
            table.add_row(replay.schema, str(replay.plan), folded, begun, finished)
    out.print(table if table.row_count else "There are no replays.")
