"""What lenders granted and borrowers missed."""

from dashboards.building.fields import DAY, Override, field, renamed, unit, width, wrapped
from dashboards.building.indicators import bars, board_link, colored, indicator_over_time, source_column
from dashboards.building.panels import Panel, table, time_series, when_empty
from dashboards.building.sql import chosen
from dashboards.lending.choice import UID, is_chosen

BORROWER_MEASURED = f"subject LIKE 'borrower:%' AND substr(subject, 10) = ANY({chosen('borrower')})"
LENDER_MEASURED = f"subject LIKE 'lender:%' AND substr(subject, 8) = ANY({chosen('lender')})"


def _favours(whose: str, measured: str, skipped: int, column: Override, none: str) -> Panel:
    return when_empty(
        table(
            f"Favours by {whose}",
            "Severity of what lenders granted or borrowers missed in the last 90 days,"
            f" per {whose}, the worst 50 of those chosen: amendment 0.5, waiver 1, interest in kind 1.5,"
            " forbearance 2, default 4. Watch 0.5, warning 2, critical 4. From read.indicator_current"
            " (credit_waivers).",
            f"""SELECT substr(subject, {skipped}) AS name, value FROM read.indicator_current
WHERE indicator = 'credit_waivers' AND {measured} ORDER BY value DESC, subject LIMIT 50""",
            overrides=(column, bars("value", "Severity", "credit_waivers", 6)),
        ),
        none,
    )


BY_BORROWER = _favours(
    "borrower",
    BORROWER_MEASURED,
    10,
    field("name", renamed("Borrower"), wrapped(), board_link("This borrower", UID, "borrower")),
    "No favour to these borrowers was ever reported. One comes as a CreditWaiverReported event.",
)
BY_LENDER = _favours(
    "lender",
    LENDER_MEASURED,
    8,
    field("name", renamed("Lender"), wrapped(), board_link("This lender", UID, "lender")),
    "No favour names one of these lenders. Reports without a lender count for their borrower.",
)

OVER_TIME = when_empty(
    indicator_over_time(
        "Severity of favours in 90 days, over time",
        "How the severity-weighted sum of 90 days grew and fell, in all and per chosen borrower and lender,"
        " the worst 12. The lines are the thresholds: watch 0.5, warning 2, critical 4. From read.indicator.",
        "credit_waivers",
        (0, 4.5),
        where=f"(subject = 'all' OR {BORROWER_MEASURED} OR {LENDER_MEASURED})",
        unit="none",
        label="severity",
    ),
    "No favour of a lender is known up to the end of this time range.",
)

EVENTS = when_empty(
    table(
        "What happened to loans",
        "Origination, repayment, favours and defaults of the chosen borrowers and lenders in the time range,"
        " the newest first, at most 200. Severity as above; money that the event is about. From"
        " read.credit_event.",
        f"""SELECT e.known_at, e.borrower, replace(e.kind, '_', ' ') AS kind,
  nullif(e.severity, 0) AS severity, e.amount_usd, e.detail,
  array_to_string(e.lenders, ', ') AS lenders, e.facility_id, e.source_url
FROM read.credit_event e WHERE $__timeFilter(e.known_at) AND {is_chosen("e")}
ORDER BY e.known_at DESC, e.event_id LIMIT 200""",
        overrides=(
            field("known_at", renamed("Known"), *DAY, width(95)),
            field(
                "borrower",
                renamed("Borrower"),
                wrapped(),
                width(140),
                board_link("This borrower", UID, "borrower"),
            ),
            field("kind", renamed("What"), wrapped(), width(100)),
            colored("severity", "Severity", "credit_waivers", 1, 80),
            field("amount_usd", renamed("Amount"), *unit("currencyUSD", 1), width(85)),
            field("detail", renamed("In words"), wrapped()),
            field("lenders", renamed("Lenders"), wrapped(), width(120)),
            field("facility_id", renamed("Loan"), wrapped(), width(190)),
            source_column(),
        ),
    ),
    "Nothing is known of these borrowers and lenders in this time range: choose a longer one above.",
)

SEVERITY = when_empty(
    time_series(
        "Favours and defaults as they came",
        "Each favour or default of the chosen borrowers and lenders at the time it became known, by its"
        " severity: amendment 0.5, waiver 1, interest in kind 1.5, forbearance 2, default 4. From"
        " read.credit_event.",
        f"""SELECT e.known_at AS time, replace(e.kind, '_', ' ') AS metric, max(e.severity) AS value
FROM read.credit_event e
WHERE $__timeFilter(e.known_at) AND e.severity > 0 AND {is_chosen("e")}
GROUP BY 1, 2 ORDER BY 1, 2""",
        unit="none",
        draw="points",
        custom={"pointSize": 12, "axisSoftMin": 0, "axisSoftMax": 4.5, "axisLabel": "severity"},
    ),
    "Neither favour nor default of these borrowers and lenders became known in this time range.",
)
