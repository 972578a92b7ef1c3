"""Contracts that are changed after their signature: what was announced was not the last word."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from rpds import HashTrieMap

from events.companies import canonical
from events.contracts import ContractRenegotiated
from events.words import short_cents
from projections.base import JournaledEvent
from projections.circularity.book import pair_of
from projections.circularity.deal import count as count_leg
from projections.circularity.deal import to_cents
from projections.circularity.fold import Change, Circularity
from projections.circularity.picture import NO_MONEY
from projections.persistent import PersistentMap
from projections.warning_signs.definition import (
    EVIDENCE_LIMIT,
    S2,
    Definition,
    Direction,
    Measured,
    Measurement,
    Thresholds,
)
from projections.warning_signs.money import MoneyIndicator
from projections.warning_signs.window import (
    ALL,
    BEFORE_ALL,
    counted,
    leaving,
    next_leaving,
    subjects_of,
    with_happening,
)
from projections.warning_signs.words import cited, count, percent

WINDOW = timedelta(days=90)

DEFINITION = Definition(
    id="contract_renegotiations",
    title="Contracts renegotiated",
    unit="count",
    direction=Direction.RISING,
    thresholds=Thresholds(watch=1.0, warning=2.0, critical=4.0),
    named_by=S2,
    formula=(
        "How many renegotiations became known in the last 90 days, per supplier, per customer and in all."
        " Told beside it: the dollars of those contracts before and after, and before as a share of"
        " announced money, which is these dollars and those of all deals that were left alone (conditional"
        " and estimated ones included; to the supplier, by the customer, or all)."
    ),
    why="Buyers that want out of what they signed need less than was announced, or can pay for less.",
    window=WINDOW,
    # A count does not waver: back below a threshold it has left it.
    hysteresis=0.0,
)


@dataclass(frozen=True, slots=True)
class Renegotiation:
    """One renegotiation: the cents before and after where stated, and the leg of the deal it changes."""

    known_at: datetime
    contract_id: str
    before_cents: int
    after_cents: int
    changed: tuple[str, str] | None
    event_id: UUID
    subjects: tuple[str, ...]
    cited: str


NONE_KNOWN: PersistentMap[str, tuple[Renegotiation, ...]] = HashTrieMap()


@dataclass(frozen=True, slots=True)
class State:
    """The renegotiations per subject, the oldest first; what was known by `cut` has left the window."""

    renegotiations: PersistentMap[str, tuple[Renegotiation, ...]] = NONE_KNOWN
    window: timedelta = WINDOW
    cut: datetime = BEFORE_ALL


def apply(state: State, journaled: JournaledEvent, change: Change) -> Measured[State]:
    """Count a renegotiation; one that was known before the window began comes too late to count."""
    event, now = journaled.event, journaled.now
    if not isinstance(event, ContractRenegotiated):
        return state, ()
    new = _renegotiation(event)
    renegotiations = with_happening(state.renegotiations, new, now)
    state = replace(state, renegotiations=renegotiations, cut=now - state.window)
    return state, _measure(state, new.subjects, change.after) if event.known_at > state.cut else ()


def due(state: State) -> datetime | None:
    """Name the moment at which the oldest renegotiation leaves the window."""
    return next_leaving(state.renegotiations, state.cut, state.window)


def elapse(state: State, now: datetime, money: Circularity) -> Measured[State]:
    """Let go of the renegotiations that have left the window."""
    left = leaving(state.renegotiations, state.cut, now - state.window)
    state = replace(state, cut=now - state.window)
    return state, _measure(state, left, money)


def with_window(state: State, window: timedelta, now: datetime, money: Circularity) -> Measured[State]:
    """Count over another window."""
    state = replace(state, window=window, cut=now - window)
    return state, _measure(state, subjects_of(state.renegotiations), money)


def _renegotiation(event: ContractRenegotiated) -> Renegotiation:
    before = to_cents(event.before.amount_usd)
    return Renegotiation(
        known_at=event.known_at,
        contract_id=event.contract_id,
        before_cents=before,
        # New terms that do not name an amount leave it as it was.
        after_cents=before if event.after.amount_usd is None else to_cents(event.after.amount_usd),
        changed=(event.deal_id, event.leg) if event.deal_id is not None and event.leg is not None else None,
        event_id=event.event_id,
        subjects=(ALL, f"supplier:{canonical(event.supplier)}", f"customer:{canonical(event.customer)}"),
        cited=cited(event),
    )


def _measure(state: State, subjects: tuple[str, ...], money: Circularity) -> tuple[Measurement, ...]:
    return tuple(_measurement(state, subject, money) for subject in subjects)


def _measurement(state: State, subject: str, money: Circularity) -> Measurement:
    happened = counted(state.renegotiations, subject, state.cut)
    return Measurement(
        subject=subject,
        value=float(len(happened)),
        evidence=tuple(one.event_id for one in happened[-EVIDENCE_LIMIT:]),
        text=_tell(state, subject, happened, money),
        cited=happened[-1].cited if happened else "",
    )


def _tell(state: State, subject: str, happened: tuple[Renegotiation, ...], money: Circularity) -> str:
    role, _, name = subject.partition(":")
    whose = {"supplier": f"with the supplier {name}", "customer": f"with the customer {name}"}.get(
        role, "in all"
    )
    known = f"became known in the last {count(state.window.days, 'day')}"
    if not happened:
        return f"no contract renegotiation {whose} {known}"
    told = f"{count(len(happened), 'contract renegotiation')} {whose} {known}"
    # A contract that was changed more than once counts from its first terms to its last.
    stated = [one for one in happened if one.before_cents]
    first = {one.contract_id: one.before_cents for one in reversed(stated)}
    last = {one.contract_id: one.after_cents for one in stated}
    before, after = sum(first.values()), sum(last.values())
    if not before:
        return f"{told}; their dollars are not stated"
    share = before / (before + _left_alone(money, subject, happened))
    became = (
        f"{short_cents(before)} before became {short_cents(after)}"
        if after != before
        else f"{short_cents(before)} stayed"
    )
    return f"{told}; {became}, {percent(share)} of announced money"


def _left_alone(money: Circularity, subject: str, happened: tuple[Renegotiation, ...]) -> int:
    """Sum the cents that deals announce for a subject outside of the legs that were renegotiated."""
    book, renegotiated = money.book, 0
    for deal_id, leg in {one.changed for one in happened if one.changed}:
        deal = book.deals.get(deal_id)
        if deal is None:
            continue
        renegotiated += sum(
            count_leg(deal, one, book.gigawatt).whole
            for one in deal.legs
            if one.leg.leg == leg and _concerns(subject, *pair_of(one.leg))
        )
    return _announced(money, subject) - renegotiated


def _announced(money: Circularity, subject: str) -> int:
    role, _, name = subject.partition(":")
    if not name:
        return money.all.announced_cents
    company = money.all.companies.get(name, NO_MONEY)
    return company.in_cents if role == "supplier" else company.out_cents


def _concerns(subject: str, payer: str, payee: str) -> bool:
    # Money between two names of one company goes nowhere, and the book leaves it out.
    return payer != payee and subject in (ALL, f"supplier:{payee}", f"customer:{payer}")


CONTRACT_RENEGOTIATIONS = MoneyIndicator(
    definition=DEFINITION,
    initial=State(),
    reads=(ContractRenegotiated,),
    apply=apply,
    due=due,
    elapse=elapse,
    with_window=with_window,
)
