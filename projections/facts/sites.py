"""Sites: the power that was promised to each, what came, how a promise ended, and what runs there."""

from datetime import date
from typing import Any, NamedTuple, TypeVar, assert_never
from uuid import UUID

from rpds import HashTrieMap

from events.families.power import (
    GenerationObserved,
    PowerCompleted,
    PowerDelivered,
    PowerEvent,
    PowerScheduled,
    PowerWithdrawn,
)
from projections.facts.log import Change, Kind, Log, is_close, record_event
from projections.facts.phases import Delivery, End, Phase, Promise
from projections.facts.phasing import phases_of
from projections.facts.reports import Fact, Report, report_of
from projections.facts.tracks import SAME_DAY, TO_WATTS
from projections.persistent import PersistentMap

T = TypeVar("T")

# Five phases, revised each quarter for ten years.
MOST_PROMISES = 200


class Site(NamedTuple):
    """A site as it is known now: its phases, and what they make of the whole.

    `complete_on` is the day on which all promised power was there, `end` how the promise ended otherwise.
    """

    operator: str | None = None
    mw: float | None = None
    delivered_mw: float = 0.0
    complete_on: date | None = None
    end: End | None = None
    phases: tuple[Phase, ...] = ()
    permitted: Report[int] | None = None
    observed: Report[int] | None = None
    unit_mw: Report[float] | None = None
    operator_seen: Report[str] | None = None
    delivery_evidence: tuple[UUID, ...] = ()
    newest_evidence: tuple[UUID, ...] = ()
    cited: str = ""

    @property
    def is_waiting(self) -> bool:
        """Return whether promised power is missing and still to come, as of a site never heard of."""
        return self.end is None and self.complete_on is None

    @property
    def waiting(self) -> tuple[Phase, ...]:
        """Return the phases that wait for power."""
        return tuple(phase for phase in self.phases if phase.is_waiting)

    @property
    def dated(self) -> tuple[Phase, ...]:
        """Return the phases that wait for power on a promised day."""
        return tuple(phase for phase in self.waiting if phase.expected_on is not None)

    def latest(self, today: date) -> Phase:
        """Return the phase that speaks for the site: the latest that waits, else the last one settled."""
        if dated := self.dated:
            return min(dated, key=lambda phase: (-(phase.late_days(today) or 0), phase.expected_on))
        if self.waiting:
            return self.waiting[-1]
        complete = [phase for phase in self.phases if phase.complete_on is not None]
        if self.end is None and complete:
            return max(complete, key=lambda phase: (phase.late_days(today) or 0, phase.complete_on))
        return self.phases[-1] if self.phases else Phase()

    def late_days(self, today: date) -> int | None:
        """Return the days by which the latest phase is late; 0 for a site that waits for none.

        None where no day was promised.
        """
        if not self.is_waiting:
            return 0
        return self.latest(today).late_days(today)

    @property
    def changes_from(self) -> date | None:
        """Return the first promised day of phases that wait: after it, time alone makes the site later."""
        return min((phase.expected_on for phase in self.dated if phase.expected_on), default=None)


NO_SITE = Site()


class Sites(NamedTuple):
    """All that was said of sites, each site as it is known now, and the sites of each operator."""

    promises: Log[Promise] = Log()
    deliveries: Log[Delivery] = Log()
    ends: Log[End] = Log()
    by_id: PersistentMap[str, Site] = HashTrieMap()
    operators: PersistentMap[str, tuple[str, ...]] = HashTrieMap()


SiteFact = Fact[Promise] | Fact[Delivery] | Fact[End]


def _site(fact: SiteFact) -> tuple[str, ...]:
    return (fact.value.site_id,)


def _same_phase(known: Promise | Delivery | End, new: Promise | Delivery | End) -> bool:
    return known.phase == new.phase or None in {known.phase, new.phase}


def _same_promise(known: Promise, new: Promise) -> bool:
    if not _same_phase(known, new):
        return False
    if known.expected_on is None or new.expected_on is None:
        return known.expected_on == new.expected_on
    return abs(known.expected_on - new.expected_on) <= SAME_DAY


PROMISES: Kind[Promise] = Kind("power promised", _site, _same_promise, most=MOST_PROMISES)
DELIVERIES: Kind[Delivery] = Kind(
    "power delivered", _site, lambda known, new: _same_phase(known, new) and is_close(known.mw, new.mw)
)
ENDS: Kind[End] = Kind(
    "power ended", _site, lambda known, new: _same_phase(known, new) and known.how == new.how
)
# By the field of Sites that holds their log.
SITE_KINDS: dict[str, Kind[Any]] = {"promises": PROMISES, "deliveries": DELIVERIES, "ends": ENDS}


