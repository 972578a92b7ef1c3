"""Relief: what lenders granted and borrowers failed to do, each fact once however many report it."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from events.base import CompanyName, FacilityName
from events.families.credit import CreditWaiverReported, ReliefStatus, WaiverKind
from projections.facts.loans import Loans
from projections.facts.log import Change, Kind, Log, is_unnamed, record_event, replaced
from projections.facts.reports import Fact
from projections.facts.windows import ALL, LONGEST

# How much each kind weighs in the severity-weighted count of waivers.
SEVERITY: dict[WaiverKind, float] = {
    WaiverKind.AMENDMENT: 0.5,
    WaiverKind.WAIVER: 1.0,
    WaiverKind.PIK_TOGGLE: 1.5,
    WaiverKind.FORBEARANCE: 2.0,
    WaiverKind.DEFAULT: 4.0,
}


@dataclass(frozen=True, slots=True)
class Relief:
    """What was granted or missed on a facility, by whom as far as that is known, and to whom.

    It stands until the day `ends`. With a `status` it says that what was granted or missed is over; `fact_id`
    is then the fact that is over, where the source names it.
    """

    kind: WaiverKind
    facility_id: FacilityName
    borrower: CompanyName
    lenders: tuple[CompanyName, ...]
    ends: date | None = None
    status: ReliefStatus | None = None
    fact_id: str | None = None


def borrower(name: str) -> str:
    """Return the subject of a borrower."""
    return f"borrower:{name}"


def facility(facility_id: str) -> str:
    """Return what is granted on a facility."""
    return f"facility:{facility_id}"


def _things(fact: Fact[Relief]) -> tuple[str, ...]:
    return (
        borrower(fact.value.borrower),
        ALL,
        facility(facility_of(fact)),
        *(f"lender:{name}" for name in lenders_of(fact)),
    )


def facility_of(fact: Fact[Relief]) -> str:
    """Return the facility that it is about, by the surest report that names it."""
    named = (report.value for report in fact.reports if not _leaves_unnamed(report.value))
    return next(named, fact.value).facility_id


def facilities_of(change: Change[Relief]) -> tuple[str, ...]:
    """Return the facilities that a change is about, as far as they are named."""
    facts = {facility_of(fact): fact for fact in (*change.gone, *change.made)}
    return tuple(name for name, fact in facts.items() if not is_unnamed(name, fact.value.borrower))


def lenders_of(fact: Fact[Relief]) -> tuple[str, ...]:
    """Return who granted it, by the surest report that says so."""
    return next((report.value.lenders for report in fact.reports if report.value.lenders), ())


def _same(known: Relief, new: Relief) -> bool:
    if known.status is not new.status or (new.status is not None and known.kind is not new.kind):
        return False
    if known.facility_id == new.facility_id:
        return True
    return _leaves_unnamed(known) or _leaves_unnamed(new)


def is_loan_unnamed(fact: Fact[Relief]) -> bool:
    """Return whether no report names the loan."""
    return all(_leaves_unnamed(report.value) for report in fact.reports)


def _leaves_unnamed(value: Relief) -> bool:
    return is_unnamed(value.facility_id, value.borrower)


RELIEF: Kind[Relief] = Kind("relief", _things, _same, kept_for=LONGEST)


def with_waiver(log: Log[Relief], loans: Loans, event: CreditWaiverReported, now: datetime) -> Change[Relief]:
    """Take in a report of relief; who lends is known from the loan where the report names nobody."""
    lenders = event.lenders or _lending(loans, event.facility_id)
    value = Relief(event.kind, event.facility_id, event.borrower, lenders, event.relief_ends, event.status)
    if event.status is not None:
        # The fact that it names is the one that is over; this is another one.
        value, event = replace(value, fact_id=event.fact_id), event.model_copy(update={"fact_id": None})
    return record_event(log, RELIEF, event, value, now)


def with_lenders(log: Log[Relief], loans: Loans, facility_id: str, name: str) -> tuple[Change[Relief], ...]:
    """Say who lends to a facility of a borrower, where earlier reports of relief on it named nobody."""
    lenders, changes = _lending(loans, facility_id), list[Change[Relief]]()
    for fact in log.of(borrower(name)) if lenders else ():
        if facility_of(fact) != facility_id or lenders_of(fact):
            continue
        reports = tuple(
            report._replace(value=replace(report.value, lenders=lenders)) for report in fact.reports
        )
        change = replaced(log, RELIEF, fact, fact._replace(reports=reports))
        log = change.log
        changes.append(change)
    return tuple(changes)


def _lending(loans: Loans, facility_id: str) -> tuple[str, ...]:
    loan = loans.loan(facility_id)
    return loan.terms.lenders if loan else ()
