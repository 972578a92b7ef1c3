"""`ouroboros status`: how far everything is."""

import asyncio
import logging
from typing import Annotated, Any

import psycopg
import typer
from aiokafka import TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import GroupCoordinatorNotAvailableError
from rich.table import Table
from tenacity import retry, retry_if_exception_type, stop_after_delay, wait_fixed

from events.topics import INGRESS
from ouroboros.terminal import log_to_stderr, out, read_settings
from streams.kafka import administering, check_topics, end_offsets
from streams.settings import Settings

app = typer.Typer()

_COMPONENTS = (
    "SELECT component, last_event_at, lag, applied, stale FROM read.pipeline_health ORDER BY component"
)
# A component that was retired is not missed for ever.
_STALE_TODAY = "SELECT stale FROM read.pipeline_health WHERE beat_at > now() - interval '1 day'"
_CHECKPOINTS = "SELECT projection, version, journal_offset, moved_at FROM ouroboros.checkpoint ORDER BY 1, 2"
_DEAD_LETTERS = (
    "SELECT count(*) FILTER (WHERE state = 'open'), count(*) FILTER (WHERE state = 'resolved'),"
    " count(*) FILTER (WHERE state = 'discarded') FROM ouroboros.dead_letter"
)


@app.command()
def status(
    check: Annotated[
        bool, typer.Option("--check", help="Print nothing; fail unless every component is alive.")
    ] = False,
) -> None:
    """Show how far everything is: lag, checkpoints, dead letters."""
    log_to_stderr(logging.ERROR)
    if check:
        raise typer.Exit(0 if _healthy(read_settings()) else 1)
    asyncio.run(_show_status(read_settings()))


def _healthy(settings: Settings) -> bool:
    """Return whether the components of the last day have all been heard of within the last minute."""
    with psycopg.connect(settings.database_url, connect_timeout=5) as connection:
        stale = [row[0] for row in connection.execute(_STALE_TODAY).fetchall()]
    return bool(stale) and not any(stale)


async def _show_status(settings: Settings) -> None:
    """Print lag, checkpoints, components and dead letters. Raises UsageError, psycopg.Error."""
    from projections.registry import PROJECTIONS

    await check_topics(settings)
    with psycopg.connect(settings.database_url, connect_timeout=5) as connection:
        components = connection.execute(_COMPONENTS).fetchall()
        checkpoints = connection.execute(_CHECKPOINTS).fetchall()
        (unresolved, resolved, discarded) = connection.execute(_DEAD_LETTERS).fetchone() or (0, 0, 0)
    ingress, journal_end = await _ends(settings)

    table = Table("topic", "messages", "not yet acknowledged", title="Ingress", title_justify="left")
    for name, (total, lag) in ingress.items():
        table.add_row(name, f"{total:,}", f"{lag:,}")
    out.print(table)

    table = Table("projection", "applied to", "journal ends at", "behind", "moved", title="Checkpoints")
    current = {(projection.name, projection.version) for projection in PROJECTIONS}
    behind = 0
    for name, version, offset, moved_at in checkpoints:
        lag = journal_end - 1 - offset
        behind += lag if (name, version) in current else 0
        table.add_row(f"{name}_v{version}", str(offset), str(journal_end - 1), str(lag), _time(moved_at))
    out.print(table)

    table = Table("component", "last event", "lag", "done since start", "alive", title="Components")
    for name, last, lag, applied, stale in components:
        table.add_row(name, _time(last), f"{lag:,}", f"{applied:,}", "no" if stale else "yes")
    out.print(table)
    out.print(f"Dead letters: {unresolved:,} open, {resolved:,} resolved, {discarded:,} discarded.")
    unread = sum(lag for _, lag in ingress.values())
    to_go = f"Not caught up: {unread:,} messages and {behind:,} records to go."
    out.print(to_go if unread or behind else "Caught up.")


async def _ends(settings: Settings) -> tuple[dict[str, tuple[int, int]], int]:
    async with end_offsets(settings) as ends, administering(settings) as admin:
        committed = await _committed_offsets(admin, settings.group("sequencer"))
        ingress: dict[str, tuple[int, int]] = {}
        for topic in INGRESS:
            partitions = [TopicPartition(settings.topic(topic), number) for number in range(topic.partitions)]
            found = await ends.of(partitions)
            read = sum(max(0, committed[partition].offset) for partition in found.keys() & committed.keys())
            total = sum(found.values())
            ingress[topic.name] = (total, total - read)
        return ingress, await ends.of_journal()


@retry(
    # A new cluster makes the topic of its groups when it is first asked for one.
    retry=retry_if_exception_type(GroupCoordinatorNotAvailableError),
    stop=stop_after_delay(15),
    wait=wait_fixed(0.2),
    reraise=True,
)
async def _committed_offsets(admin: AIOKafkaAdminClient, group: str) -> Any:
    return await admin.list_consumer_group_offsets(group)


def _time(at: Any) -> str:
    return at.strftime("%Y-%m-%d %H:%M:%S") if at else "-"
