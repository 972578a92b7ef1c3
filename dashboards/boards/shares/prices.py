"""Closes and prices of the shares that a viewer chose."""

from dashboards.grafana.indicators import SHOWN_SUBJECTS, binned
from dashboards.grafana.panels import Panel, time_series
from dashboards.grafana.sql import chosen


def closes(symbols: str) -> str:
    """Return a common table expression `bar`: the last close and the high of each interval of the range.

    Of more shares than can be told apart, the first by name that have a price in the range.
    """
    return f"""shown AS MATERIALIZED (
  SELECT s.symbol FROM (SELECT symbol FROM unnest({symbols}) AS s(symbol) ORDER BY 1) s
  CROSS JOIN LATERAL (
    SELECT FROM read.equity_bar b WHERE b.symbol = s.symbol AND $__timeFilter(b.bucket) LIMIT 1
  ) priced
  LIMIT {SHOWN_SUBJECTS}
), bar AS (
  SELECT {binned("b.bucket")} AS time, b.symbol,
    (array_agg(b.close ORDER BY b.bucket DESC, b.interval_seconds DESC))[1] AS close, max(b.high) AS high
  FROM read.equity_bar b WHERE b.symbol = ANY(ARRAY(SELECT symbol FROM shown)) AND $__timeFilter(b.bucket)
  GROUP BY 1, 2
)"""


CLOSES = closes(chosen("symbol"))
FIRST_OF_MANY = f" Of more than {SHOWN_SUBJECTS}, the first by name: choose others at the top."


def prices_over_time(title: str) -> Panel:
    """Return a graph of the prices of the chosen shares."""
    return time_series(
        title,
        f"The last close of each interval, in USD, a line a chosen share.{FIRST_OF_MANY} From"
        " read.equity_bar.",
        f"WITH {CLOSES} SELECT time, symbol AS metric, close AS value FROM bar ORDER BY 1, 2",
        unit="currencyUSD",
        legend="right",
        custom={"showPoints": "auto", "axisSoftMin": 0},
        empty="No price of these shares in this time range. Prices come as EquityPriced events, and become"
        " bars.",
    )
