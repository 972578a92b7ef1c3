"""More generators on a site than its permit allows: power was needed before it was allowed."""

from dataclasses import dataclass, field
from datetime import timedelta
from uuid import UUID

from rpds import HashTrieMap

from events.power import GenerationObserved
from projections.base import JournaledEvent
from projections.persistent import PersistentMap
from projections.power.site import Site, changed
from projections.warning_signs.definition import (
    S2,
    Definition,
    Direction,
    Indicator,
    Measured,
    Measurement,
    Thresholds,
)
from projections.warning_signs.words import cited, count

# All permitted units in use are 1.0, which is in order; the next unit is not. Of up to 100,000
# units, the most that an event can count, one more than permitted comes to 1.00001 at least.
ONE_TOO_MANY = 1.00001

DEFINITION = Definition(
    id="unpermitted_generation",
    title="Unpermitted generation",
    unit="ratio",
    direction=Direction.RISING,
    thresholds=Thresholds(watch=ONE_TOO_MANY, warning=1.5, critical=2.0),
    named_by=S2,
    formula=(
        "Generators counted divided by generators permitted, per site, of the newest that is known of"
        " each: up to 1.0 all is in order. 0 where no permit is known; where none at all is permitted,"
        " one more than were counted."
    ),
    why="A regulator can shut down what runs without a permit, and the site that hangs on it.",
    stale_after=timedelta(days=180),
    # Back at what is permitted all is in order again, and counted units do not waver.
    hysteresis=0.0,
)


@dataclass(frozen=True, slots=True)
class Tracked:
    """A site, and the events of its permit and of its count."""

    site: Site = field(default_factory=Site)
    permit_event: UUID | None = None
    count_event: UUID | None = None


NO_SITES: PersistentMap[str, Tracked] = HashTrieMap()


@dataclass(frozen=True, slots=True)
class State:
    """All sites on which generators were counted, by id."""

    sites: PersistentMap[str, Tracked] = NO_SITES


def apply(state: State, journaled: JournaledEvent) -> Measured[State]:
    """Take in what was counted on a site, and measure it."""
    event = journaled.event
    if not isinstance(event, GenerationObserved):
        return state, ()
    before = state.sites.get(event.site_id, Tracked())
    site = changed(before.site, event)
    permitted_anew = site.permitted_units is not before.site.permitted_units
    counted_anew = site.observed_units is not before.site.observed_units
    after = Tracked(
        site,
        event.event_id if permitted_anew else before.permit_event,
        event.event_id if counted_anew else before.count_event,
    )
    permitted = site.permitted_units.value if site.permitted_units else None
    observed = site.observed_units.value if site.observed_units else 0
    value = _ratio(observed, permitted)
    measurement = Measurement(
        subject=event.site_id,
        value=value,
        evidence=tuple(dict.fromkeys(one for one in (after.count_event, after.permit_event) if one)),
        text=_tell(event.site_id, site, observed, permitted, value),
        cited=cited(event),
    )
    return State(state.sites.insert(event.site_id, after)), (measurement,)


def _ratio(observed: int, permitted: int | None) -> float:
    if permitted is None or not observed:
        return 0.0
    # A single unit where none is permitted stands at critical, and more of them stand higher.
    return round(observed / permitted, 6) if permitted else observed + 1.0


def _tell(site_id: str, site: Site, observed: int, permitted: int | None, value: float) -> str:
    unit = f" of {site.unit_mw.value:g} MW" if site.unit_mw else ""
    were = "was" if observed == 1 else "were"
    told = f"{count(observed, 'generator')}{unit} {were} counted at site {site_id}"
    if permitted is None:
        return f"{told}; how many are permitted is not known"
    if not permitted:
        return f"{told}, where none is permitted"
    are = "is" if permitted == 1 else "are"
    times = f", {value:.2f} times as many" if observed > permitted else ""
    return f"{told}, where {permitted} {are} permitted{times}"


UNPERMITTED_GENERATION = Indicator(DEFINITION, State(), (GenerationObserved,), apply)
