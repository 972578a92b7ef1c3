"""What a name or path means as a history."""

import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time
from itertools import groupby
from pathlib import Path
from typing import TypeGuard

import pytest

from events.bars import bars_of
from events.base import Event
from events.codec import encode
from events.errors import UsageError
from events.families.clock import ClockTicked
from events.families.prices import DAY_SECONDS, Bar, Tick
from events.ledger import ledger
from ouroboros.history.opening import open_history
from ouroboros.history.source import Order

DAILY = "kind: daily_bars\ntime_zone: America/New_York\n"


def test_the_ledger_is_a_history_of_days_with_their_facts_then_their_bars_then_the_clock() -> None:
    history = open_history("ledger")
    assert history.hashes == {}
    entries = list(history.entries(Order.JOURNAL))
    (name,), (hashed,) = history.hashes.keys(), history.hashes.values()
    assert (name, len(hashed)) == ("ledger", 64)
    assert [entry.position for entry in entries] == sorted({entry.position for entry in entries})
    # Facts of one topic that became known at one time, and the bars of one series, are one record.
    records = [list(record) for _, record in groupby(entries, key=lambda entry: entry.offset)]
    assert len({(entry.event.known_at, entry.event.TOPIC) for entry in entries}) <= len(records)
    assert all(len({entry.event.TOPIC for entry in record}) == 1 for record in records)
    events = [entry.event for entry in entries]
    facts = [fact for fact in ledger() if not isinstance(fact, Tick)]
    read = [event for event in events if not isinstance(event, Bar | ClockTicked)]
    assert [fact.known_at for fact in read] == [fact.known_at for fact in facts]
    assert {fact.event_id for fact in read} == {fact.event_id for fact in facts}
    assert {event.event_id for event in events if isinstance(event, Bar)} == {
        bar.event_id for _, day in by_day(ledger()) for bar in bars_of(filter(is_tick, day), DAY_SECONDS)
    }
    for day, in_order in by_day(events):
        ranks = [2 if isinstance(event, ClockTicked) else isinstance(event, Bar) for event in in_order]
        assert ranks == sorted(ranks), day
        assert in_order[-1].known_at == datetime.combine(day, time(23, 59, 59), UTC)
    assert list(history.entries(Order.KNOWN)) == sorted(
        entries, key=lambda entry: (entry.event.known_at, entry.position)
    )
    until = events[20].known_at
    assert all(entry.event.known_at <= until for entry in history.entries(Order.KNOWN, until))


def by_day(events: Iterable[Event]) -> Iterator[tuple[date, list[Event]]]:
    for day, of_day in groupby(events, key=lambda event: event.known_at.date()):
        yield day, list(of_day)


def is_tick(event: Event) -> TypeGuard[Tick]:
    return isinstance(event, Tick)


def test_a_file_of_events_is_a_history_in_which_a_fact_counts_once(tmp_path: Path) -> None:
    path = tmp_path / "facts.jsonl"
    facts = [fact for fact in ledger() if not isinstance(fact, Tick)]
    path.write_bytes(b"\n".join(map(encode, [facts[5], facts[3], facts[5]])))
    history = open_history(path)
    assert [(one.offset, one.event) for one in history.entries(Order.JOURNAL)] == [
        (1, facts[5]),
        (2, facts[3]),
    ]
    assert [one.event for one in history.entries(Order.KNOWN)] == [facts[3], facts[5]]
    assert set(history.hashes) == {"facts.jsonl"}


def test_a_line_that_is_no_event_is_not_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "facts.jsonl"
    path.write_bytes(encode(ledger()[0]) + b"\n{oops\n")
    with pytest.raises(UsageError, match=r"facts\.jsonl, line 2: not JSON"):
        list(open_history(path).entries(Order.JOURNAL))


def test_a_table_with_a_mapping_is_a_history_whose_rows_all_fit(tmp_path: Path) -> None:
    path, mapping = tmp_path / "CSCO.csv", tmp_path / "mapping.yaml"
    mapping.write_text(DAILY)
    path.write_text("date,close\n1998-01-05,11\n1998-01-02,10\n")
    history = open_history(path, mapping=mapping)
    entries = list(history.entries(Order.JOURNAL))
    assert [(one.offset, one.index, one.event.known_at.day) for one in entries] == [(0, 0, 2), (1, 0, 5)]
    assert list(history.entries(Order.KNOWN)) == entries
    assert list(history.entries(Order.KNOWN, entries[0].event.known_at)) == entries[:1]
    path.write_text("date,close\n1998-01-05,\n")
    with pytest.raises(UsageError, match=r"CSCO\.csv, line 2: the price is empty"):
        list(open_history(path, mapping=str(mapping)).entries(Order.JOURNAL))


def test_without_pyarrow_it_is_told_how_to_get_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "part-0.parquet"
    path.touch()
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(UsageError, match="pyarrow, which is not installed") as refused:
        list(open_history(path).entries(Order.JOURNAL))
    assert "pip install 'ouroboros[research]'" in refused.value.remedy


def test_what_is_no_history_is_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("")
    for where, why in (
        (tmp_path / "none", "There is no history"),
        (tmp_path / "notes.txt", r"ends in \.txt"),
    ):
        with pytest.raises(UsageError, match=why) as refused:
            open_history(where)
        assert "archive, journal or ledger" in refused.value.remedy
