from datetime import date, timedelta

from hypothesis import given as forall
from hypothesis import settings
from hypothesis import strategies as st

from events.base import Certainty
from events.families.prices import EquityBarClosed
from projections.facts.closes import NO_CLOSES, WITHIN, Closes, close_on, listed, with_close
from tests.projections.shares import close

START = date(2026, 1, 1)
KEPT = timedelta(days=20)

# The day, the hour and the price of bars, in the order in which they come.
BARS = st.lists(st.tuples(st.integers(0, 60), st.integers(1, 23), st.integers(1, 50)), max_size=80)


def bar(day: int, hour: int, price: float) -> EquityBarClosed:
    made = close(str(START + timedelta(days=day)), "CAT", price, f"{hour:02}:00:00")
    assert isinstance(made, EquityBarClosed)
    return made


def quote(day: int, hour: int, price: float) -> EquityBarClosed:
    return bar(day, hour, price).model_copy(update={"certainty": Certainty.ESTIMATED})


def closes_of(bars: list[tuple[int, int, int]]) -> Closes:
    closes = NO_CLOSES
    for one in bars:
        closes = with_close(closes, bar(*one), KEPT)
    return closes


@settings(deadline=None)
@forall(BARS)
def test_a_day_closes_at_its_last_price_whatever_the_order_of_bars(bars: list[tuple[int, int, int]]) -> None:
    newest = max((day for day, _, _ in bars), default=0)
    last: dict[int, tuple[int, int]] = {}
    for day, hour, price in bars:
        if day > newest - KEPT.days and hour >= last.get(day, (0, 0))[0]:
            last[day] = (hour, price)
    closes = closes_of(bars)
    assert [(one.day, one.price_usd) for one in closes] == [
        (START + timedelta(days=day), price) for day, (_, price) in sorted(last.items())
    ]
    assert len(closes) <= KEPT.days


@settings(deadline=None)
@forall(BARS, st.integers(0, 60))
def test_the_close_of_a_day_is_the_last_of_the_week_up_to_it(
    bars: list[tuple[int, int, int]], day: int
) -> None:
    closes, wanted = closes_of(bars), START + timedelta(days=day)
    in_time = [one for one in closes if wanted - WITHIN < one.day <= wanted]
    assert close_on(closes, wanted) == (in_time[-1] if in_time else None)


@settings(deadline=None)
@forall(BARS, BARS, st.booleans())
def test_an_estimate_is_no_close_beside_others_whichever_came_first(
    sure: list[tuple[int, int, int]], quoted: list[tuple[int, int, int]], first: bool
) -> None:
    quotes = [quote(*one) for one in quoted]
    closes = NO_CLOSES
    for one in [*quotes, *(bar(*one) for one in sure)] if first else [*(bar(*one) for one in sure), *quotes]:
        closes = with_close(closes, one, KEPT)
    if sure:
        assert closes == closes_of(sure)
    else:
        assert all(one.is_estimate for one in closes)
        assert [(one.day, one.price_usd) for one in closes] == [
            (one.day, one.price_usd) for one in closes_of(quoted)
        ]


def test_a_price_that_changes_nothing_gives_the_very_same_closes() -> None:
    closes = closes_of([(30, 20, 5)])
    assert with_close(closes, bar(30, 19, 9), KEPT) is closes
    assert with_close(closes, bar(10, 20, 9), KEPT) is closes
    assert with_close(closes, bar(11, 20, 9), KEPT) is not closes


def test_a_long_basket_is_told_briefly() -> None:
    assert listed(("A", "B", "C")) == "A, B, C"
    assert listed(tuple("ABCDEFG")) == "A, B, C, D, E and 2 more"
