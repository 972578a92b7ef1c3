"""Prices of a watchlist's shares and GPU models, each with its fall from the high of its year."""

from dashboards.boards.watched.subjects import overrides, thresholds_of
from dashboards.grafana.fields import DAY, as_level, field, unit
from dashboards.grafana.indicators import board_link
from dashboards.grafana.levels import UNKNOWN, lines_of
from dashboards.grafana.panels import Panel, table, time_series
from dashboards.grafana.sql import chosen
from events.families.desk import WatchlistChanged

FALL_OF_SHARE = "pledged_equity_drawdown"
NO_SHARE_PRICES = (
    "No price of these shares is known here. Prices come on the topic equity.prices, as EquityPriced, from"
    " any feed (docs/events.md), and appear when their bar closes."
)
NO_GPU_PRICES = (
    "No price of these GPU models is known here. Prices come on the topic gpu.prices, as GpuPriced, from any"
    " feed (docs/events.md), and appear when their bar closes."
)


def shares(watchlist: WatchlistChanged) -> Panel:
    """Return a table of the newest price of every share, and how far it has fallen."""
    return table(
        "Shares now",
        "The newest bar of every chosen share, whatever the time range, and its fall from the highest"
        " price of the year up to it: (high - close) / high. The level is read from the thresholds of"
        f" {FALL_OF_SHARE}, the watchlist's where it sets any; calm turns unknown, and the fall with it,"
        " when the price is older than that sign allows (stale_after). From read.equity_bar and"
        " read.indicator_definition.",
        f"""WITH {overrides(watchlist)}
SELECT c.symbol AS "Share", n.close AS "Price", n.bucket AS "Of", y.high AS "Year high",
  CASE WHEN y.fall >= t.watch OR n.bucket > now() - t.stale_after THEN y.fall END AS "Fall",
  CASE WHEN y.fall >= t.critical THEN 'critical' WHEN y.fall >= t.warning THEN 'warning'
       WHEN y.fall >= t.watch THEN 'watch' WHEN n.bucket > now() - t.stale_after THEN 'calm'
       ELSE '{UNKNOWN}' END AS "Level"
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
        overrides=[
            field("Share", board_link("Show its prices", "equities", "symbol")),
            field("Price", *unit("currencyUSD", 2)),
            field("Year high", *unit("currencyUSD", 2)),
            field("Of", *DAY),
            field("Fall", *unit("percentunit", 1)),
            field("Level", *as_level()),
        ],
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
