"""Circularity: deals and their legs, the money-flow graph, and how much of it can be going round."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from rpds import HashTrieMap

from events.base import Event
from events.companies import closest
from events.families.clock import ClockTicked
from events.families.contracts import ContractRenegotiated
from events.families.deals import DealAnnounced, DealRevised, DealTerminated, LegFunded
from events.families.desk import WatchlistChanged
from projections.base import Projection, Row, Step, Table
from projections.circularity.deal_rows import deal_rows, double_rows, unknown_names
from projections.circularity.flow_rows import circularity_row, flow_rows
from projections.circularity.rows import (
    CircularityRow,
    DealLegRow,
    DealRow,
    LikelyDoubleRow,
    LoopRow,
    MoneyFlowEdgeHistoryRow,
    MoneyFlowEdgeRow,
    MoneyFlowNodeHistoryRow,
    MoneyFlowNodeRow,
    UnknownCompanyRow,
    VendorRoundTripRow,
)
from projections.facts.book import BASES
from projections.facts.world import DESK, Thing, WorldStep
from projections.kernel import one_by_one
from projections.persistent import PersistentMap, items_of

READS: tuple[type[Event], ...] = (
    *(DealAnnounced, DealRevised, LegFunded, DealTerminated),
    *(ContractRenegotiated, WatchlistChanged, ClockTicked),
    *DESK,
)


@dataclass(frozen=True, slots=True)
class Circularity:
    """The names that are listed for review, each with the deal that named it first."""

    unknown: PersistentMap[str, str] = HashTrieMap()


def apply(state: Circularity, step: WorldStep) -> Step[Circularity]:
    """Write what an event did to deals and graphs; the clock passes by when nothing waits for it."""
    state, review = _review(state, step)
    return Step(state, (*_deals(step), *review, *_graphs(step)))


def _deals(step: WorldStep) -> Iterator[Row]:
    for deal_id in step.names(Thing.DEAL):
        yield from deal_rows(step.before.book, step.world.book, deal_id, step.journaled.now)
    yield from double_rows(step.before.book, step.world.book, step.names(Thing.DEAL), step.journaled.now)


def _review(state: Circularity, step: WorldStep) -> tuple[Circularity, tuple[Row, ...]]:
    """Return the names that nobody knows for review, and take those off that the desk has named."""
    book, names, now = step.world.book, step.world.names, step.journaled.now
    unknown, rows = state.unknown, list[Row]()
    for deal_id in step.names(Thing.DEAL):
        for name in unknown_names(book.deals[deal_id], names):
            if name not in unknown:
                unknown = unknown.insert(name, deal_id)
                rows.append(UnknownCompanyRow(name, deal_id, now, closest(name), named=False))
    if Thing.NAME in step.touched:
        for name, deal_id in sorted(items_of(unknown)):
            if names.is_known(name):
                unknown = unknown.remove(name)
                rows.append(UnknownCompanyRow(name, deal_id, now, None, named=True))
    return (state if unknown is state.unknown else replace(state, unknown=unknown)), tuple(rows)


def _graphs(step: WorldStep) -> Iterator[Row]:
    book, money = step.world.book, step.money
    for basis in BASES:
        update = money.updates.get(basis)
        if update is not None:
            yield from flow_rows(basis, book, money.before.on(basis), update, step.journaled)
        if basis in money.counted:
            yield circularity_row(basis, book, money.after.on(basis), step.journaled)


CIRCULARITY = Projection(
    name="circularity",
    version=3,
    initial=Circularity(),
    reads=READS,
    project=one_by_one(apply, READS),
    tables=(
        Table("deal", DealRow, key=("deal_id",)),
        Table("deal_leg", DealLegRow, key=("deal_id", "leg")),
        Table("likely_double", LikelyDoubleRow, key=("deal_id", "other_id")),
        Table("unknown_company", UnknownCompanyRow, key=("name",)),
        Table("money_flow_edge", MoneyFlowEdgeRow, key=("basis", "source", "target")),
        Table("money_flow_node", MoneyFlowNodeRow, key=("basis", "id")),
        Table("money_flow_edge_history", MoneyFlowEdgeHistoryRow, time_column="known_at"),
        Table("money_flow_node_history", MoneyFlowNodeHistoryRow, time_column="known_at"),
        Table("circularity", CircularityRow, time_column="known_at"),
        Table("loop", LoopRow, key=("basis", "rank")),
        Table("vendor_round_trip", VendorRoundTripRow, time_column="known_at"),
    ),
)
