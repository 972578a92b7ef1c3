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
from projections.event_batch import EventBatch, Whole, batch_of
from projections.facts.share_years import decisive, years_after
from projections.facts.year import Year, is_estimate, with_bar

Quote = tuple[int, int, int, int, str, Certainty]

START = datetime(2024, 1, 1, tzinfo=UTC)
SURE, QUOTED = Certainty.REPORTED, Certainty.ESTIMATED
# Of few prices and times many are equal, and some days lie a year apart and more.
QUOTES = st.lists(
    st.tuples(
        st.sampled_from([0, 1, 2, 3, 300, 364, 365, 366, 367, 700, 731]),
        st.integers(0, 3),
        st.integers(1, 6),
        st.integers(1, 6),
        st.sampled_from(["ABC", "DEF"]),
        st.sampled_from([Certainty.STATED, Certainty.REPORTED, Certainty.ESTIMATED]),
    ),
    max_size=40,
)


def bar(number: int, quote: Quote) -> EquityBarClosed:
    day, hour, high, close, symbol, certainty = quote
    bucket = START + timedelta(days=day, hours=hour)
    return EquityBarClosed(
        event_id=UUID(int=number),
        occurred_at=bucket,
        known_at=bucket,
        source="test",
        certainty=certainty,
        symbol=symbol,
        interval_seconds=3600,
        bucket=bucket,
        open_usd=min(high, close),
        high_usd=high,
        low_usd=min(high, close),
        close_usd=min(high, close),
        first_at=bucket,
        last_at=bucket,
    )


def bars(quotes: list[Quote]) -> list[EquityBarClosed]:
    return [bar(number, quote) for number, quote in enumerate(quotes)]


def journaled(bars: list[EquityBarClosed]) -> list[JournaledEvent]:
    return [JournaledEvent(offset, 0, closed.known_at, closed) for offset, closed in enumerate(bars)]


def one_by_one(years: dict[str, Year], taken: list[EquityBarClosed]) -> dict[str, Year]:
    years = dict(years)
    for closed in taken:
        years[closed.symbol] = with_bar(years.get(closed.symbol), closed, is_estimate=is_estimate(closed))
    return years


def by_share(batch: EventBatch, start: int) -> Whole:
    """Return the positions from a start on, those of one share after those of another."""
    return start + np.argsort(batch.bars.code[start:], kind="stable")


@settings(deadline=None, max_examples=500)
@forall(QUOTES, st.integers(0, 40))
@example([(*quote, "ABC", SURE) for quote in ((0, 0, 5, 1), (366, 0, 1, 1), (0, 0, 6, 1), (1, 0, 6, 2))], 0)
@example([(0, 0, 5, 1, "ABC", SURE), (1, 0, 6, 1, "DEF", SURE), (1, 0, 6, 2, "ABC", SURE)], 0)
@example([(0, 0, 5, 1, "ABC", SURE), (1, 0, 6, 6, "ABC", QUOTED), (0, 0, 4, 1, "ABC", SURE)], 0)
def test_the_bars_that_are_passed_over_would_have_left_nothing(quotes: list[Quote], cut: int) -> None:
    every = bars(quotes)
    before = one_by_one({}, every[:cut])
    batch = batch_of(journaled(every))
    after = one_by_one(before, every[cut:])
    assert {**before, **years_after(before, batch.bars, by_share(batch, min(cut, len(every))))} == after
    # Again, from anywhere on.
    again = by_share(batch, min(cut, len(every)) // 2)
    assert {**after, **years_after(after, batch.bars, again)} == one_by_one(
        after, every[min(cut, len(every)) // 2 :]
    )


def test_of_a_day_only_its_first_highest_and_the_last_newest_bar_are_taken_in() -> None:
    quotes = [(0, 0, 3, 1), (0, 1, 5, 1), (0, 2, 5, 2), (0, 3, 4, 1), (0, 3, 2, 1), (0, 1, 4, 4)]
    every = bars([(*quote, "ABC", SURE) for quote in quotes])
    batch = batch_of(journaled(every))
    assert decisive(batch.bars, np.arange(len(every))).tolist() == [1, 4]


@settings(deadline=None, max_examples=300)
@forall(QUOTES)
def test_an_estimate_leaves_nothing_beside_other_prices_whichever_came_first(quotes: list[Quote]) -> None:
    every = bars(quotes)
    sure = [closed for closed in every if not is_estimate(closed)]
    of_sure, of_all = one_by_one({}, sure), one_by_one({}, every)
    assert {symbol: of_all[symbol] for symbol in of_sure} == of_sure
    assert all(of_all[symbol].is_estimate for symbol in of_all.keys() - of_sure.keys())
    # The estimates before all others, and behind them.
    assert one_by_one({}, sorted(every, key=is_estimate)) == of_all
    assert one_by_one({}, sorted(every, key=is_estimate, reverse=True)) == of_all
