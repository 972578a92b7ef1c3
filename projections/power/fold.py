"""Fold power events, and time passing, into sites and their history."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TypeVar, assert_never

from rpds import HashTrieMap

from events.clock import ClockTicked
from events.power import GenerationObserved, PowerDelivered, PowerEvent, PowerScheduled
from projections.base import JournaledEvent, Step
from projections.persistent import PersistentMap
from projections.power.rows import PowerEventRow, PowerSiteRow
from projections.power.site import Site, Told, changed, next_change, overdue_days, slip_days

T = TypeVar("T")

NO_SITES: PersistentMap[str, Site] = HashTrieMap()


@dataclass(frozen=True, slots=True)
class Power:
    """All sites by id; before the day `look_again_on` no tick of the clock can change any of them."""

    sites: PersistentMap[str, Site] = NO_SITES
    look_again_on: date | None = None


def apply(state: Power, journaled: JournaledEvent) -> Step[Power]:
    """Fold one event; other families pass by."""
    event = journaled.event
    if isinstance(event, ClockTicked):
        return _on_tick(state, journaled.now)
    if not isinstance(event, PowerEvent):
        return Step(state)
    today = journaled.now.date()
    site = changed(state.sites.get(event.site_id, Site()), event)
    site = replace(site, overdue_days=overdue_days(site, today))
    look_again_on = _earliest(state.look_again_on, next_change(site, today))
    rows = (_history(journaled, event), _standing(journaled.now, event.site_id, site))
    return Step(Power(state.sites.insert(event.site_id, site), look_again_on), rows)


def _on_tick(state: Power, now: datetime) -> Step[Power]:
    today = now.date()
    if state.look_again_on is None or today < state.look_again_on:
        return Step(state)
    sites, rows = state.sites, []
    look_again_on = None
    for site_id, site in sorted(sites.items()):
        overdue = overdue_days(site, today)
        if overdue != site.overdue_days:
            late = replace(site, overdue_days=overdue)
            sites = sites.insert(site_id, late)
            rows.append(_standing(now, site_id, late))
        look_again_on = _earliest(look_again_on, next_change(site, today))
    return Step(Power(sites, look_again_on), tuple(rows))


def _earliest(one: date | None, other: date | None) -> date | None:
    return min((day for day in (one, other) if day is not None), default=None)


def _history(journaled: JournaledEvent, event: PowerEvent) -> PowerEventRow:
    row = PowerEventRow(
        known_at=journaled.now,
        journal_offset=journaled.offset,
        journal_index=journaled.index,
        event_id=event.event_id,
        site_id=event.site_id,
        kind="",
        operator=None,
        mw=None,
        expected_on=None,
        delivered_on=None,
        permitted_units=None,
        observed_units=None,
        unit_mw=None,
        source_url=event.source_url,
    )
    match event:
        case PowerScheduled():
            return row._replace(
                kind="scheduled", operator=event.operator, mw=event.mw, expected_on=event.expected_on
            )
        case PowerDelivered():
            return row._replace(kind="delivered", mw=event.mw, delivered_on=event.delivered_on)
        case GenerationObserved():
            return row._replace(
                kind="observed",
                operator=event.operator,
                permitted_units=event.permitted_units,
                observed_units=event.observed_units,
                unit_mw=event.unit_mw,
            )
        case _:
            assert_never(event)


def _standing(now: datetime, site_id: str, site: Site) -> PowerSiteRow:
    return PowerSiteRow(
        site_id=site_id,
        operator=_value(site.operator),
        mw=_value(site.mw),
        first_expected_on=_value(site.first_expected),
        expected_on=_value(site.expected),
        delivered_mw=site.delivered_mw,
        slip_days=slip_days(site),
        overdue_days=site.overdue_days,
        permitted_units=_value(site.permitted_units),
        observed_units=_value(site.observed_units),
        unit_mw=_value(site.unit_mw),
        known_at=now,
    )


def _value(told: Told[T] | None) -> T | None:
    return None if told is None else told.value
