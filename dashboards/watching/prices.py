"""Prices of a watchlist's shares and GPU models, each with its fall from the high of its year."""

from dashboards.building.fields import DAY, Override, as_level, color, field, unit
from dashboards.building.indicators import binned, board_link
from dashboards.building.levels import UNKNOWN, lines_of
from dashboards.building.panels import Panel, table, time_series, when_empty
from dashboards.building.sql import chosen, known, literal, shown_level
from dashboards.watching.subjects import overrides, thresholds_of
from events.desk import WatchlistChanged

FALL_OF_SHARE = "pledged_equity_drawdown"
FALL_OF_GPU = "gpu_resale_drawdown"
NO_SHARE_PRICES = (
    "No price of these shares is known here. Prices come on the topic equity.prices, as EquityPriced, from"
    " any feed (docs/events.md), and appear when their bar closes."
)
NO_GPU_PRICES = (
    "No price of these GPU models is known here. Prices come on the topic gpu.prices, as GpuPriced, from any"
    " feed (docs/events.md), and appear when their bar closes."
)


def shares(watchlist: WatchlistChanged) -> Panel:
    """Show the newest price of every share, and how far it has fallen."""
    shown = table(
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
            field("Share", board_link("Show its prices", "ouroboros-equities", "symbol")),
            *_of_prices(),
        ],
    )
    return when_empty(shown, NO_SHARE_PRICES)


def share_prices() -> Panel:
    """Draw the shares' prices."""
    shown = time_series(
        "Share prices",
        "The last price of each interval, per share. From read.equity_bar.",
        f"""SELECT {binned("bucket")} AS time, symbol AS metric,
  (array_agg(close ORDER BY bucket DESC, interval_seconds DESC))[1] AS value
FROM read.equity_bar WHERE symbol = ANY({chosen("symbol")}) AND $__timeFilter(bucket)
GROUP BY 1, 2 ORDER BY 1, 2""",
        unit="currencyUSD",
    )
    return when_empty(shown, NO_SHARE_PRICES)


def share_falls(watchlist: WatchlistChanged) -> Panel:
    """Draw how far the shares lie below the high of their year."""
    shown = time_series(
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
    )
    return when_empty(shown, NO_SHARE_PRICES)


def gpus() -> Panel:
    """Show the newest price of every GPU model, and how far it has fallen."""
    shown = table(
        "GPU models now",
        "The newest bar of every chosen GPU model, whatever the time range: its resale price or its rental"
        " price by the hour, and the fall from the highest price of the year up to it: (high - close) / high."
        f" The level is that of {FALL_OF_GPU}; where it is unknown, so is the fall. From read.gpu_bar and"
        " read.indicator_current.",
        f"""SELECT m.model AS "GPU model",
  CASE n.basis WHEN 'rental_hour' THEN 'an hour' ELSE n.basis END AS "For",
  n.close AS "Price", n.bucket AS "Of", y.high AS "Year high",
  {known("i", "(y.high - n.close) / y.high")} AS "Fall",
  coalesce({shown_level("i")}, '{UNKNOWN}') AS "Level"
FROM unnest({chosen("gpu_model")}) AS m(model)
LEFT JOIN LATERAL (
  SELECT DISTINCT ON (basis) basis, close, bucket FROM read.gpu_bar b
  WHERE b.model = m.model AND basis <> 'list' ORDER BY basis, bucket DESC, interval_seconds DESC) n ON true
LEFT JOIN LATERAL (
  SELECT max(high) AS high FROM read.gpu_bar b
  WHERE b.model = m.model AND b.basis = n.basis AND b.bucket > n.bucket - interval '365 days') y ON true
LEFT JOIN read.indicator_current i
  ON i.indicator = '{FALL_OF_GPU}' AND i.subject = m.model || ' ' || n.basis
ORDER BY 1, 2""",
        overrides=[
            field("GPU model", board_link("Show its prices", "ouroboros-gpu-prices", "model")),
            *_of_prices(),
        ],
    )
    return when_empty(shown, NO_GPU_PRICES)


def gpu_prices(basis: str, title: str) -> Panel:
    """Draw the GPU models' prices of one basis."""
    shown = time_series(
        title,
        "The last price of each interval, per GPU model, in USD. From read.gpu_bar.",
        f"""SELECT {binned("bucket")} AS time, model AS metric,
  (array_agg(close ORDER BY bucket DESC, interval_seconds DESC))[1] AS value
FROM read.gpu_bar
WHERE model = ANY({chosen("gpu_model")}) AND basis = {literal(basis)} AND $__timeFilter(bucket)
GROUP BY 1, 2 ORDER BY 1, 2""",
        unit="currencyUSD",
    )
    return when_empty(shown, NO_GPU_PRICES)


def _of_prices() -> list[Override]:
    return [
        field("Price", *unit("currencyUSD", 2)),
        field("Year high", *unit("currencyUSD", 2)),
        field("Of", *DAY),
        field(
            "Fall",
            *unit("percentunit", 1),
            color("blue"),
            {"id": "min", "value": 0},
            {"id": "max", "value": 1},
            {"id": "custom.cellOptions", "value": {"type": "gauge", "mode": "basic"}},
        ),
        field("Level", *as_level()),
    ]
