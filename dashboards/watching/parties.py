"""Companies, lenders and sites of a watchlist: their money, the favours they grant, the power they lack."""

from dashboards.building.fields import DAY, as_level, field, unit, width, wrapped
from dashboards.building.indicators import board_link, source_column
from dashboards.building.levels import UNKNOWN, steps_of
from dashboards.building.panels import Panel, table, when_empty
from dashboards.building.sql import chosen, shown_level
from dashboards.watching.subjects import thresholds_of, window_of
from events.desk import WatchlistChanged

CREDIT = "credit_waivers"
DELAY = "power_delay"
CHOOSE = "Nothing is chosen. Choose something in the list at the top."


def companies(watchlist: WatchlistChanged) -> Panel:
    """Show each company's money in and out, and what part of it circulates."""
    steps = steps_of("circularity", thresholds_of(watchlist, "circularity"))
    lit = (
        *unit("percentunit", 1),
        {"id": "thresholds", "value": {"mode": "absolute", "steps": steps}},
        {"id": "custom.cellOptions", "value": {"type": "color-text"}},
    )
    money = ("Money in", "Money out", "Can circulate")
    shown = table(
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
            field("Company", board_link("Show its money", "ouroboros-money-map", "company")),
            *(field(name, *unit("currencyUSD", 1)) for name in money),
            *(field(name, *lit) for name in ("Share", "Firm share")),
            field("Vendor-financed", *unit("percentunit", 1)),
            field("As of", wrapped()),
        ],
    )
    return when_empty(shown, CHOOSE)


def lenders(watchlist: WatchlistChanged) -> Panel:
    """Show each lender's loans and the favours it granted."""
    shown = table(
        "Lenders now",
        "Every chosen lender, whatever the time range: its loans that are known, what is still owed on"
        " them (a loan of several lenders counts whole for each), and the severity of its favours in the last"
        f" {window_of(watchlist, CREDIT)} days: amendment 0.5, waiver 1, PIK toggle 1.5, forbearance 2,"
        " default 4. From read.facility, read.credit_event and read.indicator_current.",
        f"""SELECT l.lender AS "Lender", o.loans AS "Loans", o.owed_usd AS "Owed", i.value AS "Severity",
  coalesce({shown_level("i")}, '{UNKNOWN}') AS "Level", e.known_at AS "Last favour",
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
            field("Lender", wrapped(), board_link("Show its credit", "ouroboros-credit", "lender")),
            field("Loans", width(80)),
            field("Owed", *unit("currencyUSD", 1), width(90)),
            field("Severity", *unit("none", 1), width(90)),
            field("Level", *as_level()),
            field("Last favour", *DAY, width(105)),
            field("Which was", wrapped()),
        ],
    )
    return when_empty(shown, CHOOSE)


def favours() -> Panel:
    """Show what the lenders granted in the time range."""
    shown = table(
        "Waivers and other favours in the time range",
        "Every favour of a chosen lender, the newest first, at most 200, with the severity that"
        " credit_waivers gives it. From read.credit_event.",
        f"""SELECT known_at AS "When", array_to_string(lenders, ', ') AS "Lenders", borrower AS "Borrower",
  replace(kind, '_', ' ') AS "What", severity AS "Severity", coalesce(detail, facility_id) AS "In words",
  source_url
FROM read.credit_event
WHERE severity > 0 AND lenders && {chosen("lender")} AND $__timeFilter(known_at)
ORDER BY known_at DESC LIMIT 200""",
        overrides=[
            field("When", *DAY, width(95)),
            field("Lenders", width(150), wrapped()),
            field("Borrower", width(150), wrapped()),
            field("What", wrapped(), width(110)),
            field("Severity", *unit("none", 1), width(80)),
            field("In words", wrapped()),
            source_column(),
        ],
    )
    return when_empty(
        shown,
        "No favour of these lenders was reported in this time range. They come as CreditWaiverReported,"
        " on the topic credit, and count for a lender when the report names it.",
    )


def sites() -> Panel:
    """Show how late each site's power is."""
    shown = table(
        "Sites' power",
        "Every chosen site, whatever the time range: power promised and delivered, the first promised"
        " day, the newest, how far it slipped and for how many days power has been overdue; generators"
        " seen and permitted. The level is that of power_delay, unknown where no day was promised. From"
        " read.power_site and read.indicator_current.",
        f"""SELECT c.site AS "Site", p.operator AS "Operator",
  p.mw AS "Promised", p.delivered_mw AS "Delivered",
  p.first_expected_on AS "First promised", p.expected_on AS "Promised for",
  CASE WHEN p.expected_on IS NOT NULL THEN p.slip_days END AS "Slip",
  CASE WHEN p.expected_on IS NOT NULL THEN p.overdue_days END AS "Overdue",
  coalesce({shown_level("i")}, '{UNKNOWN}') AS "Level",
  concat_ws('; ', CASE WHEN p.site_id IS NULL THEN 'Nothing is known of it. Schedules come on the topic power'
       WHEN p.expected_on IS NULL THEN 'No day was promised'
       ELSE 'Known since ' || to_char(p.known_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') END,
    p.observed_units || ' generators seen', p.permitted_units || ' permitted') AS "Remark"
FROM unnest({chosen("site")}) AS c(site)
LEFT JOIN read.power_site p ON p.site_id = c.site
LEFT JOIN read.indicator_current i ON i.indicator = '{DELAY}' AND i.subject = 'site:' || c.site
ORDER BY p.overdue_days DESC NULLS LAST, p.slip_days DESC NULLS LAST, 1""",
        overrides=[
            field("Site", wrapped(), board_link("Show its power", "ouroboros-power", "site")),
            *(field(name, *unit("suffix:MW", 0), width(90)) for name in ("Promised", "Delivered")),
            *(field(name, *DAY, width(115)) for name in ("First promised", "Promised for")),
            *(field(name, *unit("suffix:days", 0), width(90)) for name in ("Slip", "Overdue")),
            field("Level", *as_level()),
            field("Remark", wrapped()),
        ],
    )
    return when_empty(shown, CHOOSE)
