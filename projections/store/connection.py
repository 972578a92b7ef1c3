"""Connections to the database that are closed whatever happens meanwhile."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import psycopg


@asynccontextmanager
async def connected(database: str, **options: Any) -> AsyncIterator[psycopg.AsyncConnection[Any]]:
    """Connect with the options of psycopg; commit in the end, or roll back after an error.

    Raises psycopg.Error.
    """
    connection = await psycopg.AsyncConnection.connect(database, **options)
    try:
        async with connection:
            yield connection
    finally:
        # A task that is cancelled while psycopg commits or rolls back would leave it open.
        await connection.close()
