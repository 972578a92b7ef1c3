"""Loans that are worth more than the GPUs behind them."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import NamedTuple
from uuid import UUID

from rpds import HashTrieMap

from events.companies import canonical
from events.credit import GpuCollateral, LoanOriginated, LoanRepaid
from events.prices import GpuBarClosed
from projections.base import JournaledEvent
from projections.persistent import PersistentMap
from projections.warning_signs.definition import (
    S2,
    Definition,
    Direction,
    Indicator,
    Measured,
    Measurement,
    Thresholds,
)
from projections.warning_signs.loans import NOTHING, Loans, Owed, enter, owed, owed_in
from projections.warning_signs.words import cited, dollars, percent, price

DEFINITION = Definition(
    id="gpu_collateral_ltv",
    title="Loan-to-value of GPU loans",
    unit="share",
    direction=Direction.RISING,
    thresholds=Thresholds(watch=0.80, warning=0.95, critical=1.05),
    named_by=S2,
    formula=(
        "Per facility that GPUs secure: what is drawn and not paid back (principal, less the undrawn part of"
        " it, less repayments) divided by the number of GPUs times the newest resale close of their model."
        " 0 where the number or the price is not known."
    ),
    why="GPUs lose value while the loan stands, and what they no longer cover the lender loses.",
    stale_after=timedelta(days=14),
    # A tenth is as much as lies between two levels here, and no loan may stay critical below warning.
    hysteresis=0.03,
)

# What is worth less than a cent covers nothing that could be measured.
LEAST_USD = 0.01


class Quote(NamedTuple):
    """The newest resale close of a model (USD), when it was made, and the event that brought it."""

    price_usd: float
    at: datetime
    event_id: UUID


NO_QUOTES: PersistentMap[str, Quote] = HashTrieMap()


@dataclass(frozen=True, slots=True)
class State:
    """The loans on GPUs in groups of a model, and the newest quote of every model."""

    loans: Loans = field(default_factory=Loans)
    quotes: PersistentMap[str, Quote] = NO_QUOTES


def apply(state: State, journaled: JournaledEvent) -> Measured[State]:
    """Take in a resale price, a loan or a repayment, and measure the facilities that it touches."""
    event = journaled.event
    if isinstance(event, GpuBarClosed):
        return _take_price(state, event) if event.basis == "resale" else (state, ())
    if not isinstance(event, LoanOriginated | LoanRepaid):
        return state, ()
    loans, touched = enter(state.loans, event, _model)
    state = State(loans, state.quotes)
    if not touched:
        return state, ()
    one = owed(loans, event.facility_id)
    if one is None:
        return state, (_nothing_owed(event),)
    return state, (_measurement(one, state.quotes.get(_model(one.loan) or "")),)


def _take_price(state: State, bar: GpuBarClosed) -> Measured[State]:
    before = state.quotes.get(bar.model)
    if before and bar.last_at < before.at:
        return state, ()
    quote = Quote(bar.close_usd, bar.last_at, bar.event_id)
    state = State(state.loans, state.quotes.insert(bar.model, quote))
    return state, tuple(_measurement(one, quote) for one in owed_in(state.loans, bar.model))


def _model(loan: LoanOriginated) -> str | None:
    return loan.collateral.model if isinstance(loan.collateral, GpuCollateral) else None


def _drawn_usd(one: Owed) -> Decimal:
    """Leave out what is not drawn; more than the whole loan cannot be a part of it, and stands beside."""
    undrawn_usd = one.loan.undrawn_usd or NOTHING
    inside = undrawn_usd if undrawn_usd <= one.loan.principal_usd else NOTHING
    return max(NOTHING, one.balance_usd - inside)


def _measurement(one: Owed, quote: Quote | None) -> Measurement:
    loan, drawn_usd, collateral = one.loan, _drawn_usd(one), one.loan.collateral
    quantity = collateral.quantity if isinstance(collateral, GpuCollateral) else None
    worth_usd = (quantity or 0.0) * (quote.price_usd if quote else 0.0)
    whose = f"the loan of {dollars(drawn_usd)} to {canonical(loan.borrower)} ({loan.facility_id})"
    if quote and quantity and worth_usd >= LEAST_USD:
        value = round(float(drawn_usd) / worth_usd, 6)
        text = (
            f"{whose} stands at {percent(value)} of its collateral: {quantity:,.0f} {_model(loan)} at"
            f" {price(quote.price_usd)} are worth {dollars(Decimal(worth_usd))}"
        )
    else:
        value = 0.0
        missing = [
            *([] if quantity else [f"the number of {_model(loan)} that secure it"]),
            *([] if quote else [f"a resale price of {_model(loan)}"]),
        ]
        lacks = f"without {' and '.join(missing)}" if missing else "as its collateral is worth nothing"
        text = f"the loan-to-value of {whose} cannot be told {lacks}"
    evidence = (*((quote.event_id,) if quote else ()), loan.event_id)
    heard_at = quote.at if quote else loan.known_at
    return Measurement(loan.facility_id, value, evidence, text, cited(loan), heard_at)


def _nothing_owed(event: LoanOriginated | LoanRepaid) -> Measurement:
    what = (
        "is paid back" if isinstance(event, LoanRepaid) else "is no longer secured by GPUs, or is paid back"
    )
    told = f"the loan {event.facility_id} {what}"
    return Measurement(event.facility_id, 0.0, (event.event_id,), told, cited(event), settled=True)


GPU_COLLATERAL_LTV = Indicator(
    definition=DEFINITION,
    initial=State(),
    reads=(GpuBarClosed, LoanOriginated, LoanRepaid),
    apply=apply,
)
