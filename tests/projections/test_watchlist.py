"""What the desk's watchlists do to levels and windows, from the event on."""

from typing import Any

import pytest

from events.base import Event
from projections.base import Step
from projections.episodes.rows import (
    IndicatorCurrentRow,
    IndicatorRow,
    OutboxRow,
    SignalRow,
    ThresholdOverrideRow,
)
from projections.warning_signs import WARNING_SIGNS
from projections.warning_signs.fold import WarningSigns
from tests.given import event, given, journaled, noon, project, restored, rows_of, standing, waiver


def thresholds(
    watch: float,
    warning: float,
    critical: float,
    subject: str | None = None,
    indicator: str = "credit_waivers",
) -> dict[str, Any]:
    levels = {"watch": watch, "warning": warning, "critical": critical}
    return {"indicator": indicator, **levels, **({"subject": subject} if subject else {})}


def watchlist(
    known_on: str, *overrides: dict[str, Any], name: str = "core", days: int | None = None
) -> Event:
    windows = [{"indicator": "credit_waivers", "days": days}] if days else []
    return event("WatchlistChanged", known_on, watchlist=name, thresholds=list(overrides), windows=windows)


def tick(known_on: str) -> Event:
    return event("ClockTicked", known_on)


def levels(step: Step[WarningSigns]) -> dict[str, str]:
    rows = standing(WARNING_SIGNS, step, IndicatorCurrentRow).values()
    return {row.subject: row.level for row in rows if row.indicator == "credit_waivers"}


def values(step: Step[WarningSigns]) -> dict[str, float]:
    rows = standing(WARNING_SIGNS, step, IndicatorCurrentRow).values()
    return {row.subject: row.value for row in rows if row.indicator == "credit_waivers"}


def made_by_last(step: Step[WarningSigns], kind: type[Any], offset: int) -> list[Any]:
    return [
        row
        for row in rows_of(step, kind)
        if row.journal_offset == offset and getattr(row, "indicator", "credit_waivers") == "credit_waivers"
    ]


def test_lower_thresholds_raise_what_stands_at_once() -> None:
    change = watchlist("2026-01-03", thresholds(0.5, 1, 4))
    step = given(WARNING_SIGNS, waiver("2026-01-01"), change)
    assert levels(step) == {"all": "warning", "borrower:CoreWeave": "warning"}
    told = made_by_last(step, SignalRow, 1)
    assert [(row.subject, row.step, row.threshold) for row in told] == [
        ("all", "escalated", 1.0),
        ("borrower:CoreWeave", "escalated", 1.0),
    ]
    assert {row.known_at for row in told} == {noon("2026-01-03")}
    assert {row.key for row in rows_of(step, OutboxRow) if row.journal_offset == 1} >= {"credit_waivers/all"}


def test_higher_thresholds_ease_and_clear_what_stands_at_once() -> None:
    eased = given(
        WARNING_SIGNS, waiver("2026-01-01", "default"), watchlist("2026-01-03", thresholds(1, 8, 16))
    )
    assert [(row.step, row.level) for row in made_by_last(eased, SignalRow, 1)] == [("eased", "watch")] * 2
    cleared = given(WARNING_SIGNS, waiver("2026-01-01"), watchlist("2026-01-03", thresholds(4, 8, 16)))
    assert levels(cleared) == {"all": "calm", "borrower:CoreWeave": "calm"}


def test_a_level_is_left_past_the_new_threshold_by_a_tenth_of_it() -> None:
    before = event("UtilizationReported", "2026-01-01", company="Fictional Cloud", utilization=0.8)

    def level_by(warning: float) -> str:
        changed = watchlist("2026-01-03", thresholds(0.05, warning, 0.4, indicator="dark_capacity"))
        step = given(WARNING_SIGNS, before, changed)
        return standing(WARNING_SIGNS, step, IndicatorCurrentRow)["dark_capacity", "Fictional Cloud"].level

    assert level_by(warning=0.21) == "warning"
    assert level_by(warning=0.23) == "watch"


def test_a_count_leaves_a_level_just_below_the_new_threshold() -> None:
    before = waiver("2026-01-01", "forbearance")
    assert levels(given(WARNING_SIGNS, before))["all"] == "warning"
    leaves = given(WARNING_SIGNS, before, watchlist("2026-01-03", thresholds(0.5, 2.1, 4)))
    assert levels(leaves)["all"] == "watch"


