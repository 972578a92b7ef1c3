"""What signals rest on, as the archive has it: a headline and a source beside the id of each event."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC
from typing import Any

import psycopg

from projections.indicator import EVIDENCE_LIMIT

Payload = Mapping[str, Any]

_SOURCES = """
SELECT event_id, headline, source, payload ->> 'source_url', known_at
FROM read.journal_event WHERE event_id = ANY(%s::uuid[])
"""


async def with_sources(
    connection: psycopg.AsyncConnection[Any], payloads: Sequence[Payload]
) -> list[dict[str, Any]]:
    """Return signals with `sources`, one for each event of their evidence and at most 20.

    The archive may be behind where its projection runs apart: what it does not have yet comes with its
    id alone.
    """
    cited = [payload["evidence"][:EVIDENCE_LIMIT] for payload in payloads]
    ids = sorted({event_id for event_ids in cited for event_id in event_ids})
    found = await (await connection.execute(_SOURCES, (ids,))).fetchall() if ids else ()
    sources = {str(row[0]): _source(*row) for row in found}
    return [
        {**payload, "sources": [sources.get(event_id, {"event_id": event_id}) for event_id in event_ids]}
        for payload, event_ids in zip(payloads, cited, strict=True)
    ]


def as_json(payload: Payload) -> bytes:
    """Write a signal as JSON; a number that the database hands out may be an integer of any length."""
    return json.dumps(payload, ensure_ascii=False, separators=(",", ":")).encode()


def _source(
    event_id: Any, headline: str, source: str, source_url: str | None, known_at: Any
) -> dict[str, Any]:
    link = {} if source_url is None else {"source_url": source_url}
    known = known_at.astimezone(UTC).isoformat()
    return {"event_id": str(event_id), "headline": headline, "source": source, **link, "known_at": known}
