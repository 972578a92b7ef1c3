"""Vehicles outside of any balance sheet that are nearly all debt."""

from dataclasses import dataclass, field
from decimal import Decimal

from events.companies import canonical
from events.credit import LoanOriginated, LoanRepaid
from projections.base import JournaledEvent
from projections.warning_signs.definition import (
    EVIDENCE_LIMIT,
    S2,
    Definition,
    Direction,
    Indicator,
    Measured,
    Measurement,
    Thresholds,
)
from projections.warning_signs.loans import NOTHING, Loans, Owed, enter, owed_in
from projections.warning_signs.words import cited, dollars, percent

DEFINITION = Definition(
    id="offbalance_leverage",
    title="Leverage outside of balance sheets",
    unit="share",
    direction=Direction.RISING,
    thresholds=Thresholds(watch=0.70, warning=0.85, critical=0.95),
    named_by=S2,
    formula=(
        "Per borrower of loans that are on no sponsor's balance sheet: debt not paid back divided by debt"
        " plus equity, where equity is what the newest of these loans that names any says of the vehicle."
        " 0 where no equity is stated: a vehicle of which nothing is said is not taken for one of pure debt."
    ),
    why="A thin layer of equity takes the first loss; what goes beyond it falls on lenders that few can see.",
    # A tenth is nearly as much as lies between two levels here.
    hysteresis=0.03,
)


@dataclass(frozen=True, slots=True)
class State:
    """The loans outside of balance sheets in groups of a borrower, and what is owed on all of them (USD)."""

    loans: Loans = field(default_factory=Loans)
    debt_usd: Decimal = NOTHING


def apply(state: State, journaled: JournaledEvent) -> Measured[State]:
    """Take in a loan or a repayment, and measure its borrower."""
    event = journaled.event
    if not isinstance(event, LoanOriginated | LoanRepaid):
        return state, ()
    loans, touched = enter(state.loans, event, _vehicle)
    before_usd = sum((_debt_usd(owed_in(state.loans, name)) for name in touched), NOTHING)
    after_usd = sum((_debt_usd(owed_in(loans, name)) for name in touched), NOTHING)
    state = State(loans, state.debt_usd - before_usd + after_usd)
    return state, tuple(_measurement(state, name, cited(event)) for name in touched)


def _vehicle(loan: LoanOriginated) -> str | None:
    return canonical(loan.borrower) if loan.off_balance_sheet else None


def _debt_usd(loans: list[Owed]) -> Decimal:
    return sum((one.balance_usd for one in loans), NOTHING)


def _equity_usd(loans: list[Owed]) -> Decimal | None:
    """Find what was last said of the vehicle's equity: its loans share it, so it is not added up."""
    stated = [one.loan for one in loans if one.loan.equity_usd is not None]
    return max(stated, key=lambda loan: loan.known_at).equity_usd if stated else None


def _measurement(state: State, borrower: str, where: str) -> Measurement:
    loans = owed_in(state.loans, borrower)
    debt_usd, equity_usd = _debt_usd(loans), _equity_usd(loans)
    evidence = tuple(one.loan.event_id for one in reversed(loans))[:EVIDENCE_LIMIT]
    in_all = f"; {dollars(state.debt_usd)} of debt stand outside of balance sheets in all"
    if not loans:
        told = f"{borrower} owes nothing outside of balance sheets any more"
        return Measurement(borrower, 0.0, (), told + in_all, where)
    if equity_usd is None:
        told = (
            f"how far {borrower} is leveraged cannot be told: it owes {dollars(debt_usd)}, and no equity"
            " beside that is stated"
        )
        return Measurement(borrower, 0.0, evidence, told + in_all, where)
    total_usd = debt_usd + equity_usd
    share = round(float(debt_usd / total_usd), 6)
    told = f"{percent(share)} of the {dollars(total_usd)} in {borrower} is debt: {dollars(debt_usd)}"
    told += f" beside {dollars(equity_usd)} of equity"
    return Measurement(borrower, share, evidence, told + in_all, where)


OFFBALANCE_LEVERAGE = Indicator(
    definition=DEFINITION,
    initial=State(),
    reads=(LoanOriginated, LoanRepaid),
    apply=apply,
)
