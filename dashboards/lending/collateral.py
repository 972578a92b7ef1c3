"""What secures loans, and the loans themselves."""

from dashboards.building.fields import DAY, field, renamed, unit, width, wrapped
from dashboards.building.indicators import board_link, colored, indicator_over_time
from dashboards.building.panels import table, when_empty
from dashboards.building.sql import known, shown_level
from dashboards.lending.choice import is_chosen
from dashboards.lending.gpu_loans import BORROWER_COLUMN, LEVEL_COLUMN, USD, loans_on_gpus

GPU_LOANS = loans_on_gpus(
    "Loans on GPUs: loan-to-value",
    is_chosen("f"),
    "No chosen loan is secured by GPUs. One comes as LoanOriginated with GPUs as collateral.",
)

LTV_OVER_TIME = when_empty(
    indicator_over_time(
        "Loan-to-value of GPU loans, over time",
        "How the loan-to-value of the chosen loans changed with prices and repayments, the worst 12; loans"
        " whose value cannot be told are left out. The lines are the thresholds: 80 %, 95 %, 105 %. A line"
        " ends where the price is too old, after 14 days. From read.indicator.",
        "gpu_collateral_ltv",
        (0, 1.1),
        where=f"""value > 0
  AND subject IN (SELECT f.facility_id FROM read.facility f WHERE {is_chosen("f")})""",
        unit="percentunit",
    ),
    "No loan-to-value can be told: it needs the number of GPUs (LoanOriginated) and a resale price of the"
    " same model (GpuPriced).",
)

LEVERAGE = when_empty(
    table(
        "Vehicles outside of balance sheets",
        "The chosen borrowers of loans that are on no sponsor's balance sheet. Leverage: debt not paid back ÷"
        " (debt + equity); a dash where no equity is stated. Watch 70 %, warning 85 %, critical 95 %. From"
        " read.facility and read.indicator_current (offbalance_leverage).",
        f"""SELECT f.borrower, f.debt_usd, f.equity_usd,
  CASE WHEN c.value > 0 OR f.debt_usd <= 0 THEN {known("c")} END AS leverage,
  CASE WHEN c.value = 0 AND f.debt_usd > 0 THEN 'unknown' ELSE {shown_level("c")} END AS level, f.lenders
FROM (
  SELECT f.borrower, sum(f.balance_usd) AS debt_usd, max(f.equity_usd) AS equity_usd,
    string_agg(array_to_string(f.lenders, ', '), ', ' ORDER BY f.facility_id) AS lenders
  FROM read.facility f WHERE f.off_balance_sheet AND {is_chosen("f")} GROUP BY f.borrower
) f
LEFT JOIN read.indicator_current c ON c.indicator = 'offbalance_leverage' AND c.subject = f.borrower
ORDER BY f.debt_usd DESC NULLS LAST, f.borrower LIMIT 200""",
        overrides=(
            BORROWER_COLUMN,
            field("debt_usd", renamed("Debt"), *USD),
            field("equity_usd", renamed("Equity"), *USD),
            colored("leverage", "Leverage", "offbalance_leverage"),
            LEVEL_COLUMN,
            field("lenders", renamed("Lenders"), wrapped()),
        ),
    ),
    "No chosen loan stands outside of balance sheets. One comes as LoanOriginated with off_balance_sheet.",
)

