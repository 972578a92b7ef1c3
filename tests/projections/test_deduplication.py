from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from events.base import Event
from events.families.clock import tick
from events.journal import Run
from projections.base import JournaledEvent
from projections.deduplication import BEGINNING, DEDUPLICATOR_TYPE, Deduplicator, deduplicate
from tests.given import event, noon

Record = tuple[Run, ...]

DAYS = [f"2026-01-{day:02}" for day in range(1, 10)]
FACTS = [
    event("DealTerminated", day, deal_id=f"d{number}", event_id=str(UUID(int=number)))
    for number, day in enumerate(reversed(DAYS), start=1)
]
BARS = [
    event(
        "EquityBarClosed",
        day,
        symbol="NVDA",
        interval_seconds=60,
        bucket=noon(day),
        first_at=noon(day),
        last_at=noon(day),
        open_usd=5,
        high_usd=5,
        low_usd=5,
        close_usd=5,
    )
    for day in DAYS
]
TICKS = [tick(noon(day)) for day in DAYS]
SOURCES = ["deals/0", "deals/1", "equity.prices/3#NVDA"]


@st.composite
def journals(draw: st.DrawFn) -> list[Record]:
    """Give a journal in which the offsets of each source rise; facts may be sent twice."""
    next_offset = dict.fromkeys(SOURCES, 0)

    def run() -> Run:
        source = draw(st.sampled_from(SOURCES))
        next_offset[source] += draw(st.integers(1, 3))
        events = draw(st.lists(st.sampled_from(FACTS + BARS + TICKS), min_size=1, max_size=3))
        return Run(source, next_offset[source], tuple(events))

    return [tuple(run() for _ in range(draw(st.integers(1, 4)))) for _ in range(draw(st.integers(0, 6)))]


@st.composite
def redelivered(draw: st.DrawFn, journal: Sequence[Record]) -> list[Record]:
    """Write any runs again, any number of times, anywhere after they were first written."""
    again: list[Record] = []
    known: list[Run] = []
    for record in journal:
        runs: list[Run] = []
        for run in record:
            known.append(run)
            runs += [run, *draw(st.lists(st.sampled_from(known), max_size=2))]
        again.append(tuple(runs))
        again += [tuple(draw(st.lists(st.sampled_from(known), min_size=1, max_size=3)))] * draw(
            st.integers(0, 1)
        )
    return again


def read(
    journal: Sequence[Record],
    deduplicator: Deduplicator = Deduplicator(),  # noqa: B008
) -> tuple[Deduplicator, list[JournaledEvent]]:
    taken: list[JournaledEvent] = []
    for offset, record in enumerate(journal):
        deduplicator, new = deduplicate(deduplicator, offset, record)
        taken += new
    return deduplicator, taken


def ids(taken: Sequence[JournaledEvent]) -> list[UUID]:
    return [one.event.event_id for one in taken]


def counted_by_hand(journal: Sequence[Record]) -> list[UUID]:
    """Count every fact once, every bar, and every tick of the clock that brings news."""
    counted: list[Event] = []
    now = BEGINNING
    for record in journal:
        for run in record:
            for one in run.events:
                if (
                    (one in FACTS and one not in counted)
                    or one in BARS
                    or (one in TICKS and one.known_at > now)
                ):
                    counted.append(one)
                    now = max(now, one.known_at)
    return [one.event_id for one in counted]


@settings(max_examples=300, deadline=None)
@given(journals())
def test_each_fact_counts_once_each_bar_always_and_a_tick_when_time_goes_on(journal: list[Record]) -> None:
    assert ids(read(journal)[1]) == counted_by_hand(journal)


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_whatever_is_delivered_again_changes_nothing(data: st.DataObject) -> None:
    journal = data.draw(journals())
    deduplicator, taken = read(journal)
    intake_again, taken_again = read(data.draw(redelivered(journal)))
    assert [(one.event, one.now) for one in taken_again] == [(one.event, one.now) for one in taken]
    assert intake_again == deduplicator


