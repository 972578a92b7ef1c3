"""Write what changed of the picture of a basis; what is gone is written empty."""

from collections.abc import Iterator
from itertools import zip_longest
from math import log10

from events.words import short_cents
from projections.base import JournaledEvent, Row
from projections.circularity.assumptions import USD_PER_GW, assumption
from projections.circularity.book import Basis, Book, flow, total
from projections.circularity.loops import Loop
from projections.circularity.money import in_usd
from projections.circularity.picture import NO_MONEY, Money, Picture
from projections.circularity.redraw import Redrawn
from projections.circularity.round_trip import RoundTrip
from projections.circularity.rows import (
    CircularityRow,
    LoopRow,
    MoneyFlowEdgeHistoryRow,
    MoneyFlowEdgeRow,
    MoneyFlowNodeHistoryRow,
    MoneyFlowNodeRow,
    VendorRoundTripRow,
)

# An edge that does not circulate, and from the first cent, a third and two thirds of it on.
GREY, YELLOW, ORANGE, RED = "#8e8e8e", "#f2cc0c", "#ff9830", "#e02f44"
# A hundred million dollars and less draw the thinnest line; ten times the money adds two.
THINNEST_CENTS = 10_000_000_000


def flow_rows(
    basis: Basis, book: Book, before: Picture, redrawn: Redrawn, journaled: JournaledEvent
) -> Iterator[Row]:
    """Give the rows of what was drawn, history stamped with the event's place; what is gone is empty."""
    after = redrawn.picture
    for pair in redrawn.pairs:
        cents = total(flow(book, basis, pair)).cents
        edge = _edge_row(basis, pair, cents, after.circulating_cents(pair), journaled)
        yield edge
        yield MoneyFlowEdgeHistoryRow(journaled.offset, journaled.index, *edge)
    for name in redrawn.companies:
        node = _node_row(basis, name, after.companies.get(name, NO_MONEY), journaled)
        yield node
        yield MoneyFlowNodeHistoryRow(journaled.offset, journaled.index, *node)
    for rank, (old, new) in enumerate(zip_longest(before.ranking.shown, after.ranking.shown), start=1):
        if old != new:
            yield _loop_row(basis, rank, new, journaled)
    for trip in redrawn.round_trips:
        yield _round_trip_row(basis, trip, journaled)


def _edge_row(
    basis: Basis, pair: tuple[str, str], cents: int, circulating: int, journaled: JournaledEvent
) -> MoneyFlowEdgeRow:
    share = circulating / cents if cents else 0.0
    return MoneyFlowEdgeRow(
        basis=basis,
        source=pair[0],
        target=pair[1],
        mainstat=short_cents(cents),
        secondarystat=f"{short_cents(circulating)} circulating ({share:.0%})",
        thickness=round(1 + 2 * log10(max(cents, THINNEST_CENTS) / THINNEST_CENTS), 1),
        color=_color(cents, circulating),
        amount_usd=in_usd(cents),
        circulating_usd=in_usd(circulating),
        known_at=journaled.now,
    )


def _color(cents: int, circulating: int) -> str:
    if not circulating:
        return GREY
    if 3 * circulating < cents:
        return YELLOW
    return ORANGE if 3 * circulating < 2 * cents else RED


def _node_row(basis: Basis, name: str, money: Money, journaled: JournaledEvent) -> MoneyFlowNodeRow:
    inflow, outflow, circulating = money.in_cents, money.out_cents, money.circulating_cents
    whole = max(inflow + outflow, 1)
    arc_in, arc_out = (inflow - circulating) / whole, (outflow - circulating) / whole
    return MoneyFlowNodeRow(
        basis=basis,
        id=name,
        title=name,
        subtitle=f"{short_cents(circulating)} circulating",
        mainstat=f"{short_cents(inflow)} in",
        secondarystat=f"{short_cents(outflow)} out",
        arc__inflow=arc_in,
        arc__outflow=arc_out,
        arc__circulating=max(0.0, 1.0 - arc_in - arc_out) if circulating else 0.0,
        in_usd=in_usd(inflow),
        out_usd=in_usd(outflow),
        net_usd=in_usd(inflow - outflow),
        circulating_usd=in_usd(circulating),
        known_at=journaled.now,
    )


def circularity_row(basis: Basis, book: Book, picture: Picture, journaled: JournaledEvent) -> CircularityRow:
    """Give the row of all that can be going round, and of what of it rests on an assumption."""
    announced = picture.announced_cents
    estimated = book.estimated_cents if basis == "all" else 0
    return CircularityRow(
        known_at=journaled.now,
        journal_offset=journaled.offset,
        journal_index=journaled.index,
        basis=basis,
        announced_usd=in_usd(announced),
        estimated_usd=in_usd(estimated),
        assumption=assumption(book.gigawatt) if estimated else None,
        usd_per_gw=USD_PER_GW[book.gigawatt] if estimated else None,
        ci_max_usd=in_usd(picture.maximum_cents),
        ci_bff_usd=in_usd(picture.bff_cents),
        ci_max=picture.maximum_cents / announced if announced else 0.0,
        ci_bff=picture.bff_cents / announced if announced else 0.0,
        bff_known_at=picture.bff_known_at,
    )


def _loop_row(basis: Basis, rank: int, loop: Loop | None, journaled: JournaledEvent) -> LoopRow:
    return LoopRow(
        basis=basis,
        rank=rank,
        path=loop.path if loop else "",
        length=len(loop.companies) if loop else 0,
        bottleneck_usd=in_usd(loop.bottleneck_cents if loop else 0),
        known_at=journaled.now,
    )


def _round_trip_row(basis: Basis, trip: RoundTrip, journaled: JournaledEvent) -> VendorRoundTripRow:
    return VendorRoundTripRow(
        known_at=journaled.now,
        journal_offset=journaled.offset,
        journal_index=journaled.index,
        basis=basis,
        vendor=trip.vendor,
        financing_usd=in_usd(trip.financing_cents),
        purchases_usd=in_usd(trip.purchases_cents),
        round_trip_usd=in_usd(trip.round_trip_cents),
        share=trip.share,
    )
