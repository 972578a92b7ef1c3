from events.base import Event
from projections.base import Step
from projections.episodes.rows import IndicatorCurrentRow, IndicatorRow, SignalRow
from projections.warning_signs import WARNING_SIGNS
from projections.warning_signs.fold import WarningSigns
from tests.given import (
    delivery,
    event,
    given,
    noon,
    promise,
    rows_of,
    standing,
    tick,
)


def now(step: Step[WarningSigns]) -> dict[str, tuple[float, str]]:
    rows = standing(WARNING_SIGNS, step, IndicatorCurrentRow).values()
    return {row.subject: (row.value, row.level) for row in rows if row.indicator == "power_delay"}


def test_a_promise_that_moves_back_is_a_slip_of_days() -> None:
    step = given(WARNING_SIGNS, promise("2026-01-01", "2026-06-01"), promise("2026-02-01", "2026-09-01"))
    assert now(step) == {"site:Abilene": (92.0, "warning"), "operator:Oracle": (92.0, "warning")}


def test_a_promise_that_moves_forward_is_no_slip() -> None:
    step = given(WARNING_SIGNS, promise("2026-01-01", "2026-06-01"), promise("2026-02-01", "2026-05-01"))
    assert now(step)["site:Abilene"] == (0.0, "calm")


def test_a_site_without_a_promised_day_stands_calm() -> None:
    step = given(WARNING_SIGNS, promise("2026-01-01", None), tick("2027-01-01"))
    assert now(step) == {"site:Abilene": (0.0, "calm"), "operator:Oracle": (0.0, "calm")}


def test_days_grow_by_the_clock_once_the_promised_day_has_passed() -> None:
    journal = [promise("2026-01-01", "2026-06-01")]
    for day, value in (("2026-06-01", 0.0), ("2026-06-02", 1.0), ("2026-06-30", 29.0), ("2026-07-01", 30.0)):
        journal.append(tick(day))
        assert now(given(WARNING_SIGNS, *journal))["site:Abilene"][0] == value
    (opened, _) = rows_of(given(WARNING_SIGNS, *journal), SignalRow)
    assert (opened.step, opened.level, opened.subject, opened.known_at) == (
        "opened",
        "watch",
        "site:Abilene",
        noon("2026-07-01"),
    )
    assert opened.evidence == [journal[0].event_id]


def test_a_day_gives_one_row_however_often_the_clock_ticks() -> None:
    at = ("2026-06-02T00:00:00Z", "2026-06-02T06:00:00Z", "2026-06-02T23:59:59Z", "2026-06-03T00:00:00Z")
    ticks = [event("ClockTicked", occurred_at=moment, known_at=moment) for moment in at]
    step = given(WARNING_SIGNS, promise("2026-01-01", "2026-06-01"), *ticks)
    grown = [row for row in rows_of(step, IndicatorRow) if row.subject == "site:Abilene" and row.value > 0]
    assert [(row.value, row.journal_offset) for row in grown] == [(1.0, 1), (2.0, 4)]


def test_a_delay_is_over_once_all_power_is_there_and_its_length_is_history() -> None:
    journal = (promise("2026-01-01", "2026-06-01"), tick("2026-10-30"), delivery("2026-10-30"))
    step = given(WARNING_SIGNS, *journal, tick("2027-06-01"))
    assert now(step) == {"site:Abilene": (0.0, "calm"), "operator:Oracle": (0.0, "calm")}
    steps = [row for row in rows_of(step, SignalRow) if row.step == "cleared"]
    cleared = [row for row in steps if row.indicator == "power_delay"]
    assert [(row.subject, row.known_at) for row in cleared] == [
        ("site:Abilene", noon("2026-10-30")),
        ("operator:Oracle", noon("2026-10-30")),
    ]
    assert (
        "power for site Abilene was complete on 30 October 2026, 151 days late; it was first promised for"
        " 1 June 2026" in cleared[0].message
    )
    assert "no site of Oracle waits for power any more" in cleared[1].message
    assert [row.value for row in rows_of(step, IndicatorRow) if row.subject == "site:Abilene"][-2:] == [
        151,
        0,
    ]


def test_part_of_the_power_does_not_stop_the_days() -> None:
    promised = promise("2026-01-01", "2026-06-01")
    parts = (delivery("2026-06-01", 80), tick("2026-06-21"))
    assert now(given(WARNING_SIGNS, promised, *parts))["site:Abilene"] == (20.0, "calm")
    rest = (delivery("2026-06-25", 120), tick("2026-09-01"))
    assert now(given(WARNING_SIGNS, promised, *parts, *rest))["site:Abilene"] == (0.0, "calm")


def test_a_revision_known_earlier_that_comes_late_does_not_replace_the_latest() -> None:
    first, second, third = (
        promise("2026-01-01", "2026-06-01"),
        promise("2026-02-01", "2026-07-01"),
        promise("2026-03-01", "2026-08-01"),
    )
    assert now(given(WARNING_SIGNS, second, third, first)) == now(given(WARNING_SIGNS, first, second, third))


def test_an_operator_s_days_are_the_mean_of_its_sites_weighted_by_mw() -> None:
    step = given(
        WARNING_SIGNS,
        promise("2026-01-01", "2026-06-01", "A", mw=300),
        promise("2026-01-01", "2026-06-01", "B", mw=100),
        promise("2026-02-01", None, "never", mw=900),
        promise("2026-02-01", "2026-07-11", "A", mw=300),
    )
    assert now(step)["operator:Oracle"] == (30.0, "watch")


