"""Facts: what a person decides about reports: which are one fact, which are not, which count no longer."""

from typing import Annotated, Literal, Self
from uuid import UUID

from pydantic import Field, model_validator

from events.base import Event, Name, Text
from events.words import after_colon, count, listed


class _Decision(Event, topic="desk"):
    by: Name
    """Who decided it."""
    why: Text | None = None
    """The reason."""


class FactsJoined(_Decision, key="fact_id"):
    """Several facts are one: their reports are about the same thing."""

    event_type: Literal["FactsJoined"] = "FactsJoined"
    fact_id: Name
    """The fact that stays."""
    others: Annotated[tuple[Name, ...], Field(min_length=1, max_length=100)]
    """The facts whose reports become reports of it, 1 to 100 of them."""

    @model_validator(mode="after")
    def _others_are_others(self) -> Self:
        if self.fact_id in self.others:
            raise ValueError(f"{self.fact_id} cannot be joined with itself; leave it out of others")
        return self

    def describe(self) -> str:
        return f"{self.by} joined {listed(self.others)} with {self.fact_id}{after_colon(self.why)}"


class FactParted(_Decision, key="fact_id"):
    """A fact is two: some of its reports are about another thing."""

    event_type: Literal["FactParted"] = "FactParted"
    fact_id: Name
    """The fact that keeps all its other reports."""
    reports: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=100)]
    """The event ids of the reports that become a fact of their own, 1 to 100 of them."""

    def describe(self) -> str:
        reports = count(len(self.reports), "report")
        return f"{self.by} parted {reports} from {self.fact_id}{after_colon(self.why)}"


class ReportRetracted(_Decision, key="report_id"):
    """A report counts no longer."""

    event_type: Literal["ReportRetracted"] = "ReportRetracted"
    report_id: UUID
    """The event_id of the report."""

    def describe(self) -> str:
        return f"{self.by} retracted the report {self.report_id}{after_colon(self.why)}"


FactEvent = FactsJoined | FactParted | ReportRetracted