def test_the_change_is_evidence_of_what_it_caused_and_the_text_says_so() -> None:
    report, change = waiver("2026-01-01"), watchlist("2026-01-03", thresholds(0.5, 1, 4))
    step = given(WARNING_SIGNS, report, change)
    row = made_by_last(step, IndicatorRow, 1)[0]
    assert row.evidence == [change.event_id, report.event_id]
    assert row.text.endswith('; judged anew at 0.5, 1 and 4 because the watchlist "core" changed')
    assert all(change.event_id in row.evidence for row in made_by_last(step, SignalRow, 1))


def test_what_comes_after_the_change_is_judged_by_it_and_no_longer_tells_of_it() -> None:
    step = given(
        WARNING_SIGNS,
        waiver("2026-01-01"),
        watchlist("2026-01-03", thresholds(0.5, 3, 9)),
        waiver("2026-01-05", "forbearance"),
    )
    row = made_by_last(step, IndicatorRow, 2)[0]
    assert (row.value, row.level) == (3.0, "warning")
    assert "judged anew" not in row.text


def test_an_input_is_not_made_fresh_by_a_watchlist() -> None:
    step = given(WARNING_SIGNS, waiver("2026-01-01"), watchlist("2026-01-03", thresholds(0.5, 1, 4)))
    row = standing(WARNING_SIGNS, step, IndicatorCurrentRow)["credit_waivers", "all"]
    assert (row.input_at, row.known_at) == (noon("2026-01-01"), noon("2026-01-03"))


def test_thresholds_of_one_subject_leave_the_others_alone_and_win_over_those_of_all() -> None:
    own = thresholds(0.5, 1, 4, "borrower:CoreWeave")
    step = given(WARNING_SIGNS, waiver("2026-01-01"), watchlist("2026-01-03", own))
    assert levels(step) == {"all": "watch", "borrower:CoreWeave": "warning"}
    assert [row.subject for row in made_by_last(step, IndicatorRow, 1)] == ["borrower:CoreWeave"]
    of_all = watchlist("2026-01-05", thresholds(4, 8, 16), name="other")
    assert levels(given(WARNING_SIGNS, waiver("2026-01-01"), watchlist("2026-01-03", own), of_all)) == {
        "all": "calm",
        "borrower:CoreWeave": "warning",
    }


def test_the_newest_watchlist_of_a_name_replaces_the_one_before() -> None:
    step = given(
        WARNING_SIGNS,
        waiver("2026-01-01"),
        watchlist("2026-01-03", thresholds(0.5, 0.7, 1)),
        watchlist("2026-01-05"),
    )
    assert [row.level for row in made_by_last(step, SignalRow, 1)] == ["critical", "critical"]
    assert levels(step) == {"all": "watch", "borrower:CoreWeave": "watch"}


def test_of_several_watchlists_the_one_that_changed_last_wins() -> None:
    low, high = thresholds(0.5, 0.7, 1), thresholds(4, 8, 16)
    journal = (waiver("2026-01-01"), watchlist("2026-01-03", low), watchlist("2026-01-04", high, name="b"))
    assert levels(given(WARNING_SIGNS, *journal))["all"] == "calm"
    again = watchlist("2026-01-05", low)
    assert levels(given(WARNING_SIGNS, *journal, again))["all"] == "critical"


def test_the_same_watchlist_again_changes_nothing() -> None:
    low = thresholds(0.5, 1, 4)
    step = given(
        WARNING_SIGNS, waiver("2026-01-01"), watchlist("2026-01-03", low), watchlist("2026-01-05", low)
    )
    assert not [row for row in rows_of(step, IndicatorRow) if row.journal_offset == 2]
    assert not [row for row in rows_of(step, SignalRow) if row.journal_offset == 2]


@pytest.mark.parametrize(
    "override",
    [
        thresholds(0.5, 1, 4, indicator="no_such_sign"),
        thresholds(4, 1, 0.5),
        thresholds(0.5, 1, 4, "borrower:Nobody"),
    ],
    ids=["unknown indicator", "against the direction", "unknown subject"],
)
def test_what_fits_nothing_is_inert(override: dict[str, Any]) -> None:
    step = given(WARNING_SIGNS, waiver("2026-01-01"), watchlist("2026-01-03", override))
    assert levels(step) == {"all": "watch", "borrower:CoreWeave": "watch"}
    assert not [row for row in rows_of(step, IndicatorRow) if row.journal_offset == 1]


def test_a_watchlist_holds_for_subjects_that_come_later() -> None:
    step = given(WARNING_SIGNS, watchlist("2026-01-01", thresholds(0.5, 1, 4)), waiver("2026-01-03"))
    assert levels(step)["all"] == "warning"


