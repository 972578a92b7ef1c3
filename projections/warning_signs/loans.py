"""Loans by what they have in common, such as their site, and what of each is not paid back yet."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple, assert_never

from rpds import HashTrieMap

from events.credit import LoanOriginated, LoanRepaid
from projections.persistent import PersistentMap

NOTHING = Decimal(0)
NO_LOANS: PersistentMap[str, LoanOriginated] = HashTrieMap()
NO_GROUPS: PersistentMap[str, tuple[str, ...]] = HashTrieMap()
NO_REPAYMENTS: PersistentMap[str, Decimal] = HashTrieMap()
NO_TERMS: PersistentMap[str, datetime] = HashTrieMap()

GroupOf = Callable[[LoanOriginated], str | None]


class Owed(NamedTuple):
    """A loan and what of its principal is not paid back (USD), more than nothing."""

    loan: LoanOriginated
    balance_usd: Decimal


@dataclass(frozen=True, slots=True)
class Loans:
    """The loans that have a group, by facility, and the facilities of each group, the newest last.

    `repaid_usd` is by facility; repayments are kept before their loan is known, too. `terms_at`
    says when the newest terms of each facility were known, whether they give it a group or not.
    """

    by_facility: PersistentMap[str, LoanOriginated] = NO_LOANS
    groups: PersistentMap[str, tuple[str, ...]] = NO_GROUPS
    repaid_usd: PersistentMap[str, Decimal] = NO_REPAYMENTS
    terms_at: PersistentMap[str, datetime] = NO_TERMS


def enter(
    loans: Loans, event: LoanOriginated | LoanRepaid, group_of: GroupOf
) -> tuple[Loans, tuple[str, ...]]:
    """Enter a loan or a repayment: the loans after it, and the groups that it touches.

    A facility made anew replaces the one that it was, and terms that were known before it and
    come late change nothing; a loan without a group is not kept.
    """
    match event:
        case LoanOriginated():
            return _originate(loans, event, group_of)
        case LoanRepaid(facility_id=facility_id):
            repaid_usd = loans.repaid_usd.get(facility_id, NOTHING) + event.amount_usd
            repayments = loans.repaid_usd.insert(facility_id, repaid_usd)
            loans = Loans(loans.by_facility, loans.groups, repayments, loans.terms_at)
            return loans, _touched(_group(loans, facility_id, group_of))
        case _:
            assert_never(event)


def owed(loans: Loans, facility_id: str) -> Owed | None:
    """Find a loan that is not paid back."""
    loan = loans.by_facility.get(facility_id)
    if loan is None:
        return None
    balance_usd = loan.principal_usd - loans.repaid_usd.get(facility_id, NOTHING)
    return Owed(loan, balance_usd) if balance_usd > 0 else None


def owed_in(loans: Loans, group: str) -> list[Owed]:
    """List the loans of a group that are not paid back, the newest last."""
    found = (owed(loans, facility_id) for facility_id in loans.groups.get(group, ()))
    return [one for one in found if one is not None]


def _originate(loans: Loans, loan: LoanOriginated, group_of: GroupOf) -> tuple[Loans, tuple[str, ...]]:
    facility_id = loan.facility_id
    if loan.known_at < loans.terms_at.get(facility_id, loan.known_at):
        return loans, ()
    loans = replace(loans, terms_at=loans.terms_at.insert(facility_id, loan.known_at))
    left, joined = _group(loans, facility_id, group_of), group_of(loan)
    if left is None and joined is None:
        return loans, ()
    groups = loans.groups
    if left is not None:
        others = tuple(one for one in groups[left] if one != facility_id)
        groups = groups.insert(left, others) if others else groups.discard(left)
    if joined is None:
        by_facility = loans.by_facility.discard(facility_id)
    else:
        groups = groups.insert(joined, (*groups.get(joined, ()), facility_id))
        by_facility = loans.by_facility.insert(facility_id, loan)
    return replace(loans, by_facility=by_facility, groups=groups), _touched(left, joined)


def _group(loans: Loans, facility_id: str, group_of: GroupOf) -> str | None:
    loan = loans.by_facility.get(facility_id)
    return group_of(loan) if loan else None


def _touched(*groups: str | None) -> tuple[str, ...]:
    return tuple(dict.fromkeys(group for group in groups if group is not None))
