"""The rows of relief: every waiver, other relief and default, and what became of it."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple

from projections.base import Row
from projections.facts.relief import (
    RELIEF,
    SEVERITY,
    Relief,
    borrower,
    facility_of,
    lenders_of,
)
from projections.facts.relief_life import Case, ReliefState, cases_of
from projections.facts.reports import Fact
from projections.facts.windows import ALL
from projections.facts.world import WorldStep


class ReliefRow(NamedTuple):
    """A fact of relief, or a default, and how it stands; `state` is gone where it is no fact any more."""

    fact_id: str
    kind: str
    facility_id: str
    borrower: str
    lenders: list[str]
    severity: float
    granted_on: date
    first_known_at: datetime
    state: str
    relief_ends: date | None
    ended_on: date | None
    certainty: str
    source: str
    source_url: str | None
    reports: int
    known_at: datetime


def relief_rows(step: WorldStep, seen_on: date) -> Iterator[Row]:
    """Write the relief of borrowers of whom an event says something, and what ended since a day by itself."""
    now = step.journaled.now
    changes = [change for change in step.facts if change.kind.name == RELIEF.name]
    stay = {fact.fact_id for change in changes for fact in change.made}
    for change in changes:
        for fact in change.gone:
            if fact.fact_id not in stay and fact.value.status is None:
                yield _row(Case(fact, ReliefState.GONE), now)
    names = {fact.value.borrower for change in changes for fact in (*change.made, *change.gone)}
    for name in sorted(names):
        for case in cases_of(step.world.relief, borrower(name), now.date()):
            yield _row(case, now)
    if seen_on >= now.date():
        return
    for case in cases_of(step.world.relief, ALL, now.date()):
        if case.ends and seen_on < case.ends <= now.date() and case.fact.value.borrower not in names:
            yield _row(case, now)


def _row(case: Case, now: datetime) -> ReliefRow:
    fact: Fact[Relief] = case.fact
    return ReliefRow(
        fact_id=fact.fact_id,
        kind=case.kind.value,
        facility_id=facility_of(fact),
        borrower=fact.value.borrower,
        lenders=list(lenders_of(fact)),
        severity=SEVERITY[case.kind],
        granted_on=fact.surest.occurred_at.date(),
        first_known_at=fact.known_at,
        state=case.state.value,
        relief_ends=case.ends,
        ended_on=case.ended_on,
        certainty=fact.surest.certainty.value,
        source=fact.surest.source,
        source_url=fact.surest.source_url,
        reports=len(fact.reports),
        known_at=now,
    )
