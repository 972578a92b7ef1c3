from datetime import UTC, date, datetime, timedelta
from typing import Any

from hypothesis import given as hypothesis_given
from hypothesis import settings
from hypothesis import strategies as st

from events.base import Event
from projections.base import Step
from projections.power.fold import POWER, Power, PowerEventRow, PowerSiteRow
from tests.given import Projected, event, given, journaled, noon, project, restored, rows_of, standing

ABILENE = "Stargate Abilene"


def scheduled(known_on: str, expected_on: str | None = None, mw: float | None = None, **more: Any) -> Event:
    fields = {"site_id": ABILENE, "operator": "Stargate", "expected_on": expected_on, "mw": mw, **more}
    return event("PowerScheduled", known_on, **fields)


def delivered(known_on: str, mw: float, **more: Any) -> Event:
    return event(
        "PowerDelivered", known_on, **{"site_id": ABILENE, "delivered_on": known_on, "mw": mw, **more}
    )


def observed(known_on: str, **more: Any) -> Event:
    return event("GenerationObserved", known_on, **{"site_id": ABILENE, "operator": "Stargate", **more})


def ticked(on: str, at: str = "12:00:00") -> Event:
    moment = f"{on}T{at}Z"
    return event("ClockTicked", occurred_at=moment, known_at=moment, source="clock")


def last(*events: Event) -> PowerSiteRow:
    return rows_of(given(POWER, *events), PowerSiteRow)[-1]


def overdue(step: Step[Power]) -> list[tuple[datetime, int]]:
    return [(row.known_at, row.overdue_days) for row in rows_of(step, PowerSiteRow)]


def test_a_promise_stands_as_it_was_made() -> None:
    site = last(scheduled("2026-01-01", "2026-06-01", 600))
    assert site == PowerSiteRow(
        ABILENE,
        "Stargate",
        600,
        date(2026, 6, 1),
        date(2026, 6, 1),
        0.0,
        0,
        0,
        None,
        None,
        None,
        noon("2026-01-01"),
        "promised",
        None,
        0,
        None,
        1,
    )


def test_a_promise_made_anew_slips_by_the_days_between() -> None:
    site = last(scheduled("2026-01-01", "2026-06-01"), scheduled("2026-03-01", "2026-09-29"))
    assert (site.first_expected_on, site.expected_on, site.slip_days) == (
        date(2026, 6, 1),
        date(2026, 9, 29),
        120,
    )


def test_a_promise_moved_forward_slips_by_less_than_nothing() -> None:
    assert last(scheduled("2026-01-01", "2026-06-01"), scheduled("2026-03-01", "2026-05-22")).slip_days == -10


def test_without_a_date_the_slip_is_unknown_and_nothing_is_overdue() -> None:
    site = last(scheduled("2026-01-01", mw=600))
    assert (site.expected_on, site.slip_days, site.overdue_days) == (None, None, 0)
    assert len(given(POWER, scheduled("2026-01-01", mw=600), ticked("2030-01-01")).rows) == 2


def test_an_event_without_a_value_takes_no_known_value_back() -> None:
    site = last(scheduled("2026-01-01", "2026-06-01", 600), scheduled("2026-02-01"))
    assert (site.mw, site.expected_on, site.slip_days) == (600, date(2026, 6, 1), 0)


def test_a_promise_that_is_heard_late_is_not_taken_for_the_latest() -> None:
    site = last(scheduled("2026-03-01", "2026-09-29"), scheduled("2026-01-01", "2026-06-01", 600))
    assert (site.first_expected_on, site.expected_on, site.slip_days, site.mw) == (
        date(2026, 6, 1),
        date(2026, 9, 29),
        120,
        600,
    )
    assert site.known_at == noon("2026-03-01")


def test_days_that_one_source_names_at_one_moment_are_phases_and_no_slip() -> None:
    site = last(scheduled("2026-01-01", "2026-06-01"), scheduled("2026-01-01", "2026-07-01"))
    assert (site.slip_days, site.phases) == (0, 2)


def test_power_that_comes_before_it_was_scheduled_is_kept() -> None:
    site = last(delivered("2026-01-01", 200), scheduled("2026-01-02", "2026-02-01", 600))
    assert (site.delivered_mw, site.mw, site.operator) == (200, 600, "Stargate")


def test_deliveries_add_up_and_end_the_waiting() -> None:
    site = last(
        scheduled("2026-01-01", "2026-01-05", 1.0),
        *(delivered("2026-01-10", mw) for mw in (0.7, 0.1, 0.2)),
        ticked("2026-02-01"),
    )
    assert (site.delivered_mw, site.overdue_days) == (1.0, 0)


def test_the_day_itself_is_not_overdue_and_the_next_one_is() -> None:
    promise = scheduled("2026-01-01", "2026-01-05", 600)
    step = given(POWER, promise, ticked("2026-01-05", "23:59:59"), ticked("2026-01-06", "00:00:00"))
    assert overdue(step) == [(noon("2026-01-01"), 0), (datetime(2026, 1, 6, tzinfo=UTC), 1)]


def test_overdue_grows_once_a_day_however_often_the_clock_ticks() -> None:
    ticks = [ticked(f"2026-01-{day:02}", f"{hour:02}:00:00") for day in range(2, 10) for hour in range(24)]
    step = given(POWER, scheduled("2026-01-01", "2026-01-05", 600), *ticks)
    assert [days for _, days in overdue(step)] == [0, 1, 2, 3, 4]


def test_partial_power_leaves_a_site_overdue() -> None:
    step = given(
        POWER,
        scheduled("2026-01-01", "2026-01-05", 600),
        delivered("2026-01-07", 599),
        ticked("2026-01-08"),
        delivered("2026-01-09", 1),
        ticked("2026-01-10"),
    )
    assert [days for _, days in overdue(step)] == [0, 2, 3, 0]


