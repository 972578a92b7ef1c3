"""A unit is written in one way, whoever writes it."""

import pytest

from events.units import Unit


@pytest.mark.parametrize(
    ("unit", "value", "threshold", "printed"),
    [
        (Unit.SHARE, 0.8, "80 %", "80.0 %"),
        (Unit.SHARE, 0.125, "12.5 %", "12.5 %"),
        (Unit.RATIO, 0.25, "0.25 times", "0.25 times"),
        (Unit.USD, 5e9, "$5B", "$5.00B"),
        (Unit.USD, 2e7, "$20M", "$0.02B"),
        (Unit.DAYS, 30, "30 days", "30 days"),
        (Unit.DAYS, 1, "1 day", "1 days"),
        (Unit.COUNT, 4, "4", "4"),
        (Unit.WEIGHTED_COUNT, 0.5, "0.5 points", "0.50 points"),
        (Unit.SIGNS, 1, "1 sign", "1 signs"),
        (Unit.COMPANIES, 2, "2 companies", "2 companies"),
    ],
)
def test_a_threshold_is_written_as_people_say_it(
    unit: Unit, value: float, threshold: str, printed: str
) -> None:
    assert unit.threshold(value) == threshold
    assert unit.printf % (value * unit.factor) == printed


def test_a_threshold_that_lies_just_beyond_a_number_is_above_it() -> None:
    assert Unit.RATIO.threshold(1.00001) == "above 1 times"
    assert Unit.SHARE.threshold(1.05) == "105 %"
