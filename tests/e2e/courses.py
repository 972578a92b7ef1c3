"""The courses of all warning signs, each on names of its own."""

from tests.e2e.course import CALM_DAY, Course, Figures
from tests.e2e.fictions import (
    FIRST,
    circling,
    commitment,
    financing_orders,
    generators,
    gpu_loan,
    gpu_price,
    guided,
    on_condition,
    power_promised,
    renegotiated,
    resold,
    revenue,
    site_loan,
    stranded_promise,
    usd,
    vehicle,
    waivers,
    watched,
)
from tests.given import event
from tests.projections.shares import close

CALM = str(CALM_DAY)
NOBODY = Figures((), (), (), (), ())

# The five signs come one after the other, so that the sign that counts them passes each level, too.
COURSES = (
    Course(
        "credit_waivers",
        "borrower:Fictional Neocloud",
        waivers,
        Figures((), ["waiver"], ["waiver"], ["forbearance"], ()),
    ),
    Course(
        "power_delay",
        "site:Fictional Late Site",
        power_promised,
        Figures(0, 40, 100, 200, 0),
        starts=2,
    ),
    Course(
        "gpu_resale_drawdown",
        "Fictional GPU Two rental_hour",
        lambda day, price: [gpu_price(day, "Fictional GPU Two", "rental_hour", price)],
        Figures(10, 8.5, 7.5, 6, 10),
        starts=3,
    ),
    Course(
        "contract_renegotiations",
        "supplier:Fictional Supplier",
        renegotiated,
        Figures(0, 1, 1, 2, 0),
        starts=3,
    ),
    Course(
        "revenue_coverage",
        "Fictional Buyer",
        revenue,
        Figures(8, 4, 2, 0.5, 8),
        # About 10 billion a year.
        before=(commitment("Fictional Buyer", FIRST, 50, 50, ends="2028-12-31"),),
        starts=3,
    ),
    # It reads no events: it counts the five above, of which the first is at warning in the second phase.
    Course("bubble_break", "all", lambda _day, _figure: (), NOBODY, starts=2),
    Course(
        "pledged_equity_drawdown",
        "FICTION.PLEDGED",
        lambda day, price: [close(day, "FICTION.PLEDGED", price)],
        Figures(100, 80, 65, 50, 100),
        before=(
            event(
                "LoanOriginated",
                FIRST,
                facility_id="fictional-margin-loan",
                borrower="Fictional Holding",
                principal_usd=1e9,
                collateral={"kind": "shares", "symbol": "FICTION.PLEDGED"},
            ),
        ),
    ),
    Course(
        "circularity",
        "ci_max firm",
        lambda day, billions: [circling("DealRevised", day, billions)],
        Figures(1, 70, 150, 300, 1),
        before=(circling("DealAnnounced", FIRST, 1),),
    ),
    Course(
        "vendor_financed_share",
        "Fictional Vendor firm",
        lambda day, share: [financing_orders("DealRevised", day, share)],
        Figures(0.01, 0.1, 0.2, 0.4, 0.01),
        before=(financing_orders("DealAnnounced", FIRST, 0.01),),
    ),
    Course(
        "conditional_share",
        "fictional-round",
        lambda day, share: [on_condition("DealRevised", day, share)],
        Figures(0.1, 0.3, 0.6, 0.8, 0.1),
        before=(on_condition("DealAnnounced", FIRST, 0.1),),
    ),
    Course(
        "builders_vs_financiers",
        "builders ahead",
        lambda day, price: [close(day, "FICTION.BUILDER", price)],
        Figures(100, 115, 125, 140, 100),
        before=(
            watched(builders=["FICTION.BUILDER"], financiers=["FICTION.LENDER"]),
            close(FIRST, "FICTION.BUILDER", 100),
            close(FIRST, "FICTION.LENDER", 100),
            close(CALM, "FICTION.LENDER", 100),
        ),
    ),
    Course(
        "crowding",
        "basket",
        lambda day, price: [close(day, "FICTION.LEADER", price)],
        # Three others gained 10 % each.
        Figures(110, 125, 160, 250, 110),
        before=(
            watched(symbols=["FICTION.LEADER", "FICTION.A", "FICTION.B", "FICTION.C"]),
            close(FIRST, "FICTION.LEADER", 100),
            *(close(FIRST, f"FICTION.{letter}", 100) for letter in "ABC"),
            *(close(CALM, f"FICTION.{letter}", 110) for letter in "ABC"),
        ),
    ),
    Course(
        "neocloud_shock",
        "FICTION.CLOUD",
        lambda day, price: [close(day, "FICTION.CLOUD", price)],
        # Each day is compared with the one before.
        Figures(100, 91, 79, 63, 63),
        before=(watched(neoclouds=["FICTION.CLOUD", "FICTION.FALLEN"]),),
    ),
    # A watchlist follows it among the neoclouds.
    Course(
        "share_drawdown",
        "FICTION.FALLEN",
        lambda day, price: [close(day, "FICTION.FALLEN", price)],
        Figures(100, 78, 62, 45, 100),
    ),
    Course("gpu_collateral_ltv", "fictional-gpu-loan", gpu_loan, Figures(0.7, 0.85, 1.0, 1.1, 0.7)),
    Course("offbalance_leverage", "Fictional Vehicle", vehicle, Figures(0.6, 0.75, 0.9, 0.96, 0.6)),
    Course(
        "stranded_financing",
        "site:Fictional Stranded Site",
        site_loan,
        Figures(0.5, 2, 6, 25, 0.5),
        before=(stranded_promise("2030-06-01"), stranded_promise("2030-06-02", CALM)),
    ),
    Course("unpermitted_generation", "Fictional Turbine Site", generators, Figures(20, 21, 31, 42, 20)),
    Course(
        "commitment_downscaled",
        "Fictional Promiser",
        lambda day, after: [commitment("Fictional Promiser", day, 100, after)],
        Figures(100, 85, 70, 40, 100),
    ),
    Course("capacity_resale", "all", resold, Figures(0, 1, 1, 1, 0)),
    Course(
        "dark_capacity",
        "Fictional Landlord",
        lambda day, used: [event("UtilizationReported", day, company="Fictional Landlord", utilization=used)],
        Figures(1.0, 0.9, 0.8, 0.5, 1.0),
    ),
    # Each guidance is compared with the one before.
    Course("capex_cut", "Fictional Spender", guided, Figures(100, 93, 78, 50, 50)),
    Course(
        "unit_cost",
        "Fictional Server",
        lambda day, cost: [
            event(
                "UnitCostReported",
                day,
                company="Fictional Server",
                cost_usd=usd(cost),
                revenue_usd=1e9,
            )
        ],
        Figures(0.7, 0.9, 1.1, 1.4, 0.7),
    ),
)
