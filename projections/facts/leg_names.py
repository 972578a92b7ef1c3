"""The names of the legs of a deal that goes by several ids: each source names them its own way."""

from collections.abc import Iterable, Mapping

from events.families.contracts import ContractRenegotiated
from events.families.deals import FINANCING, DealAnnounced, DealRevised, DealTerminated, Leg
from projections.facts.names import Names, with_canonical_names

OfDeal = DealAnnounced | DealRevised | DealTerminated | ContractRenegotiated

# The name of a leg in the deal, by the id and the name that a source gave.
LegNames = Mapping[tuple[str | None, str], str]
LONGEST = 200


def leg_names(history: Iterable[object], names: Names) -> LegNames:
    """Match the legs of the announcements of a deal by payer, payee and what the money is for.

    The deal's legs go by the names of its first announcement. What matches none keeps its name, unless
    that means another leg there.
    """
    announced = [event for event in history if isinstance(event, DealAnnounced)]
    found: dict[tuple[str | None, str], str] = {}
    first = {announced[0].deal_id} if announced else set[str]()
    for event in announced:
        if event.deal_id not in first:
            first.add(event.deal_id)
            found |= _matched(announced[0], event, names)
    return found


def with_leg_names(event: OfDeal, deal_id: str, legs: LegNames) -> OfDeal:
    """Return an event as one of a deal, with the legs as that one names them."""
    written = event.deal_id
    if written == deal_id or written is None:
        return event
    renamed: dict[str, object] = {"deal_id": deal_id}
    match event:
        case DealAnnounced() | DealRevised():
            renamed["legs"] = tuple(
                leg.model_copy(update={"leg": legs.get((written, leg.leg), leg.leg)}) for leg in event.legs
            )
            if isinstance(event, DealRevised):
                renamed["removed_legs"] = tuple(legs.get((written, leg), leg) for leg in event.removed_legs)
        case ContractRenegotiated(leg=str(leg)):
            renamed["leg"] = legs.get((written, leg), leg)
        case _:
            pass
    return event.model_copy(update=renamed)


def _matched(first: DealAnnounced, other: DealAnnounced, names: Names) -> dict[tuple[str | None, str], str]:
    free = list(with_canonical_names(names, first).legs)
    matched: dict[tuple[str | None, str], str] = {}
    for leg in with_canonical_names(names, other).legs:
        alike = (known for known in free if _is_alike(known, leg))
        likest = max(alike, key=lambda known: known.kind == leg.kind, default=None)
        if likest is not None:
            free.remove(likest)
            matched[other.deal_id, leg.leg] = likest.leg
    taken = {leg.leg for leg in first.legs}
    for leg in other.legs:
        if (other.deal_id, leg.leg) not in matched and leg.leg in taken:
            matched[other.deal_id, leg.leg] = f"{leg.leg} of {other.deal_id}"[:LONGEST]
    return matched


def _is_alike(known: Leg, leg: Leg) -> bool:
    same_parties = (known.payer, known.payee) == (leg.payer, leg.payee)
    return same_parties and (known.kind in FINANCING) == (leg.kind in FINANCING)
