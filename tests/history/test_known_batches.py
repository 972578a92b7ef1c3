"""A history in batches is what it is event by event, in the order in which the world could know it."""

import random
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.trading import events
from events.base import Event
from events.errors import UsageError
from ouroboros.history import known_batches as module
from ouroboros.history.joining import merged
from ouroboros.history.known_batches import known_batches
from ouroboros.history.manifest import MANIFEST, Format
from ouroboros.history.opening import open_history
from ouroboros.history.source import Entry, History, Order, journaled
from ouroboros.history.writing import writing
from projections.base import JournaledEvent
from projections.event_batch import EventBatch, batch_of
from tests.history.test_batches import late
from tests.projections.test_bulk import SEED, share_bar

LATER = datetime(2030, 1, 1, tzinfo=UTC)


def exported(folder: Path, journal: Sequence[Event], format_: Format = "parquet", start: int = 0) -> History:
    """Export events, or add them to an export, two to a record of the journal."""
    with writing(folder, "archive", format_) as (writer, _):
        for number, one in enumerate(journal, start=start):
            writer.add(Entry(number // 2, number % 2, one))
        writer.finish()
    return open_history(folder)


def one_by_one(batches: Iterable[EventBatch]) -> list[JournaledEvent]:
    return [batch.journaled(position) for batch in batches for position in range(len(batch))]


def mixed(size: int) -> list[Event]:
    """Make bars and facts of two months, some of them late."""
    made = events(random.Random(SEED), 2)
    return [
        one.model_copy(update={"known_at": one.known_at.replace(month=2)}) if number % 3 == 0 else one
        for number, one in enumerate(late(random.Random(SEED), [next(made) for _ in range(size)]))
    ]


@pytest.mark.parametrize("events_at_once", [7, 100_000])
@pytest.mark.parametrize("in_known_order", [True, False])
def test_an_export_is_read_as_its_events_were_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, events_at_once: int, in_known_order: bool
) -> None:
    monkeypatch.setattr(module, "EVENTS_AT_ONCE", events_at_once)
    journal = mixed(600)
    if in_known_order:
        journal.sort(key=lambda one: one.known_at)
    exported(tmp_path, journal[:400])
    # A month goes on in a second file.
    history = exported(tmp_path, journal[400:], start=400)
    before = journal[300].known_at
    for until in (LATER, before):
        known = [one for one in history.entries(Order.KNOWN, until) if one.event.known_at < until]
        assert one_by_one(known_batches(history, until)) == list(journaled(known))


def test_what_cannot_be_read_as_columns_is_read_event_by_event(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = mixed(200)
    lines = exported(tmp_path / "lines", journal, "jsonl")
    columns = exported(tmp_path / "columns", journal)
    wanted = list(journaled(lines.entries(Order.KNOWN)))
    assert one_by_one(known_batches(lines, LATER)) == wanted
    # Too large to be sorted in memory.
    monkeypatch.setattr(module, "RUN_EVENTS", 10)
    assert one_by_one(known_batches(columns, LATER)) == wanted


def test_a_manifest_that_says_a_file_is_in_order_when_it_is_not_is_found_out(tmp_path: Path) -> None:
    backwards = [share_bar("2026-01-05", "D", minute, (5, 5, minute), 0) for minute in (3, 2, 1)]
    exported(tmp_path, backwards)
    manifest = tmp_path / MANIFEST
    manifest.write_text(manifest.read_text().replace('"in_known_order": false', '"in_known_order": true'))
    with pytest.raises(UsageError, match=r"is not what its manifest says\. Export again"):
        list(known_batches(open_history(tmp_path), LATER))


MOMENTS = st.lists(st.integers(0, 6), max_size=12).map(sorted)


@settings(deadline=None)
@given(st.lists(st.tuples(MOMENTS, st.integers(1, 4)), min_size=1, max_size=4))
def test_of_one_moment_the_earlier_history_comes_first_however_they_are_cut(
    histories: list[tuple[list[int], int]],
) -> None:
    first = datetime(2026, 1, 5, tzinfo=UTC)

    def bar(symbol: str, moment: int, at: int) -> JournaledEvent:
        known_at = first + timedelta(days=moment)
        made = share_bar("2026-01-05", symbol, at, (5, 5, 3), 0)
        return JournaledEvent(at, 0, known_at, made.model_copy(update={"known_at": known_at}))

    listed = [
        [bar("ABCD"[number], moment, at) for at, moment in enumerate(moments)]
        for number, (moments, _) in enumerate(histories)
    ]
    cut = [
        iter([batch_of(ones[start : start + size]) for start in range(0, len(ones), size)])
        for ones, (_, size) in zip(listed, histories, strict=True)
    ]
    found = [
        (int(number), batch.journaled(position))
        for batch, numbers in merged(cut)
        for position, number in enumerate(numbers)
    ]
    wanted = [(number, one) for number, ones in enumerate(listed) for one in ones]
    assert found == sorted(wanted, key=lambda one: one[1].event.known_at)