# A price more than a month before the newest news of the share says nothing of the loan's cover today.
PLEDGED = when_empty(
    table(
        "Loans on shares",
        "The chosen loans that shares secure. Fall: (52-week high - newest price) ÷ 52-week high; watch 15"
        " %, warning 30 %, critical 45 %. LTV: balance ÷ number of shares times newest close; a dash where"
        " the number is not stated. From read.facility, read.indicator_current (pledged_equity_drawdown),"
        " read.equity_bar.",
        f"""SELECT f.collateral AS symbol, f.borrower, f.facility_id, f.balance_usd, f.undrawn_usd,
  f.collateral_quantity AS shares, bar.close AS price_usd, {known("c")} AS fall,
  f.balance_usd::double precision / nullif(f.collateral_quantity * bar.close, 0) AS ltv,
  {shown_level("c")} AS level, c.input_at AS priced_at
FROM read.facility f
LEFT JOIN read.indicator_current c
  ON c.indicator = 'pledged_equity_drawdown' AND c.subject = f.collateral
LEFT JOIN LATERAL (
  SELECT b.close FROM read.equity_bar b
  WHERE b.symbol = f.collateral AND b.bucket > c.input_at - INTERVAL '31 days'
  ORDER BY b.bucket DESC LIMIT 1
) bar ON true
WHERE f.collateral_kind = 'shares' AND {is_chosen("f")}
ORDER BY c.value DESC NULLS LAST, f.facility_id LIMIT 200""",
        overrides=(
            field(
                "symbol",
                renamed("Share"),
                width(80),
                board_link("Its prices", "ouroboros-equities", "symbol"),
            ),
            BORROWER_COLUMN,
            field("facility_id", renamed("Loan"), wrapped(), width(210)),
            field("balance_usd", renamed("Balance"), *USD),
            field("undrawn_usd", renamed("Undrawn"), *USD),
            field("shares", renamed("Shares"), *unit("locale", 0)),
            field("price_usd", renamed("Price"), *unit("currencyUSD", 2)),
            colored("fall", "Fall", "pledged_equity_drawdown"),
            field("ltv", renamed("LTV"), *unit("percentunit", 1)),
            LEVEL_COLUMN,
            field("priced_at", renamed("Heard of"), *DAY, width(95)),
        ),
    ),
    "No chosen loan is secured by shares. One comes as LoanOriginated with shares as collateral.",
)

PLEDGED_OVER_TIME = when_empty(
    indicator_over_time(
        "Fall of pledged shares, over time",
        "How far each share that secures a chosen loan stood below its 52-week high. The lines are the"
        " thresholds: 15 %, 30 %, 45 %. A line ends where the price is too old, after 7 days. From"
        " read.indicator (pledged_equity_drawdown).",
        "pledged_equity_drawdown",
        (0, 0.5),
        where=f"""subject IN (
    SELECT f.collateral FROM read.facility f WHERE f.collateral_kind = 'shares' AND {is_chosen("f")})""",
        unit="percentunit",
    ),
    "No price of a share that secures one of these loans is known up to the end of this time range.",
)

FACILITIES = when_empty(
    table(
        "All loans",
        "The chosen loans as they stand: balance is principal less repayments. A loan of which only a favour"
        " was reported has no principal. Outside: on no sponsor's balance sheet. From read.facility.",
        f"""SELECT f.facility_id, f.borrower, array_to_string(f.lenders, ', ') AS lenders, f.principal_usd,
  CASE WHEN f.principal_usd IS NOT NULL OR f.repaid_usd > 0 THEN f.repaid_usd END AS repaid_usd,
  f.balance_usd, f.undrawn_usd, f.equity_usd,
  concat_ws(' ', to_char(f.collateral_quantity, 'FM999,999,999,999'), f.collateral) AS collateral,
  CASE WHEN f.off_balance_sheet THEN 'yes' ELSE 'no' END AS outside, f.waivers, f.known_at
FROM read.facility f WHERE {is_chosen("f")}
ORDER BY f.balance_usd DESC NULLS LAST, f.facility_id LIMIT 500""",
        overrides=(
            field("facility_id", renamed("Loan"), wrapped(), width(155)),
            BORROWER_COLUMN,
            field("lenders", renamed("Lenders"), wrapped()),
            field("principal_usd", renamed("Principal"), *USD, width(78)),
            field("repaid_usd", renamed("Repaid"), *USD, width(70)),
            field("balance_usd", renamed("Balance"), *USD, width(75)),
            field("undrawn_usd", renamed("Undrawn"), *USD, width(75)),
            field("equity_usd", renamed("Equity"), *USD, width(70)),
            field("collateral", renamed("Security"), wrapped(), width(85)),
            field("outside", renamed("Outside"), width(75)),
            field("waivers", renamed("Favours"), width(75)),
            field("known_at", renamed("Known"), *DAY, width(95)),
        ),
    ),
    "No loan of these borrowers and lenders is known. Loans come as LoanOriginated events.",
)
