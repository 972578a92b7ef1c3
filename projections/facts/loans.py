"""Loans: the newest terms of each facility, what was paid back, and which facilities have what in common."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any, NamedTuple, assert_never

from rpds import HashTrieMap

from events.base import FacilityName
from events.families.credit import GpuCollateral, LoanOriginated, LoanRepaid, ShareCollateral
from projections.facts.log import Change, Kind, Log, is_close, record_event
from projections.facts.reports import Fact
from projections.persistent import PersistentMap

NOTHING = Decimal(0)
MOST_TERMS = 8
MOST_REPAYMENTS = 16


@dataclass(frozen=True, slots=True)
class Repayment:
    """Principal (USD) of a facility that was paid back."""

    facility_id: FacilityName
    amount_usd: Decimal


class Loan(NamedTuple):
    """A facility as it is known now: the fact of its newest terms, and what was paid back (USD)."""

    fact: Fact[LoanOriginated]
    repaid_usd: Decimal

    @property
    def terms(self) -> LoanOriginated:
        """Return the newest terms."""
        return self.fact.value

    @property
    def balance_usd(self) -> Decimal:
        """Return what of the principal is not paid back (USD); never below nothing."""
        return max(NOTHING, self.fact.value.principal_usd - self.repaid_usd)

    @property
    def drawn_usd(self) -> Decimal:
        """Return what is drawn and not paid back (USD).

        An undrawn part that exceeds the loan cannot be a part of it, and stands beside.
        """
        undrawn_usd = self.terms.undrawn_usd or NOTHING
        inside = undrawn_usd if undrawn_usd <= self.terms.principal_usd else NOTHING
        return max(NOTHING, self.balance_usd - inside)


class Loans(NamedTuple):
    """All that was said of loans, and what was paid back of each facility in all, known as a loan or not.

    `groups` lists the facilities by what they have in common (see `site`, `gpus`, `shares`, `vehicle`), the
    newest last.
    """

    terms: Log[LoanOriginated] = Log()
    repayments: Log[Repayment] = Log()
    repaid_usd: PersistentMap[str, Decimal] = HashTrieMap()
    groups: PersistentMap[str, tuple[str, ...]] = HashTrieMap()

    def loan(self, facility_id: str) -> Loan | None:
        """Return a facility whose loan is known."""
        terms = self.terms.of(facility_id)
        return Loan(terms[-1], self.repaid_usd.get(facility_id, NOTHING)) if terms else None

    def owed(self, facility_id: str) -> Loan | None:
        """Return a facility that is not paid back."""
        loan = self.loan(facility_id)
        return loan if loan and loan.balance_usd > 0 else None

    def owed_in(self, group: str) -> list[Loan]:
        """Return the loans of a group that are not paid back, the newest last."""
        found = (self.owed(facility_id) for facility_id in self.groups.get(group, ()))
        return [loan for loan in found if loan is not None]


def site(site_id: str) -> str:
    """Return the group of the loans that pay for a site."""
    return f"site:{site_id}"


def gpus(model: str) -> str:
    """Return the group of the loans that GPUs of a model secure."""
    return f"gpus:{model}"


def shares(symbol: str) -> str:
    """Return the group of the loans that shares secure."""
    return f"shares:{symbol}"


def vehicle(borrower: str) -> str:
    """Return the group of the loans of a borrower that are on no sponsor's balance sheet."""
    return f"vehicle:{borrower}"


def groups_of(loan: LoanOriginated) -> tuple[str, ...]:
    """Return the groups that a loan belongs to."""
    groups = [site(loan.site_id)] if loan.site_id is not None else []
    match loan.collateral:
        case GpuCollateral(model=model):
            groups.append(gpus(model))
        case ShareCollateral(symbol=symbol):
            groups.append(shares(symbol))
        case None:
            pass
        case _ as unknown:
            assert_never(unknown)
    if loan.off_balance_sheet:
        groups.append(vehicle(loan.borrower))
    return tuple(groups)


TERMS: Kind[LoanOriginated] = Kind(
    "loan", lambda fact: (fact.value.facility_id,), lambda _, __: True, most=MOST_TERMS
)
REPAYMENTS: Kind[Repayment] = Kind(
    "repayment",
    lambda fact: (fact.value.facility_id,),
    lambda known, new: is_close(known.amount_usd, new.amount_usd),
    most=MOST_REPAYMENTS,
)


class LoanStep(NamedTuple):
    """The loans after an event, the groups that it touches, and what it did to the log of its kind."""

    loans: Loans
    groups: tuple[str, ...]
    change: Change[Any]


def with_loan(loans: Loans, event: LoanOriginated | LoanRepaid) -> LoanStep:
    """Take in terms or a repayment."""
    match event:
        case LoanOriginated():
            terms = record_event(loans.terms, TERMS, event, event)
            return LoanStep(*with_terms(loans, terms), terms)
        case LoanRepaid():
            value = Repayment(event.facility_id, event.amount_usd)
            repayments = record_event(loans.repayments, REPAYMENTS, event, value)
            return LoanStep(*with_repayments(loans, repayments), repayments)
        case _:
            assert_never(event)


def with_terms(loans: Loans, change: Change[LoanOriginated]) -> tuple[Loans, tuple[str, ...]]:
    """Take over changed terms, and put their facilities into the groups that they belong to now."""
    groups, touched = loans.groups, dict[str, None]()
    for facility_id in change.things:
        before, after = (log.of(facility_id) for log in (loans.terms, change.log))
        if before and after and before[-1] == after[-1]:
            continue
        left = groups_of(before[-1].value) if before else ()
        joined = groups_of(after[-1].value) if after else ()
        for group in left:
            others = tuple(other for other in groups[group] if other != facility_id)
            groups = groups.insert(group, others) if others else groups.discard(group)
        for group in joined:
            groups = groups.insert(group, (*groups.get(group, ()), facility_id))
        touched |= dict.fromkeys((*left, *joined))
    return loans._replace(terms=change.log, groups=groups), tuple(touched)


def with_repayments(loans: Loans, change: Change[Repayment]) -> tuple[Loans, tuple[str, ...]]:
    """Take over changed repayments, in the sums too."""
    repaid, groups = loans.repaid_usd, dict[str, None]()
    for facts, sign in ((change.gone, -1), (change.made, 1)):
        for fact in facts:
            facility_id = fact.value.facility_id
            amount_usd = repaid.get(facility_id, NOTHING) + sign * fact.value.amount_usd
            repaid = repaid.insert(facility_id, amount_usd)
            terms = loans.terms.of(facility_id)
            groups |= dict.fromkeys(groups_of(terms[-1].value)) if terms else {}
    return loans._replace(repayments=change.log, repaid_usd=repaid), tuple(groups)
