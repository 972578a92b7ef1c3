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
from projections.facts.phases import Phase
from projections.facts.sites import Site
from projections.facts.world import Thing, WorldStep
from projections.indicator import EVIDENCE_LIMIT, Indicator, Measurement, View, first

DEFINITION = Definition(
    id="power_delay",
    title="Power delay",
    unit=Unit.DAYS,
    thresholds=Thresholds(watch=30.0, warning=90.0, critical=180.0),
    formula=(
        "Per site the days of its latest phase that waits for power: from its first promised day to the"
        " newest one, or to today once that has passed; 0 as soon as all promised power is there, and once"
        " the promise was withdrawn. A phase is one promise through all its revisions: that of a named part"
        " of the site, of the same MW, or of the whole site; several days in one list are as many phases and"
        " no slip. Per operator the mean over all phases with a day that wait, weighted by MW, where one of"
        " unknown MW weighs as much as the average of the others. How late power was that came is told in"
        " the text."
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
    """A phase of a site of an operator that waits, and by how many days its power is late."""

    days: int
    site_id: str
    phase: Phase
    site: Site

    @property
    def where(self) -> str:
        """Return the name of site and phase."""
        return f"{self.site_id}, {self.phase.name}" if self.phase.name else self.site_id


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
        evidence=_evidence(site, site.latest(view.today)),
        text=_text(view, site_id, site, days),
        cited=site.cited,
        settled=not site.is_waiting,
        is_unknown=days is None,
    )


def due(view: View, subject: str) -> datetime | None:
    """Return the midnight (UTC) at which a site grows later, or a site of an operator does."""
    sites = view.world.sites
    if subject.startswith(OPERATOR):
        site_ids = sites.operators.get(subject.removeprefix(OPERATOR), ())
    else:
        site_ids = (subject.removeprefix(SITE),)
    days = (site.changes_from for site_id in site_ids if (site := sites.by_id.get(site_id)))
    first_day = min((max(on, view.today) for on in days if on), default=None)
    return datetime.combine(first_day + timedelta(days=1), time.min, UTC) if first_day else None


def _subjects(step: WorldStep, site_ids: tuple[str, ...]) -> Iterable[str]:
    """Return sites and who operates them, or did.

    Generators that were counted say nothing of promises, and may say that another one operates the site.
    """
    counted, operators = isinstance(step.event, GenerationObserved), dict[str, None]()
    for site_id in site_ids:
        before, after = (world.sites.by_id.get(site_id, Site()) for world in (step.before, step.world))
        if counted and (before.operator == after.operator or not after.dated):
            continue
        if not counted:
            yield f"{SITE}{site_id}"
        names = (before.operator, after.operator)
        operators |= {f"{OPERATOR}{name}": None for name in names if name is not None}
    yield from operators


def _evidence(site: Site, phase: Phase) -> tuple[UUID, ...]:
    newest = site.delivery_evidence[len(phase.evidence) - EVIDENCE_LIMIT :]
    return first((*phase.evidence, *newest))


def _text(view: View, site_id: str, site: Site, days: int | None) -> str:
    if site.end is not None:
        why = f": {site.end.why}" if site.end.why else ""
        return f"the power promised to site {site_id} was {site.end.how} on {day(site.end.on)}{why}"
    phase = site.latest(view.today)
    if site.complete_on is not None:
        return _text_of_complete(view, site_id, site, phase)
    if phase.first_expected_on is None or phase.expected_on is None or days is None:
        return f"no day is known on which site {site_id} should have power"
    of_phase = f", {phase.name}," if phase.name else ""
    subject = f"power for site {site_id}{of_phase} was first promised for {day(phase.first_expected_on)}"
    late = f"{count(days, 'day')} late" if days else "on time"
    others = f"; it is the latest of {len(site.dated)} phases that wait" if len(site.dated) > 1 else ""
    expected = day(phase.expected_on)
    if view.today <= phase.expected_on:
        return f"{subject} and is now expected on {expected}, {late}{others}"
    missing = f"; {phase.delivered_mw:g} of {phase.mw:g} MW are there" if phase.mw else ""
    return f"{subject}, was due on {expected} and has not come, {late}{missing}{others}"


def _text_of_complete(view: View, site_id: str, site: Site, phase: Phase) -> str:
    """Tell when all power was there, and how late it was: the delay is over, and its length is history."""
    complete = f"power for site {site_id} was complete on {day(site.complete_on or view.today)}"
    if phase.first_expected_on is None:
        return complete
    days = phase.late_days(view.today)
    late = f"{count(days, 'day')} late" if days else "on time"
    if len(site.phases) == 1:
        return f"{complete}, {late}; it was first promised for {day(phase.first_expected_on)}"
    name = f", {phase.name}," if phase.name else ""
    return f"{complete}; of its {len(site.phases)} phases the latest{name} came {late}"


def _of_operator(view: View, subject: str) -> Measurement:
    name, sites = subject.removeprefix(OPERATOR), view.world.sites
    of_operator = [(site_id, sites.by_id[site_id]) for site_id in sites.operators.get(name, ())]
    slips = [
        Slip(days, site_id, phase, site)
        for site_id, site in of_operator
        for phase in site.dated
        if (days := phase.late_days(view.today)) is not None
    ]
    if not slips:
        return _nothing_waits(subject, name, [site for _, site in of_operator])
    value = _mean(slips)
    slips.sort(key=lambda slip: (-slip.days, slip.where))
    late = [slip for slip in slips if slip.days]
    number = count(len({slip.site_id for slip in slips}), "site")
    text = (
        f"power for {number} of {name} is {value:g} {'day' if value == 1 else 'days'} late on average,"
        " weighted by MW;"
        f" the latest is {slips[0].where} with {count(slips[0].days, 'day')}"
        if late
        else f"power for {number} of {name} is on time"
    )
    evidence = first(event_id for slip in late for event_id in _evidence(slip.site, slip.phase))
    return Measurement(subject, value, evidence, text, slips[0].site.cited)


def _nothing_waits(subject: str, name: str, of_operator: list[Site]) -> Measurement:
    """Tell why no phase of an operator waits for a promised day: all is settled, or no day is known."""
    if of_operator and not any(site.is_waiting for site in of_operator):
        text = f"no site of {name} waits for power any more"
        return Measurement(subject, 0.0, (), text, of_operator[-1].cited, settled=True)
    none = f"no site of {name} that waits for power has a promised day"
    return Measurement(subject, 0.0, (), none, is_unknown=True)


def _mean(slips: list[Slip]) -> float:
    """Return the mean of days weighted by MW, one decimal; a phase of unknown MW weighs as the others do."""
    known = [slip.phase.mw for slip in slips if slip.phase.mw]
    typical_mw = fmean(known) if known else 1.0
    weights = [slip.phase.mw or typical_mw for slip in slips]
    return round(fmean([float(slip.days) for slip in slips], weights), 1)


INDICATOR = Indicator(DEFINITION, {Thing.SITE: _subjects}, measure, due)