def test_where_no_megawatts_were_promised_any_power_ends_the_waiting() -> None:
    promise = scheduled("2026-01-01", "2026-01-05")
    assert last(promise, ticked("2026-01-08")).overdue_days == 3
    assert last(promise, delivered("2026-01-08", 1), ticked("2026-01-09")).overdue_days == 0


def test_a_new_date_ends_the_overdue_days_until_it_has_passed_too() -> None:
    step = given(
        POWER,
        scheduled("2026-01-01", "2026-01-05"),
        ticked("2026-01-07"),
        scheduled("2026-01-07", "2026-01-20"),
        ticked("2026-01-19"),
        ticked("2026-01-21"),
    )
    assert [days for _, days in overdue(step)] == [0, 2, 0, 1]


def test_a_date_already_past_is_overdue_at_once() -> None:
    assert last(scheduled("2026-01-15", "2026-01-05")).overdue_days == 10


def test_each_overdue_site_has_its_own_row_in_the_order_of_their_names() -> None:
    sites = [scheduled("2026-01-01", "2026-01-05", site_id=name) for name in ("c", "a", "b")]
    step = given(POWER, *sites, scheduled("2026-01-01", "2026-03-01", site_id="far"), ticked("2026-01-06"))
    assert [row.site_id for row in rows_of(step, PowerSiteRow)[4:]] == ["a", "b", "c"]


def test_generators_are_counted_against_those_permitted() -> None:
    site = last(
        observed("2026-01-01", permitted_units=15, observed_units=35, unit_mw=35),
        observed("2026-02-01", observed_units=36),
    )
    assert (site.permitted_units, site.observed_units, site.unit_mw) == (15, 36, 35)


def test_history_keeps_what_each_event_said() -> None:
    step = given(
        POWER,
        scheduled("2026-01-01", "2026-06-01", 600, source_url="https://example.com/a"),
        delivered("2026-05-30", 200),
        observed("2026-06-01", observed_units=3),
    )
    first, second, third = rows_of(step, PowerEventRow)
    assert (first.kind, first.mw, first.expected_on, first.source_url) == (
        "scheduled",
        600,
        date(2026, 6, 1),
        "https://example.com/a",
    )
    assert (second.kind, second.mw, second.delivered_on) == ("delivered", 200, date(2026, 5, 30))
    assert (third.kind, third.mw, third.observed_units) == ("observed", None, 3)


def test_what_comes_late_is_stamped_with_the_clock_of_the_fold() -> None:
    step = given(POWER, ticked("2026-03-01"), delivered("2026-01-01", 5))
    assert [row.known_at for row in rows_of(step, PowerEventRow)] == [noon("2026-03-01")]
    assert [row.known_at for row in rows_of(step, PowerSiteRow)] == [noon("2026-03-01")]


DAYS = st.integers(0, 40).map(lambda days: (date(2026, 1, 1) + timedelta(days)).isoformat())
SITES = st.sampled_from(["a", "b"])
MEGAWATTS = st.integers(1, 50) | st.sampled_from([0.1, 0.2, 0.7])
HAPPENED = st.one_of(
    st.builds(
        lambda day, site, on, mw: scheduled(day, on, mw, site_id=site),
        DAYS,
        SITES,
        st.none() | DAYS,
        st.none() | MEGAWATTS,
    ),
    st.builds(lambda day, site, mw: delivered(day, mw, site_id=site), DAYS, SITES, MEGAWATTS),
    st.builds(
        lambda day, site, seen, permitted: observed(
            day, site_id=site, observed_units=seen, permitted_units=permitted
        ),
        DAYS,
        SITES,
        st.integers(0, 9),
        st.none() | st.integers(0, 9),
    ),
)
TICKED = st.builds(ticked, DAYS)


@hypothesis_given(st.lists(HAPPENED | TICKED, max_size=25), st.integers(0, 25))
@settings(deadline=None)
def test_a_state_read_back_from_json_goes_on_as_if_nothing_had_happened(
    events: list[Event], cut: int
) -> None:
    journal = journaled(events)
    head = project(POWER, journal[:cut])
    tail = project(POWER, journal[cut:], restored(POWER, head))
    assert head.rows + tail.rows == project(POWER, journal).rows


@hypothesis_given(st.lists(HAPPENED, max_size=12, unique_by=lambda one: one.known_at), st.randoms())
@settings(deadline=None)
def test_the_order_in_which_events_arrive_changes_nothing_in_the_end(
    events: list[Event], chance: Any
) -> None:
    end = [ticked("2026-03-01")]
    shuffled = chance.sample(events, len(events))

    def sites(events: list[Event]) -> dict[tuple[Any, ...], PowerSiteRow]:
        rows = standing(POWER, given(POWER, *events, *end), PowerSiteRow)
        return {key: row._replace(known_at=noon("2026-03-01")) for key, row in rows.items()}

    assert sites(shuffled) == sites(events)


@hypothesis_given(st.lists(HAPPENED | TICKED, max_size=25))
@settings(deadline=None)
def test_looking_only_when_something_can_change_misses_nothing(events: list[Event]) -> None:
    """The oracle looks at every site with each tick."""
    step: Projected[Power] | None = None
    shown: dict[str, int] = {}
    for record in journaled(events):
        step = project(POWER, [record], step)
        shown |= {row.site_id: row.overdue_days for row in rows_of(step, PowerSiteRow)}
        if record.event.event_type == "ClockTicked":
            for site_id, site in step.world.sites.by_id.items():
                days = [(record.now.date() - on).days for phase in site.dated if (on := phase.expected_on)]
                assert shown[site_id] == max([0, *days])
