"""Facts: what is taken for one thing, all reports of it, and the names that the desk gave."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from events.base import Event, Report
from events.catalog import EVENT_TYPES
from events.families.deals import DealAnnounced
from events.families.names import CompanyNamed, FacilityNamed, GpuModelNamed, SiteNamed
from projections.base import Projection, Row, Step, Table
from projections.facts.book import Book
from projections.facts.log import Change, Kind
from projections.facts.reports import Fact, fact_of, report_of
from projections.facts.world import DESK, Thing, WorldStep
from projections.kernel import one_by_one


class FactRow(NamedTuple):
    """A fact as it is known now: what kind it is, what it is about, and its surest source.

    A fact that `counts` no longer was joined with another one, or all its reports were retracted.
    """

    fact_id: str
    kind: str
    about: list[str]
    first_known_at: datetime
    certainty: str
    source: str
    reports: int
    counts: bool
    known_at: datetime


class FactReportRow(NamedTuple):
    """A report of a fact, the surest first by `rank`; it `counts` until it is corrected or retracted."""

    event_id: UUID
    fact_id: str
    rank: int
    source: str
    source_url: str | None
    certainty: str
    occurred_at: datetime
    reported_at: datetime
    counts: bool
    known_at: datetime


class NameRow(NamedTuple):
    """A name that the desk gave, and the other names that lead to it."""

    kind: str
    name: str
    aliases: list[str]
    symbol: str | None
    cik: str | None
    roles: list[str]
    decided_by: str
    known_at: datetime


READS: tuple[type[Event], ...] = (*(kind for kind in EVENT_TYPES if issubclass(kind, Report)), *DESK)


def apply(state: None, step: WorldStep) -> Step[None]:
    """Write what an event changed: facts that are new or other than before, and those that are gone."""
    rows = list[Row](_names(step))
    for change in step.facts:
        rows.extend(_changed(step, change))
    rows.extend(_deals(step))
    return Step(state, tuple(rows))


def _changed(step: WorldStep, change: Change[Any]) -> Iterator[Row]:
    reported = {report.event_id for fact in change.made for report in fact.reports}
    stay = {fact.fact_id for fact in change.made}
    for fact in change.gone:
        if fact.fact_id not in stay:
            yield _fact_row(step, change.kind, fact, counts=False)
        for report in fact.reports:
            if report.event_id not in reported:
                yield _report_row(step, fact, report, 0, counts=False)
    for fact in change.made:
        yield _fact_row(step, change.kind, fact, counts=True)
        for rank, report in enumerate(fact.reports, start=1):
            yield _report_row(step, fact, report, rank, counts=True)


def _fact_row(step: WorldStep, kind: Kind[Any], fact: Fact[Any], *, counts: bool) -> FactRow:
    surest = fact.surest
    return FactRow(
        fact.fact_id,
        kind.name,
        list(kind.things(fact)),
        fact.known_at,
        surest.certainty.value,
        surest.source,
        len(fact.reports),
        counts,
        step.journaled.now,
    )


def _report_row(step: WorldStep, fact: Fact[Any], report: Any, rank: int, *, counts: bool) -> FactReportRow:
    return FactReportRow(
        report.event_id,
        fact.fact_id,
        rank,
        report.source,
        report.source_url,
        report.certainty.value,
        report.occurred_at,
        report.known_at,
        counts,
        step.journaled.now,
    )


def _deals(step: WorldStep) -> Iterator[Row]:
    """Write the announcements of deals that changed: a deal is one fact, whoever announces it."""
    before, after = step.before.book, step.world.book
    for deal_id in step.names(Thing.DEAL):
        announced = [event for event in after.history.get(deal_id, ()) if isinstance(event, DealAnnounced)]
        known = [event for event in before.history.get(deal_id, ()) if isinstance(event, DealAnnounced)]
        if announced == known:
            continue
        fact = fact_of(deal_id, [report_of(event, event) for event in announced or known])
        counts = bool(announced)
        yield FactRow(
            fact_id=deal_id,
            kind="deal",
            about=[fact.value.title],
            first_known_at=fact.known_at,
            certainty=fact.surest.certainty.value,
            source=fact.surest.source,
            reports=len(fact.reports),
            counts=counts,
            known_at=step.journaled.now,
        )
        for rank, report in enumerate(fact.reports, start=1):
            # What counts in another deal from now on is written with that one.
            if counts or not _counts_elsewhere(after, report.event_id):
                yield _report_row(step, fact, report, rank, counts=counts)
        left = {event.event_id for event in announced}
        for event in known if announced else ():
            if event.event_id not in left and not _counts_elsewhere(after, event.event_id):
                yield _report_row(step, fact, report_of(event, event), 0, counts=False)


def _counts_elsewhere(book: Book, event_id: UUID) -> bool:
    return any(event_id in deal.reports for deal in book.deals.values())


def _names(step: WorldStep) -> Iterator[Row]:
    event = step.journaled.event
    if not isinstance(event, CompanyNamed | SiteNamed | FacilityNamed | GpuModelNamed):
        return
    company = event if isinstance(event, CompanyNamed) else None
    yield NameRow(
        kind=event.KIND.value,
        name=event.key,
        aliases=list(event.aliases),
        symbol=company.symbol if company else None,
        cik=company.cik if company else None,
        roles=[role.value for role in company.roles] if company else [],
        decided_by=event.by,
        known_at=step.journaled.now,
    )


FACT = Projection(
    name="fact",
    version=1,
    initial=None,
    reads=READS,
    project=one_by_one(apply, READS),
    tables=(
        Table("fact", FactRow, key=("fact_id",)),
        Table("fact_report", FactReportRow, key=("event_id",)),
        Table("name", NameRow, key=("kind", "name")),
    ),
)
