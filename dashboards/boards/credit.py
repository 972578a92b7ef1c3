"""Credit: the relief that lenders grant, what secures their loans, and debt off the balance sheet."""

from dataclasses import replace

from dashboards.grafana.board import DEALS, Board, row
from dashboards.grafana.fields import DAY, field, renamed, width
from dashboards.grafana.indicators import (
    bars,
    board_link,
    colored,
    indicator_over_time,
    indicator_stat,
    source_column,
)
from dashboards.grafana.levels import thresholds_in_words
from dashboards.grafana.panels import NEUTRAL, Panel, id_of, stat, table, time_series
from dashboards.grafana.sql import chosen
from dashboards.panels import collateral
from dashboards.panels.loans import BORROWER, LENDER, PLEDGED_SHARES, WEIGHTS, is_chosen, loan_events

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
    text={"valueSize": 30},
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


def _name(role: str) -> str:
    return f"substr(subject, {len(role) + 2})"


def _measured(role: str) -> str:
    return f"subject LIKE '{role}:%' AND {_name(role)} = ANY({chosen(role)})"


def _relief(role: str, empty: str) -> Panel:
    return table(
        f"Relief by {role}",
        "Severity of relief that stands, of defaults that are not cured, and of what became known in the last"
        f" 90 days, per {role}, the worst 50 of those chosen: {WEIGHTS}. Levels:"
        f" {thresholds_in_words('credit_waivers')}. From read.indicator_current (credit_waivers).",
        f"""SELECT {_name(role)} AS name, value FROM read.indicator_current
WHERE indicator = 'credit_waivers' AND {_measured(role)} ORDER BY value DESC, subject LIMIT 50""",
        field("name", renamed(role.title()), board_link(f"This {role}", "credit", role)),
        bars("value", "Severity", "credit_waivers", 6),
        empty=empty,
    )


LIFE = table(
    "Relief and defaults, and how they stand",
    "All relief and defaults of the chosen borrowers and lenders, whatever the time range, at most 200:"
    " what stands first, the worst first. Standing: until the day that was stated, a default until it is"
    " cured. Granted: nobody said until when, so that it counts for 90 days only and is not known to be over."
    " Expired, cured, withdrawn: since when. From read.relief.",
    f"""SELECT e.state, replace(e.kind, '_', ' ') AS kind, e.borrower, e.severity, e.granted_on,
  e.relief_ends, e.ended_on, array_to_string(e.lenders, ', ') AS lenders, e.facility_id, e.source_url
FROM read.relief e WHERE {is_chosen("e")}
ORDER BY e.state <> 'standing', e.state <> 'granted', e.severity DESC, e.first_known_at DESC, e.fact_id
LIMIT 200""",
    field("state", renamed("State"), width(82)),
    field("kind", renamed("What"), width(95)),
    field("borrower", renamed("Borrower"), width(120), board_link("This borrower", "credit", "borrower")),
    colored("severity", "Severity", "credit_waivers", 85),
    field("granted_on", renamed("Since"), *DAY, width(95)),
    field("relief_ends", renamed("Stands until"), *DAY, width(105)),
    field("ended_on", renamed("Over since"), *DAY, width(95)),
    field("lenders", renamed("Lenders"), width(110)),
    field("facility_id", renamed("Loan")),
    source_column(),
    empty="No relief and no default of these borrowers and lenders was ever reported. It comes as"
    " CreditWaiverReported events.",
)

BY_BORROWER = _relief(
    "borrower", "No relief to these borrowers was ever reported. It comes as CreditWaiverReported events."
)
BY_LENDER = _relief(
    "lender", "No relief names one of these lenders. Reports without a lender count for their borrower."
)

OVER_TIME = replace(
    indicator_over_time(
        "Severity of relief and defaults, over time",
        "credit_waivers",
        "In all, and the worst of the chosen borrowers and lenders.",
        where=f"(subject = 'all' OR {_measured('borrower')} OR {_measured('lender')})",
    ),
    kept_id=id_of("Severity of favours in 90 days, over time"),
)

