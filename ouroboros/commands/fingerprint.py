"""`ouroboros fingerprint`: what is in the read models, as hashes."""

from typing import Annotated

import psycopg
import typer

from ouroboros.terminal import out, read_settings

app = typer.Typer()


@app.command()
def fingerprint(
    schema: Annotated[
        str | None, typer.Argument(help="The schema of a replay; the live read models if none.")
    ] = None,
) -> None:
    """Print the SHA-256 of every read model and of the signals: where it is the same, every row is."""
    from ouroboros.replay import register
    from ouroboros.replay.fingerprint import fingerprints, in_all
    from projections.store.namespace import LIVE

    database = read_settings().database_url
    if schema is not None:
        with psycopg.connect(database, connect_timeout=5) as connection:
            register.registered(connection, schema)
            register.check_versions(connection, schema)
    tables = fingerprints(database, register.namespace_of(schema) if schema else LIVE)
    for name, table in tables.items():
        out.print(f"{table.sha256}  {name}  {table.rows:,} rows", soft_wrap=True)
    out.print(f"{in_all(tables)}  all", soft_wrap=True)
