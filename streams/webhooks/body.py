"""What a receiver gets: the body in its format, and the headers that name and sign it."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any, assert_never

import orjson

from events.errors import cut
from streams.webhooks.destination import Destination, Format

# Slack takes 40,000 characters and asks for at most 4,000; a sentence with twenty ids stays below.
LONGEST_SENTENCE = 3_000


def body_of(destination: Destination, message_id: str, payload: Mapping[str, Any]) -> bytes:
    """Write a signal in the destination's format; the same signal always gives the same bytes."""
    match destination.format:
        case Format.JSON:
            return orjson.dumps({"message_id": message_id, **payload})
        case Format.SLACK:
            return orjson.dumps({"text": slack_text(payload)})
        case _:
            assert_never(destination.format)


def slack_text(payload: Mapping[str, Any]) -> str:
    """Tell a signal in one line of Slack's markup.

    Only the three characters that Slack gives a meaning are escaped, as its documentation
    on formatting text asks; so nothing in a name can call a channel or hide a link.
    """
    told = f"[{payload['level']}] {payload['title']}, {payload['subject']}: {payload['message']}"
    line = cut(" ".join(told.split()), LONGEST_SENTENCE)
    evidence = payload["evidence"]
    if evidence:
        line += f" Evidence: {', '.join(evidence)}."
    return line.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def headers_of(
    destination: Destination, message_id: str, body: bytes, now_seconds: int, user_agent: str
) -> dict[str, str]:
    """Name the message for a receiver that remembers, and sign it where a secret is shared."""
    headers = {
        "Content-Type": "application/json",
        "Idempotency-Key": message_id,
        "User-Agent": user_agent,
    }
    if destination.secret:
        secret = destination.secret.get_secret_value()
        headers["Ouroboros-Signature"] = signature(secret, now_seconds, body)
    return headers


def signature(secret: str, now_seconds: int, body: bytes) -> str:
    """Sign the time (Unix seconds) and the body: HMAC-SHA-256 over "time.body", in hex."""
    digest = hmac.new(secret.encode(), f"{now_seconds}.".encode() + body, hashlib.sha256)
    return f"t={now_seconds},v1={digest.hexdigest()}"
