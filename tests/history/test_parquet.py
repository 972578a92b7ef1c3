"""An export that is read in batches is folded as it is event by event, however its files overlap."""

import random
from collections.abc import Iterable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from benchmarks.trading import events
from events.base import Event
from events.errors import UsageError
from events.families.prices import EquityBarClosed
from ouroboros.history.exported import Exported
from ouroboros.history.opening import open_history
from ouroboros.history.parquet import batches
from ouroboros.history.source import Entry, Order, journaled
from ouroboros.history.writing import writing
from projections.event_batch import batch_of
from tests.history.made import SEED, mixed, projected, share_bar

EVENTS = 3_000


@pytest.mark.parametrize("events_at_once", [1, 700, 65_536])
def test_an_export_in_chunks_leaves_what_its_events_leave_one_by_one(
    tmp_path: Path, events_at_once: int
) -> None:
    journal = mixed(EVENTS if events_at_once > 1 else 60)
    with writing(tmp_path, "archive", "parquet") as (writer, _):
        for number, event in enumerate(journal):
            # Some records of the journal hold two events.
            writer.add(Entry(number // 2, number % 2, event))
        assert len(writer.finish().files) == 2
    history = list(journaled(open_history(tmp_path).entries(Order.JOURNAL)))
    taken = list(batches(Exported(tmp_path), events_at_once))
    assert sum(map(len, taken)) == len(history)
    assert projected(taken) == projected(batch_of([event]) for event in history)


def bars(size: int) -> list[Event]:
    return [share_bar("2026-01-05", "D", minute, (5, 5, minute)) for minute in range(size)]


def exported(folder: Path, events: Iterable[Event]) -> Exported:
    with writing(folder, "archive", "parquet") as (writer, _):
        for number, event in enumerate(events):
            writer.add(Entry(number, 0, event))
        writer.finish()
    return Exported(folder)


def test_bars_of_another_release_are_read_as_events(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    export = exported(tmp_path, bars(3))
    (of_today,) = batches(export, EVENTS)
    assert not of_today.others
    alone = [of_today.journaled(position) for position in range(3)]
    monkeypatch.setattr(EquityBarClosed, "VERSION", 2)
    (of_before,) = batches(export, EVENTS)
    assert list(of_before.others.values()) == alone
    assert set(of_before.bars.code.tolist()) == {-1}


def test_a_part_of_a_chunk_holds_the_events_between_two_positions(tmp_path: Path) -> None:
    made = events(random.Random(SEED), 1)
    (batch,) = batches(exported(tmp_path, (next(made) for _ in range(900))), EVENTS)
    assert batch.others
    part = batch.part(200, 700)
    assert len(part) == 500
    assert [part.journaled(at) for at in range(500)] == [batch.journaled(at) for at in range(200, 700)]


def test_files_that_are_not_in_journal_order_are_refused(tmp_path: Path) -> None:
    export = exported(tmp_path, bars(3))
    (path,) = tmp_path.glob("*/*.parquet")
    table = pq.read_table(path)
    pq.write_table(table.take([0, 2, 1]), path)
    with pytest.raises(UsageError, match=r"not in journal order at 1/0\. Export again"):
        list(batches(export, EVENTS))


def test_files_without_a_column_or_without_parquet_are_refused(tmp_path: Path) -> None:
    export = exported(tmp_path, bars(3))
    (path,) = tmp_path.glob("*/*.parquet")
    pq.write_table(pq.read_table(path).drop_columns(["last_at"]), path)
    with pytest.raises(UsageError, match="it has no column last_at"):
        list(batches(export, EVENTS))
    path.write_bytes(b"no Parquet")
    with pytest.raises(UsageError, match="holds no Parquet that can be read"):
        list(batches(export, EVENTS))
