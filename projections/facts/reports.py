"""Reports and facts: what several sources say of one thing is one fact.

A report is of the same fact as an earlier one where both name the same thing (or one of them leaves
it unnamed), happened within days of each other, and come from different sources: one source that
reports twice means two facts. A source may name the fact (`fact_id`) or the report that it
corrects, an amendment (8-K/A) amends by its name, and the desk joins and parts facts. A fact
is what its surest report says, and its evidence is all of them, the surest first.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Generic, NamedTuple, TypeVar
from uuid import UUID

from events.base import Certainty, Event

V = TypeVar("V")

_SUREST_FIRST = {certainty: rank for rank, certainty in enumerate(Certainty)}


# Tuples are made in a third of the time, and nearly every event makes one of each.
class Report(NamedTuple, Generic[V]):
    """What one event says, who says so, when it happened and when it could be known."""

    event_id: UUID
    source: str
    source_url: str | None
    occurred_at: datetime
    known_at: datetime
    certainty: Certainty
    value: V

    @property
    def cited(self) -> str:
        """Return where it is written: the source, and its address if there is one."""
        return f"{self.source} ({self.source_url})" if self.source_url else self.source


class Fact(NamedTuple, Generic[V]):
    """One thing that happened: its reports, the surest first, of equally sure ones the newest first.

    It is known since its earliest report was. One that the desk parted from another is not joined
    with it because names turn out to be one.
    """

    fact_id: str
    reports: tuple[Report[V], ...]
    known_at: datetime
    is_parted: bool = False

    @property
    def surest(self) -> Report[V]:
        """Return the report that says what the fact is."""
        return self.reports[0]

    @property
    def value(self) -> V:
        """Return what the surest report says."""
        return self.reports[0].value

    @property
    def event_id(self) -> UUID:
        """Return the id of the surest report."""
        return self.reports[0].event_id

    @property
    def evidence(self) -> tuple[UUID, ...]:
        """Return the ids of all reports, the surest first."""
        return tuple([report.event_id for report in self.reports])

    @property
    def cited(self) -> str:
        """Return where the surest report is written."""
        return self.reports[0].cited


def report_of(event: Event, value: V) -> Report[V]:
    """Return an event as a report of a value."""
    return Report(
        event.event_id,
        event.source,
        event.source_url,
        event.occurred_at,
        event.known_at,
        event.certainty,
        value,
    )


def fact_of(fact_id: str, reports: Iterable[Report[V]], *, is_parted: bool = False) -> Fact[V]:
    """Return a fact of reports in any order, at least one."""
    ranked = sorted(reports, key=_surest_first)
    return Fact(fact_id, tuple(ranked), min(report.known_at for report in ranked), is_parted)


def is_surer(one: Certainty, other: Certainty) -> bool:
    """Return whether one certainty is surer than another."""
    return _SUREST_FIRST[one] < _SUREST_FIRST[other]


def is_amendment(source: str) -> bool:
    """Return whether a source is by its name the amendment of a filing, such as 8-K/A."""
    return source.upper().endswith("/A")


def _surest_first(report: Report[V]) -> tuple[int, float, UUID]:
    # What is known at one time comes in any order, and must be the same fact.
    return _SUREST_FIRST[report.certainty], -report.known_at.timestamp(), report.event_id
