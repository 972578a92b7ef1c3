"""Phases of sites: which promise is which, what ends each, and that only the same promise slips."""

from datetime import date
from typing import Any

import pytest

from events.base import Event
from projections.facts.phases import Phase
from projections.facts.sites import Site
from tests.given import delivery, event, promise, world_of

TODAY = date(2026, 3, 1)


def site(*events: Event) -> Site:
    return world_of(*events).sites.by_id["Abilene"]


def listed(known_on: str, *rows: tuple[str, float | None], **fields: Any) -> list[Event]:
    return [promise(known_on, day, mw=mw, **fields) for day, mw in rows]


def slips(found: Site) -> list[tuple[float | None, int | None]]:
    return [(phase.mw, phase.slip_days) for phase in found.phases]


def test_a_list_of_several_days_slips_nothing() -> None:
    rows = (("2026-06-01", 100.0), ("2027-01-01", 200.0), ("2029-11-01", 400.0))
    found = site(*listed("2026-01-01", *rows))
    assert slips(found) == [(100, 0), (200, 0), (400, 0)]
    assert (found.mw, found.late_days(TODAY)) == (700, 0)


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        # By their MW, whatever the order and however near the days.
        ([("2026-06-01", 100), ("2026-09-01", 200)], [("2026-12-01", 200), ("2026-09-01", 100)], [92, 91]),
        # Of the same MW by their rank.
        ([("2026-06-01", 100), ("2026-09-01", 100)], [("2026-09-01", 100), ("2026-12-01", 100)], [92, 91]),
        # The MW of one were corrected, its day was not.
        ([("2026-06-01", 100), ("2026-09-01", 200)], [("2026-06-01", 130), ("2026-10-01", 200)], [0, 30]),
        # Both terms of one changed: it is the one that is left.
        ([("2026-06-01", 100), ("2026-09-01", 200)], [("2026-06-01", 100), ("2026-10-01", 250)], [0, 30]),
        # Nobody named MW.
        (
            [("2026-06-01", None), ("2026-09-01", None)],
            [("2026-07-01", None), ("2026-10-01", None)],
            [30, 30],
        ),
        # A phase came on top: its day is its first one.
        ([("2026-06-01", 100)], [("2026-07-01", 100), ("2028-06-01", 300)], [30, 0]),
    ],
)
def test_real_slips_between_two_lists_are_found(
    before: list[tuple[str, float | None]], after: list[tuple[str, float | None]], expected: list[int]
) -> None:
    found = site(*listed("2026-01-01", *before), *listed("2026-02-01", *after))
    assert [phase.slip_days for phase in found.phases] == expected


def test_a_phase_is_known_by_its_name_whatever_its_megawatts() -> None:
    first = [promise("2026-01-01", f"2026-0{n}-01", phase=f"Building {n}", mw=100) for n in (6, 7)]
    later = promise("2026-02-01", "2026-12-01", phase="Building 7", mw=140)
    found = site(*first, later)
    assert [(phase.name, phase.mw, phase.slip_days) for phase in found.phases] == [
        ("Building 6", 100, 0),
        ("Building 7", 140, 153),
    ]


def test_a_list_that_names_a_day_of_a_phase_no_more_has_taken_it_back() -> None:
    first = listed("2026-01-01", ("2026-06-01", 100), ("2026-09-01", 200), ("2027-01-01", 300))
    found = site(*first, *listed("2026-02-01", ("2026-09-01", 200), ("2027-01-01", 300)))
    assert slips(found) == [(200, 0), (300, 0)]


def test_a_promise_after_all_power_came_is_a_new_one_and_no_slip() -> None:
    done = (promise("2026-01-01", "2026-02-01", mw=133), delivery("2026-02-10", 133))
    found = site(*done, promise("2026-02-20", "2028-01-01", mw=200))
    assert slips(found) == [(133, 0), (200, 0)]
    assert (found.mw, found.delivered_mw, found.is_waiting) == (333, 133, True)
    assert found.late_days(TODAY) == 0


