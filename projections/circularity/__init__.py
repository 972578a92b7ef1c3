"""Circularity: deals and their legs, the money-flow graph, and how much of it can be going round."""

from pydantic import TypeAdapter

from projections.base import Projection, Table
from projections.circularity.fold import READS, Circularity, apply
from projections.circularity.rows import (
    CircularityRow,
    DealLegRow,
    DealRow,
    LoopRow,
    MoneyFlowEdgeHistoryRow,
    MoneyFlowEdgeRow,
    MoneyFlowNodeHistoryRow,
    MoneyFlowNodeRow,
    UnknownCompanyRow,
    VendorRoundTripRow,
)
from projections.kernel import one_by_one

CIRCULARITY = Projection(
    name="circularity",
    version=2,
    initial=Circularity(),
    reads=READS,
    project=one_by_one(apply, READS),
    state_type=TypeAdapter(Circularity),
    tables=(
        Table("deal", DealRow, key=("deal_id",)),
        Table("deal_leg", DealLegRow, key=("deal_id", "leg")),
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
