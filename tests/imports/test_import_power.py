"""Lists of power: what left a queue, what is there, phases, totals, and lists that do not say their day."""

from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from events.base import Event
from events.errors import UsageError
from events.families.power import PowerDelivered, PowerScheduled, PowerWithdrawn
from ouroboros.history.opening import open_history
from ouroboros.history.source import Order
from projections.facts.sites import Site
from tests.given import world_of
from tests.imports.tables import NOW, Imported, import_text, shared, written_mapping

QUEUE = "Project,MW,Due,List,Status\n"
OF_QUEUE = (
    "kind: power_schedule\ntime_zone: America/Los_Angeles\noperator: Queue\n"
    "columns: {site: Project, published: List, expected_on: Due, mw: MW}\n"
)
TOTALS = "Site,Date,MW,Halls\n"
OF_TOTALS = (
    "kind: power_schedule\ntime_zone: UTC\ntotals: true\n"
    "columns: {site: Site, expected_on: Date, mw: MW, phase: Halls}\n"
)


def sites(*events: Event) -> dict[str, Site]:
    return dict(world_of(*events).sites.by_id.items())


def listed(tmp_path: Path, text: str, mapping: str, published: str, name: str = "list.csv") -> Imported:
    """Import a list that does not say its own day."""
    return import_text(tmp_path, text, f"{mapping}published: {published}\n", name)


def test_what_left_the_queue_is_withdrawn_and_what_is_in_service_complete(tmp_path: Path) -> None:
    rows = (
        "A,100,2025-06-01,2025-01-31,Active\n"
        "A,100,,2025-03-31,WITHDRAWN\n"
        "A,100,,2025-06-30,Withdrawn\n"
        "B,50,2025-06-01,2025-01-31,Suspended\n"
        "B,50,2025-05-20,2025-06-30,In Service\n"
        "C,50,2025-06-01,2025-01-31,SS Completed and FIS Started\n"
        "D,70,2025-06-01,2025-01-31,Canceled\n"
    )
    imported = import_text(tmp_path, QUEUE + rows, OF_QUEUE)
    found = sites(*imported.events)
    ends = [one for one in imported.events if isinstance(one, PowerWithdrawn)]
    assert [(one.site_id, one.reason, one.occurred_at.date()) for one in ends] == [
        ("D", "cancelled", date(2025, 1, 31)),
        ("A", "withdrawn", date(2025, 3, 31)),
    ]
    assert (found["A"].is_waiting, found["B"].complete_on) == (False, date(2025, 5, 20))
    assert [found[name].late_days(date(2026, 1, 1)) for name in "ABD"] == [0, 0, 0]
    # How far studies are says nothing of the power.
    assert found["C"].is_waiting
    assert "1 repeated what was known." in imported.out
    assert imported.code == 0


def test_a_status_that_the_mapping_names_and_does_not_explain_is_refused(tmp_path: Path) -> None:
    mapping = OF_QUEUE + "statuses: {Zombie: withdrawn}\n"
    rows = "A,1,2025-06-01,2025-01-31,Zombie\nB,1,2025-06-01,2025-01-31,Limbo\n"
    imported = import_text(tmp_path, QUEUE + rows, mapping)
    assert [type(one) for one in imported.events] == [PowerWithdrawn]
    assert "line 3: the status is 'Limbo', which the mapping does not explain" in imported.err


@pytest.mark.parametrize(
    ("mw", "reason"),
    [
        ("0.0", "the power is 0 MW, which promises nothing"),
        ("-12.5", "the power is -12.5 MW, which takes power"),
    ],
)
def test_no_power_and_less_is_told(tmp_path: Path, mw: str, reason: str) -> None:
    imported = import_text(tmp_path, f"{QUEUE}A,{mw},2026-01-01,2025-01-31,ACTIVE\n", OF_QUEUE)
    assert imported.events == []
    assert f"line 2: {reason}" in imported.err
    # What ends is over, whatever the list says of its power.
    gone = import_text(tmp_path / "gone", f"{QUEUE}A,{mw},2026-01-01,2025-01-31,WITHDRAWN\n", OF_QUEUE)
    assert [type(one) for one in gone.events] == [PowerWithdrawn]


