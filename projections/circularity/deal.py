"""A deal as it stands after all that became known of it, and what its legs count for."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Literal, NamedTuple, assert_never
from uuid import UUID

from rpds import HashTrieMap

from events.base import Certainty
from events.contracts import ContractRenegotiated
from events.deals import DealAnnounced, DealRevised, DealTerminated, Leg, LegFunded, Stage
from projections.circularity.assumptions import CENTS_PER_USD, Gigawatt, estimated_cents
from projections.persistent import PersistentMap

Amendment = DealRevised | LegFunded | DealTerminated | ContractRenegotiated
Status = Literal["announced", "letter_of_intent", "revised", "terminated"]


@dataclass(frozen=True, slots=True)
class StandingLeg:
    """A leg's terms, how sure they are, and the events that made them."""

    leg: Leg
    certainty: Certainty
    events: tuple[UUID, ...]


@dataclass(frozen=True, slots=True)
class Funding:
    """What was paid of a leg; the firm part was not merely estimated."""

    cents: int = 0
    firm_cents: int = 0
    events: tuple[UUID, ...] = ()


NOT_FUNDED = Funding()
# A new amount stands in place of all that told the old one.
AMOUNT_REPLACED = {"amount_low_usd": None, "amount": None, "currency": "USD", "usd_per_unit": None}
NO_FUNDING: PersistentMap[str, Funding] = HashTrieMap()


@dataclass(frozen=True, slots=True)
class Deal:
    """A deal: its latest announcement, and its legs as amended since."""

    announced: DealAnnounced
    stage: Stage
    legs: tuple[StandingLeg, ...]
    funded: PersistentMap[str, Funding] = NO_FUNDING
    revised: bool = False
    terminated: bool = False

    @property
    def status(self) -> Status:
        """Name what became of the deal; the end of it first."""
        if self.terminated:
            return "terminated"
        if self.stage == "letter_of_intent":
            return "letter_of_intent"
        return "revised" if self.revised else "announced"

    @property
    def commits(self) -> bool:
        """Tell whether anyone is bound: a letter of intent commits nobody, an ended deal neither."""
        return self.stage == "definitive" and not self.terminated


class Counted(NamedTuple):
    """What a leg counts for, in cents; `estimated` is the part of `whole` that rests on an assumption."""

    firm: int
    whole: int
    estimated: int


def announce(event: DealAnnounced, known: Deal | None) -> Deal:
    """Start a deal; a second announcement corrects the first and keeps what was paid and ended."""
    legs = tuple(_standing(leg, event) for leg in event.legs)
    if known is None:
        return Deal(event, event.stage, legs)
    return replace(known, announced=event, stage=event.stage, legs=legs, revised=False)


def amend(deal: Deal, event: Amendment) -> Deal:
    """Apply what happened to an announced deal; a leg that it does not have is left alone."""
    match event:
        case DealRevised():
            return _revise(deal, event)
        case LegFunded():
            return _fund(deal, event)
        case DealTerminated():
            return replace(deal, terminated=True)
        case ContractRenegotiated():
            return _renegotiate(deal, event)
        case _:
            assert_never(event)


def count(deal: Deal, standing: StandingLeg, gigawatt: Gigawatt = "mid") -> Counted:
    """Count a leg on both bases, in cents; legs of a deal that binds nobody count nothing.

    Firm is what is stated, unconditional and not estimated, of a range its low end, of a ceiling
    nothing; and whatever was paid.
    """
    if not deal.commits:
        return Counted(0, 0, 0)
    leg, funding = standing.leg, deal.funded.get(standing.leg.leg, NOT_FUNDED)
    stated, estimated = to_cents(leg.amount_usd), estimated_cents(leg, gigawatt)
    is_firm = not leg.condition and standing.certainty is not Certainty.ESTIMATED
    return Counted(
        firm=max(_least_cents(leg) if is_firm else 0, funding.firm_cents),
        whole=max(stated + estimated, funding.cents),
        estimated=max(0, estimated - funding.cents),
    )


def _least_cents(leg: Leg) -> int:
    if leg.amount_low_usd is not None:
        return to_cents(leg.amount_low_usd)
    return 0 if leg.up_to else to_cents(leg.amount_usd)


def evidence(deal: Deal, standing: StandingLeg) -> tuple[UUID, ...]:
    """Name the events that made a leg count what it does, in the order in which they came."""
    return standing.events + deal.funded.get(standing.leg.leg, NOT_FUNDED).events


def to_cents(amount: Decimal | None) -> int:
    """Turn dollars into whole cents; nothing stated is nothing."""
    return 0 if amount is None else int(amount * CENTS_PER_USD)


def _standing(leg: Leg, event: DealAnnounced | DealRevised) -> StandingLeg:
    return StandingLeg(leg, event.certainty, (event.event_id,))


def _revise(deal: Deal, event: DealRevised) -> Deal:
    replaced = {leg.leg: _standing(leg, event) for leg in event.legs}
    kept = [one for one in deal.legs if one.leg.leg not in event.removed_legs]
    # A new stage decides whether the other legs count at all, so it is evidence for each of them.
    if event.stage is not None and event.stage != deal.stage:
        kept = [_staged(one, event) for one in kept]
    legs = [replaced.pop(one.leg.leg, one) for one in kept] + list(replaced.values())
    return replace(deal, legs=tuple(legs), stage=event.stage or deal.stage, revised=True)


def _staged(standing: StandingLeg, event: DealRevised) -> StandingLeg:
    estimated = Certainty.ESTIMATED in (event.certainty, standing.certainty)
    certainty = Certainty.ESTIMATED if estimated else standing.certainty
    return replace(standing, certainty=certainty, events=(*standing.events, event.event_id))


def _fund(deal: Deal, event: LegFunded) -> Deal:
    before, paid = deal.funded.get(event.leg, NOT_FUNDED), to_cents(event.amount_usd)
    firm = 0 if event.certainty is Certainty.ESTIMATED else paid
    after = Funding(before.cents + paid, before.firm_cents + firm, (*before.events, event.event_id))
    return replace(deal, funded=deal.funded.insert(event.leg, after))


def _renegotiate(deal: Deal, event: ContractRenegotiated) -> Deal:
    # The end of a contract is left out: set alone it could contradict the leg's start.
    after: dict[str, Any] = {}
    if event.after.amount_usd is not None:
        after |= AMOUNT_REPLACED | {"amount_usd": event.after.amount_usd}
    if event.after.capacity_mw is not None:
        after["capacity_mw"] = event.after.capacity_mw
    if not after or all(one.leg.leg != event.leg for one in deal.legs):
        return deal
    legs = [
        StandingLeg(one.leg.model_copy(update=after), event.certainty, (*one.events, event.event_id))
        if one.leg.leg == event.leg
        else one
        for one in deal.legs
    ]
    return replace(deal, legs=tuple(legs), revised=True)
