"""The life of relief: granted, standing, expired, cured or withdrawn; a default stands until it is cured."""

from collections.abc import Iterable
from datetime import date, datetime
from enum import StrEnum
from typing import NamedTuple

from events.families.credit import ReliefStatus, WaiverKind
from projections.facts.log import Log, named
from projections.facts.relief import Relief, borrower, facility_of, is_loan_unnamed
from projections.facts.reports import Fact


class ReliefState(StrEnum):
    """How relief or a default stands; `granted` where nobody said until when, so that nobody knows.

    What is `gone` was retracted, or joined with another fact.
    """

    GRANTED = "granted"
    STANDING = "standing"
    EXPIRED = "expired"
    CURED = "cured"
    WITHDRAWN = "withdrawn"
    GONE = "gone"


OVER = {ReliefStatus.CURED: ReliefState.CURED, ReliefStatus.WITHDRAWN: ReliefState.WITHDRAWN}


class Case(NamedTuple):
    """Relief or a default and how it stands on a day; `over` is the fact that says that it is over.

    `ends` is the day on which it ends, as the surest report says that names one.
    """

    fact: Fact[Relief]
    state: ReliefState
    ends: date | None = None
    over: Fact[Relief] | None = None

    @property
    def kind(self) -> WaiverKind:
        """Return what was granted or missed."""
        return self.fact.value.kind

    @property
    def is_default(self) -> bool:
        """Return whether it is a default, and no relief."""
        return self.kind is WaiverKind.DEFAULT

    @property
    def is_over_by_word(self) -> bool:
        """Return whether somebody said that it is over: cured, or withdrawn."""
        return self.over is not None

    @property
    def stands(self) -> bool:
        """Return whether it is known to stand."""
        return self.state is ReliefState.STANDING

    @property
    def ended_on(self) -> date | None:
        """Return the day on which it was over; None while it is not, or nobody knows."""
        if self.over is not None:
            return self.over.surest.occurred_at.date()
        return self.ends if self.state is ReliefState.EXPIRED else None

    def counts(self, window_starts: datetime) -> bool:
        """Return whether it counts: while it stands, and while it is news, unless it is said to be over."""
        return not self.is_over_by_word and (self.stands or self.fact.known_at > window_starts)


def cases_of(log: Log[Relief], thing: str, today: date) -> tuple[Case, ...]:
    """Return all relief and defaults about a thing, and how each stands, those known first first."""
    said_over: dict[str, list[Fact[Relief]]] = {}
    found = []
    for fact in grants_of(log.of(thing)):
        name = fact.value.borrower
        if name not in said_over:
            of_borrower = log.of(borrower(name))
            said_over[name] = [end for end in of_borrower if end.value.status is not None]
        found.append(_case(log, fact, said_over[name], today))
    return tuple(found)


def ends_of(fact: Fact[Relief]) -> date | None:
    """Return the day on which relief ends, by the surest report that names one."""
    return next((report.value.ends for report in fact.reports if report.value.ends), None)


def grants_of(facts: Iterable[Fact[Relief]]) -> list[Fact[Relief]]:
    """Return the facts that something was granted or missed, without those that it is over."""
    return [fact for fact in facts if fact.value.status is None]


def _case(log: Log[Relief], fact: Fact[Relief], said_over: list[Fact[Relief]], today: date) -> Case:
    ends = ends_of(fact)
    over = min(
        (end for end in said_over if _is_over_by(log, fact, end)),
        key=lambda end: (end.surest.occurred_at, end.fact_id),
        default=None,
    )
    if over is not None and over.value.status is not None:
        return Case(fact, OVER[over.value.status], ends, over)
    if ends is not None:
        return Case(fact, ReliefState.STANDING if today < ends else ReliefState.EXPIRED, ends)
    is_default = fact.value.kind is WaiverKind.DEFAULT
    return Case(fact, ReliefState.STANDING if is_default else ReliefState.GRANTED)


def _is_over_by(log: Log[Relief], fact: Fact[Relief], end: Fact[Relief]) -> bool:
    """Return whether a fact says that another is over: it names it, or its kind and its loan.

    A loan that is not named is one that is, where there is no other of which it may have been said.
    """
    names = [report.value.fact_id for report in end.reports if report.value.fact_id is not None]
    if names:
        return any((known := named(log, name)) and known.fact_id == fact.fact_id for name in names)
    if not _is_before(fact, end):
        return False
    if facility_of(fact) == facility_of(end):
        return True
    if not (is_loan_unnamed(fact) or is_loan_unnamed(end)):
        return False
    others = grants_of(log.of(borrower(fact.value.borrower)))
    return len({facility_of(other) for other in others if _is_before(other, end)}) == 1


def _is_before(fact: Fact[Relief], end: Fact[Relief]) -> bool:
    same_kind = fact.value.kind is end.value.kind
    return same_kind and fact.surest.occurred_at <= end.surest.occurred_at
