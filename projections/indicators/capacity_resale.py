"""Buyers of compute that turn sellers of it: they have more than they need."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from events.units import Unit
from events.words import count
from projections.definition import S4, Definition, Direction, Passage, Thresholds
from projections.facts.contracts import ALL
from projections.facts.windows import changed, counted, leaves_at
from projections.facts.world import Thing, World, WorldStep
from projections.indicator import EVIDENCE_LIMIT, Indicator, Measurement, View, first, window_of

DEFINITION = Definition(
    id="capacity_resale",
    title="Buyers turned sellers of capacity",
    unit=Unit.COMPANIES,
    direction=Direction.RISING,
    thresholds=Thresholds(watch=1.0, warning=2.0, critical=3.0),
    named_by=S4,
    formula="How many companies were reported in the last 180 days to sell capacity that they had bought.",
    why="Who sells compute that it once could not get enough of has too much of it, and so may others.",
    family="deals",
    board="bubble_watch",
    named_in=(Passage(S4, "the news itself: Meta means to sell compute that it built for its own use"),),
    window=timedelta(days=180),
    # A count does not waver: back below a threshold it has left it.
    hysteresis=0.0,
)

# An alert names so many sellers; the others it counts.
MOST_NAMED = 5


def measure(view: View, subject: str) -> Measurement | None:
    """Count the sellers of the window."""
    resales = counted(view.world.resales, subject, view.window_starts)
    sellers = list(dict.fromkeys(fact.value.seller for fact in resales))
    return Measurement(
        subject=subject,
        value=float(len(sellers)),
        evidence=first(event_id for fact in resales[-EVIDENCE_LIMIT:] for event_id in fact.evidence),
        text=_text(sellers, view.last),
        cited=resales[-1].cited if resales else "",
    )


def due(view: View, subject: str) -> datetime | None:
    """Return when the oldest resale leaves the window."""
    return leaves_at(view.world.resales, subject, view.window_starts, view.now)


def subjects(world: World) -> Iterable[str]:
    """Return the one subject, once anything was resold."""
    return (ALL,) if world.resales.of(ALL) else ()


def _changed(step: WorldStep, things: Iterable[str]) -> Iterable[str]:
    window_starts = step.journaled.now - window_of(DEFINITION, step.world)
    return changed(step.before.resales, step.world.resales, things, window_starts)


def _text(sellers: list[str], last: str) -> str:
    if not sellers:
        return f"no buyer of capacity was reported to sell any {last}"
    named = ", ".join(sellers[-MOST_NAMED:])
    more = f" and {len(sellers) - MOST_NAMED} more" if len(sellers) > MOST_NAMED else ""
    buyers = count(len(sellers), "buyer of capacity", "buyers of capacity")
    return f"{buyers} turned seller {last}: {named}{more}"


INDICATOR = Indicator(DEFINITION, {Thing.RESALE: _changed}, measure, due, subjects)
