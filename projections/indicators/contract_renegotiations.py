"""Contracts that are changed after their signature: what was announced was not the last word."""

from datetime import timedelta

from events.families.contracts import ContractRenegotiated
from events.units import Unit
from events.words import count, percent, short_cents
from projections.definition import S2, Definition, Passage, Thresholds
from projections.facts.book import Book
from projections.facts.deal import count as count_leg
from projections.facts.deal import to_cents
from projections.facts.reports import Fact
from projections.facts.windows import ALL, counted
from projections.facts.world import Thing, World
from projections.indicator import EVIDENCE_LIMIT, Measurement, View, first, windowed
from projections.money_graph.basis_graph import NO_MONEY

DEFINITION = Definition(
    id="contract_renegotiations",
    title="Contracts renegotiated",
    unit=Unit.COUNT,
    thresholds=Thresholds(watch=1.0, warning=2.0, critical=4.0),
    formula=(
        "How many renegotiations became known in the last 90 days, per supplier, per customer and in all;"
        " one that several sources report counts once."
        " Beside it: the dollars of those contracts before and after, and before as a share of"
        " announced money, which is these dollars and those of all deals that were left alone (conditional"
        " and estimated ones included; to the supplier, by the customer, or all)."
    ),
    why="Buyers that want out of what they signed need less than was announced, or can pay for less.",
    family="deals",
    board="bubble_watch",
    named_in=(Passage(S2, "the five signs that the boom is ending: buyers ask for other terms"),),
    window=timedelta(days=90),
    # A count does not waver: back below a threshold it has left it.
    hysteresis=0.0,
)

Renegotiations = tuple[Fact[ContractRenegotiated], ...]


def measure(view: View, subject: str) -> Measurement | None:
    """Count the renegotiations of a subject in the window."""
    known = counted(view.world.renegotiations, subject, view.window_starts)
    return Measurement(
        subject=subject,
        value=float(len(known)),
        evidence=first(event_id for fact in known[-EVIDENCE_LIMIT:] for event_id in fact.evidence),
        text=_text(view, subject, known),
        cited=known[-1].cited if known else "",
    )


def _text(view: View, subject: str, known: Renegotiations) -> str:
    role, _, name = subject.partition(":")
    whose = {"supplier": f"with the supplier {name}", "customer": f"with the customer {name}"}.get(
        role, "in all"
    )
    if not known:
        return f"no contract renegotiation {whose} became known {view.last}"
    known_of = f"{count(len(known), 'contract renegotiation')} {whose} became known {view.last}"
    # A contract that was changed more than once counts from its first terms to its last.
    stated = [fact.value for fact in known if fact.value.before.amount_usd]
    first_terms = {change.contract_id: to_cents(change.before.amount_usd) for change in reversed(stated)}
    last_terms = {change.contract_id: _after_cents(change) for change in stated}
    before, after = sum(first_terms.values()), sum(last_terms.values())
    if not before:
        newest = {fact.value.contract_id: to_cents(fact.value.after.amount_usd) for fact in known}
        agreed = sum(newest.values())
        now = f"{short_cents(agreed)} are agreed now, " if agreed else ""
        return f"{known_of}; {now}what was agreed before is not stated in dollars"
    share = before / (before + _left_alone(view.world, subject, known))
    became = (
        f"{short_cents(before)} before became {short_cents(after)}"
        if after != before
        else f"{short_cents(before)} stayed"
    )
    return f"{known_of}; {became}, {percent(share)} of announced money"


def _after_cents(change: ContractRenegotiated) -> int:
    """Return the cents of the new terms; those that name no amount leave it as it was."""
    return to_cents(change.after.amount_usd or change.before.amount_usd)


def _left_alone(world: World, subject: str, known: Renegotiations) -> int:
    """Sum the cents that deals announce for a subject outside of the legs that were renegotiated."""
    book, renegotiated = world.book, 0
    for deal_id, leg in _legs(book, known):
        deal = book.deals[deal_id]
        renegotiated += sum(
            count_leg(deal, terms, book.gigawatt).whole
            for terms in deal.legs
            if terms.leg.leg == leg and _concerns(subject, *terms.pair)
        )
    return _announced(world, subject) - renegotiated


def _legs(book: Book, known: Renegotiations) -> set[tuple[str, str]]:
    """Return the legs that renegotiations named, and those that they changed or made without naming one."""
    named = ((book.deal_id(fact.value.deal_id or ""), fact.value.leg) for fact in known)
    legs = {(deal_id, leg) for deal_id, leg in named if leg and deal_id in book.deals}
    reports = {event_id for fact in known for event_id in fact.evidence}
    customers = {fact.value.customer for fact in known}
    deal_ids = {deal_id for customer in customers for deal_id in book.buyers.get(customer, ())}
    return legs | {
        (deal_id, terms.leg.leg)
        for deal_id in deal_ids
        for terms in book.deals[deal_id].legs
        if not reports.isdisjoint(terms.events)
    }


def _announced(world: World, subject: str) -> int:
    role, _, name = subject.partition(":")
    graph = world.money.all
    if not name:
        return graph.announced_cents
    company = graph.companies.get(name, NO_MONEY)
    return company.in_cents if role == "supplier" else company.out_cents


def _concerns(subject: str, payer: str, payee: str) -> bool:
    # Money between two names of one company goes nowhere, and the book leaves it out.
    return payer != payee and subject in (ALL, f"supplier:{payee}", f"customer:{payer}")


INDICATOR = windowed(DEFINITION, Thing.RENEGOTIATION, lambda world: world.renegotiations, measure)
