import pytest
from hypothesis import given as forall
from hypothesis import settings
from hypothesis import strategies as st

from events.base import Event
from projections.base import Step
from projections.episodes.rows import IndicatorCurrentRow
from projections.warning_signs import WARNING_SIGNS
from projections.warning_signs.fold import WarningSigns
from tests.given import event, facts_and_bars, given, standing
from tests.projections.shares import close, held

# 90 days apart.
START, END = "2026-01-01", "2026-04-01"


def returns(**percents: float) -> list[Event]:
    first = [close(START, symbol, 100) for symbol in percents]
    return first + [close(END, symbol, 100 + percent) for symbol, percent in percents.items()]


def watchlist(*symbols: str, known_on: str = "2025-12-31", **fields: object) -> Event:
    return event("WatchlistChanged", known_on, watchlist="desk", symbols=list(symbols), **fields)


FOUR = watchlist("A", "B", "C", "D")


def row(step: Step[WarningSigns]) -> IndicatorCurrentRow:
    return standing(WARNING_SIGNS, step, IndicatorCurrentRow)["crowding", "basket"]


def crowding(*journal: Event) -> tuple[float, str]:
    found = row(given(WARNING_SIGNS, *held(journal)))
    return found.value, found.level


@pytest.mark.parametrize(
    ("percents", "value", "level"),
    [
        ((10, 10, 10, 10), 0.25, "calm"),
        ((40, 20, 20, 20), 0.4, "watch"),
        ((60, 20, 10, 10), 0.6, "warning"),
        ((80, 10, 5, 5), 0.8, "critical"),
        ((30, 30, -5, -5), 0.6, "warning"),
        # The others together lose what they gain, and more.
        ((50, 0, 0, 0), 1.0, "critical"),
        ((50, -10, -10, -10), 1.0, "critical"),
    ],
)
def test_the_top_name_s_part_of_the_gain_is_measured(
    percents: tuple[float, ...], value: float, level: str
) -> None:
    assert crowding(FOUR, *returns(**dict(zip("ABCD", percents, strict=True)))) == (value, level)


def test_a_basket_that_gained_nothing_is_carried_by_nobody() -> None:
    found = row(given(WARNING_SIGNS, FOUR, *returns(A=20, B=-10, C=-10, D=0)))
    assert (found.value, found.level) == (0.0, "calm")
    assert found.text == (
        "all 4 shares of the basket gained nothing (+0.0 % on average over 90 days), so no name makes their"
        " gain"
    )


def test_the_words_name_the_share_and_what_it_did() -> None:
    journal = returns(A=60, B=20, C=10, D=10)
    found = row(given(WARNING_SIGNS, FOUR, *journal))
    assert (
        found.text == "A (+60.0 %) makes 60.0 % of the gain of all 4 shares, +25.0 % on average over 90 days"
    )
    assert found.evidence[:2] == [journal[4].event_id, journal[0].event_id]
    assert set(found.evidence) == {one.event_id for one in journal}


def test_of_two_shares_one_always_leads() -> None:
    found = row(given(WARNING_SIGNS, FOUR, *returns(A=60, B=20)))
    assert (found.value, found.level, found.is_unknown) == (0.0, "calm", True)
    assert found.text == (
        "who makes the gain cannot be told: of the 4 shares of the basket (A, B, C, D) 2 have a price both"
        " near 1 April 2026 and 90 days before (A, B), and more than half of the shares, and at least 3, must"
        " have one"
    )


def test_of_a_long_basket_more_than_half_must_have_prices() -> None:
    seven = watchlist(*"ABCDEFG")
    three = row(given(WARNING_SIGNS, *held([seven, *returns(A=80, B=10, C=10)])))
    assert (three.is_unknown, len(three.evidence)) == (True, 6)
    four = row(given(WARNING_SIGNS, *held([seven, *returns(A=80, B=10, C=10, D=0)])))
    assert (four.value, four.level) == (0.8, "critical")
    assert "makes 80.0 % of the gain of 4 of the 7 shares" in four.text


def test_without_a_watchlist_the_builders_are_the_basket() -> None:
    builders = {"CAT": 60, "GEV": 20, "ENR.DE": 20}
    assert crowding(*returns(**builders, NVDA=900)) == (0.6, "warning")
    named = watchlist(builders=["CAT", "GEV", "ENR.DE", "NVDA"])
    assert crowding(named, *returns(**builders, NVDA=900)) == (0.9, "critical")
    assert crowding(watchlist("A", "B", "C", builders=["CAT"]), *returns(A=60, B=20, C=20, CAT=900))[0] == 0.6


def test_a_share_that_a_watchlist_adds_is_followed_from_then_on() -> None:
    journal = returns(A=60, B=20, C=20, D=900)
    three, added = watchlist("A", "B", "C"), watchlist("A", "B", "C", "D", known_on="2026-02-01")
    assert crowding(three, *journal[:4], added, *journal[4:]) == (0.6, "warning")


def test_a_share_that_leaves_the_basket_is_left_out_at_once() -> None:
    journal = (FOUR, *returns(A=60, B=20, C=20, D=-1))
    assert crowding(*journal, watchlist("B", "C", "D", known_on="2026-04-02")) == (
        round(20 / 39, 6),
        "watch",
    )


def test_another_window_is_measured_at_once() -> None:
    journal = (
        FOUR,
        *(close("2026-03-02", symbol, 100) for symbol in "ABCD"),
        *returns(A=60, B=20, C=20, D=0),
    )
    shorter = watchlist("A", "B", "C", "D", known_on=END, windows=[{"indicator": "crowding", "days": 30}])
    found = row(given(WARNING_SIGNS, *journal, shorter))
    assert (found.value, found.text.rpartition(" over ")[2]) == (0.6, "30 days")


def test_the_ledger_has_no_three_builders_with_prices_90_days_apart() -> None:
    found = row(given(WARNING_SIGNS, *facts_and_bars()))
    assert (found.value, found.level, found.evidence) == (0.0, "calm", [])
    assert "of the basket (CAT, ENR.DE, GEV) 0 have a price both near 13 November 2025" in found.text


@settings(deadline=None)
@forall(st.lists(st.integers(-99, 500), min_size=4, max_size=4))
def test_the_part_lies_between_an_even_share_and_all(percents: list[int]) -> None:
    value, _ = crowding(FOUR, *returns(**dict(zip("ABCD", percents, strict=True))))
    assert value == 0.0 if sum(percents) <= 0 else 0.25 <= value <= 1.0
