"""Falling prices of shares that secure loans: the way to a margin call."""

from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from rpds import HashTrieMap

from events.credit import LoanOriginated, LoanRepaid, ShareCollateral
from events.prices import EquityBarClosed, EquityPriced
from projections.base import JournaledEvent
from projections.persistent import PersistentMap
from projections.warning_signs.definition import (
    EVIDENCE_LIMIT,
    S1,
    Definition,
    Direction,
    Indicator,
    Measured,
    Measurement,
    Thresholds,
)
from projections.warning_signs.drawdown import Window, with_price
from projections.warning_signs.words import cited, count, dollars, percent, price

DEFINITION = Definition(
    id="pledged_equity_drawdown",
    title="Pledged shares falling",
    unit="share",
    direction=Direction.RISING,
    thresholds=Thresholds(watch=0.15, warning=0.30, critical=0.45),
    named_by=S1,
    formula=(
        "(high - price) / high, per share that secures a loan not yet repaid, where high is the highest"
        " price of the 52 weeks up to the newest price."
    ),
    why="A lender can call for more collateral, and a borrower without cash must sell what it holds.",
    stale_after=timedelta(days=7),
)

# An alert tells of so many loans; the others it counts.
TOLD = 3
NOTHING = Decimal(0)
NO_WINDOWS: PersistentMap[str, Window] = HashTrieMap()
NO_LOANS: PersistentMap[str, LoanOriginated] = HashTrieMap()
NO_PLEDGES: PersistentMap[str, tuple[str, ...]] = HashTrieMap()
NO_REPAYMENTS: PersistentMap[str, Decimal] = HashTrieMap()


@dataclass(frozen=True, slots=True)
class State:
    """The year of every share, and the loans on shares.

    `windows` and `facilities` are by symbol, `loans` and `repaid_usd` by facility. A share's
    prices are kept before it is pledged, too, and repayments before their loan is known. Loans
    on anything else are kept as well: older terms that come late must not replace them.
    """

    windows: PersistentMap[str, Window] = NO_WINDOWS
    facilities: PersistentMap[str, tuple[str, ...]] = NO_PLEDGES
    loans: PersistentMap[str, LoanOriginated] = NO_LOANS
    repaid_usd: PersistentMap[str, Decimal] = NO_REPAYMENTS


def apply(state: State, journaled: JournaledEvent) -> Measured[State]:
    """Take in a price, a loan or a repayment, and measure the shares that it touches."""
    match journaled.event:
        case EquityBarClosed() | EquityPriced() as priced:
            return _take_price(state, priced)
        case LoanOriginated() as loan:
            return _take_loan(state, loan)
        case LoanRepaid() as repayment:
            facility_id = repayment.facility_id
            repaid_usd = state.repaid_usd.get(facility_id, NOTHING) + repayment.amount_usd
            repayments = state.repaid_usd.insert(facility_id, repaid_usd)
            state = State(state.windows, state.facilities, state.loans, repayments)
            return state, _measure(state, _symbol(state.loans.get(facility_id)))
        case _:
            return state, ()


def _take_price(state: State, priced: EquityBarClosed | EquityPriced) -> Measured[State]:
    before = state.windows.get(priced.symbol)
    window = with_price(before, priced)
    if window is before:
        return state, ()
    windows = state.windows.insert(priced.symbol, window)
    state = State(windows, state.facilities, state.loans, state.repaid_usd)
    return state, _measure(state, priced.symbol) if priced.symbol in state.facilities else ()


def _take_loan(state: State, loan: LoanOriginated) -> Measured[State]:
    """Remember a loan; a facility made anew replaces the one that it was."""
    known = state.loans.get(loan.facility_id)
    if known and loan.known_at < known.known_at:
        return state, ()
    before, symbol = _symbol(known), _symbol(loan)
    state = replace(state, loans=state.loans.insert(loan.facility_id, loan))
    if symbol is not None:
        others = (one for one in state.facilities.get(symbol, ()) if one != loan.facility_id)
        facilities = state.facilities.insert(symbol, (*others, loan.facility_id))
        state = replace(state, facilities=facilities)
    return state, _measure(state, *dict.fromkeys((before, symbol)))


def _symbol(loan: LoanOriginated | None) -> str | None:
    collateral = loan.collateral if loan else None
    return collateral.symbol if isinstance(collateral, ShareCollateral) else None


def _measure(state: State, *symbols: str | None) -> tuple[Measurement, ...]:
    return tuple(_measurement(state, symbol) for symbol in symbols if symbol is not None)


def _measurement(state: State, symbol: str) -> Measurement:
    loans = [
        (loan, balance)
        for loan in (state.loans[facility_id] for facility_id in state.facilities[symbol])
        if _symbol(loan) == symbol and (balance := _balance(state, loan)) > 0
    ]
    if not loans:
        return Measurement(symbol, 0.0, (), f"no loan is secured by {symbol} any more", settled=True)
    window = state.windows.get(symbol)
    told = [_tell_loan(loan, balance, window) for loan, balance in loans[-TOLD:]]
    if len(loans) > TOLD:
        told.append(count(len(loans) - TOLD, "older loan"))
    return Measurement(
        subject=symbol,
        value=window.drawdown if window else 0.0,
        evidence=_evidence(window, [loan for loan, _ in loans]),
        text=f"{_tell_price(symbol, window)}; it secures {' and '.join(told)}",
        cited=cited(loans[-1][0]),
        heard_at=window.at if window else loans[-1][0].known_at,
    )


def _evidence(window: Window | None, loans: list[LoanOriginated]) -> tuple[UUID, ...]:
    prices = (window.event_id, window.high.event_id) if window else ()
    newest_first = (loan.event_id for loan in reversed(loans))
    return tuple(dict.fromkeys((*prices, *newest_first)))[:EVIDENCE_LIMIT]


def _balance(state: State, loan: LoanOriginated) -> Decimal:
    return loan.principal_usd - state.repaid_usd.get(loan.facility_id, NOTHING)


def _tell_price(symbol: str, window: Window | None) -> str:
    if window is None:
        return f"no price of {symbol} is known yet"
    fall = window.drawdown
    if not fall:
        return f"{symbol} is at its 52-week high of {price(window.price_usd)}"
    return (
        f"{symbol} is {percent(fall)} below its 52-week high of {price(window.high.price_usd)}"
        f" (now {price(window.price_usd)})"
    )


def _tell_loan(loan: LoanOriginated, balance_usd: Decimal, window: Window | None) -> str:
    told = f"a loan of {dollars(balance_usd)} to {loan.borrower}"
    quantity = loan.collateral.quantity if isinstance(loan.collateral, ShareCollateral) else None
    pledged_usd = quantity * window.price_usd if quantity and window else 0.0
    return f"{told} (loan-to-value {percent(float(balance_usd) / pledged_usd)})" if pledged_usd else told


PLEDGED_EQUITY_DRAWDOWN = Indicator(
    definition=DEFINITION,
    initial=State(),
    reads=(EquityBarClosed, EquityPriced, LoanOriginated, LoanRepaid),
    apply=apply,
    heeds=lambda state: state.facilities,
)
