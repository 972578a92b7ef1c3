"""The tables and views of projections at a namespace, made from the scripts beside the folds."""

import re
from datetime import date, datetime
from importlib.resources import files
from types import NoneType
from typing import Any, Literal, LiteralString, get_args, get_origin, get_type_hints
from uuid import UUID

import psycopg
from psycopg.sql import SQL, Identifier

from projections.base import Projection, Row, SqlType
from projections.store.namespace import Namespace
from projections.store.timescale import Timescale, make_hypertable

# Of the fields of rows, unless they have an SqlType.
_SQL_TYPES: dict[Any, str] = {
    bool: "boolean",
    int: "integer",
    float: "double precision",
    str: "text",
    Literal: "text",
    date: "date",
    datetime: "timestamptz",
    UUID: "uuid",
    list[str]: "text[]",
    list[UUID]: "uuid[]",
}
_READ = re.compile(r"\bread\.")


def make_bookkeeping(connection: psycopg.Connection[Any], namespace: Namespace) -> None:
    """Make the schema and tables of checkpoints and snapshots, unless they stand already."""
    connection.execute(namespace.sql("CREATE SCHEMA IF NOT EXISTS {bookkeeping}"))
    connection.execute(namespace.sql(script("projections.store", "bookkeeping.sql")))


def make_tables(
    connection: psycopg.Connection[Any],
    namespace: Namespace,
    projection: Projection[Any],
    timescale: Timescale,
) -> bool:
    """Make the tables of a projection's version, and return whether they were missing."""
    schema = namespace.schema(projection)
    if connection.execute("SELECT to_regnamespace(%s)", (schema,)).fetchone() != (None,):
        return False
    connection.execute(SQL("CREATE SCHEMA {}").format(Identifier(schema)))
    connection.execute(SQL(schema_script(projection)).format(schema=Identifier(schema)))
    connection.execute(
        namespace.sql(
            "INSERT INTO {bookkeeping}.checkpoint (projection, version, journal_offset) VALUES (%s, %s, -1)"
        ),
        (projection.name, projection.version),
    )
    if timescale.version:
        for table in projection.tables:
            if table.time_column:
                make_hypertable(connection, schema, table.name, table.time_column, timescale)
    return True


def refresh_reference(
    connection: psycopg.Connection[Any], namespace: Namespace, projection: Projection[Any]
) -> None:
    """Write what comes with the release, in place of what an earlier one brought."""
    for reference in projection.reference:
        table = Identifier(namespace.schema(projection), reference.table)
        connection.execute(SQL("DELETE FROM {}").format(table))
        statement = SQL("INSERT INTO {} ({}) VALUES ({})").format(
            table,
            SQL(", ").join(map(Identifier, reference.columns)),
            SQL(", ").join([SQL("%s")] * len(reference.columns)),
        )
        with connection.cursor() as cursor:
            cursor.executemany(statement, reference.rows)


def show(connection: psycopg.Connection[Any], namespace: Namespace, projection: Projection[Any]) -> None:
    """Let the views of a namespace show the tables of this version."""
    # The scripts say `read`, as everybody does who asks them anything.
    views = _READ.sub("{views}.", script(_package(projection), "views.sql"))
    connection.execute(
        SQL(views).format(schema=Identifier(namespace.schema(projection)), views=Identifier(namespace.views))
    )


def schema_script(projection: Projection[Any]) -> LiteralString:
    """Read the script that makes a projection's tables, with the columns of each where it names the table."""
    text = script(_package(projection), "schema.sql")
    for table in projection.tables:
        text = text.replace(f"{{{table.name}}}", _columns(table.row))
    return text


def _columns(row: type[Row]) -> str:
    hints = get_type_hints(row, include_extras=True)
    return ",".join(f'\n    "{name}" {_sql_type(hint)}' for name, hint in hints.items())


def _sql_type(hint: Any) -> str:
    """Return the type of a column; it is empty only where its field may be None."""
    arguments = get_args(hint)
    if NoneType in arguments:
        return _sql_type(arguments[0]).removesuffix(" NOT NULL")
    said = next((argument.name for argument in arguments if isinstance(argument, SqlType)), None)
    return f"{said or _SQL_TYPES[Literal if get_origin(hint) is Literal else hint]} NOT NULL"


def script(package: str, name: str) -> LiteralString:
    """Read a script of our own: none of it ever came from outside."""
    return files(package).joinpath(name).read_text()


def _package(projection: Projection[Any]) -> str:
    return f"projections.{projection.name}"
