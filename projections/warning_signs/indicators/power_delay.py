"""Power that comes later than promised: what was financed stands there and cannot run."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from statistics import fmean
from uuid import UUID

from rpds import HashTrieMap

from events.power import PowerDelivered, PowerScheduled
from projections.base import JournaledEvent
from projections.persistent import PersistentMap, items_of
from projections.power.site import Site, changed, is_waiting, next_change
from projections.warning_signs.definition import (
    EVIDENCE_LIMIT,
    S2,
    Definition,
    Direction,
    Indicator,
    Measured,
    Measurement,
    Thresholds,
)
from projections.warning_signs.words import cited, count, day

DEFINITION = Definition(
    id="power_delay",
    title="Power delay",
    unit="days",
    direction=Direction.RISING,
    thresholds=Thresholds(watch=30.0, warning=90.0, critical=180.0),
    named_by=S2,
    formula=(
        "Per site the days from the first promised day to the latest one, to today once that has passed"
        " without full power, or to the day of full power; per operator the mean of its sites weighted by"
        " MW, where a site of unknown MW weighs as much as the average of the others."
    ),
    why="A site without power earns nothing, while the money that built it must be paid back.",
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """Power (MW) that reached a site on a day."""

    on: date
    mw: float
    event_id: UUID


@dataclass(frozen=True, slots=True)
class Tracked:
    """A site, its deliveries by day, and the events of its first and its latest promised day."""

    site: Site = field(default_factory=Site)
    deliveries: tuple[Delivery, ...] = ()
    first_event: UUID | None = None
    latest_event: UUID | None = None
    cited: str = ""


NO_SITES: PersistentMap[str, Tracked] = HashTrieMap()
NO_OPERATORS: PersistentMap[str, tuple[str, ...]] = HashTrieMap()


@dataclass(frozen=True, slots=True)
class State:
    """All sites by id, the site ids of each operator, and the next day on which a site grows later."""

    sites: PersistentMap[str, Tracked] = NO_SITES
    operators: PersistentMap[str, tuple[str, ...]] = NO_OPERATORS
    look_again_on: date | None = None


def apply(state: State, journaled: JournaledEvent) -> Measured[State]:
    """Take in a promise or a delivery, and measure its site and operator."""
    event = journaled.event
    if not isinstance(event, PowerScheduled | PowerDelivered):
        return state, ()
    today = journaled.now.date()
    before = state.sites.get(event.site_id, Tracked())
    after = _changed(before, event)
    operators = state.operators
    left, joined = _operator(before), _operator(after)
    if left != joined:
        if left is not None:
            operators = operators.insert(left, tuple(one for one in operators[left] if one != event.site_id))
        if joined is not None:
            operators = operators.insert(joined, (*operators.get(joined, ()), event.site_id))
    coming = (state.look_again_on, next_change(after.site, today))
    state = State(
        state.sites.insert(event.site_id, after),
        operators,
        min((one for one in coming if one is not None), default=None),
    )
    touched = dict.fromkeys(name for name in (left, joined) if name is not None)
    return state, (_of_site(event.site_id, after, today), *_of_operators(state, touched, today))


def due(state: State) -> datetime | None:
    """Name the midnight (UTC) at which the next site grows later."""
    return datetime.combine(state.look_again_on, time.min, UTC) if state.look_again_on else None


def elapse(state: State, now: datetime) -> Measured[State]:
    """Measure the sites that are overdue today, and their operators."""
    today = now.date()
    sites = items_of(state.sites)
    overdue = [
        (site_id, tracked)
        for site_id, tracked in sorted(sites, key=lambda one: one[0])
        if is_waiting(tracked.site) and tracked.site.expected and tracked.site.expected.value < today
    ]
    names = dict.fromkeys(name for _, tracked in overdue if (name := _operator(tracked)) is not None)
    coming = (next_change(tracked.site, today) for _, tracked in sites)
    state = replace(state, look_again_on=min((one for one in coming if one is not None), default=None))
    late = tuple(_of_site(site_id, tracked, today) for site_id, tracked in overdue)
    return state, (*late, *_of_operators(state, names, today))


def slip_days(tracked: Tracked, today: date) -> int | None:
    """Count the days by which power is later than first promised; None where no day was promised."""
    site = tracked.site
    if site.first_expected is None or site.expected is None:
        return None
    expected_on = site.expected.value
    arrived_on = max(expected_on, today) if is_waiting(site) else _complete_on(tracked, expected_on)
    return max(0, (arrived_on - site.first_expected.value).days)


def _changed(tracked: Tracked, event: PowerScheduled | PowerDelivered) -> Tracked:
    site = changed(tracked.site, event)
    if isinstance(event, PowerDelivered):
        delivery = Delivery(event.delivered_on, event.mw, event.event_id)
        deliveries = sorted((*tracked.deliveries, delivery), key=lambda one: one.on)
        return replace(tracked, site=site, deliveries=tuple(deliveries), cited=cited(event))
    is_first = site.first_expected is not tracked.site.first_expected
    is_latest = site.expected is not tracked.site.expected
    return Tracked(
        site,
        tracked.deliveries,
        event.event_id if is_first else tracked.first_event,
        event.event_id if is_latest else tracked.latest_event,
        cited(event) if is_first or is_latest else tracked.cited,
    )


def _complete_on(tracked: Tracked, expected_on: date) -> date:
    """Name the day on which deliveries reached the promised MW."""
    missing_mw = tracked.site.mw.value if tracked.site.mw else 0.0
    for delivery in tracked.deliveries:
        missing_mw = round(missing_mw - delivery.mw, 6)
        if missing_mw <= 0:
            return delivery.on
    # Less than a watt is promised here or missing: rounded away.
    return tracked.deliveries[-1].on if tracked.deliveries else expected_on


def _operator(tracked: Tracked) -> str | None:
    return tracked.site.operator.value if tracked.site.operator else None


def _of_site(site_id: str, tracked: Tracked, today: date) -> Measurement:
    days = slip_days(tracked, today)
    return Measurement(
        subject=f"site:{site_id}",
        value=float(days or 0),
        evidence=_evidence(tracked),
        text=_tell_site(site_id, tracked, days, today),
        cited=tracked.cited,
    )


def _evidence(tracked: Tracked) -> tuple[UUID, ...]:
    deliveries = (delivery.event_id for delivery in tracked.deliveries[2 - EVIDENCE_LIMIT :])
    promises = (one for one in (tracked.first_event, tracked.latest_event) if one is not None)
    return tuple(dict.fromkeys((*promises, *deliveries)))


def _tell_site(site_id: str, tracked: Tracked, days: int | None, today: date) -> str:
    site = tracked.site
    if site.first_expected is None or site.expected is None or days is None:
        return f"no day is known on which site {site_id} should have power"
    first, expected = day(site.first_expected.value), day(site.expected.value)
    promised = f"was first promised for {first}"
    late = f"{count(days, 'day')} late" if days else "on time"
    if not is_waiting(site):
        complete = day(_complete_on(tracked, site.expected.value))
        return f"power for site {site_id} {promised} and was complete on {complete}, {late}"
    if today <= site.expected.value:
        return f"power for site {site_id} {promised} and is now expected on {expected}, {late}"
    missing = f"; {site.delivered_mw:g} of {site.mw.value:g} MW are there" if site.mw else ""
    return f"power for site {site_id} {promised}, was due on {expected} and has not come, {late}{missing}"


def _of_operators(state: State, names: Iterable[str], today: date) -> tuple[Measurement, ...]:
    return tuple(_of_operator(state, name, today) for name in names)


def _of_operator(state: State, name: str, today: date) -> Measurement:
    sites = [(site_id, state.sites[site_id]) for site_id in state.operators[name]]
    slips = [
        (days, tracked, site_id)
        for site_id, tracked in sites
        if (days := slip_days(tracked, today)) is not None
    ]
    subject = f"operator:{name}"
    if not slips:
        return Measurement(subject, 0.0, (), f"no site of {name} has a promised day for its power")
    value = _mean([(days, tracked.site.mw.value if tracked.site.mw else 0.0) for days, tracked, _ in slips])
    slips.sort(key=lambda one: (-one[0], one[2]))
    late = [tracked for days, tracked, _ in slips if days]
    evidence = dict.fromkeys(one for tracked in late for one in _evidence(tracked))
    days, worst, worst_id = slips[0]
    text = (
        f"power for {count(len(slips), 'site')} of {name} is {value:g} days late on average, weighted by MW;"
        f" the latest is {worst_id} with {count(days, 'day')}"
        if late
        else f"power for {count(len(slips), 'site')} of {name} is on time"
    )
    return Measurement(subject, value, tuple(evidence)[:EVIDENCE_LIMIT], text, worst.cited)


def _mean(days_and_mw: list[tuple[int, float]]) -> float:
    """Compute the mean of days weighted by MW, where 0 MW means unknown, with one decimal."""
    known = [mw for _, mw in days_and_mw if mw]
    typical_mw = fmean(known) if known else 1.0
    weights = [mw or typical_mw for _, mw in days_and_mw]
    return round(fmean([float(days) for days, _ in days_and_mw], weights), 1)


POWER_DELAY = Indicator(
    definition=DEFINITION,
    initial=State(),
    reads=(PowerScheduled, PowerDelivered),
    apply=apply,
    due=due,
    elapse=elapse,
)
