"""Orders that a vendor's own money could have paid for."""

from collections.abc import Iterable
from uuid import UUID

from events.units import Unit
from events.words import percent, short_cents
from projections.definition import S0, S1, Definition, Passage, Thresholds
from projections.facts.book import BASES, Basis, edge_events, flow
from projections.facts.world import Thing, World, WorldStep
from projections.indicator import Indicator, Measurement, View, first
from projections.money_graph.basis_graph import RoundTrip

DEFINITION = Definition(
    id="vendor_financed_share",
    title="Vendor-financed orders",
    unit=Unit.SHARE,
    thresholds=Thresholds(watch=0.05, warning=0.15, critical=0.30),
    formula=(
        "Per vendor the most of its own financing (equity, debt, credits, guarantees) that can have come"
        " home as purchases from it (maximum flow through the announced money), divided by all purchases"
        " announced to it. firm: stated and unconditional; all: conditional and estimated money too."
    ),
    why="An order that the vendor's own money pays for ends when the vendor stops paying.",
    family="deals",
    board="money_map",
    named_in=(
        Passage(S0, "the case of Cisco, which lent to the carriers that bought from it"),
        Passage(S1, "Microsoft's stake in OpenAI, paid mostly in Azure credits that return as Azure revenue"),
    ),
)

# The deals that move most of a vendor's money stand for the rest.
TOP_FLOWS = 5
NO_PROOF = "separate legs do not prove that the same dollars travel"


def measure(view: View, subject: str) -> Measurement | None:
    """Divide what of a vendor's money can have come home on a basis by all purchases from it."""
    vendor, basis = _vendor(subject)
    graph = view.world.money.on(basis)
    trip = graph.round_trips.get(vendor, RoundTrip(vendor, 0, 0, 0))
    share = round(trip.share, 6)
    text = _text(basis, trip, share)
    # In a large component round trips are measured when the clock ticks.
    if graph.topology.component_of.get(vendor) in graph.waiting:
        text = f"{text}; the newest deals are not counted yet"
    evidence = _evidence(view.world, basis, trip) if trip.round_trip_cents else ()
    return Measurement(subject, share, evidence, text)


def _vendors(step: WorldStep, _: tuple[str, ...]) -> Iterable[str]:
    """Return the vendors whose round trip is another than before the event."""
    return (
        f"{trip.vendor} {basis}"
        for basis in BASES
        if basis in step.money.updates
        for trip in step.money.updates[basis].round_trips
    )


def _vendor(subject: str) -> tuple[str, Basis]:
    basis = next(basis for basis in BASES if subject.endswith(f" {basis}"))
    return subject.removesuffix(f" {basis}"), basis


def _evidence(world: World, basis: Basis, trip: RoundTrip) -> tuple[UUID, ...]:
    """Return the deals by which most money leaves the vendor and most orders reach it."""
    topology, vendor = world.money.on(basis).topology, trip.vendor
    leaves = [flow(world.book, basis, (vendor, payee)) for payee in topology.payees.get(vendor, ())]
    returns = [flow(world.book, basis, (payer, vendor)) for payer in topology.payers.get(vendor, ())]
    leaves = sorted((edge for edge in leaves if edge.financing_cents), key=lambda edge: -edge.financing_cents)
    returns = sorted(
        (edge for edge in returns if edge.purchases_cents), key=lambda edge: -edge.purchases_cents
    )
    top = (*leaves[:TOP_FLOWS], *returns[:TOP_FLOWS])
    return first(event_id for edge in top for event_id in edge_events(world.book, edge.source, edge.target))


def _text(basis: Basis, trip: RoundTrip, share: float) -> str:
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


INDICATOR = Indicator(DEFINITION, {Thing.MONEY: _vendors}, measure)
