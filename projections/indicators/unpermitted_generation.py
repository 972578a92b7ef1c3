"""More generators on a site than its permit allows: power was needed before it was allowed."""

from collections.abc import Iterable
from datetime import timedelta

from events.families.power import GenerationObserved
from events.units import Unit
from events.words import count
from projections.definition import S2, Definition, Passage, Thresholds
from projections.facts.reports import Report
from projections.facts.sites import Site
from projections.facts.world import Thing, World, WorldStep
from projections.indicator import Indicator, Measurement, View, first

DEFINITION = Definition(
    id="unpermitted_generation",
    title="Unpermitted generation",
    unit=Unit.RATIO,
    # All permitted units in use are 1.0, which is in order; the next unit is not.
    thresholds=Thresholds(watch=1.0, warning=1.5, critical=2.0),
    formula=(
        "Generators counted divided by generators permitted, per site, of the newest that is known of"
        " each: up to 1.0 all is in order. 0 where no permit is known; where none at all is permitted,"
        " one more than were counted."
    ),
    why="A regulator can shut down what runs without a permit, and the site that hangs on it.",
    named_in=(
        Passage(S2, "power made on the site: xAI's 15 permitted turbines and the 35 on thermal images"),
    ),
    family="power",
    board="power",
    stale_after=timedelta(days=180),
    input="count of generators",
    # Back at what is permitted all is in order again, and counted units do not waver.
    hysteresis=0.0,
    above=True,
)


def counted_at(step: WorldStep, site_ids: tuple[str, ...]) -> Iterable[str]:
    """Return the sites on which generators were counted, or that have other counts than before."""
    if isinstance(step.event, GenerationObserved):
        return site_ids
    return [site_id for site_id in site_ids if _counts(step.before, site_id) != _counts(step.world, site_id)]


def measure(view: View, site_id: str) -> Measurement | None:
    """Set the generators counted on a site against those permitted."""
    site = view.world.sites.by_id.get(site_id)
    if site is None or site.observed is None:
        return None
    observed, permitted = site.observed.value, site.permitted.value if site.permitted else None
    value = _ratio(observed, permitted)
    reports = (site.observed, site.permitted)
    return Measurement(
        subject=site_id,
        value=value,
        evidence=first(report.event_id for report in reports if report is not None),
        text=_text(site_id, site, observed, permitted, value),
        heard_at=site.observed.known_at,
        is_unknown=permitted is None,
    )


def _counts(world: World, site_id: str) -> tuple[Report[int] | None, Report[int] | None]:
    site = world.sites.by_id.get(site_id, Site())
    return site.observed, site.permitted


def _ratio(observed: int, permitted: int | None) -> float:
    if permitted is None or not observed:
        return 0.0
    # A single unit where none is permitted stands at critical, and more of them stand higher.
    return round(observed / permitted, 6) if permitted else observed + 1.0


def _text(site_id: str, site: Site, observed: int, permitted: int | None, value: float) -> str:
    unit = f" of {site.unit_mw.value:g} MW" if site.unit_mw else ""
    were = "was" if observed == 1 else "were"
    generators = f"{count(observed, 'generator')}{unit} {were} counted at site {site_id}"
    if permitted is None:
        return f"{generators}; how many are permitted is not known"
    if not permitted:
        return f"{generators}, where none is permitted"
    are = "is" if permitted == 1 else "are"
    times = f", {value:.2f} times as many" if observed > permitted else ""
    return f"{generators}, where {permitted} {are} permitted{times}"


INDICATOR = Indicator(definition=DEFINITION, reads={Thing.SITE: counted_at}, measure=measure)
