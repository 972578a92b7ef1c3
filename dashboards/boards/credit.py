"""Credit: the relief that lenders grant, what secures their loans, and debt off the balance sheet."""

from dashboards.boards.loans import collateral, current, reports, waivers
from dashboards.boards.loans.choice import BORROWER, LENDER
from dashboards.grafana.annotations import DEALS
from dashboards.grafana.board import Board, row

BOARD = Board(
    uid="ouroboros-credit",
    title="Credit",
    description="The relief that lenders grant, what secures their loans, and debt off the balance sheet.",
    order=30,
    tags=("credit",),
    variables=(LENDER, BORROWER),
    annotations=(DEALS,),
    rows=(
        row(
            4,
            (current.RELIEF, 5),
            (current.WORST_LTV, 5),
            (current.WORST_LEVERAGE, 5),
            (current.WORST_PLEDGE, 5),
            (current.OFF_BALANCE, 4),
        ),
        row(8, (waivers.EVENTS, 24)),
        row(8, (waivers.BY_BORROWER, 6), (waivers.BY_LENDER, 6), (waivers.OVER_TIME, 12)),
        row(7, (waivers.SEVERITY_OVER_TIME, 24)),
        row(9, (reports.REPORTS, 24)),
        row(6, (collateral.GPU_LOANS, 24), title="What secures the loans"),
        row(8, (collateral.LTV_OVER_TIME, 12), (collateral.PLEDGED_OVER_TIME, 12)),
        row(5, (collateral.PLEDGED, 24)),
        row(6, (collateral.LEVERAGE, 24), title="Off the balance sheet, and all loans"),
        row(9, (collateral.FACILITIES, 24)),
    ),
)
