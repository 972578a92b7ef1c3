"""Fold credit events into facilities and their history."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import assert_never

from rpds import HashTrieMap

from events.companies import canonical, canonical_each
from events.credit import (
    CreditEvent,
    CreditWaiverReported,
    GpuCollateral,
    LoanOriginated,
    LoanRepaid,
    ShareCollateral,
)
from projections.base import JournaledEvent, Step
from projections.credit.rows import CreditEventRow, FacilityRow
from projections.credit.severity import SEVERITY
from projections.persistent import PersistentMap


@dataclass(frozen=True, slots=True)
class Facility:
    """What is known of a facility, in whatever order it became known; companies by their canonical names."""

    loan: LoanOriginated | None = None
    borrower: str | None = None
    lenders: tuple[str, ...] = ()
    repaid_usd: Decimal = Decimal(0)
    waivers: int = 0


NO_FACILITIES: PersistentMap[str, Facility] = HashTrieMap()


@dataclass(frozen=True, slots=True)
class Credit:
    """All facilities by id."""

    facilities: PersistentMap[str, Facility] = NO_FACILITIES


def apply(state: Credit, journaled: JournaledEvent) -> Step[Credit]:
    """Fold one event; other families pass by."""
    event = journaled.event
    if not isinstance(event, CreditEvent):
        return Step(state)
    facility = _change(state.facilities.get(event.facility_id, Facility()), event)
    rows = (_history(journaled, event, facility), _standing(journaled, event.facility_id, facility))
    return Step(Credit(state.facilities.insert(event.facility_id, facility)), rows)


def _change(facility: Facility, event: CreditEvent) -> Facility:
    match event:
        case LoanOriginated():
            lenders = canonical_each(event.lenders)
            return replace(facility, loan=event, borrower=canonical(event.borrower), lenders=lenders)
        case CreditWaiverReported():
            return replace(
                facility,
                borrower=facility.borrower or canonical(event.borrower),
                lenders=facility.lenders or canonical_each(event.lenders),
                waivers=facility.waivers + 1,
            )
        case LoanRepaid():
            return replace(facility, repaid_usd=facility.repaid_usd + event.amount_usd)
        case _:
            assert_never(event)


def _history(journaled: JournaledEvent, event: CreditEvent, facility: Facility) -> CreditEventRow:
    severity, detail = 0.0, None
    amount: Decimal | None
    match event:
        case LoanOriginated():
            kind, amount = "originated", event.principal_usd
        case CreditWaiverReported():
            kind, severity, detail = event.kind.value, SEVERITY[event.kind], event.detail
            amount = event.amount_usd
        case LoanRepaid():
            kind, amount = "repaid", event.amount_usd
        case _:
            assert_never(event)
    lenders = () if isinstance(event, LoanRepaid) else canonical_each(event.lenders)
    return CreditEventRow(
        known_at=journaled.now,
        journal_offset=journaled.offset,
        journal_index=journaled.index,
        event_id=event.event_id,
        facility_id=event.facility_id,
        borrower=facility.borrower,
        lenders=list(lenders or facility.lenders),
        kind=kind,
        severity=severity,
        amount_usd=amount,
        detail=detail,
        source_url=event.source_url,
    )


def _standing(journaled: JournaledEvent, facility_id: str, facility: Facility) -> FacilityRow:
    loan = facility.loan
    kind, name, quantity = _collateral(loan)
    return FacilityRow(
        facility_id=facility_id,
        borrower=facility.borrower,
        lenders=list(facility.lenders),
        principal_usd=loan.principal_usd if loan else None,
        repaid_usd=facility.repaid_usd,
        undrawn_usd=loan.undrawn_usd if loan else None,
        equity_usd=loan.equity_usd if loan else None,
        off_balance_sheet=loan.off_balance_sheet if loan else False,
        collateral_kind=kind,
        collateral=name,
        collateral_quantity=quantity,
        waivers=facility.waivers,
        known_at=journaled.now,
    )


def _collateral(loan: LoanOriginated | None) -> tuple[str | None, str | None, float | None]:
    match loan.collateral if loan else None:
        case None:
            return None, None, None
        case GpuCollateral() as gpus:
            return "gpus", gpus.model, gpus.quantity
        case ShareCollateral() as shares:
            return "shares", shares.symbol, shares.quantity
        case _ as unknown:
            assert_never(unknown)
