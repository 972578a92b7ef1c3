"""Buyers of compute that turn sellers of it: they have more than they need."""

from datetime import timedelta

from events.units import Unit
from events.words import count
from projections.definition import S4, Definition, Passage, Thresholds
from projections.facts.windows import counted
from projections.facts.world import Thing
from projections.indicator import EVIDENCE_LIMIT, Measurement, View, first, windowed

DEFINITION = Definition(
    id="capacity_resale",
    title="Buyers turned sellers of capacity",
    unit=Unit.COMPANIES,
    thresholds=Thresholds(watch=1.0, warning=2.0, critical=3.0),
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
    stages = {fact.value.seller: fact.value.stage for fact in resales}
    sellers = [f"{seller} (planned)" if stage == "planned" else seller for seller, stage in stages.items()]
    return Measurement(
        subject=subject,
        value=float(len(sellers)),
        evidence=first(event_id for fact in resales[-EVIDENCE_LIMIT:] for event_id in fact.evidence),
        text=_text(sellers, view.last),
        cited=resales[-1].cited if resales else "",
    )


def _text(sellers: list[str], last: str) -> str:
    if not sellers:
        return f"no buyer of capacity was reported to sell any {last}"
    named = ", ".join(sellers[-MOST_NAMED:])
    more = f" and {len(sellers) - MOST_NAMED} more" if len(sellers) > MOST_NAMED else ""
    buyers = count(len(sellers), "buyer of capacity", "buyers of capacity")
    sell = "sells or plans to sell" if len(sellers) == 1 else "sell or plan to sell"
    return f"{buyers} {sell} some of it {last}: {named}{more}"


INDICATOR = windowed(DEFINITION, Thing.RESALE, lambda world: world.resales, measure)
