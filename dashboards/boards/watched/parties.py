"""Companies and lenders of a watchlist: their money, and the relief they grant."""

from dashboards.boards.loans.loans import WEIGHTS, loan_events
from dashboards.boards.watched.subjects import thresholds_of, window_of
from dashboards.grafana.fields import DAY, USD, as_level, field, steps, unit, width
from dashboards.grafana.indicators import board_link, colored
from dashboards.grafana.levels import UNKNOWN, steps_of
from dashboards.grafana.panels import Panel, table
from dashboards.grafana.sql import chosen, shown_level
from events.families.desk import WatchlistChanged

CREDIT = "credit_waivers"
CHOOSE = "Nothing is chosen. Choose something in the list at the top."


def companies(watchlist: WatchlistChanged) -> Panel:
    """Return a table of each company's money in and out, and what part of it circulates."""
    colors = steps_of("circularity", thresholds_of(watchlist, "circularity"))
    lit = (
        *unit("percentunit", 1),
        steps(*colors),
        {"id": "custom.cellOptions", "value": {"type": "color-text"}},
    )
    money = ("Money in", "Money out", "Can circulate")
    return table(
        "Companies' money",
        "Announced money of every chosen company, whatever the time range: what comes in, what goes out,"
        " and the part of both that can be going round, of all money and of firm money alone (stated and"
        " unconditional, or paid). Coloured by the thresholds of circularity. Vendor-financed: the share"
        " of its order book that its own money could have paid for. Separate contracts do not prove that"
        " the same dollars travel. From read.money_flow_node and read.vendor_round_trip.",
        f"""SELECT c.company AS "Company", a.in_usd AS "Money in", a.out_usd AS "Money out",
  a.circulating_usd AS "Can circulate", a.arc__circulating AS "Share", f.arc__circulating AS "Firm share",
  v.share AS "Vendor-financed",
  CASE WHEN a.id IS NULL THEN 'In no deal that is known. Deals come on the topic deals.'
       ELSE to_char(a.known_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') END AS "As of"
FROM unnest({chosen("company")}) AS c(company)
LEFT JOIN read.money_flow_node a ON a.id = c.company AND a.basis = 'all'
LEFT JOIN read.money_flow_node f ON f.id = c.company AND f.basis = 'firm'
LEFT JOIN LATERAL (
  SELECT share FROM read.vendor_round_trip t WHERE t.vendor = c.company AND t.basis = 'all'
  ORDER BY known_at DESC, journal_offset DESC, journal_index DESC LIMIT 1) v ON true
ORDER BY 4 DESC NULLS LAST, 1""",
        overrides=[
            field("Company", board_link("Show its money", "money_map", "company")),
            *(field(name, *USD) for name in money),
            *(field(name, *lit) for name in ("Share", "Firm share")),
            field("Vendor-financed", *unit("percentunit", 1)),
        ],
        empty=CHOOSE,
    )


def lenders(watchlist: WatchlistChanged) -> Panel:
    """Return a table of each lender's loans and the relief it granted."""
    return table(
        "Lenders now",
        "Every chosen lender, whatever the time range: its loans that are known, what is still owed on"
        " them (a loan of several lenders counts whole for each), and the severity of its relief in the"
        f" last {window_of(watchlist, CREDIT)} days: {WEIGHTS}. From read.facility, read.credit_event and"
        " read.indicator_current.",
        f"""SELECT l.lender AS "Lender", o.loans AS "Loans", o.owed_usd AS "Owed", i.value AS "Severity",
  coalesce({shown_level("i")}, '{UNKNOWN}') AS "Level", e.known_at AS "Last relief",
  coalesce(replace(e.kind, '_', ' ') || ' for ' || e.borrower,
           'None was reported. They come on the topic credit.') AS "Which was"
FROM unnest({chosen("lender")}) AS l(lender)
CROSS JOIN LATERAL (
  SELECT count(*) AS loans, sum(balance_usd) AS owed_usd FROM read.facility
  WHERE l.lender = ANY(lenders) AND principal_usd IS NOT NULL) o
LEFT JOIN read.indicator_current i ON i.indicator = '{CREDIT}' AND i.subject = 'lender:' || l.lender
LEFT JOIN LATERAL (
  SELECT known_at, kind, borrower FROM read.credit_event
  WHERE l.lender = ANY(lenders) AND severity > 0 ORDER BY known_at DESC LIMIT 1) e ON true
ORDER BY i.value DESC NULLS LAST, 1""",
        overrides=[
            field("Lender", board_link("Show its credit", "credit", "lender")),
            field("Loans", width(80)),
            field("Owed", *USD, width(90)),
            colored("Severity", "Severity", CREDIT, 90, thresholds_of(watchlist, CREDIT)),
            field("Level", *as_level()),
            field("Last relief", *DAY, width(105)),
        ],
        empty=CHOOSE,
    )


def relief(watchlist: WatchlistChanged) -> Panel:
    """Return a table of what the lenders granted in the time range."""
    return loan_events(
        "Waivers and other relief in the time range",
        "Every waiver or other relief of a chosen lender",
        f"e.severity > 0 AND e.lenders && {chosen('lender')}",
        "No relief of these lenders was reported in this time range. It comes as CreditWaiverReported,"
        " on the topic credit, and counts for a lender when the report names it.",
        thresholds_of(watchlist, CREDIT),
    )