LOAN_EVENTS = loan_events(
    "What happened to loans",
    "Origination, repayment, relief and defaults of the chosen borrowers and lenders",
    is_chosen("e"),
    "Nothing is known of these borrowers and lenders in this time range: choose a longer one above.",
)

SEVERITY_OVER_TIME = time_series(
    "Relief and defaults as they came",
    "Each waiver, other relief or default of the chosen borrowers and lenders at the time it became known, by"
    f" its severity: {WEIGHTS}. From read.credit_event.",
    f"""SELECT e.known_at AS time, replace(e.kind, '_', ' ') AS metric, max(e.severity) AS value
FROM read.credit_event e
WHERE $__timeFilter(e.known_at) AND e.severity > 0 AND {is_chosen("e")}
GROUP BY 1, 2 ORDER BY 1, 2""",
    unit="none",
    draw="points",
    custom={"pointSize": 12, "axisSoftMin": 0, "axisSoftMax": 4.5, "axisLabel": "severity"},
    empty="Neither relief nor default of these borrowers and lenders became known in this time range.",
)

REPORTS = table(
    "Reports of each fact",
    "What happened to the chosen borrowers and lenders in the time range, the newest first, at most 200"
    " reports: several reports of one thing are one fact, which counts once and is what its surest report"
    " says. The first of several is the surest. The desk joins and parts facts, and retracts reports, by the"
    " ids in the last columns (docs/facts.md). From read.fact and read.fact_report.",
    f"""SELECT f.first_known_at, f.kind, r.rank || ' of ' || f.reports AS report, r.headline, r.source,
  r.certainty, r.source_url, f.fact_id, r.event_id::text AS report_id
FROM read.fact f JOIN read.fact_report r ON r.fact_id = f.fact_id AND r.counts
WHERE $__timeFilter(f.first_known_at) AND f.fact_id IN (
  SELECT r.fact_id FROM read.fact_report r JOIN read.credit_event e ON e.event_id = r.event_id
  WHERE {is_chosen("e")})
ORDER BY f.first_known_at DESC, f.fact_id, r.rank LIMIT 200""",
    field("first_known_at", renamed("Known"), *DAY, width(95)),
    field("kind", renamed("Fact"), width(85)),
    field("report", renamed("Report"), width(75)),
    field("headline", renamed("In words")),
    field("source", renamed("Said by"), width(150)),
    field("certainty", renamed("Certainty"), width(90)),
    source_column(),
    field("fact_id", renamed("Fact id"), width(130)),
    field("report_id", renamed("Report id"), width(130)),
    empty="Nothing is known of these borrowers and lenders in this time range: choose a longer one above.",
)

BOARD = Board(
    uid="ouroboros-credit",
    title="Credit",
    description="The relief that lenders grant, what secures their loans, and debt off the balance sheet.",
    order=30,
    tags=("credit",),
    variables=(LENDER, BORROWER),
    annotations=(DEALS,),
    rows=(
        row(4, (RELIEF, 5), (WORST_LTV, 5), (WORST_LEVERAGE, 5), (WORST_PLEDGE, 5), (OFF_BALANCE, 4)),
        row(8, (LOAN_EVENTS, 24)),
        row(7, (LIFE, 24)),
        row(8, (BY_BORROWER, 6), (BY_LENDER, 6), (OVER_TIME, 12)),
        row(7, (SEVERITY_OVER_TIME, 24)),
        row(9, (REPORTS, 24)),
        row(6, (collateral.GPU_LOANS, 24), title="What secures the loans"),
        row(8, (collateral.LTV_OVER_TIME, 12), (collateral.PLEDGED_OVER_TIME, 12)),
        row(5, (collateral.PLEDGED, 24)),
        row(6, (collateral.LEVERAGE, 24), title="Off the balance sheet, and all loans"),
        row(9, (collateral.FACILITIES, 24)),
    ),
)
