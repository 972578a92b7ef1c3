"""Headline money that comes only if something else happens first."""

from textwrap import shorten
from uuid import UUID

from events.base import Event
from events.contracts import ContractRenegotiated
from events.deals import FINANCING, DealAnnounced, DealRevised, DealTerminated, LegFunded
from events.words import short_cents
from projections.base import JournaledEvent
from projections.circularity.deal import NOT_FUNDED, Deal, StandingLeg, evidence, to_cents
from projections.circularity.fold import Change
from projections.warning_signs.definition import (
    EVIDENCE_LIMIT,
    S1,
    Definition,
    Direction,
    Measured,
    Measurement,
    Thresholds,
)
from projections.warning_signs.money import MoneyIndicator
from projections.warning_signs.words import cited, percent

DEFINITION = Definition(
    id="conditional_share",
    title="Conditional money in a deal",
    unit="share",
    direction=Direction.RISING,
    thresholds=Thresholds(watch=0.25, warning=0.50, critical=0.75),
    named_by=S1,
    formula=(
        "Per deal the dollars of financing that wait for a condition and are not paid yet, and of a ceiling"
        ' ("up to") what is neither stated as its low end nor paid, divided by all its financing dollars;'
        " legs without an amount are left out, letters of intent count nothing."
    ),
    why="The headline counts money that may never come.",
)


def apply(state: None, journaled: JournaledEvent, change: Change) -> Measured[None]:
    """Measure the deal that an event changes."""
    deals = change.after.book.deals
    return state, tuple(_measurement(deals[deal_id], journaled.event) for deal_id in change.deals)


def _measurement(deal: Deal, event: Event) -> Measurement:
    legs = (
        [one for one in deal.legs if one.leg.kind in FINANCING and one.leg.amount_usd] if deal.commits else []
    )
    headline = sum(max(to_cents(one.leg.amount_usd), _paid(deal, one)) for one in legs)
    conditional = sum(_conditional(deal, one) for one in legs)
    value = round(conditional / headline, 6) if headline else 0.0
    return Measurement(
        subject=deal.announced.deal_id,
        value=value,
        evidence=_evidence(deal, legs, event),
        text=_tell(deal, legs, conditional, headline, value),
        cited=cited(event),
    )


def _paid(deal: Deal, standing: StandingLeg) -> int:
    return deal.funded.get(standing.leg.leg, NOT_FUNDED).cents


def _conditional(deal: Deal, standing: StandingLeg) -> int:
    """Count the cents of a leg that still wait for its condition, or may stay below its ceiling."""
    leg, sure = standing.leg, _paid(deal, standing)
    if leg.condition is None:
        if not leg.up_to:
            return 0
        sure = max(sure, to_cents(leg.amount_low_usd))
    return max(0, to_cents(leg.amount_usd) - sure)


def _evidence(deal: Deal, legs: list[StandingLeg], event: Event) -> tuple[UUID, ...]:
    open_ended = (one for one in legs if one.leg.condition is not None or one.leg.up_to)
    behind = (one for standing in open_ended for one in evidence(deal, standing))
    return tuple(dict.fromkeys((event.event_id, *behind)))[:EVIDENCE_LIMIT]


def _tell(deal: Deal, legs: list[StandingLeg], conditional: int, headline: int, value: float) -> str:
    title = deal.announced.title
    if not deal.commits:
        return f'"{title}" {"has ended" if deal.terminated else "is a letter of intent and commits nobody"}'
    if not headline:
        return f'"{title}" states no financing in dollars'
    if not conditional:
        return f'no part of the {short_cents(headline)} of financing in "{title}" is conditional'
    share = f"{short_cents(conditional)} of {short_cents(headline)}"
    told = f'{percent(value)} of the financing in "{title}" is conditional: {share}'
    conditions = dict.fromkeys(_tell_condition(deal, one) for one in legs if _conditional(deal, one))
    return f"{told} ({shorten('; '.join(conditions), 200, placeholder=' …')})"


def _tell_condition(deal: Deal, standing: StandingLeg) -> str:
    leg = standing.leg
    if leg.condition is not None:
        return leg.condition
    sure = max(_paid(deal, standing), to_cents(leg.amount_low_usd))
    ceiling = f"up to {short_cents(to_cents(leg.amount_usd))}"
    return f"{ceiling}, {short_cents(sure)} of it firm or paid" if sure else ceiling


CONDITIONAL_SHARE = MoneyIndicator(
    definition=DEFINITION,
    initial=None,
    reads=(DealAnnounced, DealRevised, LegFunded, DealTerminated, ContractRenegotiated),
    apply=apply,
)
