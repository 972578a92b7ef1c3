"""What buyers of compute earn with it, against what they have promised to pay for it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from rpds import HashTrieMap

from events.companies import canonical
from events.contracts import CommitmentRevised, ContractRenegotiated
from events.deals import FINANCING, DealAnnounced, DealRevised, DealTerminated, LegFunded
from events.financials import RevenueReported
from events.words import short_cents
from projections.base import JournaledEvent
from projections.circularity.deal import Deal, to_cents
from projections.circularity.fold import Change, Circularity
from projections.persistent import PersistentMap
from projections.warning_signs.annual import a_year, months
from projections.warning_signs.commitments import ASSUMED_YEARS, Commitment, of_deal, of_statement
from projections.warning_signs.definition import (
    EVIDENCE_LIMIT,
    Definition,
    Direction,
    Measured,
    Measurement,
    Thresholds,
)
from projections.warning_signs.money import MoneyIndicator
from projections.warning_signs.words import cited, count, day, dollars, percent

SEGMENT = "ai"
# Whoever has nothing left to pay for is covered.
COVERED = 1.0

DEFINITION = Definition(
    id="revenue_coverage",
    title="AI revenue against commitments",
    unit="ratio",
    direction=Direction.FALLING,
    thresholds=Thresholds(watch=0.5, warning=0.25, critical=0.1),
    named_by="S1 and S2",
    formula=(
        "Annual AI revenue divided by annual commitments, per buyer whose AI revenue was reported."
        " Revenue: that of the latest period, brought to a year. Commitments: the larger of what its firm"
        " purchase and lease legs come to a year and what the commitments that it stated in all come to a"
        " year, each spread from its first day (or the day on which it became known) to its last, over a"
        f" year at least and over {ASSUMED_YEARS} years where the last day is not known; those that have"
        " ended count no longer. 1.0 where none is left."
    ),
    why="Commitments are paid out of revenue; where that falls short, only new financing can pay them.",
    stale_after=timedelta(days=180),
)

NO_BUYERS: PersistentMap[str, tuple[str, ...]] = HashTrieMap()
NO_STATEMENTS: PersistentMap[str, tuple[CommitmentRevised, ...]] = HashTrieMap()
NO_REVENUES: PersistentMap[str, RevenueReported] = HashTrieMap()


@dataclass(frozen=True, slots=True)
class State:
    """By company the deals in which it buys, or bought once, what it stated, and its AI revenue.

    Before `look_again_on` no commitment of a company with known revenue ends.
    """

    buyers: PersistentMap[str, tuple[str, ...]] = NO_BUYERS
    statements: PersistentMap[str, tuple[CommitmentRevised, ...]] = NO_STATEMENTS
    revenues: PersistentMap[str, RevenueReported] = NO_REVENUES
    look_again_on: date | None = None


def apply(state: State, journaled: JournaledEvent, change: Change) -> Measured[State]:
    """Take in revenue or commitments, and measure the companies that they touch."""
    match journaled.event:
        case RevenueReported() as revenue:
            state, touched = _with_revenue(state, revenue)
        case CommitmentRevised() as statement:
            state, touched = _with_statement(state, statement)
        case _:
            state, touched = _with_deals(state, change)
    return _measure(state, touched, journaled.now.date(), change.after)


def due(state: State) -> datetime | None:
    """Name the midnight (UTC) after which the next commitment has ended."""
    return datetime.combine(state.look_again_on, time.min, UTC) if state.look_again_on else None


def elapse(state: State, now: datetime, money: Circularity) -> Measured[State]:
    """Measure all companies without the commitments that have ended."""
    companies = sorted(company for company, _ in state.revenues.items())
    return _measure(replace(state, look_again_on=None), companies, now.date(), money)


def _with_revenue(state: State, revenue: RevenueReported) -> tuple[State, Iterable[str]]:
    company = canonical(revenue.company)
    before = state.revenues.get(company)
    if revenue.segment.casefold() != SEGMENT or (before and _age(revenue) < _age(before)):
        return state, ()
    return replace(state, revenues=state.revenues.insert(company, revenue)), (company,)


def _age(revenue: RevenueReported) -> tuple[date, datetime]:
    return revenue.period_ends, revenue.known_at


def _with_statement(state: State, statement: CommitmentRevised) -> tuple[State, Iterable[str]]:
    """Keep the newest statement on each contract."""
    company = canonical(statement.company)
    known = {one.contract_id: one for one in state.statements.get(company, ())}
    before = known.get(statement.contract_id)
    if before and statement.known_at < before.known_at:
        return state, ()
    known[statement.contract_id] = statement
    return replace(state, statements=state.statements.insert(company, tuple(known.values()))), (company,)


def _with_deals(state: State, change: Change) -> tuple[State, Iterable[str]]:
    buyers, touched = state.buyers, dict[str, None]()
    for deal_id in change.deals:
        payers = dict[str, None]()
        for money in (change.before, change.after):
            payers |= dict.fromkeys(_payers(money.book.deals.get(deal_id)))
        for company in payers:
            deals = buyers.get(company, ())
            if deal_id not in deals:
                buyers = buyers.insert(company, (*deals, deal_id))
        touched |= payers
    return (state if buyers is state.buyers else replace(state, buyers=buyers)), touched


def _payers(deal: Deal | None) -> Iterable[str]:
    return (canonical(one.leg.payer) for one in deal.legs if one.leg.kind not in FINANCING) if deal else ()


def _measure(state: State, companies: Iterable[str], today: date, money: Circularity) -> Measured[State]:
    measurements = list[Measurement]()
    look_again_on = state.look_again_on
    for company in companies:
        revenue = state.revenues.get(company)
        if revenue is None or not (company in state.buyers or company in state.statements):
            continue
        legs = [
            one
            for deal_id in state.buyers.get(company, ())
            for one in of_deal(money.book.deals[deal_id], company)
            if one.ends >= today
        ]
        statements = map(of_statement, state.statements.get(company, ()))
        stated = [one for one in statements if one.ends >= today]
        ends = [one.ends + timedelta(days=1) for one in (*legs, *stated)]
        look_again_on = min((one for one in (look_again_on, *ends) if one), default=None)
        measurements.append(_measurement(company, revenue, legs, stated))
    if look_again_on != state.look_again_on:
        state = replace(state, look_again_on=look_again_on)
    return state, tuple(measurements)


def _measurement(
    company: str, revenue: RevenueReported, legs: list[Commitment], stated: list[Commitment]
) -> Measurement:
    is_stated = _cents_a_year(stated) > _cents_a_year(legs)
    counted = sorted(stated if is_stated else legs, key=lambda one: -one.cents_a_year)
    committed = _cents_a_year(counted)
    earned = a_year(to_cents(revenue.amount_usd), months(revenue.period_starts, revenue.period_ends))
    value = round(earned / committed, 6) if committed else COVERED
    what = "stated commitment" if is_stated else "purchase or lease leg"
    told = (
        f"{percent(value)} of its annual commitments of {short_cents(committed)} ({_tell(counted, what)})"
        if committed
        else "and no commitment of it in dollars is known to be left"
    )
    behind = (event_id for one in counted for event_id in one.events)
    return Measurement(
        subject=company,
        value=value,
        evidence=tuple(dict.fromkeys((revenue.event_id, *behind)))[:EVIDENCE_LIMIT],
        text=f"annual AI revenue of {company} is {short_cents(earned)} ({_tell_revenue(revenue)}), {told}",
        cited=cited(revenue),
        heard_at=revenue.known_at,
        settled=not committed,
    )


def _cents_a_year(commitments: list[Commitment]) -> int:
    return sum(one.cents_a_year for one in commitments)


def _tell_revenue(revenue: RevenueReported) -> str:
    return f"{dollars(revenue.amount_usd)} for {day(revenue.period_starts)} to {day(revenue.period_ends)}"


def _tell(commitments: list[Commitment], what: str) -> str:
    told = f"{short_cents(sum(one.cents for one in commitments))} in {count(len(commitments), what)}"
    assumed = sum(one.is_assumed for one in commitments)
    return f"{told}, for {assumed} of which {ASSUMED_YEARS} years are assumed" if assumed else told


REVENUE_COVERAGE = MoneyIndicator(
    definition=DEFINITION,
    initial=State(),
    reads=(
        *(RevenueReported, CommitmentRevised),
        *(DealAnnounced, DealRevised, LegFunded, DealTerminated, ContractRenegotiated),
    ),
    apply=apply,
    due=due,
    elapse=elapse,
)
