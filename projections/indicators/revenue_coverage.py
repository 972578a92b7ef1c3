"""What buyers of compute earn with it, against what they have promised to pay for it."""

from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta

from events.families.deals import FINANCING
from events.families.financials import RevenueReported
from events.units import Unit
from events.words import count, day, percent, short_cents, short_dollars
from projections.definition import S1, S2, Definition, Direction, Passage, Thresholds
from projections.facts.annual import a_year, months
from projections.facts.commitments import ASSUMED_YEARS, Commitment, of_deal, of_statement
from projections.facts.deal import to_cents
from projections.facts.world import Thing, WorldStep
from projections.indicator import Indicator, Measurement, View, cited, each, first

# Whoever has nothing left to pay for is covered.
COVERED = 1.0

DEFINITION = Definition(
    id="revenue_coverage",
    title="AI revenue against commitments",
    unit=Unit.RATIO,
    direction=Direction.FALLING,
    thresholds=Thresholds(watch=0.5, warning=0.25, critical=0.1),
    formula=(
        "Annual AI revenue divided by annual commitments, per buyer whose AI revenue was reported."
        " Revenue: that of the latest period, brought to a year. Commitments: the larger of what its firm"
        " purchase and lease legs come to a year and what the commitments that it stated in all come to a"
        " year, each spread from its first day (or the day on which it became known) to its last, over a"
        f" year at least and over {ASSUMED_YEARS} years where the last day is not known; those that have"
        " ended count no longer. 1.0 where none is left."
    ),
    why="Commitments are paid out of revenue; where that falls short, only new financing can pay them.",
    family="financials",
    board="bubble_watch",
    named_in=(
        Passage(S1, "what OpenAI has committed to, and that it holds while its revenue keeps growing"),
        Passage(S2, "the five signs that the boom is ending: revenue stays far below commitments"),
    ),
    stale_after=timedelta(days=180),
    input="report of AI revenue",
)


def measure(view: View, subject: str) -> Measurement | None:
    """Divide a company's AI revenue by its commitments that have not ended, both a year."""
    world = view.world
    revenue = world.revenues.get(subject)
    if revenue is None or not (subject in world.book.buyers or world.commitments.of(subject)):
        return None
    legs, stated = _commitments(view, subject)
    is_stated = _cents_a_year(stated) > _cents_a_year(legs)
    counted = sorted(stated if is_stated else legs, key=lambda commitment: -commitment.cents_a_year)
    committed = _cents_a_year(counted)
    earned = a_year(to_cents(revenue.amount_usd), months(revenue.period_starts, revenue.period_ends))
    value = round(earned / committed, 6) if committed else COVERED
    what = "stated commitment" if is_stated else "purchase or lease leg"
    against = (
        f"{percent(value)} of its annual commitments of {short_cents(committed)} ({_text(counted, what)})"
        if committed
        else "and no commitment of it in dollars is known to be left"
    )
    behind = (event_id for commitment in counted for event_id in commitment.events)
    return Measurement(
        subject=subject,
        value=value,
        evidence=first((revenue.event_id, *behind)),
        text=f"annual AI revenue of {subject} is {short_cents(earned)} ({_revenue(revenue)}), {against}",
        cited=cited(revenue),
        heard_at=revenue.known_at,
        settled=not committed,
    )


def due(view: View, subject: str) -> datetime | None:
    """Return the midnight (UTC) after which the next commitment has ended."""
    if subject not in view.world.revenues:
        return None
    legs, stated = _commitments(view, subject)
    ends = min((commitment.ends for commitment in (*legs, *stated)), default=None)
    return datetime.combine(ends + timedelta(days=1), time.min, UTC) if ends else None


def _buyers(step: WorldStep, deal_ids: tuple[str, ...]) -> Iterable[str]:
    """Return those who are, or were, to pay by the purchase and lease legs of deals."""
    books = (step.before.book, step.world.book)
    return dict.fromkeys(
        terms.pair[0]
        for deal_id in deal_ids
        for book in books
        if (deal := book.deals.get(deal_id))
        for terms in deal.legs
        if terms.leg.kind not in FINANCING
    )


def _commitments(view: View, company: str) -> tuple[list[Commitment], list[Commitment]]:
    """Return what a company is to pay by deals, and by its own statements, as far as it has not ended."""
    book = view.world.book
    by_deals = (
        commitment
        for deal_id in book.buyers.get(company, ())
        for commitment in of_deal(book.deals[deal_id], company)
    )
    newest = {fact.value.contract_id: fact for fact in view.world.commitments.of(company)}
    stated = map(of_statement, newest.values())
    return (
        [commitment for commitment in by_deals if commitment.ends >= view.today],
        [commitment for commitment in stated if commitment.ends >= view.today],
    )


def _cents_a_year(commitments: list[Commitment]) -> int:
    return sum(commitment.cents_a_year for commitment in commitments)


def _revenue(revenue: RevenueReported) -> str:
    period = f"{day(revenue.period_starts)} to {day(revenue.period_ends)}"
    return f"{short_dollars(revenue.amount_usd)} for {period}"


def _text(commitments: list[Commitment], what: str) -> str:
    cents = sum(commitment.cents for commitment in commitments)
    text = f"{short_cents(cents)} in {count(len(commitments), what)}"
    assumed = sum(commitment.is_assumed for commitment in commitments)
    return f"{text}, for {assumed} of which {ASSUMED_YEARS} years are assumed" if assumed else text


INDICATOR = Indicator(
    DEFINITION, {Thing.REVENUE: each, Thing.COMMITMENT: each, Thing.DEAL: _buyers}, measure, due
)
