"""Orders that a vendor's own money could have paid for."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import assert_never
from uuid import UUID

from events.clock import ClockTicked
from events.contracts import ContractRenegotiated
from events.deals import DealAnnounced, DealEvent, DealRevised, DealTerminated, LegFunded
from projections.base import Recorded
from projections.circularity.book import BASES, Basis, Book, Flow, edge_events, flows, record, total
from projections.circularity.money import spoken
from projections.circularity.round_trip import RoundTrip, round_trips
from projections.circularity.solve import waits_for_the_clock
from projections.warning_signs.definition import (
    EVIDENCE_LIMIT,
    Definition,
    Direction,
    Indicator,
    Measured,
    Measurement,
    Thresholds,
)
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

Trips = tuple[RoundTrip, ...]


@dataclass(frozen=True, slots=True)
class State:
    """The deals as they stand, the round trips last measured of each basis, and what waits for the clock."""

    book: Book = field(default_factory=Book)
    firm: Trips = ()
    all: Trips = ()
    cited: str = ""
    waiting: tuple[Basis, ...] = ()


def apply(state: State, recorded: Recorded) -> Measured[State]:
    """Enter what happened to a deal, and measure the vendors whose money it changes.

    A graph too large to be solved with each event is measured at the next tick of the clock.
    """
    event = recorded.event
    if isinstance(event, ClockTicked):
        return _measure(replace(state, waiting=()), state.waiting) if state.waiting else (state, ())
    if not isinstance(event, DealEvent | ContractRenegotiated):
        return state, ()
    book = record(state.book, event)
    if book is state.book:
        return state, ()
    waiting = tuple(basis for basis in BASES if waits_for_the_clock(tuple(map(total, flows(book, basis)))))
    state = replace(state, book=book, cited=cited(event), waiting=waiting)
    return _measure(state, (basis for basis in BASES if basis not in waiting))


# A pure memo: most events leave one of the two graphs as it was.
@lru_cache(maxsize=8)
def _solved(graph: tuple[Flow, ...]) -> Trips:
    return round_trips(graph)


def _measure(state: State, bases: Iterable[Basis]) -> Measured[State]:
    """Measure the vendors of these bases whose round trip is another than before."""
    measurements: list[Measurement] = []
    for basis in bases:
        graph = flows(state.book, basis)
        after = _solved(graph)
        old = {trip.vendor: trip for trip in _trips(state, basis)}
        new = {trip.vendor: trip for trip in after}
        state = _with_trips(state, basis, after)
        for vendor in sorted(old.keys() | new.keys()):
            if old.get(vendor) != new.get(vendor):
                trip = new.get(vendor, RoundTrip(vendor, 0, 0, 0))
                measurements.append(_measurement(state, basis, graph, trip))
    return state, tuple(measurements)


def _trips(state: State, basis: Basis) -> Trips:
    match basis:
        case "firm":
            return state.firm
        case "all":
            return state.all
        case _:
            assert_never(basis)


def _with_trips(state: State, basis: Basis, trips: Trips) -> State:
    match basis:
        case "firm":
            return replace(state, firm=trips)
        case "all":
            return replace(state, all=trips)
        case _:
            assert_never(basis)


def _measurement(state: State, basis: Basis, graph: tuple[Flow, ...], trip: RoundTrip) -> Measurement:
    share = round(trip.share, 6)
    return Measurement(
        subject=f"{trip.vendor} {basis}",
        value=share,
        evidence=_evidence(state.book, graph, trip),
        text=_tell(basis, trip, share),
        cited=state.cited,
    )


def _evidence(book: Book, graph: tuple[Flow, ...], trip: RoundTrip) -> tuple[UUID, ...]:
    """Name the deals by which most money leaves the vendor and most orders reach it."""
    if not trip.round_trip_cents:
        return ()
    leaves = [flow for flow in graph if flow.source == trip.vendor and flow.financing_cents]
    returns = [flow for flow in graph if flow.target == trip.vendor and flow.purchases_cents]
    leaves.sort(key=lambda flow: (-flow.financing_cents, flow.target))
    returns.sort(key=lambda flow: (-flow.purchases_cents, flow.source))
    top = (*leaves[:TOP_FLOWS], *returns[:TOP_FLOWS])
    events = dict.fromkeys(one for flow in top for one in edge_events(book, flow.source, flow.target))
    return tuple(events)[:EVIDENCE_LIMIT]


def _tell(basis: Basis, trip: RoundTrip, share: float) -> str:
    if not trip.purchases_cents:
        return f"{trip.vendor} does not both finance others and sell any more"
    money = "firm orders" if basis == "firm" else "orders, conditional and estimated ones included,"
    orders = f"{spoken(trip.purchases_cents)} of {money}"
    if not trip.round_trip_cents:
        return f"none of the {orders} placed with {trip.vendor} can have been paid for by its own financing"
    return (
        f"up to {percent(share)} of the {orders} placed with {trip.vendor} can have been paid for by its own"
        f" financing: {spoken(trip.round_trip_cents)} of the {spoken(trip.financing_cents)} that it puts into"
        f" others; {NO_PROOF}"
    )


VENDOR_FINANCED_SHARE = Indicator(
    definition=DEFINITION,
    initial=State(),
    reads=(DealAnnounced, DealRevised, LegFunded, DealTerminated, ContractRenegotiated, ClockTicked),
    apply=apply,
)
