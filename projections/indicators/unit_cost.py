"""Serving customers for more than they pay: growth that loses money with each use."""

from datetime import timedelta

from events.units import Unit
from events.words import price
from events.words import short_dollars as dollars
from projections.definition import S3, Definition, Passage, Thresholds
from projections.facts.world import Thing
from projections.indicator import Indicator, Measurement, View, cited, each

DEFINITION = Definition(
    id="unit_cost",
    title="Cost of serving",
    unit=Unit.RATIO,
    thresholds=Thresholds(watch=0.8, warning=1.0, critical=1.3),
    formula="What inference cost divided by the revenue that it earned, per company, of the newest report.",
    why="Where serving costs more than it earns, every use adds to the bill and growth makes it worse.",
    named_in=(Passage(S3, "the end of Sora for those who do not pay: every use adds to cost and energy"),),
    family="financials",
    board="bubble_watch",
    stale_after=timedelta(days=180),
    input="report of its cost",
)


def measure(view: View, company: str) -> Measurement | None:
    """Measure what a company pays to serve."""
    report = view.world.unit_costs.get(company)
    if report is None:
        return None
    value = round(float(report.cost_usd / report.revenue_usd), 6)
    return Measurement(
        subject=company,
        value=value,
        evidence=(report.event_id,),
        text=(
            f"{company} spends {price(value)} on inference for each dollar that it earns"
            f" ({dollars(report.cost_usd)} for {dollars(report.revenue_usd)} of revenue)"
        ),
        cited=cited(report),
        heard_at=report.known_at,
    )


INDICATOR = Indicator(definition=DEFINITION, reads={Thing.UNIT_COST: each}, measure=measure)
