"""A site: what was said of its power, in whatever order it was heard."""

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Generic, TypeVar, assert_never

from events.power import GenerationObserved, PowerDelivered, PowerEvent, PowerScheduled

T = TypeVar("T")

# 0.7 + 0.1 + 0.2 MW must come out as 1 MW, or a site with all its power would stay overdue for ever.
TO_WATTS = 6


@dataclass(frozen=True, slots=True)
class Told(Generic[T]):
    """A value, and when one could know it."""

    value: T
    known_at: datetime


@dataclass(frozen=True, slots=True)
class Site:
    """What is known of a site.

    `first_expected` is the promise with the earliest `known_at` and `expected` the one with
    the latest, wherever they come in the journal; of promises known at the same moment the
    journal's order decides. An event that leaves a value out takes nothing back.
    """

    operator: Told[str] | None = None
    mw: Told[float] | None = None
    first_expected: Told[date] | None = None
    expected: Told[date] | None = None
    delivered_mw: float = 0.0
    permitted_units: Told[int] | None = None
    observed_units: Told[int] | None = None
    unit_mw: Told[float] | None = None
    overdue_days: int = 0


def changed(site: Site, event: PowerEvent) -> Site:
    """Take in what one event says; deliveries (MW) add up."""
    match event:
        case PowerScheduled():
            return replace(
                site,
                operator=_later(site.operator, event.operator, event.known_at),
                mw=_later(site.mw, event.mw, event.known_at),
                first_expected=_earlier(site.first_expected, event.expected_on, event.known_at),
                expected=_later(site.expected, event.expected_on, event.known_at),
            )
        case PowerDelivered():
            return replace(site, delivered_mw=round(site.delivered_mw + event.mw, TO_WATTS))
        case GenerationObserved():
            return replace(
                site,
                operator=_later(site.operator, event.operator, event.known_at),
                permitted_units=_later(site.permitted_units, event.permitted_units, event.known_at),
                observed_units=_later(site.observed_units, event.observed_units, event.known_at),
                unit_mw=_later(site.unit_mw, event.unit_mw, event.known_at),
            )
        case _:
            assert_never(event)


def slip_days(site: Site) -> int | None:
    """Count the days from the first promised day to the latest; negative where it moved forward."""
    if site.first_expected is None or site.expected is None:
        return None
    return (site.expected.value - site.first_expected.value).days


def overdue_days(site: Site, today: date) -> int:
    """Count the whole days since the promised day while power is missing, else 0."""
    if site.expected is None or not is_waiting(site):
        return 0
    return max(0, (today - site.expected.value).days)


def is_waiting(site: Site) -> bool:
    """Tell whether power is missing: where no MW were promised, until anything comes."""
    return site.delivered_mw == 0 if site.mw is None else site.delivered_mw < round(site.mw.value, TO_WATTS)


def next_change(site: Site, today: date) -> date | None:
    """Name the next day on which time alone makes the site (more) overdue, if any."""
    if site.expected is None or not is_waiting(site):
        return None
    return max(site.expected.value, today) + timedelta(days=1)


def _later(old: Told[T] | None, value: T | None, known_at: datetime) -> Told[T] | None:
    if value is None or (old is not None and known_at < old.known_at):
        return old
    return Told(value, known_at)


def _earlier(old: Told[T] | None, value: T | None, known_at: datetime) -> Told[T] | None:
    if value is None or (old is not None and known_at >= old.known_at):
        return old
    return Told(value, known_at)
