"""Documents of events as producers send them, and how to read back what became of them."""

from typing import Any

import orjson

from events.base import Event
from events.codec import Decoded, Headers, Refusal, decode

COMMON: dict[str, Any] = {
    "occurred_at": "2026-01-01T12:00:00Z",
    "known_at": "2026-01-01T12:00:00Z",
    "source": "test",
    "certainty": "stated",
}


def document(event_type: str, /, **fields: Any) -> dict[str, Any]:
    """Name an event and its fields; a field that is given as None is left out."""
    given = {"event_type": event_type, **COMMON, **fields}
    return {name: value for name, value in given.items() if value is not None}


def terminated(deal_id: Any = "d1", **fields: Any) -> dict[str, Any]:
    return document("DealTerminated", deal_id=deal_id, **fields)


def announced(*legs: Any, **fields: Any) -> dict[str, Any]:
    return document("DealAnnounced", **{"deal_id": "d1", "title": "a deal", "legs": list(legs), **fields})


def leg(**fields: Any) -> dict[str, Any]:
    return {"kind": "equity", "payer": "Nvidia", "payee": "OpenAI", "amount_usd": 5, **fields}


def read(content: Any, headers: Headers = (), message_key: bytes | None = None) -> list[Decoded]:
    return decode(orjson.dumps(content), headers, message_key)


def taken(content: Any, headers: Headers = (), message_key: bytes | None = None) -> Event:
    """Read a message that holds one good event."""
    (one,) = read(content, headers, message_key)
    assert isinstance(one, Event), one
    return one


def refused(content: Any, headers: Headers = (), message_key: bytes | None = None) -> Refusal:
    """Read a message that holds one event, and that a poor one."""
    return refused_bytes(orjson.dumps(content), headers, message_key)


def refused_bytes(value: bytes | None, headers: Headers = (), message_key: bytes | None = None) -> Refusal:
    (one,) = decode(value, headers, message_key)
    assert isinstance(one, Refusal), one
    return one
