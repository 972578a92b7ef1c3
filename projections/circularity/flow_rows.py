"""Write what changed between two pictures of a basis; what is gone is written empty."""

from collections.abc import Iterator, Mapping
from itertools import zip_longest
from math import log10
from typing import TypeVar

from projections.base import Recorded, Row
from projections.circularity.assumptions import ASSUMPTION
from projections.circularity.book import Basis
from projections.circularity.loops import Loop
from projections.circularity.money import in_usd, spoken
from projections.circularity.picture import Picture
from projections.circularity.round_trip import RoundTrip
from projections.circularity.rows import (
    CircularityRow,
    LoopRow,
    MoneyFlowEdgeRow,
    MoneyFlowNodeRow,
    VendorRoundTripRow,
)

K = TypeVar("K", str, tuple[str, str])
V = TypeVar("V")

# An edge that does not circulate, and from the first cent, a third and two thirds of it on.
GREY, YELLOW, ORANGE, RED = "#8e8e8e", "#f2cc0c", "#ff9830", "#e02f44"
# A hundred million dollars and less draw the thinnest line; ten times the money adds two.
THINNEST_CENTS = 10_000_000_000


def flow_rows(
    basis: Basis, before: Picture, after: Picture, estimated_cents: int, recorded: Recorded
) -> Iterator[Row]:
    """Give the rows that differ between two pictures, history stamped with the event's place."""
    for pair, (cents, circulating) in _changed(_edges(before), _edges(after), (0, 0)):
        yield _edge_row(basis, pair, cents, circulating, recorded)
    for name, money in _changed(_nodes(before), _nodes(after), (0, 0, 0)):
        yield _node_row(basis, name, money, recorded)
    if before.edges != after.edges:
        yield _circularity_row(basis, after, estimated_cents, recorded)
    for rank, (old, new) in enumerate(zip_longest(before.loops, after.loops), start=1):
        if old != new:
            yield _loop_row(basis, rank, new, recorded)
    trips_before = {trip.vendor: trip for trip in before.round_trips}
    trips_after = {trip.vendor: trip for trip in after.round_trips}
    for vendor, trip in _changed(trips_before, trips_after, None):
        yield _round_trip_row(basis, trip or RoundTrip(vendor, 0, 0, 0), recorded)


def _changed(before: Mapping[K, V], after: Mapping[K, V], gone: V) -> Iterator[tuple[K, V]]:
    for key in sorted(before.keys() | after.keys()):
        if before.get(key) != after.get(key):
            yield key, after.get(key, gone)


def _edges(picture: Picture) -> dict[tuple[str, str], tuple[int, int]]:
    pairs = zip(picture.edges, picture.circulating_cents, strict=True)
    return {(edge.source, edge.target): (edge.cents, circulating) for edge, circulating in pairs}


def _nodes(picture: Picture) -> dict[str, tuple[int, int, int]]:
    """Sum what each company takes in and pays out, and what of both circulates, in cents."""
    paid: dict[str, list[int]] = {}
    for (source, target), (cents, circulating) in _edges(picture).items():
        for name, sums in ((target, (cents, 0, circulating, 0)), (source, (0, cents, 0, circulating))):
            known = paid.setdefault(name, [0, 0, 0, 0])
            paid[name] = [one + other for one, other in zip(known, sums, strict=True)]
    # What circulates in also circulates out, but for cents rounded down edge by edge.
    return {name: (sums[0], sums[1], min(sums[2], sums[3])) for name, sums in paid.items()}


def _edge_row(
    basis: Basis, pair: tuple[str, str], cents: int, circulating: int, recorded: Recorded
) -> MoneyFlowEdgeRow:
    share = circulating / cents if cents else 0.0
    return MoneyFlowEdgeRow(
        basis=basis,
        source=pair[0],
        target=pair[1],
        mainstat=spoken(cents),
        secondarystat=f"{spoken(circulating)} circulating ({share:.0%})",
        thickness=round(1 + 2 * log10(max(cents, THINNEST_CENTS) / THINNEST_CENTS), 1),
        color=_color(cents, circulating),
        amount_usd=in_usd(cents),
        circulating_usd=in_usd(circulating),
        known_at=recorded.now,
    )


def _color(cents: int, circulating: int) -> str:
    if not circulating:
        return GREY
    if 3 * circulating < cents:
        return YELLOW
    return ORANGE if 3 * circulating < 2 * cents else RED


def _node_row(basis: Basis, name: str, money: tuple[int, int, int], recorded: Recorded) -> MoneyFlowNodeRow:
    inflow, outflow, circulating = money
    whole = max(inflow + outflow, 1)
    arc_in, arc_out = (inflow - circulating) / whole, (outflow - circulating) / whole
    return MoneyFlowNodeRow(
        basis=basis,
        id=name,
        title=name,
        subtitle=f"{spoken(circulating)} circulating",
        mainstat=f"{spoken(inflow)} in",
        secondarystat=f"{spoken(outflow)} out",
        arc__inflow=arc_in,
        arc__outflow=arc_out,
        arc__circulating=max(0.0, 1.0 - arc_in - arc_out) if circulating else 0.0,
        in_usd=in_usd(inflow),
        out_usd=in_usd(outflow),
        circulating_usd=in_usd(circulating),
        known_at=recorded.now,
    )


def _circularity_row(
    basis: Basis, picture: Picture, estimated_cents: int, recorded: Recorded
) -> CircularityRow:
    announced = sum(edge.cents for edge in picture.edges)
    return CircularityRow(
        known_at=recorded.now,
        journal_offset=recorded.offset,
        journal_index=recorded.index,
        basis=basis,
        announced_usd=in_usd(announced),
        estimated_usd=in_usd(estimated_cents),
        assumption=ASSUMPTION if estimated_cents else None,
        ci_max_usd=in_usd(picture.maximum_cents),
        ci_bff_usd=in_usd(picture.bff_cents),
        ci_max=picture.maximum_cents / announced if announced else 0.0,
        ci_bff=picture.bff_cents / announced if announced else 0.0,
    )


def _loop_row(basis: Basis, rank: int, loop: Loop | None, recorded: Recorded) -> LoopRow:
    return LoopRow(
        basis=basis,
        rank=rank,
        path=loop.path if loop else "",
        length=len(loop.companies) if loop else 0,
        bottleneck_usd=in_usd(loop.bottleneck_cents if loop else 0),
        known_at=recorded.now,
    )


def _round_trip_row(basis: Basis, trip: RoundTrip, recorded: Recorded) -> VendorRoundTripRow:
    return VendorRoundTripRow(
        known_at=recorded.now,
        journal_offset=recorded.offset,
        journal_index=recorded.index,
        basis=basis,
        vendor=trip.vendor,
        financing_usd=in_usd(trip.financing_cents),
        purchases_usd=in_usd(trip.purchases_cents),
        round_trip_usd=in_usd(trip.round_trip_cents),
        share=trip.share,
    )