def test_a_site_of_unknown_mw_weighs_as_much_as_the_average_of_the_others() -> None:
    unknown = event("PowerScheduled", "2026-01-01", site_id="C", operator="Oracle", expected_on="2026-06-01")
    step = given(
        WARNING_SIGNS,
        promise("2026-01-01", "2026-06-01", "A", mw=300),
        promise("2026-01-01", "2026-06-01", "B", mw=100),
        unknown,
        promise("2026-02-01", "2026-07-11", "A", mw=300),
    )
    assert now(step)["operator:Oracle"] == (20.0, "calm")


def test_a_site_that_changes_hands_leaves_its_old_operator() -> None:
    step = given(
        WARNING_SIGNS,
        promise("2026-01-01", "2026-06-01"),
        promise("2026-02-01", "2026-09-01", operator="Crusoe"),
    )
    assert now(step)["operator:Oracle"] == (0.0, "calm")
    assert now(step)["operator:Crusoe"] == (92.0, "warning")


def test_less_than_a_watt_breaks_nothing() -> None:
    step = given(WARNING_SIGNS, promise("2026-01-01", "2026-06-01", mw=1e-9), tick("2026-08-01"))
    assert now(step)["site:Abilene"] == (0.0, "calm")


def test_the_words_tell_the_days_and_the_megawatts() -> None:
    journal = (promise("2026-01-01", "2026-06-01"), delivery("2026-06-01", 80), tick("2026-07-02"))
    row = standing(WARNING_SIGNS, given(WARNING_SIGNS, *journal), IndicatorCurrentRow)[
        "power_delay", "site:Abilene"
    ]
    assert row.text == (
        "power for site Abilene was first promised for 1 June 2026, was due on 1 June 2026 and has not come,"
        " 31 days late; 80 of 200 MW are there"
    )


def test_a_site_that_changes_hands_with_its_generators_counts_for_its_new_operator() -> None:
    journal = (promise("2026-01-01", "2026-02-01"), promise("2026-01-02", "2026-03-01"))
    observed = event(
        "GenerationObserved", "2026-01-03", site_id="Abilene", operator="Crusoe", observed_units=35
    )
    values = now(given(WARNING_SIGNS, *journal, observed))
    assert values["operator:Crusoe"] == (28.0, "calm")
    assert values["operator:Oracle"] == (0.0, "calm")
    assert values["site:Abilene"] == (28.0, "calm")


def test_power_that_came_counts_for_a_breaking_bubble_through_its_window_only() -> None:
    journal = [promise("2026-01-01", "2026-06-01"), tick("2026-10-30"), delivery("2026-10-30")]

    def signs(*ticks: Event) -> float:
        rows = standing(WARNING_SIGNS, given(WARNING_SIGNS, *journal, *ticks), IndicatorCurrentRow)
        return rows["bubble_break", "all"].value

    assert signs(tick("2027-01-27")) == 1.0
    assert signs(tick("2027-01-28")) == 0.0


def test_several_days_in_one_list_are_phases_and_the_latest_of_them_speaks_for_the_site() -> None:
    first = [promise("2026-01-01", day, mw=mw) for day, mw in (("2026-06-01", 100), ("2029-10-25", 300))]
    step = given(WARNING_SIGNS, *first, tick("2026-05-01"))
    assert now(step) == {"site:Abilene": (0.0, "calm"), "operator:Oracle": (0.0, "calm")}
    # The newer list puts off the first phase only; the operator's mean is (100 x 92 + 300 x 0) / 400.
    second = [promise("2026-02-01", day, mw=mw) for day, mw in (("2026-09-01", 100), ("2029-10-25", 300))]
    step = given(WARNING_SIGNS, *first, *second)
    assert now(step) == {"site:Abilene": (92.0, "warning"), "operator:Oracle": (23.0, "calm")}
    row = standing(WARNING_SIGNS, step, IndicatorCurrentRow)["power_delay", "site:Abilene"]
    assert row.text == (
        "power for site Abilene was first promised for 1 June 2026 and is now expected on 1 September 2026,"
        " 92 days late; it is the latest of 2 phases that wait"
    )


def test_power_of_one_phase_ends_the_delay_of_that_phase_only() -> None:
    phases = [
        promise("2026-01-01", "2026-06-01", mw=100, phase="Building 1"),
        promise("2026-01-01", "2026-07-01", mw=300, phase="Building 2"),
    ]
    came = delivery("2026-08-30", 100, phase="Building 1")
    step = given(WARNING_SIGNS, *phases, came, tick("2026-08-30"))
    assert now(step) == {"site:Abilene": (60.0, "watch"), "operator:Oracle": (60.0, "watch")}
    row = standing(WARNING_SIGNS, step, IndicatorCurrentRow)["power_delay", "site:Abilene"]
    assert row.text == (
        "power for site Abilene, Building 2, was first promised for 1 July 2026, was due on 1 July 2026 and"
        " has not come, 60 days late; 0 of 300 MW are there"
    )
    rest = event("PowerCompleted", "2026-09-01", site_id="Abilene", completed_on="2026-09-01")
    row = standing(WARNING_SIGNS, given(WARNING_SIGNS, *phases, came, rest), IndicatorCurrentRow)[
        "power_delay", "site:Abilene"
    ]
    assert (row.value, row.text) == (
        0.0,
        "power for site Abilene was complete on 1 September 2026; of its 2 phases the latest, Building 1,"
        " came 90 days late",
    )
