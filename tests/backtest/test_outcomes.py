"""Hits, false alarms and misses, and how sure they are."""

from datetime import timedelta
from pathlib import Path

import pytest

from ouroboros.backtest.chance import chance_of_hits
from ouroboros.backtest.outcomes import look_back, wilson
from ouroboros.backtest.study import Draws
from ouroboros.backtest.trials import holm
from tests.backtest.cases import at, bars, result_of, waiver

STEADY = [(100.0, 100.0)] * 60
WINDOW = [{"name": "short", "windows": [{"indicator": "credit_waivers", "days": 3}]}]


def falling_at(*days: int) -> list[tuple[float, float]]:
    """Make prices of 100 that are 75 on some days, counted from 3 March."""
    return [(75.0, 75.0) if number in days else (100.0, 100.0) for number in range(60)]


def test_an_episode_is_a_hit_where_a_later_close_reaches_the_level_within_the_days(tmp_path: Path) -> None:
    # Known on Wednesday 5 March after the close of 100; 75 on 10 March, five days later.
    events = [*bars("CRWV", "2025-03-03", falling_at(7)), waiver(at("2025-03-05", 22))]
    scored = result_of(tmp_path, events).trials[0].signals["waivers"].score
    (one,) = scored.episodes
    assert (scored.hits, scored.false_alarms, scored.misses) == (1, 0, 0)
    assert (one.base_usd, one.verdict.close_usd, one.verdict.came_at) == (100, 75, at("2025-03-10"))
    assert scored.lead_days == pytest.approx([4 + 23 / 24])


def test_a_fall_after_the_days_is_a_false_alarm_and_a_fall_without_episode_a_miss(tmp_path: Path) -> None:
    # From the close of 5 March on, seven days end on 12 March.
    events = [*bars("CRWV", "2025-03-03", falling_at(10, 40)), waiver(at("2025-03-05", 20))]
    scored = result_of(tmp_path, events).trials[0].signals["waivers"].score
    assert (scored.hits, scored.false_alarms, scored.moves, scored.misses) == (0, 1, 2, 2)
    assert (scored.precision, scored.recall, scored.median_lead_days) == (0, 0, None)


def test_a_fall_that_began_while_the_signal_was_up_is_counted_both_ways(tmp_path: Path) -> None:
    # Three falls: one ahead when the first waiver comes, one while that one is up still, one long after.
    falls = (7, 30, 54)
    events = [*bars("CRWV", "2025-03-03", falling_at(*falls)), waiver(at("2025-03-05", 22))]
    period = {"starts": "2025-03-01", "ends": "2025-05-20"}
    forty = [{"name": "forty", "windows": [{"indicator": "credit_waivers", "days": 40}]}]
    trial = result_of(tmp_path, events, variants=forty, period=period).trials[1]
    scored = trial.signals["waivers"].score
    (up,) = trial.active_periods["waivers"]
    # By hand: closes of 75 on 10 March, 2 April and 26 April, known at 21:00, each ahead for seven days; the
    # signal is up from 5 March, 22:00 to 14 April, 22:00, when the next close says so.
    assert up.ends_at is not None
    foretold = begun_while_up = missed = 0
    for fall in falls:
        ahead = [at("2025-03-03") + timedelta(days=day) for day in range(max(0, fall - 7), fall)]
        base = max(day for day in [*ahead, at("2025-03-03")] if day <= up.begins_at)
        if base in ahead and ahead[0] <= up.begins_at <= ahead[-1] + timedelta(days=1):
            foretold += 1
        elif up.begins_at <= ahead[0] < up.ends_at:
            begun_while_up += 1
        else:
            missed += 1
    assert (foretold, begun_while_up, missed) == (1, 1, 1)
    assert (scored.moves, scored.misses, scored.begun_while_up) == (3, 2, 1)
    assert scored.recall == pytest.approx(1 / 3)
    assert scored.recall_while_up == pytest.approx(2 / 3)
    assert scored.recall_while_up_interval == wilson(2, 3)


def test_a_fall_that_begins_as_the_signal_ends_is_missed_by_both(tmp_path: Path) -> None:
    events = [*bars("CRWV", "2025-03-03", falling_at(30)), waiver(at("2025-03-05", 22))]
    scored = result_of(tmp_path, events, variants=WINDOW).trials[1].signals["waivers"].score
    assert (scored.moves, scored.misses, scored.begun_while_up, scored.recall_while_up) == (1, 1, 0, 0)


def test_the_last_day_within_counts(tmp_path: Path) -> None:
    events = [*bars("CRWV", "2025-03-03", falling_at(9)), waiver(at("2025-03-05", 22))]
    assert result_of(tmp_path, events).trials[0].signals["waivers"].score.hits == 1


@pytest.mark.parametrize("falls_on", [59, 45])
def test_what_has_no_full_window_is_undecided_even_where_the_outcome_came(
    tmp_path: Path, falls_on: int
) -> None:
    # The window of an episode of 29 April ends after the period.
    period = {"starts": "2025-03-01", "ends": "2025-05-02"}
    events = [*bars("CRWV", "2025-03-03", falling_at(falls_on)), waiver(at("2025-04-29", 22))]
    result = result_of(tmp_path, events, period=period)
    scored = result.trials[0].signals["waivers"].score
    assert (scored.hits, scored.false_alarms, scored.undecided) == (0, 0, 1)
    assert (scored.precision, scored.precision_interval) == (None, None)


