"""Power: what was promised to each site and when, what came, and what runs without a permit."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple, assert_never, get_args
from uuid import UUID

from rpds import HashTrieMap

from events.base import Event
from events.families.clock import ClockTicked
from events.families.power import (
    GenerationObserved,
    PowerCompleted,
    PowerDelivered,
    PowerEvent,
    PowerScheduled,
    PowerWithdrawn,
)
from projections.base import BigInt, Projection, Row, Step, Table
from projections.facts.sites import Site
from projections.facts.world import DESK, Thing, WorldStep
from projections.kernel import one_by_one
from projections.persistent import PersistentMap, items_of


class PowerEventRow(NamedTuple):
    """Something was promised to a site, reached it, ended or was seen on it: history, as the event has it."""

    known_at: datetime
    journal_offset: BigInt
    journal_index: int
    event_id: UUID
    site_id: str
    kind: str
    operator: str | None
    mw: float | None
    expected_on: date | None
    delivered_on: date | None
    permitted_units: int | None
    observed_units: int | None
    unit_mw: float | None
    source_url: str | None
    phase: str | None = None


class PowerSiteRow(NamedTuple):
    """A site as it is known now; what nobody has said yet is null.

    Days are those of its latest phase; `late_days` are those since the day that was promised first, of power
    that is there those by which it came late.
    """

    site_id: str
    operator: str | None
    mw: float | None
    first_expected_on: date | None
    expected_on: date | None
    delivered_mw: float
    slip_days: int | None
    overdue_days: int
    permitted_units: int | None
    observed_units: int | None
    unit_mw: float | None
    known_at: datetime
    status: str
    ended_on: date | None
    late_days: int | None = None
    phase: str | None = None
    phases: int = 0


@dataclass(frozen=True, slots=True)
class Power:
    """The day on which each site that waits grows more overdue; none does before `due_on`."""

    due: PersistentMap[str, date] = HashTrieMap()
    due_on: date = date.max


def apply(state: Power, step: WorldStep) -> Step[Power]:
    """Write the event, every site that it changed, and at a tick those that time made (more) overdue."""
    event, today, sites = step.event, step.journaled.now.date(), step.world.sites.by_id
    rows = list[Row]([_history(step, event)] if isinstance(event, PowerEvent) else [])
    site_ids = dict.fromkeys(step.names(Thing.SITE))
    if isinstance(event, ClockTicked) and today >= state.due_on:
        late = (site_id for site_id, on in items_of(state.due) if on <= today)
        site_ids |= dict.fromkeys(sorted(late))
    if not site_ids:
        return Step(state, tuple(rows))
    due = state.due
    for site_id in site_ids:
        site = sites.get(site_id, Site())
        rows.append(_current(step, site_id, site))
        changes_on = next_change(site, today)
        due = due.insert(site_id, changes_on) if changes_on else due.discard(site_id)
    due_on = min((on for _, on in items_of(due)), default=date.max)
    return Step(Power(due, due_on), tuple(rows))


def next_change(site: Site, today: date) -> date | None:
    """Return the next day on which time alone makes the site (more) overdue, if any."""
    return None if site.changes_from is None else max(site.changes_from, today) + timedelta(days=1)


def _history(step: WorldStep, event: PowerEvent) -> PowerEventRow:
    row = PowerEventRow(
        known_at=step.journaled.now,
        journal_offset=step.journaled.offset,
        journal_index=step.journaled.index,
        event_id=event.event_id,
        site_id=event.site_id,
        kind="",
        operator=getattr(event, "operator", None),
        mw=getattr(event, "mw", None),
        expected_on=None,
        delivered_on=None,
        permitted_units=None,
        observed_units=None,
        unit_mw=None,
        source_url=event.source_url,
        phase=getattr(event, "phase", None),
    )
    match event:
        case PowerScheduled():
            return row._replace(kind="scheduled", expected_on=event.expected_on)
        case PowerDelivered():
            return row._replace(kind="delivered", delivered_on=event.delivered_on)
        case PowerWithdrawn():
            return row._replace(kind=event.reason)
        case PowerCompleted():
            return row._replace(kind="completed", delivered_on=event.completed_on)
        case GenerationObserved():
            return row._replace(
                kind="observed",
                permitted_units=event.permitted_units,
                observed_units=event.observed_units,
                unit_mw=event.unit_mw,
            )
        case _:
            assert_never(event)


def _current(step: WorldStep, site_id: str, site: Site) -> PowerSiteRow:
    today = step.journaled.now.date()
    phase = site.latest(today)
    return PowerSiteRow(
        site_id=site_id,
        operator=site.operator,
        mw=site.mw,
        first_expected_on=phase.first_expected_on,
        expected_on=phase.expected_on,
        delivered_mw=site.delivered_mw,
        slip_days=phase.slip_days,
        overdue_days=phase.overdue_days(today),
        permitted_units=site.permitted.value if site.permitted else None,
        observed_units=site.observed.value if site.observed else None,
        unit_mw=site.unit_mw.value if site.unit_mw else None,
        known_at=step.journaled.now,
        status=_status(site),
        ended_on=site.end.on if site.end else site.complete_on,
        late_days=phase.late_days(today),
        phase=phase.name,
        phases=len(site.phases),
    )


def _status(site: Site) -> str:
    """Return what became of the promise: promised, complete, withdrawn or cancelled."""
    if site.end is not None:
        return site.end.how
    return "complete" if site.complete_on is not None else "promised"


READS: tuple[type[Event], ...] = (*get_args(PowerEvent), ClockTicked, *DESK)

POWER = Projection(
    name="power",
    version=3,
    initial=Power(),
    reads=READS,
    project=one_by_one(apply, READS),
    tables=(
        Table("power_event", PowerEventRow, time_column="known_at"),
        Table("power_site", PowerSiteRow, key=("site_id",)),
    ),
)
