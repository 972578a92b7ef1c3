"""Write what changed of the graph of a basis; what is gone is written empty."""

from collections.abc import Iterator
from itertools import zip_longest

from projections.base import JournaledEvent, Row
from projections.circularity.rows import (
    CircularityRow,
    LoopRow,
    MoneyFlowEdgeHistoryRow,
    MoneyFlowEdgeRow,
    MoneyFlowNodeHistoryRow,
    MoneyFlowNodeRow,
    VendorRoundTripRow,
    in_usd,
)
from projections.facts.assumptions import USD_PER_GW, assumption
from projections.facts.book import Basis, Book, flow, total
from projections.money_graph.basis_graph import NO_MONEY, BasisGraph, Loop, RoundTrip
from projections.money_graph.update import GraphUpdate


def flow_rows(
    basis: Basis, book: Book, before: BasisGraph, update: GraphUpdate, journaled: JournaledEvent
) -> Iterator[Row]:
    """Return the rows of what was updated, history beside what is now; what is gone is empty."""
    after = update.after
    for pair in update.pairs:
        edge = MoneyFlowEdgeRow(
            journal_offset=journaled.offset,
            journal_index=journaled.index,
            basis=basis,
            source=pair[0],
            target=pair[1],
            amount_usd=in_usd(total(flow(book, basis, pair)).cents),
            circulating_usd=in_usd(after.circulating_cents(pair)),
            known_at=journaled.now,
        )
        yield edge
        yield MoneyFlowEdgeHistoryRow(*edge)
    for name in update.companies:
        money = after.companies.get(name, NO_MONEY)
        node = MoneyFlowNodeRow(
            journal_offset=journaled.offset,
            journal_index=journaled.index,
            basis=basis,
            id=name,
            in_usd=in_usd(money.in_cents),
            out_usd=in_usd(money.out_cents),
            circulating_usd=in_usd(money.circulating_cents),
            known_at=journaled.now,
        )
        yield node
        yield MoneyFlowNodeHistoryRow(*node)
    for rank, (old, new) in enumerate(zip_longest(before.loops.shown, after.loops.shown), start=1):
        if old != new:
            yield _loop(basis, rank, new, journaled)
    for trip in update.round_trips:
        yield _round_trip(basis, trip, journaled)


def circularity_row(basis: Basis, book: Book, graph: BasisGraph, journaled: JournaledEvent) -> CircularityRow:
    """Return the row of all that can be going round, and of what of it rests on an assumption."""
    announced = graph.announced_cents
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
        ci_max_usd=in_usd(graph.maximum_cents),
        ci_bff_usd=in_usd(graph.bff_cents),
        ci_max=graph.maximum_cents / announced if announced else 0.0,
        ci_bff=graph.bff_cents / announced if announced else 0.0,
        bff_known_at=graph.bff_known_at,
    )


def _loop(basis: Basis, rank: int, loop: Loop | None, journaled: JournaledEvent) -> LoopRow:
    return LoopRow(
        basis=basis,
        rank=rank,
        path=loop.path if loop else "",
        length=len(loop.companies) if loop else 0,
        bottleneck_usd=in_usd(loop.bottleneck_cents if loop else 0),
        known_at=journaled.now,
    )


def _round_trip(basis: Basis, trip: RoundTrip, journaled: JournaledEvent) -> VendorRoundTripRow:
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
