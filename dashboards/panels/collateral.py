"""What secures loans, and the loans themselves."""

from dashboards.grafana.fields import DAY, USD, as_level, field, renamed, width
from dashboards.grafana.indicators import colored, indicator_over_time
from dashboards.grafana.levels import thresholds_in_words
from dashboards.grafana.panels import table
from dashboards.grafana.sql import known, shown_level
from dashboards.panels.loans import PLEDGED_SHARES, borrower_column, is_chosen, loans_on_gpus, loans_on_shares

GPU_LOANS = loans_on_gpus(
    "Loans on GPUs: loan-to-value",
    is_chosen("f"),
    "No chosen loan is secured by GPUs. One comes as LoanOriginated with GPUs as collateral.",
)

LTV_OVER_TIME = indicator_over_time(
    "Loan-to-value of GPU loans, over time",
    "gpu_collateral_ltv",
    "The worst of the chosen loans; those whose value is unknown are left out.",
    where=f"subject IN (SELECT f.facility_id FROM read.facility f WHERE {is_chosen('f')})",
    empty="No loan-to-value is known: it needs the number of GPUs (LoanOriginated) and a resale price"
    " of the same model (GpuPriced).",
)

LEVERAGE = table(
    "Vehicles outside of balance sheets",
    "The chosen borrowers of loans that are on no sponsor's balance sheet. Leverage: debt not paid back ÷"
    " (debt + equity); a dash where no equity is stated. Levels:"
    f" {thresholds_in_words('offbalance_leverage')}. From read.facility and read.indicator_current"
    " (offbalance_leverage).",
    f"""SELECT f.borrower, f.debt_usd, f.equity_usd,
  {known("c")} AS leverage, {shown_level("c")} AS level, f.lenders
FROM (
  SELECT f.borrower, sum(f.balance_usd) AS debt_usd, max(f.equity_usd) AS equity_usd,
    string_agg(array_to_string(f.lenders, ', '), ', ' ORDER BY f.facility_id) AS lenders
  FROM read.facility f WHERE f.off_balance_sheet AND {is_chosen("f")} GROUP BY f.borrower
) f
LEFT JOIN read.indicator_current c ON c.indicator = 'offbalance_leverage' AND c.subject = f.borrower
ORDER BY f.debt_usd DESC NULLS LAST, f.borrower LIMIT 200""",
    borrower_column(),
    field("debt_usd", renamed("Debt"), *USD),
    field("equity_usd", renamed("Equity"), *USD),
    colored("leverage", "Leverage", "offbalance_leverage"),
    field("level", renamed("Level"), *as_level()),
    field("lenders", renamed("Lenders")),
    empty="No chosen loan is off the balance sheet. One comes as LoanOriginated with off_balance_sheet.",
)

PLEDGED = loans_on_shares(
    "Loans on shares",
    is_chosen("f"),
    "No chosen loan is secured by shares. One comes as LoanOriginated with shares as collateral.",
)

PLEDGED_OVER_TIME = indicator_over_time(
    "Fall of pledged shares, over time",
    "pledged_equity_drawdown",
    "The worst that secure a chosen loan.",
    where=f"subject IN {PLEDGED_SHARES}",
)

FACILITIES = table(
    "All loans",
    "The chosen loans now: balance is principal less repayments. A loan of which only relief was reported has"
    " no principal. Outside: on no sponsor's balance sheet. From read.facility.",
    f"""SELECT f.facility_id, f.borrower, array_to_string(f.lenders, ', ') AS lenders, f.principal_usd,
  CASE WHEN f.principal_usd IS NOT NULL OR f.repaid_usd > 0 THEN f.repaid_usd END AS repaid_usd,
  f.balance_usd, f.undrawn_usd, f.equity_usd,
  concat_ws(' ', to_char(f.collateral_quantity, 'FM999,999,999,999'), f.collateral) AS collateral,
  CASE WHEN f.off_balance_sheet THEN 'yes' ELSE 'no' END AS outside, f.waivers, f.known_at
FROM read.facility f WHERE {is_chosen("f")}
ORDER BY f.balance_usd DESC NULLS LAST, f.facility_id LIMIT 500""",
    field("facility_id", renamed("Loan"), width(155)),
    borrower_column(),
    field("lenders", renamed("Lenders")),
    field("principal_usd", renamed("Principal"), *USD, width(78)),
    field("repaid_usd", renamed("Repaid"), *USD, width(70)),
    field("balance_usd", renamed("Balance"), *USD, width(75)),
    field("undrawn_usd", renamed("Undrawn"), *USD, width(75)),
    field("equity_usd", renamed("Equity"), *USD, width(70)),
    field("collateral", renamed("Security"), width(85)),
    field("outside", renamed("Outside"), width(75)),
    field("waivers", renamed("Waivers"), width(75)),
    field("known_at", renamed("Known"), *DAY, width(95)),
    empty="No loan of these borrowers and lenders is known. Loans come as LoanOriginated events.",
)
