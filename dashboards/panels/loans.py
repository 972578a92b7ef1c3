"""Loans: which of them a viewer chose, as credit sees them and as the prices of their security do."""

from dashboards.grafana.board import chosen_from
from dashboards.grafana.fields import DAY, USD, Override, as_level, field, renamed, unit, width
from dashboards.grafana.indicators import board_link, colored, source_column
from dashboards.grafana.levels import thresholds_in_words
from dashboards.grafana.panels import Panel, table
from dashboards.grafana.sql import chosen, known, shown_level
from projections.definition import Thresholds
from projections.facts.relief import SEVERITY

NOT_STATED = "not stated"

LENDER = chosen_from(
    "lender",
    "Lender",
    f"""SELECT DISTINCT coalesce(lender, '{NOT_STATED}')
FROM (SELECT lenders FROM read.facility UNION ALL SELECT lenders FROM read.credit_event) loan
LEFT JOIN LATERAL unnest(loan.lenders) AS lender ON true""",
)
BORROWER = chosen_from("borrower", "Borrower", "SELECT DISTINCT borrower FROM read.facility")


def is_chosen(row: str) -> str:
    """Return whether the viewer chose the borrower and a lender of a row; a loan may name no lender."""
    return (
        f"{row}.borrower = ANY({chosen('borrower')})"
        f" AND coalesce(nullif({row}.lenders, '{{}}'), ARRAY['{NOT_STATED}']) && {chosen('lender')}"
    )


PLEDGED_SHARES = f"""(
    SELECT f.collateral FROM read.facility f WHERE f.collateral_kind = 'shares' AND {is_chosen("f")})"""


def borrower_column(pixels: int = 130) -> Override:
    """Return the looks of the column of borrowers, each with a link to its loans."""
    to_loans = board_link("Its loans", "credit", "borrower")
    return field("borrower", renamed("Borrower"), width(pixels), to_loans)


WEIGHTS = ", ".join(
    f"{kind.replace('_', ' ').replace('pik', 'PIK')} {weight:g}" for kind, weight in SEVERITY.items()
)


def loans_on_gpus(title: str, where: str, empty: str) -> Panel:
    """Return a table of loans with their loan-to-value; `where` is SQL on a row `f` of read.facility."""
    return table(
        title,
        "The chosen loans that GPUs secure, their models spelled as in their prices. LTV: what is drawn"
        " and not paid back ÷ number of GPUs times newest resale index of their model; a dash where the"
        f" number or the price is not known. Levels: {thresholds_in_words('gpu_collateral_ltv')}. From"
        " read.facility and read.indicator_current (gpu_collateral_ltv).",
        f"""SELECT f.facility_id, f.borrower, f.collateral AS model, f.collateral_quantity AS gpus,
  f.balance_usd, {known("c")} AS ltv, {shown_level("c")} AS level, c.text
FROM read.facility f
LEFT JOIN read.indicator_current c ON c.indicator = 'gpu_collateral_ltv' AND c.subject = f.facility_id
WHERE f.collateral_kind = 'gpus' AND {where}
ORDER BY 6 DESC NULLS LAST, f.balance_usd DESC NULLS LAST, f.facility_id LIMIT 200""",
        field("facility_id", renamed("Loan"), width(210)),
        borrower_column(),
        field("model", renamed("GPU"), width(80), board_link("Its prices", "gpu_prices", "model")),
        field("gpus", renamed("GPUs"), *unit("locale", 0), width(90)),
        field("balance_usd", renamed("Balance"), *USD, width(90)),
        colored("ltv", "LTV", "gpu_collateral_ltv"),
        field("level", renamed("Level"), *as_level()),
        field("text", renamed("In words")),
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
        empty=empty,
    )


def loan_events(title: str, what: str, where: str, empty: str, own: Thresholds | None = None) -> Panel:
    """Return a table of what happened to loans; `where` is SQL on a row `e` of read.credit_event."""
    return table(
        title,
        f"{what} in the time range, the newest first, at most 200. Severity: {WEIGHTS}; the amount is what"
        " the event is about. From read.credit_event.",
        f"""SELECT e.known_at, e.borrower, replace(e.kind, '_', ' ') AS kind,
  nullif(e.severity, 0) AS severity, e.amount_usd, e.detail,
  array_to_string(e.lenders, ', ') AS lenders, e.facility_id, e.source_url
FROM read.credit_event e WHERE $__timeFilter(e.known_at) AND {where}
ORDER BY e.known_at DESC, e.event_id LIMIT 200""",
        field("known_at", renamed("Known"), *DAY, width(95)),
        borrower_column(140),
        field("kind", renamed("What"), width(100)),
        colored("severity", "Severity", "credit_waivers", 85, own),
        field("amount_usd", renamed("Amount"), *USD, width(85)),
        field("detail", renamed("In words")),
        field("lenders", renamed("Lenders"), width(120)),
        field("facility_id", renamed("Loan"), width(190)),
        source_column(),
        empty=empty,
    )
