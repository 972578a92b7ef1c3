"""One attempt to post a signal, and what the answer means.

Reasons are kept where people read them, so they are made of our own words and of a status:
what a receiver answers may repeat the address it was asked at.
"""

import re
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from importlib.metadata import version
from typing import Any

import aiohttp

from streams.webhooks.body import body_of, headers_of
from streams.webhooks.destination import Destination

TIMEOUT_SECONDS = 10.0
LONGEST_DELAY_SECONDS = 300.0
FIRST_DELAY_SECONDS = 1.0
READ_BYTES = 1024

_USER_AGENT = f"ouroboros/{version('ouroboros')}"
# Slack says what is wrong in one word, such as no_service.
_WORD = re.compile(rb"[a-z]+(?:_[a-z]+)*", re.ASCII)


@dataclass(frozen=True, slots=True)
class Delivered:
    """The receiver took the signal."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The receiver will never take it."""

    reason: str


@dataclass(frozen=True, slots=True)
class Failed:
    """It may work later; `pause_seconds` is how long the receiver asks to be left alone."""

    reason: str
    pause_seconds: float = 0.0


Outcome = Delivered | Refused | Failed


def open_session() -> aiohttp.ClientSession:
    """Open what posts are made with: certificates are checked, no cookie is kept, nothing is unpacked."""
    return aiohttp.ClientSession(
        cookie_jar=aiohttp.DummyCookieJar(),
        headers={"Accept-Encoding": "identity"},
        timeout=aiohttp.ClientTimeout(total=TIMEOUT_SECONDS),
        auto_decompress=False,
    )


async def post(
    session: aiohttp.ClientSession, destination: Destination, message_id: str, payload: Mapping[str, Any]
) -> Outcome:
    """Post a signal once and say what came of it, whatever the receiver does."""
    body = body_of(destination, message_id, payload)
    headers = headers_of(destination, message_id, body, int(time.time()), _USER_AGENT)
    url = destination.url.get_secret_value()
    try:
        async with session.post(url, data=body, headers=headers, allow_redirects=False) as response:
            word = b"" if response.ok else await _start_of(response)
            return outcome_of(response.status, response.headers.get("Retry-After"), word)
    except TimeoutError:
        return Failed(f"There was no answer within {TIMEOUT_SECONDS:g} seconds.")
    except (aiohttp.ClientError, OSError) as error:
        return Failed(f"The receiver cannot be reached ({type(error).__name__}).")


def outcome_of(status: int, retry_after: str | None, word: bytes = b"") -> Outcome:
    """Read an answer: 2xx is taken; 4xx is final, but for a time that is too short or a crowd too large."""
    if 200 <= status < 300:
        return Delivered()
    said = f": {word.decode()}" if _WORD.fullmatch(word) else ""
    if 300 <= status < 400:
        return Failed(f"The receiver redirects ({status}), which is not followed: correct its address.")
    reason = f"The receiver answered {status}{said}."
    if 400 <= status < 500 and status not in {408, 429}:
        return Refused(reason)
    seconds = int(retry_after) if retry_after and re.fullmatch(r"[0-9]{1,9}", retry_after) else 0
    return Failed(reason, min(seconds, LONGEST_DELAY_SECONDS))


def delay_seconds(attempts: int, chance: float) -> float:
    """Wait twice as long after each of so many failed attempts, up to five minutes.

    `chance` lies between 0 and 1 and takes away up to half, so that what failed together does not
    come back together.
    """
    doubled = FIRST_DELAY_SECONDS * 2.0 ** min(attempts - 1, 20)
    return min(doubled, LONGEST_DELAY_SECONDS) * (1 - chance / 2)


async def _start_of(response: aiohttp.ClientResponse) -> bytes:
    # The status is known; a body that trickles, or never ends, adds nothing to wait for.
    with suppress(TimeoutError, aiohttp.ClientError):
        return (await response.content.read(READ_BYTES)).strip()
    return b""
