"""The money map: who finances whom, who buys from whom, and how much of it can be going round."""

from dashboards.boards.money.circulation import (
    ANNOUNCED,
    ASSUMED,
    AT_MOST,
    ESTIMATE,
    OVER_TIME,
    VENDORS,
    VENDORS_OVER_TIME,
)
from dashboards.boards.money.deals import CONDITIONAL, DEALS, HUBS, LOOPS, UNKNOWN_NAMES
from dashboards.boards.money.graph import CAUTION, GRAPH
from dashboards.grafana.annotations import DEALS as DEALS_ANNOUNCED
from dashboards.grafana.board import Board, row
from dashboards.grafana.panels import text
from dashboards.grafana.variables import chosen_from, one_of

READING = text(
    "How to read this",
    f"**{CAUTION}** Shares say what *could* go round.\n\nAll is as known at the **end of the time range**.",
)

BOARD = Board(
    uid="ouroboros-money-map",
    title="Money map",
    description="Who finances whom, who buys from whom, and how much of announced money can be going round.",
    order=20,
    rows=(
        row(5, (READING, 6), (AT_MOST, 5), (ESTIMATE, 5), (ANNOUNCED, 4), (ASSUMED, 4)),
        row(17, (GRAPH, 24)),
        row(9, (OVER_TIME, 12), (VENDORS_OVER_TIME, 12)),
        row(8, (VENDORS, 13), (LOOPS, 11)),
        row(9, (HUBS, 12), (CONDITIONAL, 12)),
        row(14, (DEALS, 24)),
        row(6, (UNKNOWN_NAMES, 24)),
    ),
    tags=("circularity",),
    variables=(
        one_of("basis", "Basis", ("all", "firm"), "all"),
        chosen_from("company", "Company", "SELECT DISTINCT id FROM read.money_flow_node_history"),
    ),
    annotations=(DEALS_ANNOUNCED,),
)
