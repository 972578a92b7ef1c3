"""A history in batches is what it is event by event, in the order in which the world could know it."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.base import Event
from events.errors import UsageError
from ouroboros.history.batches import batches, merged
from ouroboros.history.manifest import MANIFEST, Format
from ouroboros.history.opening import open_history
from ouroboros.history.source import Entry, History, Order, journaled
from ouroboros.history.writing import writing
from projections.base import JournaledEvent
from projections.event_batch import EventBatch, batch_of
from tests.history.made import mixed, share_bar

LATER = datetime(2030, 1, 1, tzinfo=UTC)


def exported(folder: Path, journal: Sequence[Event], format_: Format = "parquet", start: int = 0) -> History:
    """Export events, or add them to an export, two to a record of the journal."""
    with writing(folder, "archive", format_) as (writer, _):
        for number, event in enumerate(journal, start=start):
            writer.add(Entry(number // 2, number % 2, event))
        writer.finish()
    return open_history(folder)


def one_by_one(batches: Iterable[EventBatch]) -> list[JournaledEvent]:
    return [batch.journaled(position) for batch in batches for position in range(len(batch))]


@pytest.mark.parametrize("events_at_once", [7, 100_000])
@pytest.mark.parametrize("in_known_order", [True, False])
def test_an_export_is_read_as_its_events_were_known(
    tmp_path: Path, events_at_once: int, in_known_order: bool
) -> None:
    journal = mixed(600)
    if in_known_order:
        journal.sort(key=lambda event: event.known_at)
    exported(tmp_path, journal[:400])
    # A month goes on in a second file.
    history = exported(tmp_path, journal[400:], start=400)
    before = journal[300].known_at
    for until in (LATER, before):
        known = list(journaled(history.entries(Order.KNOWN, until)))
        assert one_by_one(batches(history, Order.KNOWN, until, events_at_once)) == known


def test_what_cannot_be_read_as_columns_is_read_event_by_event(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    journal = mixed(200)
    lines = exported(tmp_path / "lines", journal, "jsonl")
    columns = exported(tmp_path / "columns", journal)
    wanted = list(journaled(lines.entries(Order.KNOWN)))
    assert one_by_one(batches(lines, Order.KNOWN, LATER)) == wanted
    # Too large to be sorted in memory.
    monkeypatch.setattr("ouroboros.history.batches.RUN_EVENTS", 10)
    assert one_by_one(batches(columns, Order.KNOWN, LATER)) == wanted


def test_a_manifest_that_says_a_file_is_in_order_when_it_is_not_is_found_out(tmp_path: Path) -> None:
    backwards = [share_bar("2026-01-05", "D", minute, (5, 5, minute)) for minute in (3, 2, 1)]
    exported(tmp_path, backwards)
    manifest = tmp_path / MANIFEST
    manifest.write_text(manifest.read_text().replace('"in_known_order": false', '"in_known_order": true'))
    with pytest.raises(UsageError, match=r"is not what its manifest says\. Export again"):
        list(batches(open_history(tmp_path), Order.KNOWN, LATER))


TIMES = st.lists(st.integers(0, 6), max_size=12).map(sorted)


@settings(deadline=None)
@given(st.lists(st.tuples(TIMES, st.integers(1, 4)), min_size=1, max_size=4))
def test_of_one_time_the_earlier_history_comes_first_however_they_are_cut(
    histories: list[tuple[list[int], int]],
) -> None:
    first = datetime(2026, 1, 5, tzinfo=UTC)

    def bar(symbol: str, time: int, at: int) -> JournaledEvent:
        known_at = first + timedelta(days=time)
        made = share_bar("2026-01-05", symbol, at, (5, 5, 3))
        return JournaledEvent(at, 0, known_at, made.model_copy(update={"known_at": known_at}))

    listed = [
        [bar("ABCD"[number], time, at) for at, time in enumerate(times)]
        for number, (times, _) in enumerate(histories)
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
