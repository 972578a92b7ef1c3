"""Headline money that comes only if something else happens first."""

from dataclasses import dataclass, field
from textwrap import shorten
from uuid import UUID

from events.base import Event
from events.contracts import ContractRenegotiated
from events.deals import FINANCING, DealAnnounced, DealEvent, DealRevised, DealTerminated, LegFunded
from projections.base import Recorded
from projections.circularity.book import Book, record
from projections.circularity.deal import NOT_FUNDED, Deal, StandingLeg, evidence, to_cents
from projections.circularity.money import spoken
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
from projections.warning_signs.words import cited, percent

DEFINITION = Definition(
    id="conditional_share",
    title="Conditional money in a deal",
    unit="share",
    direction=Direction.RISING,
    thresholds=Thresholds(watch=0.25, warning=0.50, critical=0.75),
    named_by=S1,
    formula=(
        "Per deal the dollars of financing that wait for a condition and are not paid yet, divided by all"
        " its financing dollars; legs without an amount are left out, letters of intent count nothing."
    ),
    why="The headline counts money that may never come.",
)


@dataclass(frozen=True, slots=True)
class State:
    """The deals as they stand."""

    book: Book = field(default_factory=Book)


def apply(state: State, recorded: Recorded) -> Measured[State]:
    """Enter what happened to a deal, and measure that deal."""
    event = recorded.event
    if not isinstance(event, DealEvent | ContractRenegotiated):
        return state, ()
    book = record(state.book, event)
    deal = book.deals.get(event.deal_id) if event.deal_id is not None else None
    if book is state.book or deal is None:
        return State(book), ()
    return State(book), (_measurement(deal, event),)


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
    """Count the cents of a leg that still wait for its condition."""
    if standing.leg.condition is None:
        return 0
    return max(0, to_cents(standing.leg.amount_usd) - _paid(deal, standing))


def _evidence(deal: Deal, legs: list[StandingLeg], event: Event) -> tuple[UUID, ...]:
    behind = (
        one for standing in legs if standing.leg.condition is not None for one in evidence(deal, standing)
    )
    return tuple(dict.fromkeys((event.event_id, *behind)))[:EVIDENCE_LIMIT]


def _tell(deal: Deal, legs: list[StandingLeg], conditional: int, headline: int, value: float) -> str:
    title = deal.announced.title
    if not deal.commits:
        return f'"{title}" {"has ended" if deal.terminated else "is a letter of intent and commits nobody"}'
    if not headline:
        return f'"{title}" states no financing in dollars'
    if not conditional:
        return f'no part of the {spoken(headline)} of financing in "{title}" is conditional'
    share = f"{spoken(conditional)} of {spoken(headline)}"
    told = f'{percent(value)} of the financing in "{title}" is conditional: {share}'
    conditions = dict.fromkeys(one.leg.condition for one in legs if _conditional(deal, one))
    waits_for = shorten("; ".join(condition for condition in conditions if condition), 200, placeholder=" …")
    return f"{told} ({waits_for})" if waits_for else told


CONDITIONAL_SHARE = Indicator(
    definition=DEFINITION,
    initial=State(),
    reads=(DealAnnounced, DealRevised, LegFunded, DealTerminated, ContractRenegotiated),
    apply=apply,
)
