"""Orders that a vendor's own money could have paid for."""

from dataclasses import dataclass
from uuid import UUID

from events.desk import WatchlistChanged
from events.words import short_cents
from projections.base import JournaledEvent
from projections.circularity.book import BASES, Basis, edge_events, flow
from projections.circularity.fold import READS, Change, Circularity, picture_of
from projections.circularity.order import NOBODY
from projections.circularity.round_trip import RoundTrip
from projections.warning_signs.definition import (
    EVIDENCE_LIMIT,
    Definition,
    Direction,
    Measured,
    Measurement,
    Thresholds,
)
from projections.warning_signs.money import MoneyIndicator
from projections.warning_signs.words import cited, percent

DEFINITION = Definition(
    id="vendor_financed_share",
    title="Vendor-financed orders",
    unit="share",
    direction=Direction.RISING,
    thresholds=Thresholds(watch=0.05, warning=0.15, critical=0.30),
    named_by="S0 and S1",
    formula=(
        "Per vendor the most of its own financing (equity, debt, credits, guarantees) that can have come"
        " home as purchases from it (maximum flow through the announced money), divided by all purchases"
        " announced to it. firm: stated and unconditional; all: conditional and estimated money too."
    ),
    why="An order that the vendor's own money pays for ends when the vendor stops paying.",
)

# The deals that move most of a vendor's money stand for the rest.
TOP_FLOWS = 5
NO_PROOF = "separate legs do not prove that the same dollars travel"


@dataclass(frozen=True, slots=True)
class State:
    """Where the newest deal is written."""

    cited: str = ""


def apply(state: State, journaled: JournaledEvent, change: Change) -> Measured[State]:
    """Measure the vendors whose round trip is another than before the event."""
    if change.deals and not isinstance(journaled.event, WatchlistChanged):
        state = State(cited(journaled.event))
    measured = (
        _measurement(change.after, basis, trip, state.cited)
        for basis in BASES
        if basis in change.redrawn
        for trip in change.redrawn[basis].round_trips
    )
    return state, tuple(measured)


def _measurement(money: Circularity, basis: Basis, trip: RoundTrip, where: str) -> Measurement:
    share, picture = round(trip.share, 6), picture_of(money, basis)
    told = _tell(basis, trip, share)
    # In a large component round trips are measured when the clock ticks.
    if picture.graph.component_of.get(trip.vendor) in picture.waiting:
        told = f"{told}; the newest deals are not counted yet"
    return Measurement(
        subject=f"{trip.vendor} {basis}",
        value=share,
        evidence=_evidence(money, basis, trip) if trip.round_trip_cents else (),
        text=told,
        cited=where,
    )


def _evidence(money: Circularity, basis: Basis, trip: RoundTrip) -> tuple[UUID, ...]:
    """Name the deals by which most money leaves the vendor and most orders reach it."""
    graph, vendor = picture_of(money, basis).graph, trip.vendor
    leaves = [flow(money.book, basis, (vendor, payee)) for payee in graph.payees.get(vendor, NOBODY)]
    returns = [flow(money.book, basis, (payer, vendor)) for payer in graph.payers.get(vendor, NOBODY)]
    leaves = sorted((one for one in leaves if one.financing_cents), key=lambda one: -one.financing_cents)
    returns = sorted((one for one in returns if one.purchases_cents), key=lambda one: -one.purchases_cents)
    top = (*leaves[:TOP_FLOWS], *returns[:TOP_FLOWS])
    events = dict.fromkeys(event for one in top for event in edge_events(money.book, one.source, one.target))
    return tuple(events)[:EVIDENCE_LIMIT]


def _tell(basis: Basis, trip: RoundTrip, share: float) -> str:
    if not trip.purchases_cents:
        return f"{trip.vendor} does not both finance others and sell any more"
    money = "firm orders" if basis == "firm" else "orders, conditional and estimated ones included,"
    orders = f"{short_cents(trip.purchases_cents)} of {money}"
    if not trip.round_trip_cents:
        return f"none of the {orders} placed with {trip.vendor} can have been paid for by its own financing"
    return (
        f"up to {percent(share)} of the {orders} placed with {trip.vendor} can have been paid for by its own"
        f" financing: {short_cents(trip.round_trip_cents)} of the {short_cents(trip.financing_cents)} that"
        f" it puts into others; {NO_PROOF}"
    )


VENDOR_FINANCED_SHARE = MoneyIndicator(definition=DEFINITION, initial=State(), reads=READS, apply=apply)