@settings(max_examples=300, deadline=None)
@given(journals(), st.data())
def test_reading_on_from_a_snapshot_gives_what_reading_through_gives(
    journal: list[Record], data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, len(journal)))
    deduplicator, before = read(journal[:cut])
    restored = DEDUPLICATOR_TYPE.validate_json(DEDUPLICATOR_TYPE.dump_json(deduplicator))
    assert restored == deduplicator
    assert DEDUPLICATOR_TYPE.dump_json(restored) == DEDUPLICATOR_TYPE.dump_json(deduplicator)
    last, after = read(journal[cut:], restored)
    through, taken = read(journal)
    assert ids(before) + ids(after) == ids(taken)
    assert last == through


@settings(max_examples=300, deadline=None)
@given(journals())
def test_the_clock_is_the_latest_moment_known_so_far(journal: list[Record]) -> None:
    deduplicator, taken = read(journal)
    latest = BEGINNING
    for one in taken:
        latest = max(latest, one.event.known_at)
        assert one.now == latest
    assert deduplicator.now == latest


@settings(max_examples=300, deadline=None)
@given(st.data())
def test_a_place_in_the_journal_is_that_of_the_event_whatever_else_is_passed_over(
    data: st.DataObject,
) -> None:
    journal = data.draw(redelivered(data.draw(journals())))
    taken = read(journal)[1]
    places = [(one.offset, one.index) for one in taken]
    assert places == sorted(set(places))
    for one in taken:
        assert [each for run in journal[one.offset] for each in run.events][one.index] == one.event


def test_a_fact_that_its_source_sent_twice_under_new_offsets_counts_once() -> None:
    runs = (Run("deals/0", 1, (FACTS[0],)), Run("deals/0", 2, (FACTS[0],)), Run("deals/1", 0, (FACTS[0],)))
    deduplicator, taken = read([runs])
    assert ids(taken) == [FACTS[0].event_id]
    assert dict(deduplicator.marks.items()) == {"deals/0": 2, "deals/1": 0}


def test_a_fact_twice_in_one_run_counts_once() -> None:
    assert len(read([(Run("deals/0", 1, (FACTS[0], FACTS[0])),)])[1]) == 1


def test_offset_nought_is_read() -> None:
    assert len(read([(Run("deals/0", 0, (FACTS[0],)),)])[1]) == 1


def test_the_parts_of_a_bucket_all_count_and_are_not_remembered() -> None:
    runs = (Run("equity.prices/3#NVDA", 1, (BARS[0],)), Run("equity.prices/3#NVDA", 5, (BARS[0],)))
    deduplicator, taken = read([runs])
    assert len(taken) == 2
    assert len(deduplicator.seen) == 0


def test_ticks_of_the_clock_that_bring_no_news_are_passed_over_and_none_is_remembered() -> None:
    runs = [
        (Run("clock/0", place, (one,)),) for place, one in enumerate([TICKS[2], TICKS[1], TICKS[2], TICKS[3]])
    ]
    deduplicator, taken = read(runs)
    assert [one.now for one in taken] == [TICKS[2].known_at, TICKS[3].known_at]
    assert len(deduplicator.seen) == 0


def test_what_comes_late_does_not_turn_the_clock_back() -> None:
    late = event("DealTerminated", "2026-01-01", deal_id="late")
    early = event("DealTerminated", "2026-01-05", deal_id="early")
    taken = read([(Run("deals/0", 1, (early, late)),)])[1]
    assert [one.now for one in taken] == [noon("2026-01-05")] * 2


def test_taking_in_leaves_the_intake_before_as_it_was() -> None:
    before, _ = read([(Run("deals/0", 1, (FACTS[0],)),)])
    after, _ = deduplicate(before, 1, [Run("deals/0", 2, (FACTS[1],)), Run("deals/1", 7, (TICKS[8],))])
    assert dict(before.marks.items()) == {"deals/0": 1}
    assert set(before.seen) == {FACTS[0].event_id}
    assert set(after.seen) == {FACTS[0].event_id, FACTS[1].event_id}
    assert after.now - before.now >= timedelta(0)
