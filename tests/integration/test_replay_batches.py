"""Exports in Parquet are replayed in batches, as JSONL one by one: the rows are the same."""

import random
from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from pathlib import Path

import pytest

from benchmarks.trading import events
from events.base import Event
from ouroboros.history.manifest import Format
from ouroboros.history.source import Entry
from ouroboros.history.writing import writing
from ouroboros.replay import reading
from ouroboros.replay.plan import Plan
from projections.store.projector import Projector
from streams.settings import Settings
from tests.integration.replays import differing, replayed, taken

pytestmark = [pytest.mark.integration, pytest.mark.asyncio]

SEED = 31
SIZE = 2_500


def trading() -> list[Event]:
    """Make up bars and facts of a trading day; now and then a bar comes twice."""
    made = list(islice(events(random.Random(SEED), 1), SIZE))
    return [one for number, one in enumerate(made) for _ in range(1 + (number % 50 == 0))]


def exported(folder: Path, listed: Sequence[Event], kind: Format) -> str:
    with writing(folder, "archive", kind) as (writer, _):
        for offset, one in enumerate(listed):
            writer.add(Entry(offset, 0, one))
        writer.finish()
    return str(folder)


@pytest.mark.parametrize(("begin", "end"), [(None, None), (None, 0.6), (0.3, None), (0.3, 0.6)])
async def test_in_chunks_and_one_by_one_give_the_same_rows(
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    begin: float | None,
    end: float | None,
) -> None:
    # Given the same events in both formats, and states that are saved now and then
    settings = settings.model_copy(update={"snapshot_events": 1_500})
    listed = trading()
    in_parquet = exported(tmp_path / "parquet", listed, "parquet")
    as_lines = exported(tmp_path / "lines", listed, "jsonl")
    bounds = clock_at(listed, begin), clock_at(listed, end)
    # When one is folded in batches and the other one by one
    monkeypatch.setattr(reading, "EVENTS_AT_ONCE", 700)
    many = await replayed(settings, "batches", Plan(in_parquet, *bounds))
    few = await replayed(settings, "single", Plan(as_lines, *bounds))
    # Then as many events are folded, to the same rows
    assert many.events == few.events > 0
    assert (many.events < len(listed)) is (end is not None), f"seed {SEED}"
    assert taken(settings, "batches")["prices.equity_bar_part"].rows > 0
    assert differing(settings, "batches", "single") == [], f"seed {SEED}"
    # And there is nothing left to fold
    assert (await replayed(settings, "batches", Plan(in_parquet, *bounds))).events == 0


async def test_chunks_of_another_size_go_on_where_a_replay_was_left_behind_its_rows(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Given a replay whose rows are ahead of the states that were saved last
    settings = settings.model_copy(update={"snapshot_events": 1_000})
    listed = trading()
    in_parquet, as_lines = (exported(tmp_path / kind, listed, kind) for kind in ("parquet", "jsonl"))
    monkeypatch.setattr(reading, "EVENTS_AT_ONCE", 300)
    read = reading.batches_of
    monkeypatch.setattr(reading, "batches_of", lambda *asked: islice(read(*asked), 6))
    monkeypatch.setattr(Projector, "snapshot", nothing)
    assert (await replayed(settings, "batches", Plan(in_parquet))).events == 1_800
    monkeypatch.undo()
    # When the rest is folded at once
    rest = await replayed(settings, "batches", Plan(in_parquet))
    # Then what was folded after the states were saved is folded again, and no row is there twice
    assert rest.events == len(listed) - 1_200
    await replayed(settings, "single", Plan(as_lines))
    assert differing(settings, "batches", "single") == [], f"seed {SEED}"


async def nothing(_: Projector) -> None:
    """End as a replay that was killed does: without saving its states."""


def clock_at(listed: Sequence[Event], share: float | None) -> datetime | None:
    return None if share is None else listed[int(len(listed) * share)].known_at
