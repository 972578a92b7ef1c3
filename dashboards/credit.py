"""Credit: what lenders grant, what secures their loans, and what stands outside of balance sheets."""

from dashboards.building.annotations import DEALS, signals_of
from dashboards.building.board import Board, Row
from dashboards.lending import collateral, favours, overview
from dashboards.lending.choice import BORROWER, LENDER, UID

CREDIT = Board(
    uid=UID,
    title="Credit",
    description="What lenders grant, what secures their loans, and what stands outside of balance sheets.",
    tags=("credit",),
    variables=(LENDER, BORROWER),
    annotations=(
        signals_of(
            ("credit_waivers", "gpu_collateral_ltv", "offbalance_leverage", "pledged_equity_drawdown")
        ),
        DEALS,
    ),
    time_from="now-2y",
    rows=(
        Row(
            4,
            (
                (overview.FAVOURS_IN_ALL, 5),
                (overview.WORST_LTV, 5),
                (overview.WORST_LEVERAGE, 5),
                (overview.WORST_PLEDGE, 5),
                (overview.OUTSIDE, 4),
            ),
        ),
        Row(8, ((favours.EVENTS, 24),)),
        Row(8, ((favours.BY_BORROWER, 6), (favours.BY_LENDER, 6), (favours.OVER_TIME, 12))),
        Row(7, ((favours.SEVERITY, 24),)),
        Row(6, ((collateral.GPU_LOANS, 24),), title="What secures the loans"),
        Row(8, ((collateral.LTV_OVER_TIME, 12), (collateral.PLEDGED_OVER_TIME, 12))),
        Row(5, ((collateral.PLEDGED, 24),)),
        Row(6, ((collateral.LEVERAGE, 24),), title="Outside of balance sheets, and all loans"),
        Row(9, ((collateral.FACILITIES, 24),)),
    ),
)
