"""The year of a share is the same, whether all its bars are taken in or only those that leave something."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import numpy as np
from hypothesis import example, settings
from hypothesis import given as forall
from hypothesis import strategies as st

from events.base import Certainty
from events.families.prices import EquityBarClosed
from projections.base import JournaledEvent
from projections.event_batch import batch_of
from projections.facts.year import Year, decisive, with_bar, with_bars

START = datetime(2024, 1, 1, tzinfo=UTC)
# Of few prices and times many are equal, and some days lie a year apart and more.
QUOTES = st.lists(
    st.tuples(
        st.sampled_from([0, 1, 2, 3, 300, 364, 365, 366, 367, 700, 731]),
        st.integers(0, 3),
        st.integers(1, 6),
        st.integers(1, 6),
    ),
    max_size=40,
)


def bar(number: int, day: int, hour: int, high: int, close: int) -> EquityBarClosed:
    bucket = START + timedelta(days=day, hours=hour)
    return EquityBarClosed(
        event_id=UUID(int=number),
        occurred_at=bucket,
        known_at=bucket,
        source="test",
        certainty=Certainty.REPORTED,
        symbol="ABC",
        interval_seconds=3600,
        bucket=bucket,
        open_usd=min(high, close),
        high_usd=high,
        low_usd=min(high, close),
        close_usd=min(high, close),
        first_at=bucket,
        last_at=bucket,
    )


def bars(quotes: list[tuple[int, int, int, int]]) -> list[EquityBarClosed]:
    return [bar(number, *quote) for number, quote in enumerate(quotes)]


def journaled(bars: list[EquityBarClosed]) -> list[JournaledEvent]:
    return [JournaledEvent(offset, 0, closed.known_at, closed) for offset, closed in enumerate(bars)]


def one_by_one(year: Year | None, taken: list[EquityBarClosed]) -> Year | None:
    for closed in taken:
        year = with_bar(year, closed)
    return year


@settings(deadline=None, max_examples=500)
@forall(QUOTES, st.integers(0, 40))
@example([(0, 0, 5, 1), (366, 0, 1, 1), (0, 0, 6, 1), (1, 0, 6, 2)], 0)
def test_the_bars_that_are_passed_over_would_have_left_nothing(
    quotes: list[tuple[int, int, int, int]], cut: int
) -> None:
    every = bars(quotes)
    before = one_by_one(None, every[:cut])
    batch = batch_of(journaled(every))
    positions = np.arange(len(every))[cut:]
    after = one_by_one(before, every[cut:])
    assert with_bars(before, batch.bars, positions) == after
    # Again, from anywhere on.
    assert with_bars(after, batch.bars, np.arange(len(every))[cut // 2 :]) == after


def test_of_a_day_only_its_first_highest_and_the_last_newest_bar_are_taken_in() -> None:
    every = bars([(0, 0, 3, 1), (0, 1, 5, 1), (0, 2, 5, 2), (0, 3, 4, 1), (0, 3, 2, 1), (0, 1, 4, 4)])
    batch = batch_of(journaled(every))
    assert decisive(batch.bars, np.arange(len(every))) == [1, 4]
