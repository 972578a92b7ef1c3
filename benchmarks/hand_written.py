"""The yardstick: the shortest loop that brings the same events into one plain table.

aiokafka's getmany, orjson, COPY, commit: nothing is validated, put in order, deduplicated,
conflated or folded, and the table has no index. Run with the number of events to expect and
the topics to read; it says when it is ready and when all is committed.
"""

import asyncio
import json
import sys
from typing import Any

import orjson
import psycopg
from aiokafka import AIOKafkaConsumer

from benchmarks.machine import resident_mb
from streams.kafka import FETCH_BYTES
from streams.settings import Settings

TABLE = """\
CREATE TABLE plain (
    known_at timestamptz, journal_offset bigint, journal_index integer, event_id uuid, event_type text,
    occurred_at timestamptz, source text, certainty text, key text, payload jsonb
)"""
Row = tuple[Any, ...]


async def main(expected: int, topics: list[str]) -> None:
    settings = Settings()
    consumer = AIOKafkaConsumer(
        *map(settings.topic_named, topics),
        bootstrap_servers=settings.kafka,
        group_id=settings.group("by-hand"),
        auto_offset_reset="earliest",
        enable_auto_commit=False,
        max_partition_fetch_bytes=FETCH_BYTES,
    )
    await consumer.start()
    async with await psycopg.AsyncConnection.connect(settings.database_url, autocommit=True) as connection:
        await connection.execute(TABLE)
        # The first call joins the group.
        await consumer.getmany(timeout_ms=1000)
        _tell()
        written = 0
        while written < expected:
            messages = await consumer.getmany(timeout_ms=1000, max_records=2000)
            rows = _rows(messages)
            if rows:
                await _copy(connection, rows)
                await consumer.commit()
                written += len(rows)
        _tell()
    await consumer.stop()


def _rows(batches: dict[Any, Any]) -> list[Row]:
    rows: list[Row] = []
    for messages in batches.values():
        for message in messages:
            content = orjson.loads(message.value)
            documents = content if isinstance(content, list) else [content]
            for index, document in enumerate(documents):
                payload = message.value if documents is not content else orjson.dumps(document)
                rows.append(_row(message, index, document, payload))
    return rows


def _row(message: Any, index: int, document: dict[str, Any], payload: bytes) -> Row:
    return (
        document["known_at"],
        message.offset,
        index,
        document["event_id"],
        document["event_type"],
        document["occurred_at"],
        document["source"],
        document["certainty"],
        message.key.decode(),
        payload.decode(),
    )


async def _copy(connection: psycopg.AsyncConnection[Any], rows: list[Row]) -> None:
    async with connection.cursor() as cursor, cursor.copy("COPY plain FROM STDIN") as copy:
        for row in rows:
            await copy.write_row(row)


def _tell() -> None:
    print(json.dumps({"resident_mb": resident_mb()}), flush=True)


if __name__ == "__main__":
    asyncio.run(main(int(sys.argv[1]), sys.argv[2:]))
