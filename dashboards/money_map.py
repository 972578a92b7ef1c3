"""The money map: who finances whom, who buys from whom, and how much of it can be going round."""

from dashboards.building.annotations import DEALS as DEALS_ANNOUNCED
from dashboards.building.annotations import signals_of
from dashboards.building.board import Board, Row
from dashboards.building.panels import text
from dashboards.building.variables import chosen_from, one_of
from dashboards.money.circulation import (
    ANNOUNCED,
    ASSUMED,
    AT_MOST,
    ESTIMATE,
    OVER_TIME,
    VENDORS,
    VENDORS_OVER_TIME,
)
from dashboards.money.deals import CONDITIONAL, DEALS, HUBS, LOOPS, UNKNOWN_NAMES
from dashboards.money.graph import CAUTION, GRAPH

READING = text(
    "How to read this",
    f"**{CAUTION}** Shares say what *could* go round.\n\nAll is as known at the **end of the time range**.",
)

MONEY_MAP = Board(
    uid="ouroboros-money-map",
    title="Money map",
    description="Who finances whom, who buys from whom, and how much of announced money can be going round.",
    rows=(
        Row(5, ((READING, 6), (AT_MOST, 5), (ESTIMATE, 5), (ANNOUNCED, 4), (ASSUMED, 4))),
        Row(17, ((GRAPH, 24),)),
        Row(9, ((OVER_TIME, 12), (VENDORS_OVER_TIME, 12))),
        Row(8, ((VENDORS, 13), (LOOPS, 11))),
        Row(9, ((HUBS, 12), (CONDITIONAL, 12))),
        Row(14, ((DEALS, 24),)),
        Row(6, ((UNKNOWN_NAMES, 24),)),
    ),
    tags=("circularity",),
    variables=(
        one_of("basis", "Basis", ("all", "firm"), "all"),
        chosen_from("company", "Company", "SELECT DISTINCT id FROM read.money_flow_node_history"),
    ),
    annotations=(signals_of(("circularity", "vendor_financed_share", "conditional_share")), DEALS_ANNOUNCED),
    time_from="now-2y",
)
