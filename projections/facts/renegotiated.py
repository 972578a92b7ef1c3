"""Renegotiations that state dollars and name no leg of a deal: which leg they change, or the deal they are.

What changes a commitment changes the graph of money, once: the only leg by which the customer pays the
supplier what was agreed before, or what is agreed now; where there is none, the contract is a deal itself.
"""

from collections.abc import Callable, Iterable, Mapping

from events.base import Dollars
from events.families.contracts import ContractRenegotiated
from events.families.deals import FINANCING, DealAnnounced, Leg, LegKind
from projections.facts.deal import Deal
from projections.facts.log import is_close
from projections.facts.names import Names, with_canonical_names

OWN_LEG = "contract"
Legs = list[tuple[str, Leg]]


def with_leg(
    event: ContractRenegotiated,
    names: Names,
    deals: Mapping[str, Deal],
    bought_in: Iterable[str],
    deal_id_of: Callable[[str], str],
) -> ContractRenegotiated | None:
    """Return a renegotiation with the deal and the leg that it changes; None where it states no dollars.

    `bought_in` are the ids of the deals in which the customer, by its canonical name, buys.
    """
    if event.deal_id is not None and event.leg is not None:
        return event
    parties = with_canonical_names(names, event)
    if event.after.amount_usd is None or parties.customer == parties.supplier:
        return None
    contract = deal_id_of(event.contract_id)
    meant = (deal_id_of(event.deal_id),) if event.deal_id is not None else tuple(bought_in)
    legs = _legs(deals, meant, (parties.customer, parties.supplier))
    own = _legs(deals, (contract,), (parties.customer, parties.supplier))
    for found in (own, _of_amount(legs, event.before.amount_usd), _of_amount(legs, event.after.amount_usd),
                  legs if event.deal_id is not None else []):  # fmt: skip
        if len(found) == 1:
            ((deal_id, leg),) = found
            return event.model_copy(update={"deal_id": deal_id, "leg": leg.leg})
    name = event.deal_id if event.deal_id is not None and deal_id_of(event.deal_id) not in deals else contract
    deal_id = name if name not in deals or deals[name].terminated else f"contract {name}"[:200]
    return event.model_copy(update={"deal_id": deal_id, "leg": OWN_LEG})


def as_announcement(event: object) -> DealAnnounced | None:
    """Return the deal that a renegotiated contract is, where nobody has announced it."""
    if not isinstance(event, ContractRenegotiated) or event.leg != OWN_LEG or event.after.amount_usd is None:
        return None
    leg = Leg(
        leg=OWN_LEG,
        kind=LegKind.PURCHASE,
        payer=event.customer,
        payee=event.supplier,
        amount_usd=event.after.amount_usd,
        capacity_mw=event.after.capacity_mw,
    )
    return DealAnnounced(
        event_id=event.event_id,
        occurred_at=event.occurred_at,
        known_at=event.known_at,
        source=event.source,
        source_url=event.source_url,
        certainty=event.certainty,
        deal_id=event.deal_id or event.contract_id,
        title=f"{event.customer} and {event.supplier}: {event.contract_id}"[:200],
        legs=(leg,),
    )


def _legs(deals: Mapping[str, Deal], deal_ids: Iterable[str], pair: tuple[str, str]) -> Legs:
    return [
        (deal_id, terms.leg)
        for deal_id in deal_ids
        if (deal := deals.get(deal_id)) is not None and not deal.terminated
        for terms in deal.legs
        if terms.pair == pair and terms.leg.kind not in FINANCING
    ]


def _of_amount(legs: Legs, amount_usd: Dollars | None) -> Legs:
    if amount_usd is None:
        return []
    return [
        (deal_id, leg)
        for deal_id, leg in legs
        if leg.amount_usd is not None and is_close(leg.amount_usd, amount_usd)
    ]
