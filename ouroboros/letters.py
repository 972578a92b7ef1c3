"""`ouroboros dead-letters`: look at what could not be read, send it again, or put it away."""

import base64
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import psycopg
from aiokafka import AIOKafkaProducer
from psycopg.rows import dict_row
from rich.console import Console
from rich.table import Table

from events.codec import MAX_MESSAGE_BYTES
from events.errors import UsageError
from streams.dead_letters import (
    DISCARD_HEADER,
    DISCARD_REASON_HEADER,
    DISCARDED_BY_HEADER,
    LONGEST_NAME,
    LONGEST_REASON,
    REDRIVE_HEADER,
    WAITS_BEHIND,
    Place,
)
from streams.kafka import producing
from streams.settings import Settings

_SELECT = (
    """SELECT *, topic || '/' || partition || '/' || "offset" || '/' || index AS place"""
    " FROM ouroboros.dead_letter"
)
_OPEN = " WHERE state = 'open'"
_WAITING = f"{_OPEN} AND topic = %s AND key = %s AND starts_with(reason, %s)"
_ORDER = ' ORDER BY received_at, topic, partition, "offset", index'
_SHOWN = (
    *("place", "key", "reason", "received_at", "attempts", "state"),
    *("resolved_at", "discarded_at", "discarded_by", "discard_reason"),
)
SHOWN_BYTES = 4000


def list_dead_letters(settings: Settings, out: Console, *, with_closed: bool) -> None:
    """Print a table of the open dead letters, or of all."""
    letters = _letters(settings, "" if with_closed else _OPEN)
    if not letters:
        out.print("There are no dead letters.")
        return
    table = Table("place", "key", "received", "attempts", "state", "reason")
    for one in letters:
        table.add_row(
            one["place"],
            _plain(one["key"] or "-"),
            one["received_at"].strftime("%Y-%m-%d %H:%M:%S"),
            str(one["attempts"]),
            one["state"],
            _plain(one["reason"]),
        )
    out.print(table)


def show_dead_letter(settings: Settings, out: Console, place: str) -> None:
    """Print one dead letter whole. Raises UsageError where there is none."""
    one = _letter(settings, place)
    for name in _SHOWN:
        out.print(f"{name}: {_readable(str(one[name]).encode())}", markup=False, soft_wrap=True)
    for name, value in one["headers"]:
        out.print(f"header {name}: {_readable(base64.b64decode(value))}", markup=False, soft_wrap=True)
    raw = bytes(one["raw"] or b"")
    out.print(f"original bytes ({len(raw):,}):")
    out.print(_readable(raw[:SHOWN_BYTES]), markup=False, soft_wrap=True)
    if len(raw) > SHOWN_BYTES:
        out.print(f"... and {len(raw) - SHOWN_BYTES:,} more")


async def redrive(settings: Settings, out: Console, places: Sequence[str], mended: Path | None) -> int:
    """Send letters again in the order in which they came; return the exit code.

    Raises UsageError for an unknown place, or a mended file that does not go with one letter.
    """
    if mended and len(places) != 1:
        raise UsageError("A mended file stands for one letter.", "Name exactly one place with --with.")
    chosen = [_letter(settings, place) for place in places] or _letters(settings, _OPEN)
    if not chosen:
        out.print("There are no open dead letters.")
        return 0
    content = _content(mended) if mended else None
    async with producing(settings) as producer:
        for one in sorted(chosen, key=_age):
            await _send_again(settings, producer, one, content)
    out.print(f"Sent {len(chosen):,} again; `ouroboros dead-letters list` shows which were taken this time.")
    return 0


async def discard(settings: Settings, out: Console, place: str, by: str, why: str) -> None:
    """Put a letter away that nobody can mend, and send again what waited behind it, in its order.

    Raises UsageError for an unknown or resolved letter, and for a name or a reason that is missing or long.
    """
    one = _letter(settings, place)
    if one["state"] == "resolved":
        raise UsageError(f"The dead letter {place} was taken after all.", "There is nothing to discard.")
    told = [
        (DISCARDED_BY_HEADER, _stated("--by", by, LONGEST_NAME)),
        (DISCARD_REASON_HEADER, _stated("--why", why, LONGEST_REASON)),
    ]
    behind = (one["topic"], one["key"], f"{WAITS_BEHIND}{one['place']} ")
    # Asked for again after a command that was cut short, it sends again what is still waiting.
    waiting = _letters(settings, _WAITING, behind)
    async with producing(settings) as producer:
        await producer.send_and_wait(
            settings.topic_named(one["topic"]),
            b"",
            key=_key(one),
            headers=[(DISCARD_HEADER, one["place"].encode()), *told],
        )
        for later in sorted(waiting, key=_age):
            await _send_again(settings, producer, later)
    sent = f" {len(waiting):,} that waited behind it were sent again." if waiting else ""
    out.print(f"Discarded {one['place']}.{sent}", markup=False, soft_wrap=True)


async def _send_again(
    settings: Settings, producer: AIOKafkaProducer, one: dict[str, Any], content: bytes | None = None
) -> None:
    headers = [(name, base64.b64decode(value)) for name, value in one["headers"]]
    await producer.send_and_wait(
        settings.topic_named(one["topic"]),
        content or bytes(one["raw"] or b""),
        key=_key(one),
        headers=[*headers, (REDRIVE_HEADER, one["place"].encode())],
    )


def _key(one: dict[str, Any]) -> bytes | None:
    """Give the key of the message: what is about one entity goes one way, in order."""
    return one["key"].encode() if one["key"] else None


def _stated(option: str, text: str, longest: int) -> bytes:
    text = text.strip()
    if not 0 < len(text) <= longest:
        raise UsageError(
            f"{option} has {len(text):,} characters.",
            f"Say it in 1 to {longest:,}; it is kept with the letter.",
        )
    return text.encode(errors="replace")


def _age(one: dict[str, Any]) -> tuple[Any, ...]:
    return one["received_at"], one["offset"], one["index"]


def _letter(settings: Settings, place: str) -> dict[str, Any]:
    try:
        where = Place.parse(place)
    except ValueError:
        raise UsageError(
            f"{place!r} is no place of a dead letter.", "Give TOPIC/PARTITION/OFFSET/INDEX, as the list does."
        ) from None
    found = _letters(
        settings,
        ' WHERE (topic, partition, "offset", index) = (%s, %s, %s, %s)',
        (where.topic, where.partition, where.offset, where.index),
    )
    if not found:
        raise UsageError(f"There is no dead letter {place}.", "`ouroboros dead-letters list --all` has them.")
    return found[0]


def _letters(settings: Settings, where: str, values: tuple[Any, ...] = ()) -> list[dict[str, Any]]:
    with psycopg.connect(settings.database_url, connect_timeout=5, row_factory=dict_row) as connection:
        return connection.execute(f"{_SELECT}{where}{_ORDER}", values).fetchall()


def _content(path: Path) -> bytes:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.", "Check the path.") from None
    if len(content) > MAX_MESSAGE_BYTES:
        raise UsageError(f"{path} has {len(content):,} bytes; {MAX_MESSAGE_BYTES:,} are taken.", "Send less.")
    return content


def _readable(content: bytes) -> str:
    """Show bytes as text; what no terminal should be sent is escaped."""
    text = content.decode(errors="backslashreplace")
    return "".join(one if one.isprintable() or one == "\n" else ascii(one)[1:-1] for one in text)


def _plain(text: str) -> str:
    return _readable(text.encode()).replace("[", r"\[")
