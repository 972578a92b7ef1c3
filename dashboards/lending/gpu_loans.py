"""Loans that GPUs secure, as credit sees them and as the prices of GPUs do."""

from dashboards.building.fields import as_level, field, renamed, unit, width, wrapped
from dashboards.building.indicators import board_link, colored
from dashboards.building.panels import Panel, table, when_empty
from dashboards.building.sql import known, shown_level
from dashboards.lending.choice import UID

USD = unit("currencyUSD", 1)
BORROWER_COLUMN = field(
    "borrower", renamed("Borrower"), wrapped(), width(130), board_link("Its loans", UID, "borrower")
)
LEVEL_COLUMN = field("level", renamed("Level"), *as_level())


def loans_on_gpus(title: str, where: str, missing: str) -> Panel:
    """Show loans with their loan-to-value; `where` is SQL on a row `f` of read.facility."""
    described = (
        "The chosen loans that GPUs secure, their models spelled as in their prices. LTV: what is drawn and"
        " not paid back ÷ number of GPUs times newest resale close of their model; a dash where the number"
        " or the price is not known. Watch 80 %, warning 95 %, critical 105 %. From read.facility and"
        " read.indicator_current (gpu_collateral_ltv)."
    )
    sql = f"""SELECT f.facility_id, f.borrower, f.collateral AS model, f.collateral_quantity AS gpus,
  f.balance_usd,
  CASE WHEN c.value > 0 OR f.balance_usd <= 0 THEN {known("c")} END AS ltv,
  CASE WHEN c.value = 0 AND f.balance_usd > 0 THEN 'unknown' ELSE {shown_level("c")} END AS level, c.text
FROM read.facility f
LEFT JOIN read.indicator_current c ON c.indicator = 'gpu_collateral_ltv' AND c.subject = f.facility_id
WHERE f.collateral_kind = 'gpus' AND {where}
ORDER BY 6 DESC NULLS LAST, f.balance_usd DESC NULLS LAST, f.facility_id LIMIT 200"""
    overrides = (
        field("facility_id", renamed("Loan"), wrapped(), width(210)),
        BORROWER_COLUMN,
        field("model", renamed("GPU"), width(80), board_link("Its prices", "ouroboros-gpu-prices", "model")),
        field("gpus", renamed("GPUs"), *unit("locale", 0), width(90)),
        field("balance_usd", renamed("Balance"), *USD, width(90)),
        colored("ltv", "LTV", "gpu_collateral_ltv"),
        LEVEL_COLUMN,
        field("text", renamed("In words"), wrapped()),
    )
    return when_empty(table(title, described, sql, overrides=overrides), missing)
