"""Sites: the power that was promised to each, what came, how a promise ended, and what runs there."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal, NamedTuple, TypeVar, assert_never
from uuid import UUID

from rpds import HashTrieMap

from events.base import CompanyName, SiteName
from events.families.power import (
    GenerationObserved,
    PowerCompleted,
    PowerDelivered,
    PowerEvent,
    PowerScheduled,
    PowerWithdrawn,
)
from projections.facts.log import Change, Kind, Log, is_close, record_event
from projections.facts.reports import Fact, Report, report_of
from projections.persistent import PersistentMap

T = TypeVar("T")

# 0.7 + 0.1 + 0.2 MW must come out as 1 MW, or a site with all its power would stay overdue for ever.
TO_WATTS = 6
# Sources that say nearly the same day mean one promise.
SAME_DAY = timedelta(days=31)
MOST_PROMISES = 16


@dataclass(frozen=True, slots=True)
class Promise:
    """Power (MW) promised to a site for a day, as far as it was said."""

    site_id: SiteName
    operator: CompanyName
    mw: float | None
    expected_on: date | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """Power (MW) that reached a site on a day."""

    site_id: SiteName
    mw: float
    on: date


@dataclass(frozen=True, slots=True)
class End:
    """How the promise to a site ended, and when; a part of it (MW) where one is named."""

    site_id: SiteName
    how: Literal["withdrawn", "cancelled", "completed"]
    on: date
    mw: float | None
    why: str | None


class Site(NamedTuple):
    """A site as it is known now.

    `first_expected_on` is the day of the promise that was known first, `expected_on` that of the newest.
    `complete_on` is the day on which all promised power was there, `end` how the promise ended otherwise.
    """

    operator: str | None = None
    mw: float | None = None
    first_expected_on: date | None = None
    expected_on: date | None = None
    delivered_mw: float = 0.0
    complete_on: date | None = None
    end: End | None = None
    permitted: Report[int] | None = None
    observed: Report[int] | None = None
    unit_mw: Report[float] | None = None
    operator_seen: Report[str] | None = None
    promise_evidence: tuple[UUID, ...] = ()
    delivery_evidence: tuple[UUID, ...] = ()
    newest_evidence: tuple[UUID, ...] = ()
    cited: str = ""

    @property
    def is_waiting(self) -> bool:
        """Return whether promised power is missing and still to come."""
        return self.end is None and self.complete_on is None

    @property
    def slip_days(self) -> int | None:
        """Return the days from the first promised day to the newest; negative where it moved forward."""
        if self.first_expected_on is None or self.expected_on is None:
            return None
        return (self.expected_on - self.first_expected_on).days

    def overdue_days(self, today: date) -> int:
        """Return the whole days since the promised day while power is missing, else 0."""
        if self.expected_on is None or not self.is_waiting:
            return 0
        return max(0, (today - self.expected_on).days)

    def late_days(self, today: date) -> int | None:
        """Return the days by which power is later than first promised; None where none was promised."""
        if self.end is not None:
            return 0
        if self.first_expected_on is None or self.expected_on is None:
            return None
        arrives_on = self.complete_on or max(self.expected_on, today)
        return max(0, (arrives_on - self.first_expected_on).days)


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


def _same_promise(known: Promise, new: Promise) -> bool:
    if known.expected_on is None or new.expected_on is None:
        return known.expected_on == new.expected_on
    return abs(known.expected_on - new.expected_on) <= SAME_DAY


PROMISES: Kind[Promise] = Kind("power promised", _site, _same_promise, most=MOST_PROMISES)
DELIVERIES: Kind[Delivery] = Kind("power delivered", _site, lambda known, new: is_close(known.mw, new.mw))
ENDS: Kind[End] = Kind("power ended", _site, lambda known, new: known.how == new.how)
# By the field of Sites that holds their log.
SITE_KINDS: dict[str, Kind[Any]] = {"promises": PROMISES, "deliveries": DELIVERIES, "ends": ENDS}


def with_power(sites: Sites, event: PowerEvent) -> tuple[Sites, tuple[Change[Any], ...]]:
    """Take in what one event says of a site: the sites after it, and what it did to the log of its kind."""
    match event:
        case PowerScheduled():
            promise = Promise(event.site_id, event.operator, event.mw, event.expected_on)
            promises = record_event(sites.promises, PROMISES, event, promise)
            return _derived(sites._replace(promises=promises.log), promises)
        case PowerDelivered():
            delivery = Delivery(event.site_id, event.mw, event.delivered_on)
            deliveries = record_event(sites.deliveries, DELIVERIES, event, delivery)
            return _derived(sites._replace(deliveries=deliveries.log), deliveries)
        case PowerWithdrawn():
            end = End(event.site_id, event.reason, event.occurred_at.date(), event.mw, event.why)
            ends = record_event(sites.ends, ENDS, event, end)
            return _derived(sites._replace(ends=ends.log), ends)
        case PowerCompleted():
            end = End(event.site_id, "completed", event.completed_on, event.mw, None)
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
    dated = [promise for promise in promises if promise.value.expected_on is not None]
    mw = next((promise.value.mw for promise in reversed(promises) if promise.value.mw is not None), None)
    delivered_mw = round(sum((delivery.value.mw for delivery in deliveries), 0.0), TO_WATTS)
    ends = sites.ends.of(site_id)
    withdrawn_mw = sum(end.value.mw or 0.0 for end in ends if end.value.how != "completed")
    end = _end(ends, promises, mw, withdrawn_mw)
    owed_mw = None if mw is None else round(max(0.0, mw - withdrawn_mw), TO_WATTS)
    said: list[SiteFact] = [*promises, *deliveries, *ends]
    newest = max(said, key=lambda fact: fact.surest.known_at, default=None)
    completed = end.on if end and end.how == "completed" else None
    # Less than a watt is promised: rounded away, nothing is missing.
    nothing_owed = owed_mw == 0 and not withdrawn_mw and bool(dated)
    return before._replace(
        operator=_operator(promises, before),
        mw=mw if owed_mw == 0 else owed_mw,
        first_expected_on=dated[0].value.expected_on if dated else None,
        expected_on=dated[-1].value.expected_on if dated else None,
        delivered_mw=max(delivered_mw, mw or 0.0) if completed else delivered_mw,
        complete_on=completed
        or _complete_on(deliveries, owed_mw)
        or (dated[-1].value.expected_on if nothing_owed else None),
        end=None if completed else end,
        promise_evidence=_evidence(*dated[:1], *dated[-1:], *ends[-1:]),
        delivery_evidence=_evidence(*deliveries),
        newest_evidence=newest.evidence if newest else (),
        cited=newest.cited if newest else before.cited,
    )


def _end(
    ends: tuple[Fact[End], ...], promises: tuple[Fact[Promise], ...], mw: float | None, withdrawn_mw: float
) -> End | None:
    """Return how the promise ended; one that is made anew afterwards stands, and so does a rest of it."""
    if not ends or (promises and promises[-1].known_at > ends[-1].known_at):
        return None
    end = ends[-1].value
    is_part = end.how != "completed" and end.mw is not None and (mw is None or withdrawn_mw < mw)
    return None if is_part else end


def _complete_on(deliveries: tuple[Fact[Delivery], ...], owed_mw: float | None) -> date | None:
    """Return the day on which deliveries reached the promised MW; where no MW were promised, any do."""
    missing_mw = owed_mw or 0.0
    for delivery in sorted(deliveries, key=lambda fact: fact.value.on):
        missing_mw = round(missing_mw - delivery.value.mw, TO_WATTS)
        if missing_mw <= 0:
            return delivery.value.on
    return None


def _operator(promises: tuple[Fact[Promise], ...], site: Site) -> str | None:
    seen, promised = site.operator_seen, promises[-1].surest if promises else None
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
