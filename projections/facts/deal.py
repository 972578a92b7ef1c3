"""A deal as it stands after all that became known of it, and what its legs count for."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Literal, NamedTuple, assert_never
from uuid import UUID

from rpds import HashTrieMap

from events.base import Certainty
from events.families.contracts import ContractRenegotiated
from events.families.deals import DealAnnounced, DealRevised, DealTerminated, Leg, Stage
from projections.facts.assumptions import CENTS_PER_USD, Gigawatt, estimated_cents
from projections.facts.log import Kind, Log, is_close
from projections.facts.reports import Fact, is_amendment, is_surer
from projections.persistent import PersistentMap

Amendment = DealRevised | DealTerminated | ContractRenegotiated
Status = Literal["announced", "letter_of_intent", "revised", "terminated", "joined"]


@dataclass(frozen=True, slots=True)
class LegTerms:
    """A leg's terms as written, how sure they are, the events that made them.

    `pair` are payer and payee by their canonical names, which two names of one company may share.
    """

    leg: Leg
    certainty: Certainty
    events: tuple[UUID, ...]
    pair: tuple[str, str]


@dataclass(frozen=True, slots=True)
class Funding:
    """What was paid of a leg; the firm part was not merely estimated."""

    cents: int = 0
    firm_cents: int = 0
    events: tuple[UUID, ...] = ()


@dataclass(frozen=True, slots=True)
class Payment:
    """Money (cents) that was paid on a leg of a deal.

    `written` and `written_leg` are the id and the name that its source gives them.
    """

    deal_id: str
    leg: str
    cents: int
    written: str
    written_leg: str


PAYMENTS: Kind[Payment] = Kind(
    "payment",
    lambda fact: (payment_thing(fact.value.deal_id, fact.value.leg),),
    lambda known, new: is_close(known.cents, new.cents),
)

NOT_FUNDED = Funding()
# A new amount takes the place of all that said the old one.
AMOUNT_REPLACED = {"amount_low_usd": None, "amount": None, "currency": "USD", "usd_per_unit": None}


@dataclass(frozen=True, slots=True)
class Deal:
    """A deal: its surest announcement, its legs as amended since, and all events that announced it.

    `newest` is the event that changed it last.
    """

    announced: DealAnnounced
    stage: Stage
    legs: tuple[LegTerms, ...]
    funded: PersistentMap[str, Funding] = HashTrieMap()
    revised: bool = False
    terminated: bool = False
    reports: tuple[UUID, ...] = ()
    joined: bool = False
    newest: UUID | None = None

    @property
    def status(self) -> Status:
        """Return what became of the deal; the end of it first."""
        if self.joined:
            return "joined"
        if self.terminated:
            return "terminated"
        if self.stage == "letter_of_intent":
            return "letter_of_intent"
        return "revised" if self.revised else "announced"

    @property
    def commits(self) -> bool:
        """Return whether anyone is bound: a letter of intent commits nobody, an ended deal neither."""
        return self.stage == "definitive" and not self.terminated


class Counted(NamedTuple):
    """What a leg counts for, in cents; `estimated` is the part of `whole` that rests on an assumption."""

    firm: int
    whole: int
    estimated: int


def announce(
    event: DealAnnounced, canonical: DealAnnounced, known: Deal | None, *, joined: bool = False
) -> Deal:
    """Start a deal, or take in another announcement of it.

    One that is surer, of the same source or a correction stands in place of the first, and keeps what
    was paid and ended; any other is evidence for what is known. One of another deal that was `joined`
    with it may be about a part of it, and leaves the other legs alone.
    """
    if known is not None and not _replaces(event, known.announced):
        return replace(known, reports=(*known.reports, event.event_id))
    legs = _terms_of(event, canonical)
    if known is None:
        return Deal(event, event.stage, legs, reports=(event.event_id,))
    if joined:
        new = {terms.leg.leg: terms for terms in legs}
        legs = (*(new.pop(terms.leg.leg, terms) for terms in known.legs), *new.values())
    return replace(
        known,
        announced=event,
        stage=event.stage,
        legs=legs,
        revised=False,
        reports=(event.event_id, *known.reports),
    )


def _replaces(new: DealAnnounced, known: DealAnnounced) -> bool:
    if new.corrects is not None or new.source == known.source or is_amendment(new.source):
        return not is_surer(known.certainty, new.certainty)
    return is_surer(new.certainty, known.certainty)


def amend(deal: Deal, event: Amendment, canonical: Amendment) -> Deal:
    """Apply what happened to an announced deal; a leg that it does not have is left alone."""
    match event:
        case DealRevised():
            return _revise(deal, event, canonical if isinstance(canonical, DealRevised) else event)
        case DealTerminated():
            return replace(deal, terminated=True)
        case ContractRenegotiated():
            return _renegotiate(deal, event)
        case _:
            assert_never(event)


def count(deal: Deal, terms: LegTerms, gigawatt: Gigawatt = "mid") -> Counted:
    """Count a leg on both bases, in cents; legs of a deal that binds nobody count nothing.

    Firm is what is stated, unconditional and not estimated, of a range its low end, of a ceiling
    nothing; and whatever was paid.
    """
    if not deal.commits:
        return Counted(0, 0, 0)
    leg, funding = terms.leg, deal.funded.get(terms.leg.leg, NOT_FUNDED)
    stated, estimated = to_cents(leg.amount_usd), estimated_cents(leg, gigawatt)
    is_firm = not leg.condition and terms.certainty is not Certainty.ESTIMATED
    return Counted(
        firm=max(_least_cents(leg) if is_firm else 0, funding.firm_cents),
        whole=max(stated + estimated, funding.cents),
        estimated=max(0, estimated - funding.cents),
    )


def _least_cents(leg: Leg) -> int:
    if leg.amount_low_usd is not None:
        return to_cents(leg.amount_low_usd)
    return 0 if leg.up_to else to_cents(leg.amount_usd)


def evidence(deal: Deal, terms: LegTerms) -> tuple[UUID, ...]:
    """Return the events that made a leg count what it does, in the order in which they came."""
    more = deal.reports if terms.events[:1] == deal.reports[:1] else ()
    funding = deal.funded.get(terms.leg.leg, NOT_FUNDED).events
    return tuple(dict.fromkeys((*terms.events, *more, *funding)))


def to_cents(amount: Decimal | None) -> int:
    """Convert dollars to whole cents; nothing stated is nothing."""
    return 0 if amount is None else int(amount * CENTS_PER_USD)


def _terms_of(
    event: DealAnnounced | DealRevised, canonical: DealAnnounced | DealRevised
) -> tuple[LegTerms, ...]:
    return tuple(
        LegTerms(leg, event.certainty, (event.event_id,), (named.payer, named.payee))
        for leg, named in zip(event.legs, canonical.legs, strict=True)
    )


def _revise(deal: Deal, event: DealRevised, canonical: DealRevised) -> Deal:
    replaced = {terms.leg.leg: terms for terms in _terms_of(event, canonical)}
    kept = [terms for terms in deal.legs if terms.leg.leg not in event.removed_legs]
    # A new stage decides whether the other legs count at all, so it is evidence for each of them.
    if event.stage is not None and event.stage != deal.stage:
        kept = [_staged(terms, event) for terms in kept]
    legs = [replaced.pop(terms.leg.leg, terms) for terms in kept] + list(replaced.values())
    return replace(deal, legs=tuple(legs), stage=event.stage or deal.stage, revised=True)


def _staged(terms: LegTerms, event: DealRevised) -> LegTerms:
    estimated = Certainty.ESTIMATED in (event.certainty, terms.certainty)
    certainty = Certainty.ESTIMATED if estimated else terms.certainty
    return replace(terms, certainty=certainty, events=(*terms.events, event.event_id))


def with_funding(deal: Deal, payments: Log[Payment], deal_id: str) -> Deal:
    """Return a deal with what was paid of each of its legs."""
    funded = deal.funded
    for terms in deal.legs:
        paid = payments.of(payment_thing(deal_id, terms.leg.leg))
        if paid:
            funded = funded.insert(terms.leg.leg, _funding(paid))
    return deal if funded is deal.funded else replace(deal, funded=funded)


def payment_thing(deal_id: str, leg: str) -> str:
    """Return what payments on a leg are about."""
    return f"{deal_id}/{leg}"


def _funding(payments: tuple[Fact[Payment], ...]) -> Funding:
    sure = (payment for payment in payments if payment.surest.certainty is not Certainty.ESTIMATED)
    return Funding(
        sum(payment.value.cents for payment in payments),
        sum(payment.value.cents for payment in sure),
        tuple(event_id for payment in payments for event_id in payment.evidence),
    )


def _renegotiate(deal: Deal, event: ContractRenegotiated) -> Deal:
    # The end of a contract is left out: set alone it could contradict the leg's start.
    after: dict[str, Any] = {}
    if event.after.amount_usd is not None:
        after |= AMOUNT_REPLACED | {"amount_usd": event.after.amount_usd}
    if event.after.capacity_mw is not None:
        after["capacity_mw"] = event.after.capacity_mw
    if not after or all(terms.leg.leg != event.leg for terms in deal.legs):
        return deal
    legs = [
        replace(
            terms,
            leg=terms.leg.model_copy(update=after),
            certainty=event.certainty,
            events=(*terms.events, event.event_id),
        )
        if terms.leg.leg == event.leg
        else terms
        for terms in deal.legs
    ]
    return replace(deal, legs=tuple(legs), revised=True)