def test_rises_are_outcomes_too(tmp_path: Path) -> None:
    prices = [(100.0, 100.0)] * 5 + [(130.0, 130.0)] * 40
    events = [*bars("CRWV", "2025-03-03", prices), waiver(at("2025-03-05", 22))]
    outcome = {"symbol": "CRWV", "rises": 0.3, "within_days": 7}
    assert result_of(tmp_path, events, outcome=outcome).trials[0].signals["waivers"].score.hits == 1


def test_a_stretch_is_all_bars_from_which_the_outcome_is_ahead(tmp_path: Path) -> None:
    result = result_of(tmp_path, bars("CRWV", "2025-03-03", falling_at(20, 40)))
    assert [(one.first, one.last) for one in result.hindsight.moves] == [(13, 19), (33, 39)]
    assert result.hindsight.base_rate == pytest.approx(14 / 53)


def test_a_stated_probability_is_scored_after_brier(tmp_path: Path) -> None:
    rule = {"of": [{"indicator": "credit_waivers", "level": "watch", "subject": "all"}], "probability": 0.7}
    events = [*bars("CRWV", "2025-03-03", falling_at(7, 50)), waiver(at("2025-03-05", 22))]
    later = waiver(at("2025-04-09", 22), facility_id="other")
    result = result_of(tmp_path, [*events, later], signals={"any": rule}, variants=WINDOW)
    scored = result.trials[1].signals["any"].score
    assert (scored.hits, scored.false_alarms) == (1, 1)
    assert scored.brier == pytest.approx((0.3**2 + 0.7**2) / 2)
    assert scored.brier_of_base_rate is not None


def test_a_signal_of_two_conditions_is_up_only_while_both_hold(tmp_path: Path) -> None:
    both = {
        "at_least": 2,
        "of": [
            {"indicator": "credit_waivers", "level": "watch", "subject": "borrower:Core*"},
            {"indicator": "credit_waivers", "level": "watch", "subject": "borrower:Other"},
        ],
    }
    events = [
        *bars("CRWV", "2025-03-03", STEADY),
        waiver(at("2025-03-05", 22)),
        waiver(at("2025-03-07", 22), borrower="Other"),
    ]
    result = result_of(tmp_path, events, signals={"both": both}, variants=WINDOW)
    (one,) = result.trials[1].active_periods["both"]
    # The first waiver leaves the window of three days; the next bar says so.
    assert (one.begins_at, one.ends_at) == (at("2025-03-07", 22), at("2025-03-09"))
    assert len(one.evidence) == len(one.messages) == 2
    assert "Other" in " ".join(result.evidence[event_id].headline for event_id in one.evidence)


def test_levels_of_a_variant_stand_in_place_of_those_of_the_signal(tmp_path: Path) -> None:
    variants = [{"name": "critical only", "levels": {"waivers": "critical"}}]
    events = [*bars("CRWV", "2025-03-03", STEADY), waiver(at("2025-03-05", 22))]
    result = result_of(tmp_path, events, variants=variants)
    assert [len(trial.active_periods["waivers"]) for trial in result.trials] == [1, 0]


def test_hindsight_of_a_cut_knows_nothing_behind_it(tmp_path: Path) -> None:
    result = result_of(tmp_path, bars("CRWV", "2025-03-03", falling_at(20)))
    cut = result.study.period.model_copy(update={"ends": at("2025-03-22")})
    known = look_back(result.prices, result.study.outcome, cut)
    assert max(known.known) < at("2025-03-22")
    assert known.moves == ()


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    # Figures of the formula, worked out with a pocket calculator.
    [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (10, 10, 0.7225, 1.0), (1, 1, 0.2065, 1.0)],
)
def test_wilson_bounds(successes: int, trials: int, low: float, high: float) -> None:
    found = wilson(successes, trials)
    assert found
    assert found == pytest.approx((low, high), abs=5e-5)


def test_holm_multiplies_the_smallest_by_all_and_never_falls() -> None:
    assert holm({"a": 0.01, "b": 0.04, "c": 0.03}) == pytest.approx({"a": 0.03, "b": 0.06, "c": 0.06})
    assert holm({"a": 0.6, "b": 0.9}) == {"a": 1.0, "b": 1.0}
    assert holm({}) == {}


def test_chance_of_hits_is_that_of_drawing_without_looking(tmp_path: Path) -> None:
    events = [*bars("CRWV", "2025-03-03", falling_at(7)), waiver(at("2025-03-05", 22))]
    result = result_of(tmp_path, events)
    scored = result.trials[0].signals["waivers"].score
    chance = chance_of_hits(scored, result.hindsight, Draws(20_000, 7))
    assert chance
    # One episode at a random bar is a hit as often as the base rate says; seed 7.
    assert chance.p_value == pytest.approx(result.hindsight.base_rate, abs=0.01)
    assert chance == chance_of_hits(scored, result.hindsight, Draws(20_000, 7))
