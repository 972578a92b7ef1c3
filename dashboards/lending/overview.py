"""The state of private credit in five numbers."""

from dashboards.building.indicators import indicator_stat
from dashboards.building.panels import stat, when_empty
from dashboards.building.sql import chosen, known
from dashboards.lending.choice import is_chosen

FAVOURS_IN_ALL = indicator_stat(
    "credit_waivers",
    "Favours in 90 days",
    "Severity of all favours of lenders in the last 90 days: amendment 0.5, waiver 1, interest in kind 1.5,"
    " forbearance 2, default 4. All borrowers and lenders, whatever is chosen above. From"
    " read.indicator_current (credit_waivers, all).",
    f"SELECT {known('c')} AS value FROM read.indicator_current c"
    " WHERE c.indicator = 'credit_waivers' AND c.subject = 'all'",
)

WORST_LTV = indicator_stat(
    "gpu_collateral_ltv",
    "Highest LTV of GPU loans",
    "The highest loan-to-value of the chosen loans that GPUs secure: what is drawn and not paid back ÷ number"
    " of GPUs times newest resale close of their model. Unknown where no loan has both number and price. From"
    " read.indicator_current (gpu_collateral_ltv).",
    f"""SELECT max(CASE WHEN c.value > 0 THEN {known("c")} END) AS value
FROM read.indicator_current c JOIN read.facility f ON f.facility_id = c.subject
WHERE c.indicator = 'gpu_collateral_ltv' AND {is_chosen("f")}""",
)

OUTSIDE = when_empty(
    stat(
        "Debt outside of balance sheets",
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
    "Highest SPV leverage",
    "The highest debt ÷ (debt + equity) of the chosen borrowers outside of balance sheets. Unknown where no"
    " equity is stated. From read.indicator_current (offbalance_leverage).",
    f"""SELECT max(nullif({known("c")}, 0)) AS value FROM read.indicator_current c
WHERE c.indicator = 'offbalance_leverage' AND c.subject = ANY({chosen("borrower")})""",
)

WORST_PLEDGE = indicator_stat(
    "pledged_equity_drawdown",
    "Deepest fall of a pledged share",
    "The deepest fall from the 52-week high among the shares that secure the chosen loans. From"
    " read.indicator_current (pledged_equity_drawdown).",
    f"""SELECT max({known("c")}) AS value FROM read.indicator_current c
WHERE c.indicator = 'pledged_equity_drawdown' AND c.subject IN (
  SELECT f.collateral FROM read.facility f WHERE f.collateral_kind = 'shares' AND {is_chosen("f")})""",
)
