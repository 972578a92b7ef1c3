"""Where each indicator belongs: its family, and the panel that explains it."""

from typing import Literal, NamedTuple

from dashboards.building.panels import Panel

Family = Literal["deals", "credit", "power", "prices", "financials", "composite", "pipeline"]


class Home(NamedTuple):
    """A family of alerts, and the dashboard and the panel that explain one of them."""

    family: Family
    board: str
    panel: str

    @property
    def panel_id(self) -> int:
        """Give the panel's number in its dashboard."""
        return Panel("", self.panel, "").id


# Signs without a dashboard of their own have a panel on the front page.
FRONT_PAGE = "ouroboros-bubble-watch"

HOMES = {
    "bubble_break": Home("composite", FRONT_PAGE, "Signs of a breaking bubble"),
    "credit_waivers": Home("credit", "ouroboros-credit", "Severity of favours in 90 days, over time"),
    "gpu_collateral_ltv": Home("credit", "ouroboros-credit", "Loan-to-value of GPU loans, over time"),
    "offbalance_leverage": Home("credit", "ouroboros-credit", "Vehicles outside of balance sheets"),
    "pledged_equity_drawdown": Home("credit", "ouroboros-equities", "Fall of pledged shares, over time"),
    "power_delay": Home("power", "ouroboros-power", "Delay of sites and operators, over time"),
    "stranded_financing": Home("power", "ouroboros-power", "Dollars in late sites, over time"),
    "unpermitted_generation": Home("power", "ouroboros-power", "Generators: seen and permitted"),
    "gpu_resale_drawdown": Home(
        "prices", "ouroboros-gpu-prices", "Fall from the high of the year, over time"
    ),
    "builders_vs_financiers": Home("prices", "ouroboros-equities", "Builders against financiers, over time"),
    "crowding": Home("prices", "ouroboros-equities", "Gain made by one share, over time"),
    "neocloud_shock": Home("prices", "ouroboros-equities", "Days of neoclouds, over time"),
    "circularity": Home("deals", "ouroboros-money-map", "Circulating share of announced money, both bases"),
    "vendor_financed_share": Home("deals", "ouroboros-money-map", "Vendor-financed share over time"),
    "conditional_share": Home("deals", "ouroboros-money-map", "Conditional dollars, now"),
    "contract_renegotiations": Home("deals", FRONT_PAGE, "Contracts renegotiated"),
    "commitment_downscaled": Home("deals", FRONT_PAGE, "Commitment cut"),
    "capacity_resale": Home("deals", FRONT_PAGE, "Buyers turned sellers of capacity"),
    "revenue_coverage": Home("financials", FRONT_PAGE, "AI revenue against commitments"),
    "dark_capacity": Home("financials", FRONT_PAGE, "Dark capacity"),
    "capex_cut": Home("financials", FRONT_PAGE, "Guided investment cut"),
    "unit_cost": Home("financials", FRONT_PAGE, "Cost of serving"),
}

PIPELINE = Home("pipeline", "ouroboros-pipeline-health", "What needs somebody")

# What moves with every bar, whatever family it belongs to.
PRICE_DRIVEN = frozenset(
    (
        "builders_vs_financiers",
        "crowding",
        "gpu_collateral_ltv",
        "gpu_resale_drawdown",
        "neocloud_shock",
        "pledged_equity_drawdown",
    )
)
