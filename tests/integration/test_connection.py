"""Connections to the database, and tasks that are cancelled in the middle of them."""

import asyncio
from typing import Any

import psycopg
import pytest

from projections.store.connection import connected

pytestmark = [pytest.mark.integration, pytest.mark.asyncio]

# What is inserted waits at the commit.
SLOW_COMMIT = """
CREATE TEMPORARY TABLE slow (number integer);
CREATE FUNCTION pg_temp.wait() RETURNS trigger LANGUAGE plpgsql
AS $$ BEGIN PERFORM pg_sleep(60); RETURN NULL; END $$;
CREATE CONSTRAINT TRIGGER wait AFTER INSERT ON slow DEFERRABLE INITIALLY DEFERRED
FOR EACH ROW EXECUTE FUNCTION pg_temp.wait();
INSERT INTO slow VALUES (1);
"""


async def test_a_connection_is_closed_when_its_task_is_cancelled_at_the_commit(database: str) -> None:
    opened: asyncio.Queue[psycopg.AsyncConnection[Any]] = asyncio.Queue()

    async def work() -> None:
        async with connected(database) as connection:
            await connection.execute(SLOW_COMMIT)
            opened.put_nowait(connection)

    working = asyncio.create_task(work())
    connection = await opened.get()
    await asyncio.sleep(0.1)
    working.cancel()
    with pytest.raises(asyncio.CancelledError):
        await working
    assert connection.closed