def test_a_shorter_window_lets_go_at_once_and_a_longer_one_takes_back() -> None:
    early, late = waiver("2026-01-01"), waiver("2026-03-01", "forbearance", borrower="Oracle")
    short = watchlist("2026-03-02", days=30)
    step = given(WARNING_SIGNS, early, late, short)
    assert values(step) == {"all": 2.0, "borrower:CoreWeave": 0.0, "borrower:Oracle": 2.0}
    assert levels(step)["borrower:CoreWeave"] == "calm"
    long = given(WARNING_SIGNS, early, late, short, watchlist("2026-03-03", days=180))
    assert values(long) == {"all": 3.0, "borrower:CoreWeave": 1.0, "borrower:Oracle": 2.0}
    row = standing(WARNING_SIGNS, long, IndicatorCurrentRow)["credit_waivers", "all"]
    assert "in the last 180 days" in row.text


def test_a_longer_window_finds_what_left_the_default_one() -> None:
    journal = (waiver("2026-01-01"), tick("2026-06-01"))
    assert values(given(WARNING_SIGNS, *journal))["all"] == 0.0
    longer = watchlist("2026-06-02", days=365)
    assert values(given(WARNING_SIGNS, *journal, longer))["all"] == 1.0
    assert values(given(WARNING_SIGNS, *journal, longer, tick("2027-01-01")))["all"] == 0.0


def test_a_waiver_expires_by_the_window_of_the_watchlist() -> None:
    journal = (watchlist("2026-01-01", days=10), waiver("2026-01-02"))
    assert values(given(WARNING_SIGNS, *journal, tick("2026-01-11")))["all"] == 1.0
    assert values(given(WARNING_SIGNS, *journal, tick("2026-01-12")))["all"] == 0.0


def test_a_change_and_an_expiry_in_one_event_give_one_row_a_subject() -> None:
    step = given(
        WARNING_SIGNS,
        waiver("2026-01-01"),
        waiver("2026-02-01"),
        watchlist("2026-04-05", thresholds(0.5, 1, 4), days=100),
    )
    rows = [row for row in rows_of(step, IndicatorRow) if row.journal_offset == 2]
    keys = [(row.indicator, row.subject) for row in rows]
    assert len(keys) == len(set(keys))
    assert values(step)["all"] == 2.0


def test_a_snapshot_remembers_the_watchlists() -> None:
    journal = [waiver("2026-01-01"), watchlist("2026-01-03", thresholds(0.5, 1, 4), days=30)]
    before, later = given(WARNING_SIGNS, *journal), journaled([*journal, waiver("2026-01-20")])[-1:]
    again = project(WARNING_SIGNS, later, restored(WARNING_SIGNS, before))
    assert again == project(WARNING_SIGNS, later, before)


def overridden(step: Step[WarningSigns]) -> dict[tuple[Any, ...], tuple[float, float, float]]:
    """Read the thresholds that stand in place of the release's, as the view does."""
    rows = standing(WARNING_SIGNS, step, ThresholdOverrideRow)
    return {key: (row.watch, row.warning, row.critical) for key, row in rows.items() if not row.removed}


def test_thresholds_of_the_desk_can_be_read_and_are_gone_with_what_set_them() -> None:
    changes = (
        watchlist("2026-01-01", thresholds(0.5, 1, 4), thresholds(3, 4, 5, "all")),
        watchlist("2026-01-02", thresholds(0.7, 1, 4), name="other"),
        watchlist("2026-01-03", thresholds(3, 4, 5, "all")),
        watchlist("2026-01-04", name="other"),
    )
    of_all, of_one = ("credit_waivers", ""), ("credit_waivers", "all")
    told = [overridden(given(WARNING_SIGNS, *changes[: count + 1])) for count in range(len(changes))]
    assert told == [
        {of_all: (0.5, 1, 4), of_one: (3, 4, 5)},
        {of_all: (0.7, 1, 4), of_one: (3, 4, 5)},
        {of_all: (0.7, 1, 4), of_one: (3, 4, 5)},
        {of_one: (3, 4, 5)},
    ]
    rows = standing(WARNING_SIGNS, given(WARNING_SIGNS, *changes), ThresholdOverrideRow)
    assert {key: row.known_at for key, row in rows.items()} == {
        of_all: noon("2026-01-04"),
        of_one: noon("2026-01-01"),
    }
