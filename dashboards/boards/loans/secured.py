"""Loans that GPUs and shares secure, as credit sees them and as the prices of their security do."""

from dashboards.boards.loans.choice import borrower_column
from dashboards.grafana.fields import DAY, USD, as_level, field, renamed, unit, width
from dashboards.grafana.indicators import board_link, colored
from dashboards.grafana.levels import thresholds_in_words
from dashboards.grafana.panels import Panel, table
from dashboards.grafana.sql import known, shown_level


def loans_on_gpus(title: str, where: str, empty: str) -> Panel:
    """Return a table of loans with their loan-to-value; `where` is SQL on a row `f` of read.facility."""
    return table(
        title,
        "The chosen loans that GPUs secure, their models spelled as in their prices. LTV: what is drawn"
        " and not paid back ÷ number of GPUs times newest resale close of their model; a dash where the"
        f" number or the price is not known. Levels: {thresholds_in_words('gpu_collateral_ltv')}. From"
        " read.facility and read.indicator_current (gpu_collateral_ltv).",
        f"""SELECT f.facility_id, f.borrower, f.collateral AS model, f.collateral_quantity AS gpus,
  f.balance_usd, {known("c")} AS ltv, {shown_level("c")} AS level, c.text
FROM read.facility f
LEFT JOIN read.indicator_current c ON c.indicator = 'gpu_collateral_ltv' AND c.subject = f.facility_id
WHERE f.collateral_kind = 'gpus' AND {where}
ORDER BY 6 DESC NULLS LAST, f.balance_usd DESC NULLS LAST, f.facility_id LIMIT 200""",
        overrides=(
            field("facility_id", renamed("Loan"), width(210)),
            borrower_column(),
            field("model", renamed("GPU"), width(80), board_link("Its prices", "gpu_prices", "model")),
            field("gpus", renamed("GPUs"), *unit("locale", 0), width(90)),
            field("balance_usd", renamed("Balance"), *USD, width(90)),
            colored("ltv", "LTV", "gpu_collateral_ltv"),
            field("level", renamed("Level"), *as_level()),
            field("text", renamed("In words")),
        ),
        empty=empty,
    )


def loans_on_shares(title: str, where: str, empty: str) -> Panel:
    """Return a table of loans that shares secure; `where` is SQL on a row `f` of read.facility."""
    # A price more than a month before the newest news of the share says nothing of the loan's cover today.
    return table(
        title,
        "The chosen loans that shares secure. Fall: (52-week high - newest price) ÷ 52-week high. LTV:"
        " balance ÷ number of shares times newest close; a dash where the number is not stated. Levels of"
        f" the fall: {thresholds_in_words('pledged_equity_drawdown')}. From read.facility,"
        " read.indicator_current (pledged_equity_drawdown), read.equity_bar.",
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
WHERE f.collateral_kind = 'shares' AND {where}
ORDER BY c.value DESC NULLS LAST, f.facility_id LIMIT 200""",
        overrides=(
            field("symbol", renamed("Share"), width(80), board_link("Its prices", "equities", "symbol")),
            borrower_column(),
            field("facility_id", renamed("Loan"), width(210)),
            field("balance_usd", renamed("Balance"), *USD),
            field("undrawn_usd", renamed("Undrawn"), *USD),
            field("shares", renamed("Shares"), *unit("locale", 0)),
            field("price_usd", renamed("Price"), *unit("currencyUSD", 2)),
            colored("fall", "Fall", "pledged_equity_drawdown"),
            field("ltv", renamed("LTV"), *unit("percentunit", 1)),
            field("level", renamed("Level"), *as_level()),
            field("priced_at", renamed("Heard of"), *DAY, width(95)),
        ),
        empty=empty,
    )
