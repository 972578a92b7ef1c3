"""`ouroboros dead-letters`: look at what could not be read, send it again, or discard it."""

import asyncio
import base64
import logging
from collections.abc import Sequence
from operator import itemgetter
from pathlib import Path
from typing import Annotated, Any

import psycopg
import typer
from aiokafka import AIOKafkaProducer
from psycopg.rows import dict_row
from rich.table import Table

from events.codec import MAX_MESSAGE_BYTES
from events.errors import UsageError
from ouroboros.terminal import log_to_stderr, out, read_settings, say
from streams.dead_letters.record import (
    DISCARD_HEADER,
    DISCARD_REASON_HEADER,
    DISCARDED_BY_HEADER,
    LONGEST_NAME,
    LONGEST_REASON,
    REDRIVE_HEADER,
    WAITS_BEHIND,
    MessageId,
)
from streams.kafka import producing
from streams.settings import Settings

app = typer.Typer(
    name="dead-letters",
    help="What could not be read: look at it, send it again, discard it.",
    no_args_is_help=True,
)

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


@app.command("list")
def list_all(
    closed: Annotated[
        bool, typer.Option("--all", help="Show those that were resolved or discarded as well.")
    ] = False,
) -> None:
    """List dead letters, the oldest first."""
    dead_letters = _dead_letters(read_settings(), "" if closed else _OPEN)
    if not dead_letters:
        out.print("There are no dead letters.")
        return
    table = Table("place", "key", "received", "attempts", "state", "reason")
    for row in dead_letters:
        table.add_row(
            row["place"],
            _plain(row["key"] or "-"),
            row["received_at"].strftime("%Y-%m-%d %H:%M:%S"),
            str(row["attempts"]),
            row["state"],
            _plain(row["reason"]),
        )
    out.print(table)


@app.command()
def show(place: Annotated[str, typer.Argument(help="As listed: TOPIC/PARTITION/OFFSET/INDEX.")]) -> None:
    """Show one dead letter: the reason, the headers, the original bytes."""
    row = _dead_letter(read_settings(), place)
    for name in _SHOWN:
        say(f"{name}: {_readable(str(row[name]).encode())}")
    for name, value in row["headers"]:
        say(f"header {name}: {_readable(base64.b64decode(value))}")
    raw = bytes(row["raw"] or b"")
    out.print(f"original bytes ({len(raw):,}):")
    say(_readable(raw[:SHOWN_BYTES]))
    if len(raw) > SHOWN_BYTES:
        out.print(f"... and {len(raw) - SHOWN_BYTES:,} more")


@app.command()
def redrive(
    places: Annotated[
        list[str] | None, typer.Argument(help="As listed; all open ones if none is named.")
    ] = None,
    mended: Annotated[
        Path | None, typer.Option("--with", help="Send this file's content instead of the original bytes.")
    ] = None,
) -> None:
    """Send dead letters to their topics again, in the order in which they came."""
    log_to_stderr(logging.ERROR)
    asyncio.run(_redrive(read_settings(), places or [], mended))


@app.command()
def discard(
    place: Annotated[str, typer.Argument(help="As listed: TOPIC/PARTITION/OFFSET/INDEX.")],
    by: Annotated[str, typer.Option("--by", help="Who decides it.")],
    why: Annotated[str, typer.Option("--why", help="The reason, in words.")],
) -> None:
    """Discard a dead letter that nobody can mend; what waited behind it is sent again."""
    log_to_stderr(logging.ERROR)
    asyncio.run(_discard(read_settings(), place, by, why))


async def _redrive(settings: Settings, addresses: Sequence[str], mended: Path | None) -> None:
    if mended and len(addresses) != 1:
        raise UsageError("A mended file stands for one dead letter.", "Name exactly one with --with.")
    chosen = [_dead_letter(settings, address) for address in addresses] or _dead_letters(settings, _OPEN)
    if not chosen:
        out.print("There are no open dead letters.")
        return
    content = _content(mended) if mended else None
    async with producing(settings) as producer:
        for row in sorted(chosen, key=itemgetter("received_at", "offset", "index")):
            await _send_again(settings, producer, row, content)
    out.print(f"Sent {len(chosen):,} again; `ouroboros dead-letters list` shows which were taken this time.")


async def _discard(settings: Settings, address: str, by: str, why: str) -> None:
    row = _dead_letter(settings, address)
    if row["state"] == "resolved":
        raise UsageError(f"The dead letter {address} was taken after all.", "There is nothing to discard.")
    headers = [
        (DISCARD_HEADER, row["place"].encode()),
        (DISCARDED_BY_HEADER, _stated("--by", by, LONGEST_NAME)),
        (DISCARD_REASON_HEADER, _stated("--why", why, LONGEST_REASON)),
    ]
    behind = (row["topic"], row["key"], f"{WAITS_BEHIND}{row['place']} ")
    # Asked for again after a command that was cut short, it sends again what is still waiting.
    waiting = _dead_letters(settings, _WAITING, behind)
    async with producing(settings) as producer:
        await _send(settings, producer, row, b"", headers)
        for later in waiting:
            await _send_again(settings, producer, later)
    sent = f" {len(waiting):,} that waited behind it were sent again." if waiting else ""
    say(f"Discarded {row['place']}.{sent}")


async def _send_again(
    settings: Settings, producer: AIOKafkaProducer, row: dict[str, Any], content: bytes | None = None
) -> None:
    headers = [(name, base64.b64decode(value)) for name, value in row["headers"]]
    headers.append((REDRIVE_HEADER, row["place"].encode()))
    await _send(settings, producer, row, content or bytes(row["raw"] or b""), headers)


async def _send(
    settings: Settings,
    producer: AIOKafkaProducer,
    row: dict[str, Any],
    content: bytes,
    headers: list[tuple[str, bytes]],
) -> None:
    """Send under the dead letter's own key: what is about one entity goes one way, in order."""
    key = row["key"].encode() if row["key"] else None
    await producer.send_and_wait(settings.topic_named(row["topic"]), content, key=key, headers=headers)


def _stated(option: str, text: str, longest: int) -> bytes:
    text = text.strip()
    if not 0 < len(text) <= longest:
        raise UsageError(
            f"{option} has {len(text):,} characters.",
            f"Say it in 1 to {longest:,}; it is kept with the dead letter.",
        )
    return text.encode(errors="replace")


def _dead_letter(settings: Settings, address: str) -> dict[str, Any]:
    try:
        message = MessageId.parse(address)
    except ValueError:
        raise UsageError(
            f"{address!r} is no address of a dead letter.",
            "Give TOPIC/PARTITION/OFFSET/INDEX, as the list does.",
        ) from None
    found = _dead_letters(
        settings,
        ' WHERE (topic, partition, "offset", index) = (%s, %s, %s, %s)',
        (message.topic, message.partition, message.offset, message.index),
    )
    if not found:
        raise UsageError(
            f"There is no dead letter {address}.", "`ouroboros dead-letters list --all` has them."
        )
    return found[0]


def _dead_letters(settings: Settings, where: str, values: tuple[Any, ...] = ()) -> list[dict[str, Any]]:
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
    return "".join(sign if sign.isprintable() or sign == "\n" else ascii(sign)[1:-1] for sign in text)


def _plain(text: str) -> str:
    return _readable(text.encode()).replace("[", r"\[")