def test_a_list_of_several_days_slips_nothing_and_the_next_list_slips_what_moved(tmp_path: Path) -> None:
    first = "A,100,2026-06-01,2025-01-31,\nA,200,2029-10-25,2025-01-31,\n"
    second = "A,100,2026-09-01,2025-06-30,\nA,200,2029-10-25,2025-06-30,\n"
    (site,) = sites(*import_text(tmp_path, QUEUE + first, OF_QUEUE).events).values()
    assert [phase.slip_days for phase in site.phases] == [0, 0]
    both = import_text(tmp_path / "both", QUEUE + first + second, OF_QUEUE)
    (site,) = sites(*both.events).values()
    assert [(phase.mw, phase.slip_days) for phase in site.phases] == [(100, 92), (200, 0)]
    again = import_text(
        tmp_path / "again", QUEUE + first + first.replace("2025-01-31", "2025-02-28"), OF_QUEUE
    )
    assert len(again.events) == 2
    assert "2 repeated what was known." in again.out


def test_of_several_rows_of_a_site_the_one_that_ended_is_told_by_its_megawatts(tmp_path: Path) -> None:
    rows = (
        "A,100,2026-06-01,2025-01-31,Active\nA,200,2026-06-01,2025-01-31,Active\nA,300,2026-09-01,2025-01-31,Active\n"
        "A,100,,2025-06-30,Withdrawn\nA,200,2025-06-01,2025-06-30,Completed\nA,300,2026-12-01,2025-06-30,Active\n"
    )
    (site,) = sites(*import_text(tmp_path, QUEUE + rows, OF_QUEUE).events).values()
    states = [(phase.mw, phase.end is not None, phase.complete_on, phase.slip_days) for phase in site.phases]
    assert states == [(100, True, None, 0), (200, False, date(2025, 6, 1), 0), (300, False, None, 91)]


def test_a_list_without_a_day_of_its_own_needs_one(tmp_path: Path) -> None:
    mapping = OF_QUEUE.replace("published: List, ", "")
    with pytest.raises(UsageError, match="does not say when it was published"):
        import_text(tmp_path, f"{QUEUE}A,1,2026-06-01,x,\n", mapping)
    imported = listed(tmp_path / "said", f"{QUEUE}A,1,2026-06-01,x,\n", mapping, "2025-01-31")
    assert [one.known_at.date() for one in imported.events] == [date(2025, 2, 1)]


def test_one_column_cannot_be_the_day_of_the_list_and_the_promised_one(tmp_path: Path) -> None:
    mapping = OF_QUEUE.replace("published: List", "published: Due")
    with pytest.raises(UsageError, match="Due cannot be the day of the list and the promised day"):
        import_text(tmp_path, f"{QUEUE}A,1,2026-06-01,x,\n", mapping)


def test_a_month_of_two_columns_is_promised_for_its_last_day(tmp_path: Path) -> None:
    text = "Planned units\nPlant,Unit,Status,Month,Year,MW\n"
    text += "Alpha,B1,U,9,2026,57.5\nAlpha,B2,(P) Planned,2,2027,57.5\n"
    mapping = (
        "kind: power_schedule\ntime_zone: America/New_York\nskip_lines: 1\nadd: {Due: '{Year}-{Month}'}\n"
        "columns: {site: Plant, phase: Unit, status: Status, expected_on: Due, mw: MW}\n"
    )
    imported = listed(tmp_path, text, mapping, "2026-01-24")
    promises = [one for one in imported.events if isinstance(one, PowerScheduled)]
    assert [(one.phase, one.mw, one.expected_on, one.operator) for one in promises] == [
        ("B1", 57.5, date(2026, 9, 30), None),
        ("B2", 57.5, date(2027, 2, 28), None),
    ]


def test_days_are_read_as_the_columns_of_the_list_prove(tmp_path: Path) -> None:
    text = (
        "Project ID,Status,MFO,Submitted Date,Projected In Service Date,Revised In Service Date,"
        "Actual In Service Date,Withdrawal Date\n"
        "AA1-001,Active,100,1/15/2022,6/1/2024,12/31/2026,,\n"
        "AA1-002,Active,50,1/20/2022,6/30/2027,,,\n"
        "AA1-003,Withdrawn,75,1/31/2022,6/1/2024,,,3/4/2024\n"
        "AA1-004,In Service,20,2/1/2022,6/1/2024,,7/1/2024,\n"
    )
    imported = listed(tmp_path, text, _built_in("pjm-queue"), "2025-12-01")
    found = sites(*imported.events)
    assert imported.code == 0
    assert [found[f"AA1-00{n}"].latest(date(2025, 12, 2)).slip_days for n in (1, 2)] == [943, 0]
    assert (found["AA1-003"].end is not None) and found["AA1-003"].end.on == date(2024, 3, 4)
    assert found["AA1-004"].complete_on == date(2024, 7, 1)


