"""The commands of replay, as they are typed."""

import logging
from typing import Annotated

import typer

from events.errors import UsageError
from ouroboros.commands.terminal import err, log_to_stderr, out, settings

app = typer.Typer(help="Fold history again, beside the live read models.", invoke_without_command=True)

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
    from ouroboros.replay.moments import moment  # noqa: PLC0415
    from ouroboros.replay.plan import Plan  # noqa: PLC0415
    from ouroboros.replay.telling import run_replay  # noqa: PLC0415  OR-tools takes a second to load

    log_to_stderr(logging.ERROR)
    plan = Plan(
        source,
        moment(from_time, "--from"),
        moment(to_time, "--to"),
        moment(as_known_at, "--as-known-at"),
    )
    run_replay(settings(), into, plan, out, err)


@app.command("promote")
def promote(schema: Schema) -> None:
    """Put rebuilt tables in the place of the live ones; a running worker then has to be started again."""
    from ouroboros.replay.telling import promote_replay  # noqa: PLC0415

    log_to_stderr(logging.ERROR)
    promote_replay(settings(), schema, out, err)


@app.command("drop")
def drop(schema: Schema) -> None:
    """Remove a replay with its tables and views."""
    from ouroboros.replay.telling import drop_replay  # noqa: PLC0415

    drop_replay(settings(), schema, out)


@app.command("list")
def list_all() -> None:
    """List the replays there are, and how far they got."""
    from ouroboros.replay.telling import list_replays  # noqa: PLC0415

    list_replays(settings(), out)


def fingerprint(
    schema: Annotated[
        str | None, typer.Argument(help="The schema of a replay; the live read models if none.")
    ] = None,
) -> None:
    """Print the SHA-256 of every read model and of the signals: where it is the same, every row is."""
    from ouroboros.replay.telling import print_fingerprint  # noqa: PLC0415

    print_fingerprint(settings(), schema, out)
