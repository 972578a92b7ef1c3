"""What a watchlist names, in tables: money of companies, relief of lenders, prices of shares."""

from dashboards.grafana.fields import COLORED, DAY, USD, as_level, field, steps, unit, width
from dashboards.grafana.indicators import board_link, colored
from dashboards.grafana.levels import lines_of, steps_of
from dashboards.grafana.panels import Panel, table, time_series
from dashboards.grafana.sql import chosen, shown_level
from dashboards.panels.loans import WEIGHTS, loan_events
from dashboards.panels.watched import overrides, thresholds_of, window_of
from events.families.desk import WatchlistChanged
from projections.definition import UNKNOWN

CREDIT = "credit_waivers"
CHOOSE = "Nothing is chosen. Choose something in the list at the top."


def companies(watchlist: WatchlistChanged) -> Panel:
    """Return a table of each company's money in and out, and what part of it circulates."""
    colors = steps_of("circularity", thresholds_of(watchlist, "circularity"))
    lit = (*unit("percentunit", 1), steps(*colors), COLORED)
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
        field("Company", board_link("Show its money", "money_map", "company")),
        *(field(name, *USD) for name in ("Money in", "Money out", "Can circulate")),
        *(field(name, *lit) for name in ("Share", "Firm share")),
        field("Vendor-financed", *unit("percentunit", 1)),
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
        field("Lender", board_link("Show its credit", "credit", "lender")),
        field("Loans", width(80)),
        field("Owed", *USD, width(90)),
        colored("Severity", "Severity", CREDIT, 90, thresholds_of(watchlist, CREDIT)),
        field("Level", *as_level()),
        field("Last relief", *DAY, width(105)),
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


FALL_OF_SHARE = "pledged_equity_drawdown"
NO_SHARE_PRICES = (
    "No price of these shares is known here. Prices come on the topic equity.prices, as EquityPriced, from"
    " any feed (docs/events.md), and appear when their bar closes."
)


def shares(watchlist: WatchlistChanged) -> Panel:
    """Return a table of the newest price of every share, and how far it has fallen."""
    return table(
        "Shares now",
        "The newest bar of every chosen share, whatever the time range, and its fall from the highest"
        " price of the year up to it: (high - close) / high. The level is read from the thresholds of"
        f" {FALL_OF_SHARE}, the watchlist's where it sets any; level and fall are unknown"
        " when the price is older than that sign allows (stale_after). From read.equity_bar and"
        " read.indicator_definition.",
        f"""WITH {overrides(watchlist)}
SELECT c.symbol AS "Share", n.close AS "Price", n.bucket AS "Of", y.high AS "Year high",
  CASE WHEN n.bucket > now() - t.stale_after THEN y.fall END AS "Fall",
  CASE WHEN n.bucket IS NULL OR n.bucket <= now() - t.stale_after THEN '{UNKNOWN}'
       WHEN y.fall >= t.critical THEN 'critical' WHEN y.fall >= t.warning THEN 'warning'
       WHEN y.fall >= t.watch THEN 'watch' ELSE 'calm' END AS "Level"
FROM unnest({chosen("symbol")}) AS c(symbol)
LEFT JOIN LATERAL (
  SELECT close, bucket FROM read.equity_bar b WHERE b.symbol = c.symbol
  ORDER BY bucket DESC, interval_seconds DESC LIMIT 1) n ON true
LEFT JOIN LATERAL (
  SELECT max(high) AS high, (max(high) - n.close) / max(high) AS fall FROM read.equity_bar b
  WHERE b.symbol = c.symbol AND b.bucket > n.bucket - interval '365 days') y ON true
CROSS JOIN LATERAL (
  SELECT d.stale_after, coalesce(s.watch, a.watch, d.watch) AS watch,
    coalesce(s.warning, a.warning, d.warning) AS warning,
    coalesce(s.critical, a.critical, d.critical) AS critical
  FROM read.indicator_definition d
  LEFT JOIN own s ON s.indicator = d.id AND s.subject = c.symbol
  LEFT JOIN own a ON a.indicator = d.id AND a.subject IS NULL
  WHERE d.id = '{FALL_OF_SHARE}') t
ORDER BY y.fall DESC NULLS LAST, 1""",
        field("Share", board_link("Show its prices", "equities", "symbol")),
        field("Price", *unit("currencyUSD", 2)),
        field("Year high", *unit("currencyUSD", 2)),
        field("Of", *DAY),
        field("Fall", *unit("percentunit", 1)),
        field("Level", *as_level()),
        empty=NO_SHARE_PRICES,
    )


def share_falls(watchlist: WatchlistChanged) -> Panel:
    """Return a graph of how far the shares are below the high of their year."""
    return time_series(
        "Shares' fall from the high of the year",
        "(high - close) / high a day, where high is the highest price of the 365 days up to it. The lines are"
        f" the thresholds of {FALL_OF_SHARE} for all shares, as the watchlist or the release sets them. From"
        " read.equity_bar.",
        f"""WITH daily AS (
  SELECT symbol, date_trunc('day', bucket, 'UTC') AS day, max(high) AS high,
    (array_agg(close ORDER BY bucket DESC, interval_seconds DESC))[1] AS close
  FROM read.equity_bar WHERE symbol = ANY({chosen("symbol")})
    AND bucket BETWEEN $__timeFrom()::timestamptz - interval '365 days' AND $__timeTo()::timestamptz
  GROUP BY 1, 2
), fallen AS (
  SELECT day, symbol, close, max(high) OVER (
    PARTITION BY symbol ORDER BY day RANGE BETWEEN interval '365 days' PRECEDING AND CURRENT ROW) AS high
  FROM daily
)
SELECT day AS time, symbol AS metric, (high - close) / high AS value
FROM fallen WHERE $__timeFilter(day) ORDER BY 1, 2""",
        unit="percentunit",
        thresholds=lines_of(FALL_OF_SHARE, thresholds_of(watchlist, FALL_OF_SHARE)),
        custom={"axisSoftMin": 0, "axisSoftMax": 0.5},
        empty=NO_SHARE_PRICES,
    )