def test_all_that_a_site_has_by_a_day_is_there_or_promised_on_top(tmp_path: Path) -> None:
    rows = "X,3/1/2024,0,0\nX,6/15/2025,100,2\nX,9/30/2025,100,2\nX,11/1/2025,150,3\n"
    rows += "X,3/31/2026,400,3\nX,1/1/2028,1000,8\n"
    imported = listed(tmp_path, TOTALS + rows, OF_TOTALS, "2025-12-12")
    told = [
        (one.phase, one.mw, one.delivered_on if isinstance(one, PowerDelivered) else one.expected_on)
        for one in imported.events
        if isinstance(one, PowerDelivered | PowerScheduled)
    ]
    assert told == [
        ("2", 100, date(2025, 6, 15)),
        ("3", 50, date(2025, 11, 1)),
        # The phase is there in part: 50 of its 300 MW.
        ("3", 300, date(2026, 3, 31)),
        ("8", 600, date(2028, 1, 1)),
    ]
    assert "1 were left out" in imported.out
    (site,) = sites(*imported.events).values()
    assert (site.mw, site.delivered_mw, site.late_days(date(2025, 12, 13))) == (1000, 150, 0)
    # The next list: the third hall came late, the eighth was put off.
    rows = rows.replace("X,3/31/2026", "X,5/30/2026").replace("1/1/2028", "7/1/2028")
    later = listed(tmp_path, TOTALS + rows, OF_TOTALS, "2026-06-30")
    (site,) = sites(*later.events).values()
    assert (site.mw, site.delivered_mw) == (1000, 400)
    assert [(phase.name, phase.complete_on, phase.slip_days) for phase in site.phases] == [
        ("3", date(2026, 5, 30), 0),
        ("8", None, 182),
        ("2", date(2025, 6, 15), None),
    ]
    assert site.late_days(date(2026, 7, 1)) == 182


def test_totals_that_fall_are_told(tmp_path: Path) -> None:
    rows = "X,6/15/2025,424,1\nX,9/30/2025,348,1\nX,11/1/2025,498,1\n"
    imported = listed(tmp_path, TOTALS + rows, OF_TOTALS, "2025-12-12")
    assert "line 3: the power in all falls from 424 to 348 MW: what came is taken to stay." in imported.err
    (site,) = sites(*imported.events).values()
    assert site.delivered_mw == 498


def test_real_timelines_slip_nothing(tmp_path: Path) -> None:
    path = shared("power/epoch_dc_timelines_vintage_2025-12.csv")
    mapping = written_mapping(tmp_path, _built_in("epoch-data-centre-timelines") + "published: 2025-12-12\n")
    imported = Imported(tmp_path / "into", [path], mapping, NOW)
    found = sites(*imported.events)
    assert len(found) == 16
    assert {site.late_days(date(2025, 12, 13)) for site in found.values()} == {0}
    assert {phase.slip_days for site in found.values() for phase in site.phases} == {0, None}
    # As the last row of each says, and the last that is not after the list.
    abilene = found["OpenAI-Oracle Stargate Abilene Texas"]
    assert (abilene.mw, abilene.delivered_mw) == (2121, 295)
    colossus = found["xAI Colossus 1 Memphis Tennessee"]
    assert (colossus.mw, colossus.delivered_mw) == (498, 498)


def test_what_left_a_real_queue_is_withdrawn(tmp_path: Path) -> None:
    path = shared("power/ercot_gen_queue_diffs_2024-01_2025-06.csv")
    imported = Imported(tmp_path / "into", [path], None, NOW)
    found = sites(*(entry.event for entry in open_history(tmp_path / "into").entries(Order.KNOWN)))
    # Counted in the file by itself: of 2,105 projects the last word on 392 is WITHDRAWN.
    assert Counter(site.end is not None for site in found.values()) == {False: 1713, True: 392}
    assert all(not site.dated for site in found.values() if site.end)
    assert "line 549: the new day is 1900-01-01" in imported.err


def _built_in(name: str) -> str:
    path = Path(__file__).parents[2] / "ouroboros" / "imports" / "mappings" / f"{name}.yaml"
    return path.read_text(encoding="utf-8")


def test_completed_is_no_end_of_what_is_promised_afterwards(tmp_path: Path) -> None:
    rows = "B,50,2025-05-20,2025-06-30,Completed\nB,80,2027-05-20,2025-12-31,Active\n"
    imported = import_text(tmp_path, QUEUE + rows, OF_QUEUE)
    assert [one.event_type for one in imported.events] == ["PowerCompleted", "PowerScheduled"]
    (site,) = sites(*imported.events).values()
    assert (site.is_waiting, site.late_days(date(2026, 1, 1))) == (True, 0)
