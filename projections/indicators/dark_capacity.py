"""Capacity that was built and lies idle, as the fibre of the dot-com years did."""

from datetime import timedelta

from events.units import Unit
from events.words import percent
from projections.definition import S2, Definition, Passage, Thresholds
from projections.facts.world import Thing
from projections.indicator import Indicator, Measurement, View, cited, each

DEFINITION = Definition(
    id="dark_capacity",
    title="Dark capacity",
    unit=Unit.SHARE,
    thresholds=Thresholds(watch=0.05, warning=0.15, critical=0.40),
    formula="1 - utilisation, per company, of the newest report.",
    why="Of the fibre laid in the dot-com years 97 % lay dark: idle capacity means that too much was built.",
    named_in=(
        Passage(S2, "data centres, full today, against the fibre of the dot-com years, 97 % of it dark"),
    ),
    family="financials",
    board="bubble_watch",
    stale_after=timedelta(days=180),
    input="report of utilisation",
)


def measure(view: View, company: str) -> Measurement | None:
    """Measure what a company leaves idle."""
    report = view.world.utilizations.get(company)
    if report is None:
        return None
    idle = 1 - report.utilization
    return Measurement(
        subject=company,
        value=round(idle, 6),
        evidence=(report.event_id,),
        text=(
            f"{percent(idle)} of the capacity of {company} lies idle, {percent(report.utilization)} is in use"
        ),
        cited=cited(report),
        heard_at=report.known_at,
    )


INDICATOR = Indicator(definition=DEFINITION, reads={Thing.UTILIZATION: each}, measure=measure)
