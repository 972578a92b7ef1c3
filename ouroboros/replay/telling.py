"""What the commands of replay say to a person."""

import asyncio

import psycopg
from rich.console import Console
from rich.table import Table

from ouroboros.replay import register, schemas
from ouroboros.replay.fingerprint import fingerprints, in_all
from ouroboros.replay.plan import Plan
from ouroboros.replay.promotion import promote
from ouroboros.replay.rebuilding import replay
from projections.registry import PROJECTIONS
from projections.store.namespace import LIVE
from streams.settings import Settings


def run_replay(settings: Settings, schema: str, plan: Plan, out: Console, err: Console) -> None:
    """Replay and say what came of it. Raises UsageError, psycopg.Error."""
    folded = asyncio.run(replay(settings, schema, plan, err))
    done = (
        f"Folded {folded.events:,} events in {folded.seconds:,.1f} seconds,"
        f" {folded.events / folded.seconds:,.0f} a second."
        if folded.events
        else "There was nothing new to fold."
    )
    out.print(
        f"{done} The views are in {schema}; `ouroboros fingerprint {schema}` tells what is in them.",
        markup=False,
        soft_wrap=True,
    )


def promote_replay(settings: Settings, schema: str, out: Console, err: Console) -> None:
    """Promote and say so. Raises UsageError, psycopg.Error."""
    offset = asyncio.run(promote(settings, schema, err))
    out.print(
        f"{schema} is live, up to journal offset {offset:,}. A worker that runs stops at its next commit and"
        " goes on from there when it is started again.",
        markup=False,
        soft_wrap=True,
    )


def drop_replay(settings: Settings, schema: str, out: Console) -> None:
    """Remove a replay. Raises UsageError, psycopg.Error."""
    with register.holding(settings.database_url, schema) as connection, connection.transaction():
        register.registered(connection, schema)
        schemas.drop(connection, schema)
        register.remove(connection, schema)
    out.print(f"{schema} is gone.", markup=False)


def list_replays(settings: Settings, out: Console) -> None:
    """Print the replays there are. Raises psycopg.Error."""
    table = Table("schema")
    # What was folded is to be read whole, also in a narrow window.
    table.add_column("of", overflow="fold")
    for name in ("folded", "begun", "finished"):
        table.add_column(name)
    with psycopg.connect(settings.database_url, connect_timeout=5) as connection:
        replays = register.all_replays(connection)
        for one in replays:
            offsets = schemas.offsets(connection, schemas.place_of(one.schema), PROJECTIONS)
            unit = "journal records" if one.plan.is_whole_journal else "events"
            folded = f"{min(offsets.values(), default=-1) + 1:,} {unit}"
            finished = f"{one.finished_at:%Y-%m-%d %H:%M}" if one.finished_at else "no"
            table.add_row(one.schema, str(one.plan), folded, f"{one.made_at:%Y-%m-%d %H:%M}", finished)
    if replays:
        out.print(table)
    else:
        out.print("There are no replays.")


def print_fingerprint(settings: Settings, schema: str | None, out: Console) -> None:
    """Print the fingerprint of the live tables, or of a replay. Raises UsageError, psycopg.Error."""
    if schema is not None:
        with psycopg.connect(settings.database_url, connect_timeout=5) as connection:
            register.registered(connection, schema)
            schemas.check_versions(connection, schema)
    taken = fingerprints(settings.database_url, schemas.place_of(schema) if schema else LIVE)
    for name, one in taken.items():
        out.print(f"{one.sha256}  {name}  {one.rows:,} rows", soft_wrap=True)
    out.print(f"{in_all(taken)}  all", soft_wrap=True)