def with_power(sites: Sites, event: PowerEvent) -> tuple[Sites, tuple[Change[Any], ...]]:
    """Take in what one event says of a site: the sites after it, and what it did to the log of its kind."""
    match event:
        case PowerScheduled():
            promise = Promise(event.site_id, event.operator, event.mw, event.expected_on, event.phase)
            promises = record_event(sites.promises, PROMISES, event, promise)
            return _derived(sites._replace(promises=promises.log), promises)
        case PowerDelivered():
            delivery = Delivery(event.site_id, event.mw, event.delivered_on, event.phase)
            deliveries = record_event(sites.deliveries, DELIVERIES, event, delivery)
            return _derived(sites._replace(deliveries=deliveries.log), deliveries)
        case PowerWithdrawn():
            end = End(event.site_id, event.reason, event.occurred_at.date(), event.mw, event.why, event.phase)
            ends = record_event(sites.ends, ENDS, event, end)
            return _derived(sites._replace(ends=ends.log), ends)
        case PowerCompleted():
            end = End(event.site_id, "completed", event.completed_on, event.mw, None, event.phase)
            ends = record_event(sites.ends, ENDS, event, end)
            return _derived(sites._replace(ends=ends.log), ends)
        case GenerationObserved():
            return _with_generation(sites, event), ()
        case _:
            assert_never(event)


def _derived(sites: Sites, change: Change[T]) -> tuple[Sites, tuple[Change[T], ...]]:
    return derived(sites, *change.things), (change,)


def derived(sites: Sites, *site_ids: str) -> Sites:
    """Bring sites up to what is said of them."""
    for site_id in dict.fromkeys(site_ids):
        before = sites.by_id.get(site_id, NO_SITE)
        sites = _with_site(sites, site_id, before, _derive(sites, site_id, before))
    return sites


def _with_site(sites: Sites, site_id: str, before: Site, site: Site) -> Sites:
    operators = sites.operators
    if before.operator != site.operator:
        if before.operator is not None:
            others = tuple(other for other in operators[before.operator] if other != site_id)
            operators = operators.insert(before.operator, others)
        if site.operator is not None:
            operators = operators.insert(site.operator, (*operators.get(site.operator, ()), site_id))
    return sites._replace(by_id=sites.by_id.insert(site_id, site), operators=operators)


def _derive(sites: Sites, site_id: str, before: Site) -> Site:
    promises, deliveries = sites.promises.of(site_id), sites.deliveries.of(site_id)
    ends = sites.ends.of(site_id)
    phases, delivered_mw, ended = phases_of(promises, deliveries, ends)
    said: list[SiteFact] = [*promises, *deliveries, *ends]
    newest = max(said, key=lambda fact: fact.surest.known_at, default=None)
    complete = [phase.complete_on for phase in phases if phase.complete_on is not None]
    is_waiting = any(phase.is_waiting for phase in phases)
    gone = next((phase.end for phase in reversed(phases) if phase.end), None)
    # What was withdrawn in part leaves the rest; what was withdrawn as a whole does not come.
    end = None if is_waiting else ended or (None if complete else gone)
    counted = [phase for phase in phases if phase.end is None] if end is None else phases
    stated = [phase.mw for phase in counted if phase.mw is not None]
    return before._replace(
        operator=_operator(promises, before),
        mw=round(sum(stated), TO_WATTS) if stated else None,
        delivered_mw=delivered_mw,
        complete_on=max(complete) if complete and not is_waiting and end is None else None,
        end=end,
        phases=phases,
        delivery_evidence=_evidence(*deliveries),
        newest_evidence=newest.evidence if newest else (),
        cited=newest.cited if newest else before.cited,
    )


def _operator(promises: tuple[Fact[Promise], ...], site: Site) -> str | None:
    named = (fact.surest for fact in reversed(promises) if fact.value.operator is not None)
    seen, promised = site.operator_seen, next(named, None)
    if promised is None or (seen is not None and seen.known_at > promised.known_at):
        return seen.value if seen else None
    return promised.value.operator


def _with_generation(sites: Sites, event: GenerationObserved) -> Sites:
    before = sites.by_id.get(event.site_id, NO_SITE)
    site = before._replace(
        permitted=_newer(before.permitted, event, event.permitted_units),
        observed=_newer(before.observed, event, event.observed_units),
        unit_mw=_newer(before.unit_mw, event, event.unit_mw),
        operator_seen=_newer(before.operator_seen, event, event.operator),
    )
    site = site._replace(operator=_operator(sites.promises.of(event.site_id), site))
    return _with_site(sites, event.site_id, before, site)


def _newer(known: Report[T] | None, event: GenerationObserved, value: T | None) -> Report[T] | None:
    if value is None or (known is not None and event.known_at < known.known_at):
        return known
    return report_of(event, value)


def _evidence(*facts: SiteFact) -> tuple[UUID, ...]:
    return tuple(dict.fromkeys(event_id for fact in facts for event_id in fact.evidence))
