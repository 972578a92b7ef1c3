"""Power that comes later than promised: sites that were paid for and cannot run."""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from statistics import fmean
from typing import NamedTuple
from uuid import UUID

from events.families.power import GenerationObserved
from events.units import Unit
from events.words import count, day
from projections.definition import S2, Definition, Passage, Thresholds
from projections.facts.sites import Site
from projections.facts.world import Thing, WorldStep
from projections.indicator import EVIDENCE_LIMIT, Indicator, Measurement, View, first

DEFINITION = Definition(
    id="power_delay",
    title="Power delay",
    unit=Unit.DAYS,
    thresholds=Thresholds(watch=30.0, warning=90.0, critical=180.0),
    formula=(
        "Per site the days from the first promised day to the latest one, to today once that has passed"
        " without full power, or to the day of full power, 0 once the promise was withdrawn; per operator"
        " the mean of its sites weighted by MW, where a site of unknown MW weighs as much as the average of"
        " the others."
    ),
    why="A site without power earns nothing, while the money that built it must be paid back.",
    family="power",
    board="power",
    named_in=(
        Passage(S2, "the five signs that the boom is ending: power does not come when it was promised"),
    ),
)

SITE, OPERATOR = "site:", "operator:"


class Slip(NamedTuple):
    """A site of an operator, and by how many days its power is late."""

    days: int
    site_id: str
    site: Site


def measure(view: View, subject: str) -> Measurement | None:
    """Count the days by which power is late, of a site or on average of an operator's sites."""
    if subject.startswith(OPERATOR):
        return _of_operator(view, subject)
    site_id = subject.removeprefix(SITE)
    site = view.world.sites.by_id.get(site_id, Site())
    days = site.late_days(view.today)
    return Measurement(
        subject=subject,
        value=float(days or 0),
        evidence=_evidence(site),
        text=_text(view, site_id, site, days),
        cited=site.cited,
        settled=site.end is not None,
        is_unknown=days is None,
    )


def due(view: View, subject: str) -> datetime | None:
    """Return the midnight (UTC) at which a site grows later, or a site of an operator does."""
    sites = view.world.sites
    if subject.startswith(OPERATOR):
        site_ids = sites.operators.get(subject.removeprefix(OPERATOR), ())
    else:
        site_ids = (subject.removeprefix(SITE),)
    waiting = (site for site_id in site_ids if (site := sites.by_id.get(site_id)) and site.is_waiting)
    days = (max(site.expected_on, view.today) for site in waiting if site.expected_on)
    latest = min(days, default=None)
    return datetime.combine(latest + timedelta(days=1), time.min, UTC) if latest else None


def _subjects(step: WorldStep, site_ids: tuple[str, ...]) -> Iterable[str]:
    """Return sites and who operates them, or did.

    Generators that were counted say nothing of promises, and may say that another one operates the site.
    """
    counted, operators = isinstance(step.event, GenerationObserved), dict[str, None]()
    for site_id in site_ids:
        before, after = (world.sites.by_id.get(site_id, Site()) for world in (step.before, step.world))
        if counted and (before.operator == after.operator or after.expected_on is None):
            continue
        if not counted:
            yield f"{SITE}{site_id}"
        names = (before.operator, after.operator)
        operators |= {f"{OPERATOR}{name}": None for name in names if name is not None}
    yield from operators


def _evidence(site: Site) -> tuple[UUID, ...]:
    newest = site.delivery_evidence[len(site.promise_evidence) - EVIDENCE_LIMIT :]
    return first((*site.promise_evidence, *newest))


def _text(view: View, site_id: str, site: Site, days: int | None) -> str:
    if site.end is not None:
        why = f": {site.end.why}" if site.end.why else ""
        return f"the power promised to site {site_id} was {site.end.how} on {day(site.end.on)}{why}"
    if site.first_expected_on is None or site.expected_on is None or days is None:
        return f"no day is known on which site {site_id} should have power"
    promised = f"was first promised for {day(site.first_expected_on)}"
    late = f"{count(days, 'day')} late" if days else "on time"
    if site.complete_on is not None:
        return f"power for site {site_id} {promised} and was complete on {day(site.complete_on)}, {late}"
    expected = day(site.expected_on)
    if view.today <= site.expected_on:
        return f"power for site {site_id} {promised} and is now expected on {expected}, {late}"
    missing = f"; {site.delivered_mw:g} of {site.mw:g} MW are there" if site.mw else ""
    return f"power for site {site_id} {promised}, was due on {expected} and has not come, {late}{missing}"


def _of_operator(view: View, subject: str) -> Measurement:
    name, sites = subject.removeprefix(OPERATOR), view.world.sites
    of_operator = [(site_id, sites.by_id[site_id]) for site_id in sites.operators.get(name, ())]
    slips = [
        Slip(days, site_id, site)
        for site_id, site in of_operator
        if site.end is None and (days := site.late_days(view.today)) is not None
    ]
    if not slips:
        none = f"no site of {name} has a promised day for its power"
        return Measurement(subject, 0.0, (), none, is_unknown=True)
    value = _mean(slips)
    slips.sort(key=lambda slip: (-slip.days, slip.site_id))
    late = [slip for slip in slips if slip.days]
    text = (
        f"power for {count(len(slips), 'site')} of {name} is {value:g} days late on average, weighted by MW;"
        f" the latest is {slips[0].site_id} with {count(slips[0].days, 'day')}"
        if late
        else f"power for {count(len(slips), 'site')} of {name} is on time"
    )
    evidence = first(event_id for slip in late for event_id in _evidence(slip.site))
    return Measurement(subject, value, evidence, text, slips[0].site.cited)


def _mean(slips: list[Slip]) -> float:
    """Return the mean of days weighted by MW, one decimal; a site of unknown MW weighs as the others do."""
    known = [slip.site.mw for slip in slips if slip.site.mw]
    typical_mw = fmean(known) if known else 1.0
    return round(
        fmean([float(slip.days) for slip in slips], [slip.site.mw or typical_mw for slip in slips]), 1
    )


INDICATOR = Indicator(DEFINITION, {Thing.SITE: _subjects}, measure, due)
