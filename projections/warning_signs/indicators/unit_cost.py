"""Serving customers for more than they pay: growth that loses money with each use."""

from dataclasses import dataclass
from datetime import timedelta

from rpds import HashTrieMap

from events.companies import canonical
from events.financials import UnitCostReported
from projections.base import JournaledEvent
from projections.persistent import PersistentMap
from projections.warning_signs.definition import (
    S3,
    Definition,
    Direction,
    Indicator,
    Measured,
    Measurement,
    Thresholds,
)
from projections.warning_signs.words import cited, dollars, price

DEFINITION = Definition(
    id="unit_cost",
    title="Cost of serving",
    unit="ratio",
    direction=Direction.RISING,
    thresholds=Thresholds(watch=0.8, warning=1.0, critical=1.3),
    named_by=S3,
    formula="What inference cost divided by the revenue that it earned, per company, of the newest report.",
    why="Where serving costs more than it earns, every use adds to the bill and growth makes it worse.",
    stale_after=timedelta(days=180),
)

NO_REPORTS: PersistentMap[str, UnitCostReported] = HashTrieMap()


@dataclass(frozen=True, slots=True)
class State:
    """The newest report of each company."""

    reports: PersistentMap[str, UnitCostReported] = NO_REPORTS


def apply(state: State, journaled: JournaledEvent) -> Measured[State]:
    """Measure what a company pays to serve; an older report that comes late changes nothing."""
    report = journaled.event
    if not isinstance(report, UnitCostReported):
        return state, ()
    company = canonical(report.company)
    before = state.reports.get(company)
    if before and report.known_at < before.known_at:
        return state, ()
    value = round(float(report.cost_usd / report.revenue_usd), 6)
    measurement = Measurement(
        subject=company,
        value=value,
        evidence=(report.event_id,),
        text=_tell(company, report, value),
        cited=cited(report),
    )
    return State(state.reports.insert(company, report)), (measurement,)


def _tell(company: str, report: UnitCostReported, value: float) -> str:
    return (
        f"{company} spends {price(value)} on inference for each dollar that it earns"
        f" ({dollars(report.cost_usd)} for {dollars(report.revenue_usd)} of revenue)"
    )


UNIT_COST = Indicator(DEFINITION, State(), (UnitCostReported,), apply)
