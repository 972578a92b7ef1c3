"""Capacity that was built and lies idle, as the fibre of the dot-com years did."""

from dataclasses import dataclass
from datetime import timedelta

from rpds import HashTrieMap

from events.companies import canonical
from events.financials import UtilizationReported
from projections.base import JournaledEvent
from projections.persistent import PersistentMap
from projections.warning_signs.definition import (
    S2,
    Definition,
    Direction,
    Indicator,
    Measured,
    Measurement,
    Thresholds,
)
from projections.warning_signs.words import cited, percent

DEFINITION = Definition(
    id="dark_capacity",
    title="Dark capacity",
    unit="share",
    direction=Direction.RISING,
    thresholds=Thresholds(watch=0.05, warning=0.15, critical=0.40),
    named_by=S2,
    formula="1 - utilisation, per company, of the newest report.",
    why="Of the fibre laid in the dot-com years 97 % lay dark: idle capacity means that too much was built.",
    stale_after=timedelta(days=180),
)

NO_REPORTS: PersistentMap[str, UtilizationReported] = HashTrieMap()


@dataclass(frozen=True, slots=True)
class State:
    """The newest report of each company."""

    reports: PersistentMap[str, UtilizationReported] = NO_REPORTS


def apply(state: State, journaled: JournaledEvent) -> Measured[State]:
    """Measure what a company leaves idle; an older report that comes late changes nothing."""
    report = journaled.event
    if not isinstance(report, UtilizationReported):
        return state, ()
    company = canonical(report.company)
    before = state.reports.get(company)
    if before and report.known_at < before.known_at:
        return state, ()
    measurement = Measurement(
        subject=company,
        value=round(1 - report.utilization, 6),
        evidence=(report.event_id,),
        text=_tell(company, report),
        cited=cited(report),
    )
    return State(state.reports.insert(company, report)), (measurement,)


def _tell(company: str, report: UtilizationReported) -> str:
    idle, used = percent(1 - report.utilization), percent(report.utilization)
    return f"{idle} of the capacity of {company} lies idle, {used} is in use"


DARK_CAPACITY = Indicator(DEFINITION, State(), (UtilizationReported,), apply)
