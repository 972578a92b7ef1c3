"""Private credit: facilities as they are known now, and everything that was reported of them."""

from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple, assert_never, get_args
from uuid import UUID

from events.base import Event
from events.families.clock import ClockTicked
from events.families.credit import (
    CreditEvent,
    CreditWaiverReported,
    GpuCollateral,
    LoanOriginated,
    LoanRepaid,
    ShareCollateral,
)
from projections.base import BigInt, Projection, Row, Step, Table, Usd
from projections.credit.relief import ReliefRow, relief_rows
from projections.facts.loans import NOTHING
from projections.facts.relief import SEVERITY, facility, lenders_of
from projections.facts.relief_life import grants_of
from projections.facts.world import DESK, Thing, World, WorldStep
from projections.kernel import one_by_one


class CreditEventRow(NamedTuple):
    """Something happened to a facility: history."""

    known_at: datetime
    journal_offset: BigInt
    journal_index: int
    event_id: UUID
    facility_id: str
    borrower: str | None
    lenders: list[str]
    kind: str
    severity: float
    amount_usd: Usd | None
    detail: str | None
    source_url: str | None


class FacilityRow(NamedTuple):
    """A facility as it stands; the balance is unknown until its origination is."""

    facility_id: str
    borrower: str | None
    lenders: list[str]
    principal_usd: Usd | None
    repaid_usd: Usd
    undrawn_usd: Usd | None
    equity_usd: Usd | None
    off_balance_sheet: bool
    collateral_kind: str | None
    collateral: str | None
    collateral_quantity: float | None
    waivers: int
    known_at: datetime


def apply(seen_on: date, step: WorldStep) -> Step[date]:
    """Write the event, every facility and all relief that it changed, and what ended since a day was seen."""
    event = step.event
    history: tuple[Row, ...] = ()
    if isinstance(event, CreditEvent):
        history = (_history(step, event),)
    current = (_current(step, facility_id) for facility_id in step.names(Thing.FACILITY))
    today = max(step.journaled.now.date(), seen_on)
    return Step(today, (*history, *current, *relief_rows(step, seen_on)))


def _history(step: WorldStep, event: CreditEvent) -> CreditEventRow:
    severity, detail = 0.0, None
    amount: Decimal | None
    match event:
        case LoanOriginated():
            kind, amount = "originated", event.principal_usd
        case CreditWaiverReported():
            kind, severity, detail = event.kind.value, SEVERITY[event.kind], event.detail
            amount = event.amount_usd
            if event.status is not None:
                # What is over weighs nothing.
                kind, severity = f"{kind} {event.status}", 0.0
        case LoanRepaid():
            kind, amount = "repaid", event.amount_usd
        case _:
            assert_never(event)
    lenders = () if isinstance(event, LoanRepaid) else event.lenders
    return CreditEventRow(
        known_at=step.journaled.now,
        journal_offset=step.journaled.offset,
        journal_index=step.journaled.index,
        event_id=event.event_id,
        facility_id=event.facility_id,
        borrower=_borrower(step.world, event.facility_id),
        lenders=list(lenders or _lenders(step.world, event.facility_id)),
        kind=kind,
        severity=severity,
        amount_usd=amount,
        detail=detail,
        source_url=event.source_url,
    )


def _current(step: WorldStep, facility_id: str) -> FacilityRow:
    world = step.world
    loan = world.loans.loan(facility_id)
    terms = loan.terms if loan else None
    kind, name, quantity = _collateral(terms)
    return FacilityRow(
        facility_id=facility_id,
        borrower=_borrower(world, facility_id),
        lenders=list(_lenders(world, facility_id)),
        principal_usd=terms.principal_usd if terms else None,
        repaid_usd=world.loans.repaid_usd.get(facility_id, NOTHING),
        undrawn_usd=terms.undrawn_usd if terms else None,
        equity_usd=terms.equity_usd if terms else None,
        off_balance_sheet=terms.off_balance_sheet if terms else False,
        collateral_kind=kind,
        collateral=name,
        collateral_quantity=quantity,
        waivers=len(grants_of(world.relief.of(facility(facility_id)))),
        known_at=step.journaled.now,
    )


def _borrower(world: World, facility_id: str) -> str | None:
    """Return who owes: by the loan, or by the first relief where the loan is not known."""
    loan, relief = world.loans.loan(facility_id), world.relief.of(facility(facility_id))
    if loan is not None:
        return loan.terms.borrower
    return relief[0].value.borrower if relief else None


def _lenders(world: World, facility_id: str) -> tuple[str, ...]:
    """Return who lends: by the loan, or by the first relief that says so."""
    loan = world.loans.loan(facility_id)
    if loan is not None and loan.terms.lenders:
        return loan.terms.lenders
    named = (lenders_of(fact) for fact in world.relief.of(facility(facility_id)))
    return next((lenders for lenders in named if lenders), ())


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


READS: tuple[type[Event], ...] = (*get_args(CreditEvent), *DESK, ClockTicked)

CREDIT = Projection(
    name="credit",
    version=3,
    # The day that it is.
    initial=date.min,
    reads=READS,
    project=one_by_one(apply, READS),
    tables=(
        Table("credit_event", CreditEventRow, time_column="known_at"),
        Table("facility", FacilityRow, key=("facility_id",)),
        Table("relief", ReliefRow, key=("fact_id",)),
    ),
)
