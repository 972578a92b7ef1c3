"""The state of private credit in five numbers."""

from dashboards.building.indicators import indicator_stat, worst_of
from dashboards.building.panels import stat, when_empty
from dashboards.building.sql import chosen
from dashboards.lending.choice import is_chosen

FAVOURS_IN_ALL = indicator_stat(
    "credit_waivers",
    "Severity of favours",
    "Severity of all favours of lenders in the last 90 days: amendment 0.5, waiver 1, interest in kind 1.5,"
    " forbearance 2, default 4. All borrowers and lenders, whatever is chosen above. From"
    " read.indicator_current (credit_waivers, all).",
    worst_of("credit_waivers", "c.subject = 'all'"),
)

WORST_LTV = indicator_stat(
    "gpu_collateral_ltv",
    "LTV of GPU loans",
    "The highest loan-to-value of the chosen loans that GPUs secure: what is drawn and not paid back ÷ number"
    " of GPUs times newest resale close of their model. Unknown where no loan has both number and price. From"
    " read.indicator_current (gpu_collateral_ltv).",
    worst_of(
        "gpu_collateral_ltv",
        f"c.subject IN (SELECT f.facility_id FROM read.facility f WHERE {is_chosen('f')})",
        value="nullif(c.value, 0)",
    ),
)

OUTSIDE = when_empty(
    stat(
        "Off balance",
        "Balance (principal less repayments) of the chosen loans that are on no sponsor's balance sheet."
        " From read.facility.",
        f"""SELECT sum(f.balance_usd) AS value FROM read.facility f
WHERE f.off_balance_sheet AND {is_chosen("f")}""",
        defaults={"unit": "currencyUSD", "decimals": 1, "color": {"mode": "fixed", "fixedColor": "blue"}},
        text_size=30,
    ),
    "None is known.",
)

WORST_LEVERAGE = indicator_stat(
    "offbalance_leverage",
    "Leverage of SPVs",
    "The highest debt ÷ (debt + equity) of the chosen borrowers outside of balance sheets. Unknown where no"
    " equity is stated. From read.indicator_current (offbalance_leverage).",
    worst_of("offbalance_leverage", f"c.subject = ANY({chosen('borrower')})", value="nullif(c.value, 0)"),
)

WORST_PLEDGE = indicator_stat(
    "pledged_equity_drawdown",
    "Fall of pledged shares",
    "The deepest fall from the 52-week high among the shares that secure the chosen loans. From"
    " read.indicator_current (pledged_equity_drawdown).",
    worst_of(
        "pledged_equity_drawdown",
        f"""c.subject IN (
    SELECT f.collateral FROM read.facility f WHERE f.collateral_kind = 'shares' AND {is_chosen("f")})""",
    ),
)
