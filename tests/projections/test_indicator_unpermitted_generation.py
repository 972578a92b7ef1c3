import pytest
from hypothesis import given as forall
from hypothesis import settings
from hypothesis import strategies as st

from events.base import Event
from events.ledger import ledger
from projections.episodes.rows import IndicatorCurrentRow, IndicatorRow, SignalRow
from projections.warning_signs import WARNING_SIGNS
from tests.given import event, given, noon, rows_of, standing


def seen(known_on: str, observed: int, permitted: int | None = None, **fields: object) -> Event:
    stated = {} if permitted is None else {"permitted_units": permitted}
    named = {"site_id": "Memphis", "operator": "xAI", **stated, **fields}
    return event("GenerationObserved", known_on, observed_units=observed, **named)


def row(*journal: Event, site_id: str = "Memphis") -> IndicatorCurrentRow:
    return standing(WARNING_SIGNS, given(WARNING_SIGNS, *journal), IndicatorCurrentRow)[
        "unpermitted_generation", site_id
    ]


@pytest.mark.parametrize(
    ("observed", "permitted", "value", "level"),
    [
        (0, 15, 0.0, "calm"),
        (14, 15, 0.933333, "calm"),
        (15, 15, 1.0, "calm"),
        (16, 15, 1.066667, "watch"),
        (23, 15, 1.533333, "warning"),
        (30, 15, 2.0, "critical"),
        (35, 15, 2.333333, "critical"),
        (100_000, 99_999, 1.00001, "watch"),
        (0, 0, 0.0, "calm"),
        (1, 0, 2.0, "critical"),
        (3, 0, 4.0, "critical"),
    ],
)
def test_what_runs_beyond_the_permit_raises_a_level(
    observed: int, permitted: int, value: float, level: str
) -> None:
    found = row(seen("2026-01-01", observed, permitted))
    assert (found.value, found.level) == (value, level)


def test_a_site_without_a_known_permit_stands_calm_and_says_so() -> None:
    found = row(seen("2026-01-01", 35))
    assert (found.value, found.level) == (0.0, "calm")
    assert found.text == ("35 generators were counted at site Memphis; how many are permitted is not known")


def test_a_count_is_set_against_the_permit_that_was_known_before() -> None:
    first, second = seen("2026-01-01", 15, 15), seen("2026-02-01", 35, unit_mw=2.5)
    found = row(first, second)
    assert (found.value, found.level) == (2.333333, "critical")
    assert found.evidence == [second.event_id, first.event_id]
    assert found.text == (
        "35 generators of 2.5 MW were counted at site Memphis, where 15 are permitted, 2.33 times as many"
    )


def test_a_larger_permit_clears_the_sign() -> None:
    step = given(WARNING_SIGNS, seen("2026-01-01", 35, 15), seen("2026-02-01", 35, 41))
    assert [one.step for one in rows_of(step, SignalRow)] == ["opened", "cleared"]


@pytest.mark.parametrize("observed", [16, 23, 35])
def test_back_at_exactly_what_is_permitted_the_sign_clears(observed: int) -> None:
    step = given(WARNING_SIGNS, seen("2026-01-01", observed, 15), seen("2026-02-01", 15, 15))
    assert [one.step for one in rows_of(step, SignalRow)] == ["opened", "cleared"]


def test_what_was_counted_earlier_and_comes_late_changes_no_value() -> None:
    step = given(WARNING_SIGNS, seen("2026-02-01", 35, 15), seen("2026-01-01", 5, 10))
    assert [one.value for one in rows_of(step, IndicatorRow)] == [2.333333, 2.333333]


def test_none_permitted_is_told_in_words() -> None:
    assert row(seen("2026-01-01", 1, 0)).text == (
        "1 generator was counted at site Memphis, where none is permitted"
    )


def test_the_ledger_s_35_turbines_where_15_are_permitted_are_critical() -> None:
    found = row(*(fact for fact in ledger() if fact.known_at < noon("2026-03-01")), site_id="xAI")
    assert (found.value, found.level) == (2.333333, "critical")


UNITS = st.integers(0, 100_000)


@settings(deadline=None)
@forall(UNITS, UNITS)
def test_a_site_is_calm_exactly_while_no_unit_runs_beyond_its_permit(observed: int, permitted: int) -> None:
    assert (row(seen("2026-01-01", observed, permitted)).level == "calm") == (observed <= permitted)
