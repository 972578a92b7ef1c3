"""The role that reads views and nothing else."""

from contextlib import suppress
from typing import Any

import psycopg
from psycopg.sql import SQL, Identifier, Literal

READER = "ouroboros_reader"


def prepare_reader(connection: psycopg.Connection[Any], password: str | None) -> None:
    """Make the role that reads `read` and nothing else; it logs in only with a password."""
    if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (READER,)).fetchone():
        # Roles belong to the whole server: another database's migration may be making it too.
        with (
            suppress(psycopg.errors.DuplicateObject, psycopg.errors.UniqueViolation),
            connection.transaction(),
        ):
            connection.execute(SQL("CREATE ROLE {} NOLOGIN").format(Identifier(READER)))
    connection.execute(
        SQL(
            "GRANT USAGE ON SCHEMA read TO {role};"
            "GRANT SELECT ON ALL TABLES IN SCHEMA read TO {role};"
            "ALTER DEFAULT PRIVILEGES IN SCHEMA read GRANT SELECT ON TABLES TO {role};"
            "ALTER ROLE {role} SET default_transaction_read_only = on;"
            "ALTER ROLE {role} SET statement_timeout = '30s';"
        ).format(role=Identifier(READER))
    )
    if password:
        # Hashed here, so that the password itself is in no log of the server.
        hashed = connection.pgconn.encrypt_password(
            password.encode(), READER.encode(), b"scram-sha-256"
        ).decode()
        connection.execute(SQL("ALTER ROLE {} LOGIN PASSWORD {}").format(Identifier(READER), Literal(hashed)))


def let_reader_read(connection: psycopg.Connection[Any], schema: str) -> None:
    """Let the role read the views of another schema; nothing where the role was never made."""
    if not connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", (READER,)).fetchone():
        return
    connection.execute(SQL("GRANT USAGE ON SCHEMA {} TO {}").format(Identifier(schema), Identifier(READER)))
    views = connection.execute(
        "SELECT viewname FROM pg_views WHERE schemaname = %s ORDER BY 1", (schema,)
    ).fetchall()
    for (view,) in views:
        connection.execute(
            SQL("GRANT SELECT ON {} TO {}").format(Identifier(schema, view), Identifier(READER))
        )
