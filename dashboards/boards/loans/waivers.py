"""The relief that lenders granted, and what borrowers missed."""

from dataclasses import replace

from dashboards.boards.loans.choice import borrower_column, is_chosen
from dashboards.grafana.fields import DAY, USD, field, renamed, width
from dashboards.grafana.indicators import bars, board_link, colored, indicator_over_time, source_column
from dashboards.grafana.levels import thresholds_in_words
from dashboards.grafana.panels import Panel, id_of, table, time_series
from dashboards.grafana.sql import chosen
from projections.definition import Thresholds
from projections.facts.relief import SEVERITY

WEIGHTS = ", ".join(
    f"{kind.replace('_', ' ').replace('pik', 'PIK')} {weight:g}" for kind, weight in SEVERITY.items()
)


def _name(role: str) -> str:
    return f"substr(subject, {len(role) + 2})"


def _measured(role: str) -> str:
    return f"subject LIKE '{role}:%' AND {_name(role)} = ANY({chosen(role)})"


def _relief(role: str, empty: str) -> Panel:
    return table(
        f"Relief by {role}",
        f"Severity of what lenders granted or borrowers missed in the last 90 days, per {role}, the worst"
        f" 50 of those chosen: {WEIGHTS}. Levels: {thresholds_in_words('credit_waivers')}. From"
        " read.indicator_current (credit_waivers).",
        f"""SELECT {_name(role)} AS name, value FROM read.indicator_current
WHERE indicator = 'credit_waivers' AND {_measured(role)} ORDER BY value DESC, subject LIMIT 50""",
        overrides=(
            field("name", renamed(role.title()), board_link(f"This {role}", "credit", role)),
            bars("value", "Severity", "credit_waivers", 6),
        ),
        empty=empty,
    )


BY_BORROWER = _relief(
    "borrower", "No relief to these borrowers was ever reported. It comes as CreditWaiverReported events."
)
BY_LENDER = _relief(
    "lender", "No relief names one of these lenders. Reports without a lender count for their borrower."
)

OVER_TIME = replace(
    indicator_over_time(
        "Severity of relief in 90 days, over time",
        "credit_waivers",
        "In all, and the worst of the chosen borrowers and lenders.",
        where=f"(subject = 'all' OR {_measured('borrower')} OR {_measured('lender')})",
    ),
    kept_id=id_of("Severity of favours in 90 days, over time"),
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
        overrides=(
            field("known_at", renamed("Known"), *DAY, width(95)),
            borrower_column(140),
            field("kind", renamed("What"), width(100)),
            colored("severity", "Severity", "credit_waivers", 85, own),
            field("amount_usd", renamed("Amount"), *USD, width(85)),
            field("detail", renamed("In words")),
            field("lenders", renamed("Lenders"), width(120)),
            field("facility_id", renamed("Loan"), width(190)),
            source_column(),
        ),
        empty=empty,
    )


EVENTS = loan_events(
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
