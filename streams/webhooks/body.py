"""What a receiver gets: the body in its format, and the headers that name and sign it."""

import hashlib
import hmac
from collections.abc import Mapping
from typing import Any, assert_never

from events.errors import cut
from streams.evidence import as_json
from streams.webhooks.destination import Destination

# Slack takes 40,000 characters and asks for at most 4,000. Escaping makes a character five at most:
# whatever is in it, a sentence with its sources is never cut in the middle of a link.
LONGEST_SENTENCE = 3_000
LONGEST_ADDRESS = 1_000
SOURCES_NAMED = 3
# What would end an address too early.
_IN_ADDRESSES = str.maketrans({"<": "%3C", ">": "%3E", "|": "%7C", "&": "&amp;"})


def body_of(destination: Destination, message_id: str, payload: Mapping[str, Any]) -> bytes:
    """Convert a signal into the destination's format; the same signal always gives the same bytes."""
    match destination.format:
        case "json":
            return as_json({"message_id": message_id, **payload})
        case "slack":
            return as_json({"text": slack_text(payload)})
        case _:
            assert_never(destination.format)


def slack_text(payload: Mapping[str, Any]) -> str:
    """Return a signal and the first of its sources as one line of Slack's markup.

    Only the three characters that Slack gives a meaning are escaped, as its documentation
    on formatting text asks; so nothing in a name can call a channel or hide a link.
    """
    sentence = f"[{payload['level']}] {payload['title']}, {payload['subject']}: {payload['message']}"
    line = _escaped(cut(" ".join(sentence.split()), LONGEST_SENTENCE))
    named = [_linked(**source) for source in payload["sources"][:SOURCES_NAMED]]
    if not named:
        return line
    others = len(payload["sources"]) - len(named)
    more = f"; and {others} more" if others else ""
    return f"{line} Evidence: {'; '.join(named)}{more}."


def _linked(
    event_id: str, headline: str = "", source: str = "", source_url: str = "", known_at: str = ""
) -> str:
    """Return the name of a source, as a link where it has an address; nothing but the web is linked to."""
    text = _escaped(" ".join(headline.split()) or event_id)
    publisher = f" ({_escaped(' '.join(source.split()))}, {known_at[:10]})" if source else ""
    if not source_url.startswith(("http://", "https://")) or len(source_url) > LONGEST_ADDRESS:
        return f"{text}{publisher}"
    return f"<{source_url.translate(_IN_ADDRESSES)}|{text.replace('|', '/')}>{publisher}"


def _escaped(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def headers_of(
    destination: Destination, message_id: str, body: bytes, now_seconds: int, user_agent: str
) -> dict[str, str]:
    """Return headers by which a receiver knows the message again, signed where a secret is shared."""
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
    """Return a signature of the time (Unix seconds) and the body: HMAC-SHA-256 over "time.body", in hex."""
    digest = hmac.new(secret.encode(), f"{now_seconds}.".encode() + body, hashlib.sha256)
    return f"t={now_seconds},v1={digest.hexdigest()}"
