"""Headline money that comes only if something else happens first."""

from textwrap import shorten
from uuid import UUID

from events.families.deals import FINANCING
from events.units import Unit
from events.words import percent, short_cents
from projections.definition import S1, Definition, Passage, Thresholds
from projections.facts.deal import NOT_FUNDED, Deal, LegTerms, evidence, to_cents
from projections.facts.world import Thing
from projections.indicator import Indicator, Measurement, View, each, first

DEFINITION = Definition(
    id="conditional_share",
    title="Conditional money in a deal",
    unit=Unit.SHARE,
    thresholds=Thresholds(watch=0.25, warning=0.50, critical=0.75),
    formula=(
        "Per deal the dollars of financing that wait for a condition and are not paid yet, and of a ceiling"
        ' ("up to") what is neither stated as its low end nor paid, divided by all its financing dollars;'
        " legs without an amount are left out, letters of intent count nothing."
    ),
    why="The headline counts money that may never come.",
    family="deals",
    board="money_map",
    named_in=(Passage(S1, "Amazon's $50B for OpenAI, of which $35B wait for a condition"),),
)


def measure(view: View, subject: str) -> Measurement | None:
    """Divide what of a deal's financing waits for a condition by all of it."""
    deal = view.world.book.deals[subject]
    financing = [terms for terms in deal.legs if terms.leg.kind in FINANCING and terms.leg.amount_usd]
    legs = financing if deal.commits else []
    headline = sum(max(to_cents(terms.leg.amount_usd), _paid(deal, terms)) for terms in legs)
    conditional = sum(_conditional(deal, terms) for terms in legs)
    value = round(conditional / headline, 6) if headline else 0.0
    return Measurement(
        subject=subject,
        value=value,
        evidence=_evidence(deal, legs),
        text=_text(deal, legs, conditional, headline, value),
    )


def _paid(deal: Deal, terms: LegTerms) -> int:
    return deal.funded.get(terms.leg.leg, NOT_FUNDED).cents


def _conditional(deal: Deal, terms: LegTerms) -> int:
    """Count the cents of a leg that still wait for its condition, or may stay below its ceiling."""
    leg, sure = terms.leg, _paid(deal, terms)
    if leg.condition is None:
        if not leg.up_to:
            return 0
        sure = max(sure, to_cents(leg.amount_low_usd))
    return max(0, to_cents(leg.amount_usd) - sure)


def _evidence(deal: Deal, legs: list[LegTerms]) -> tuple[UUID, ...]:
    open_ended = (terms for terms in legs if terms.leg.condition is not None or terms.leg.up_to)
    behind = (event_id for terms in open_ended for event_id in evidence(deal, terms))
    return first((*((deal.newest,) if deal.newest else ()), *behind))


def _text(deal: Deal, legs: list[LegTerms], conditional: int, headline: int, value: float) -> str:
    title = deal.announced.title
    if not deal.commits:
        return f'"{title}" {"has ended" if deal.terminated else "is a letter of intent and commits nobody"}'
    if not headline:
        return f'"{title}" states no financing in dollars'
    if not conditional:
        return f'no part of the {short_cents(headline)} of financing in "{title}" is conditional'
    share = f"{short_cents(conditional)} of {short_cents(headline)}"
    share_text = f'{percent(value)} of the financing in "{title}" is conditional: {share}'
    conditions = dict.fromkeys(_condition_text(deal, terms) for terms in legs if _conditional(deal, terms))
    return f"{share_text} ({shorten('; '.join(conditions), 200, placeholder=' …')})"


def _condition_text(deal: Deal, terms: LegTerms) -> str:
    leg = terms.leg
    if leg.condition is not None:
        return leg.condition
    sure = max(_paid(deal, terms), to_cents(leg.amount_low_usd))
    ceiling = f"up to {short_cents(to_cents(leg.amount_usd))}"
    return f"{ceiling}, {short_cents(sure)} of it firm or paid" if sure else ceiling


INDICATOR = Indicator(DEFINITION, {Thing.DEAL: each}, measure)
