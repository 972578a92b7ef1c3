"""Replaying in a test: the same events live and folded again, and what differs between them."""

from collections.abc import Sequence
from pathlib import Path

from events.base import Event
from events.journal import Run, encode_records
from ouroboros.history.served import Archive
from ouroboros.history.source import Order
from ouroboros.history.writing import writing
from ouroboros.replay.fingerprint import Fingerprint, fingerprints
from ouroboros.replay.plan import Plan
from ouroboros.replay.rebuilding import Folded, replay
from ouroboros.replay.register import namespace_of
from projections.registry import PROJECTIONS
from projections.store.namespace import LIVE
from projections.store.projector import JournalRecord, Projector
from streams.kafka import ensure_topics
from streams.settings import Settings
from tests.integration.pipeline import publish, work_off

DAILY = {"bar_seconds": 86_400}


async def live(settings: Settings, *batches: Sequence[Event]) -> None:
    """Let a worker take batches of events in: it is started and stopped for each."""
    await ensure_topics(settings)
    for events in batches:
        await publish(settings, events)
        await work_off(settings)


async def replayed(settings: Settings, schema: str, plan: Plan) -> Folded:
    return await replay(settings, schema, plan)


def taken(settings: Settings, schema: str | None = None) -> dict[str, Fingerprint]:
    """Take the fingerprints of the live tables, or of a replay."""
    return fingerprints(settings.database_url, namespace_of(schema) if schema else LIVE)


def differing(settings: Settings, schema: str, other: str | None = None) -> list[str]:
    """Name the tables whose rows differ."""
    one, two = taken(settings, other), taken(settings, schema)
    return [name for name in one if one[name] != two[name]]


def exported(settings: Settings, folder: Path) -> Path:
    """Export the archive as Parquet."""
    with writing(folder, "archive", "parquet") as (writer, _):
        for entry in Archive(settings).entries(Order.JOURNAL):
            writer.add(entry)
        writer.finish()
    return folder


async def folded(settings: Settings, events: Sequence[Event], start: int = 0) -> None:
    """Write events into the live tables as a projector does, each in a journal record of its own."""
    projector = await Projector.load(settings.database_url, PROJECTIONS, settings.snapshot_events)
    records = []
    for offset, one in enumerate(events, start):
        ((value, headers),) = encode_records([Run("deals/0", offset, (one,))])
        records.append(JournalRecord(offset, value, tuple(headers)))
    await projector.project_records(records)
    await projector.snapshot()
    await projector.close()
