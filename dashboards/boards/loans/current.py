"""The state of private credit in five numbers."""

from dashboards.boards.loans.choice import PLEDGED_SHARES, is_chosen
from dashboards.grafana.indicators import indicator_stat
from dashboards.grafana.panels import NEUTRAL, stat
from dashboards.grafana.sql import chosen

RELIEF = indicator_stat(
    "Severity of relief", "credit_waivers", "All lenders, whatever is chosen above.", "c.subject = 'all'"
)
WORST_LTV = indicator_stat(
    "LTV of GPU loans",
    "gpu_collateral_ltv",
    "The highest of the chosen loans. Unknown where no loan has both number and price.",
    f"c.subject IN (SELECT f.facility_id FROM read.facility f WHERE {is_chosen('f')})",
)
OFF_BALANCE = stat(
    "Off balance",
    "Balance (principal less repayments) of the chosen loans that are on no sponsor's balance sheet."
    " From read.facility.",
    f"SELECT sum(f.balance_usd) AS value FROM read.facility f WHERE f.off_balance_sheet AND {is_chosen('f')}",
    defaults={"unit": "currencyUSD", "decimals": 1, "color": NEUTRAL},
    text_size=30,
    empty="None is known.",
)
WORST_LEVERAGE = indicator_stat(
    "Leverage of SPVs",
    "offbalance_leverage",
    "The highest of the chosen borrowers. Unknown where no equity is stated.",
    f"c.subject = ANY({chosen('borrower')})",
)
WORST_PLEDGE = indicator_stat(
    "Fall of pledged shares",
    "pledged_equity_drawdown",
    "The deepest of those that secure the chosen loans.",
    f"c.subject IN {PLEDGED_SHARES}",
)