def test_what_is_there_is_not_waited_for_because_a_slow_source_promises_it_again() -> None:
    done = (promise("2026-01-01", "2026-02-01", mw=133), delivery("2026-02-10", 133))
    found = site(*done, promise("2026-02-20", "2026-02-15", mw=133, source="slow list"))
    assert (found.complete_on, found.is_waiting) == (date(2026, 2, 10), False)


def test_withdrawn_and_promised_anew_is_another_promise() -> None:
    gone = event("PowerWithdrawn", "2026-02-01", site_id="Abilene")
    found = site(promise("2026-01-01", "2026-01-15"), gone, promise("2026-02-20", "2027-06-01"))
    assert (found.mw, found.latest(TODAY).slip_days, found.late_days(TODAY)) == (200, 0, 0)
    anew = event("PowerScheduled", "2026-02-20", site_id="Abilene", mw=300)
    found = site(promise("2026-01-01", "2026-01-15"), gone, anew)
    assert (found.mw, found.is_waiting, found.late_days(TODAY)) == (300, True, None)


def test_withdrawing_one_phase_leaves_the_others() -> None:
    phases = listed("2026-01-01", ("2026-02-01", 100), ("2026-09-01", 200))
    gone = event("PowerWithdrawn", "2026-02-15", site_id="Abilene", mw=100)
    found = site(*phases, gone)
    assert (found.mw, found.is_waiting, found.late_days(TODAY)) == (200, True, 0)
    found = site(*phases, gone, delivery("2026-09-01", 200))
    assert (found.end, found.complete_on, found.mw) == (None, date(2026, 9, 1), 200)


def test_withdrawing_the_site_ends_all_that_waits_and_not_what_is_there() -> None:
    phases = listed("2026-01-01", ("2026-02-01", 100), ("2026-09-01", 200))
    gone = event("PowerWithdrawn", "2026-02-15", site_id="Abilene", reason="cancelled")
    found = site(*phases, delivery("2026-02-01", 100), gone)
    assert found.end is not None
    assert [(phase.complete_on, phase.end) for phase in found.phases] == [
        (date(2026, 2, 1), None),
        (None, found.end),
    ]


def test_deliveries_go_to_the_phase_of_their_megawatts_or_in_the_order_of_days() -> None:
    phases = listed("2026-01-01", ("2026-06-01", 100), ("2026-09-01", 200))
    exact = site(*phases, delivery("2026-02-01", 200))
    assert [phase.delivered_mw for phase in exact.phases] == [0, 200]
    in_order = site(*phases, delivery("2026-02-01", 150), delivery("2026-02-02", 150))
    assert [(phase.delivered_mw, phase.complete_on) for phase in in_order.phases] == [
        (100, date(2026, 2, 1)),
        (200, date(2026, 2, 2)),
    ]


def test_a_phase_that_came_without_a_promise_counts_as_power_of_the_site() -> None:
    past = delivery("2026-01-01", 341, phase="5 buildings")
    found = site(past, promise("2026-01-02", "2026-09-18", mw=478, phase="12 buildings"))
    assert (found.mw, found.delivered_mw, found.is_waiting) == (819, 341, True)


def test_an_operator_is_known_without_a_promise_of_its_own() -> None:
    named = event("PowerScheduled", "2026-01-02", site_id="Abilene", operator="Crusoe")
    phases = listed("2026-01-01", ("2026-06-01", 100), ("2026-09-01", 200), operator=None)
    found = site(*phases, named)
    assert (found.operator, slips(found)) == ("Crusoe", [(100, 0), (200, 0)])


def test_nothing_is_known_of_a_site_that_nobody_promised_anything() -> None:
    assert Site().latest(TODAY) == Phase()
    assert Site().late_days(TODAY) is None
