"""Histories as one, and prices that cannot carry a study."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from pathlib import Path

import pytest

from events.base import Event
from events.errors import UsageError
from ouroboros.backtest.sources import parameters
from ouroboros.backtest.study import Variant
from projections.base import JournaledEvent
from projections.event_batch import EventBatch
from tests.backtest.cases import at, bar, bars, gpu_bar, result_of, source_of, waiver

UNTIL = at("2025-06-01", 0)
STEADY = bars("CRWV", "2025-03-03", [(100, 100)] * 40)


def read(*parts: list[Event], takes: Sequence[str] = ()) -> list[JournaledEvent]:
    """Read parts as one history, event by event."""
    return events_of(source_of(UNTIL, *parts, takes=takes).batches())


def events_of(batches: Iterable[EventBatch]) -> list[JournaledEvent]:
    return [batch.journaled(position) for batch in batches for position in range(len(batch))]


def test_parts_become_one_history_in_known_order() -> None:
    facts = [waiver(at("2025-03-20")), waiver(at("2025-03-01"))]
    found = read(STEADY, facts)
    assert [one.now for one in found] == sorted(one.known_at for one in (*STEADY, *facts))
    # What became known at one time is one moment.
    times = sorted({one.now for one in found})
    assert [one.offset for one in found] == [times.index(one.now) for one in found]
    assert [one.index for one in found if one.now == at("2025-03-20")] == [0, 1]


def test_what_stands_in_two_parts_counts_once() -> None:
    assert len(read(STEADY, STEADY[:10])) == len(STEADY)


def test_the_same_price_from_two_sources_counts_once_and_another_price_is_refused() -> None:
    same = bar("CRWV", at("2025-03-05", 20), 100, 100, source="other")
    assert len(read(STEADY, [same])) == len(STEADY)
    other = bar("CRWV", at("2025-03-05", 20), 100, 101, source="other")
    with pytest.raises(
        UsageError, match=r"CRWV of 2025-03-05 .* 101 USD in part 1, event 0/0 .*, but .* 100 USD in part 0"
    ) as caught:
        read(STEADY, [other])
    assert "take: facts" in caught.value.remedy


def test_what_is_known_at_the_end_of_the_period_is_not_read() -> None:
    found = read([waiver(UNTIL), waiver(at("2025-05-31", 23, 59))])
    assert [one.now for one in found] == [at("2025-05-31", 23, 59)]


def test_parameters_stand_in_front_of_everything_and_at_its_first_time() -> None:
    first, second, *_ = events_of(source_of(UNTIL, STEADY).batches([parameters(Variant(name="test"))]))
    assert first.event.event_type == "WatchlistChanged"
    assert first.now == second.now == STEADY[0].known_at


def test_an_empty_history_is_told(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="holds no event that was known before the end"):
        result_of(tmp_path, [])


@pytest.mark.parametrize(
    ("events", "told"),
    [
        ([waiver(at("2025-03-05"))], r"line \d+: the history has no price of CRWV between 1 March 2025"),
        (
            [bar("CRWV", at("2025-03-05"), 1, 1, interval_seconds=3600)],
            "bars of a day, only bars of 3,600 seconds",
        ),
        (STEADY[:3] + STEADY[20:], "has no price between 5 March 2025 and 23 March 2025"),
        (
            bars("CRWV", "2025-03-03", [(100, 100)] * 5 + [(50, 50)]),
            r"moved -50% from 100.00 to 50.00 USD on 8 March 2025, as at a split",
        ),
    ],
    ids=["none", "other bars", "gap", "split"],
)
def test_prices_that_cannot_carry_a_study_are_refused(tmp_path: Path, events: list[Event], told: str) -> None:
    with pytest.raises(UsageError, match=told) as caught:
        result_of(tmp_path, events)
    assert "ouroboros import" in caught.value.remedy


def test_a_move_that_is_said_to_be_real_is_taken(tmp_path: Path) -> None:
    events = bars("CRWV", "2025-03-03", [(100, 100)] * 5 + [(50, 50)] * 20)
    assert result_of(tmp_path, events, large_moves_are_real=True).hindsight.moves


def test_a_day_without_a_price_and_closes_alone_are_told(tmp_path: Path) -> None:
    other = [bar("BX", one.known_at, 50, 51) for one in STEADY]
    action = {"while_up": "waivers", "long": ["CRWV", "BX"], "costs_bps": 1}
    result = result_of(tmp_path, [*STEADY[:10], *STEADY[11:], *other], universe=["CRWV", "BX"], action=action)
    notes = " ".join(result.notes)
    assert "CRWV has no price on 1 day on which others have one" in notes
    assert "CRWV has closing prices only" in notes
    assert "BX has" not in notes.replace("BX has its last price", "")


@pytest.mark.parametrize("made", [bar("CRWV", at("2025-03-04"), 100, 101), gpu_bar(at("2025-03-04"), 2.0)])
def test_a_bar_that_is_known_before_its_last_price_is_refused_with_its_place(made: Event) -> None:
    def known(before: timedelta) -> Event:
        return made.model_copy(update={"known_at": made.known_at - before})

    first = bar("CRWV", at("2025-03-03"), 100, 100)
    with pytest.raises(
        UsageError, match=r"part 0, event 1/0 .*until 2025-03-04 21:00 UTC.*at 2025-03-04 14:30"
    ):
        list(source_of(at("2025-06-01"), [first, known(timedelta(hours=6, minutes=30))]).batches())
    # Clocks differ by seconds, which is nobody's look ahead.
    assert list(source_of(at("2025-06-01"), [first, known(timedelta(seconds=59))]).batches())
