"""Equities: shares of builders, financiers and neoclouds, and what they say of the boom."""

from dashboards.grafana.board import DEALS, PRICED_SHARES, Board, chosen_from, row
from dashboards.grafana.fields import DAY, field, renamed, unit
from dashboards.grafana.indicators import (
    SHOWN_SUBJECTS,
    binned,
    board_link,
    indicator_over_time,
    indicator_stat,
    indicators_of,
)
from dashboards.grafana.panels import Panel, table, time_series
from dashboards.grafana.sql import chosen, names
from dashboards.panels.loans import loans_on_shares
from dashboards.panels.subjects import subjects_table
from projections.facts.watchlists import BUILDERS, FINANCIERS


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


GAP = indicator_stat("Builders against financiers", "builders_vs_financiers", "Whichever is ahead.")
CROWDING = indicator_stat("Gain made by one share", "crowding")
SHOCK = indicator_stat("Worst day of a neocloud", "neocloud_shock", "The lowest of all neoclouds.")
PLEDGE = indicator_stat("Fall of a pledged share", "pledged_equity_drawdown", "The deepest of all.")
DRAWDOWN = indicator_stat("Fall of a followed share", "share_drawdown", "The deepest of all.")

PRICES = prices_over_time("Prices")

FALL = time_series(
    "Fall from the running high in the time range",
    "close ÷ highest price since the beginning of the time range - 1, a line a chosen share. 0 %: at its"
    f" high.{FIRST_OF_MANY} From read.equity_bar.",
    f"""WITH {CLOSES}
SELECT time, symbol AS metric,
  least(0, close / max(high) OVER (PARTITION BY symbol ORDER BY time) - 1) AS value
FROM bar ORDER BY 1, 2""",
    unit="percentunit",
    legend="right",
    custom={"axisSoftMax": 0, "axisSoftMin": -0.2},
    empty="No price of these shares in this time range.",
)

SHARES = table(
    "Shares in the time range",
    "Each chosen share from its first to its last close in the time range: change ÷ first close; fall:"
    " last close below the highest price. From read.equity_bar.",
    # Two closes a share are looked up: to bring along those of all its bars takes three times as long.
    f"""WITH ranged AS (
  SELECT b.symbol, min(b.bucket) AS first_at, max(b.bucket) AS last_at, max(b.high) AS high
  FROM read.equity_bar b WHERE b.symbol = ANY({chosen("symbol")}) AND $__timeFilter(b.bucket)
  GROUP BY b.symbol
)
SELECT r.symbol, last.close AS last, r.last_at, last.close / first.close - 1 AS change,
  first.close AS first, r.first_at, r.high, greatest(0, 1 - last.close / r.high) AS fall
FROM ranged r
CROSS JOIN LATERAL (
  SELECT b.close FROM read.equity_bar b WHERE b.symbol = r.symbol AND b.bucket = r.first_at
  ORDER BY b.interval_seconds LIMIT 1
) first
CROSS JOIN LATERAL (
  SELECT b.close FROM read.equity_bar b WHERE b.symbol = r.symbol AND b.bucket = r.last_at
  ORDER BY b.interval_seconds LIMIT 1
) last
ORDER BY change DESC, r.symbol LIMIT 200""",
    field("symbol", renamed("Share"), board_link("Only this share", "equities", "symbol")),
    field("last", renamed("Last"), *unit("currencyUSD", 2)),
    field("last_at", renamed("Of"), *DAY),
    field("change", renamed("Change"), *unit("percentunit", 1)),
    field("first", renamed("First"), *unit("currencyUSD", 2)),
    field("first_at", renamed("Of (first)"), *DAY),
    field("high", renamed("High"), *unit("currencyUSD", 2)),
    field("fall", renamed("Fall"), *unit("percentunit", 1)),
    empty="No price of these shares in this time range.",
)

_ON_THIS_BOARD = ", ".join(f"'{indicator}'" for indicator in indicators_of("equities"))
INDICATORS = subjects_table(
    "What the shares say",
    "the signs that rest on share prices, whatever is chosen above",
    where=f"c.indicator IN ({_ON_THIS_BOARD})",
    empty="No sign rests on a share price yet. Prices come as EquityPriced events, and become bars.",
)

BASKETS = time_series(
    "Builders and financiers, rebased",
    f"Each share of the builders ({', '.join(BUILDERS)}) and of the financiers ({', '.join(FINANCIERS)}),"
    " its first close in the time range set to 100. The baskets are the release's; a watchlist may name"
    " others for the sign. From read.equity_bar.",
    f"""WITH {closes(names((*BUILDERS, *FINANCIERS)))}
SELECT time,
  symbol || CASE WHEN symbol = ANY({names(BUILDERS)}) THEN ' (builder)' ELSE ' (financier)' END AS metric,
  100 * close / first_value(close) OVER (PARTITION BY symbol ORDER BY time) AS value
FROM bar ORDER BY 1, 2""",
    unit="none",
    decimals=0,
    legend="right",
    empty="No price of a builder or financier in this time range.",
)

GAP_OVER_TIME = indicator_over_time(
    "Builders against financiers, over time",
    "builders_vs_financiers",
    empty="The baskets were not compared up to the end of this time range: both need prices 90 days apart.",
)

CROWDING_OVER_TIME = indicator_over_time(
    "Gain made by one share, over time",
    "crowding",
    empty="Nothing was measured up to the end of this time range: at least three shares need prices 90"
    " days apart.",
)

SHOCK_OVER_TIME = indicator_over_time("Days of neoclouds, over time", "neocloud_shock")

DRAWDOWN_OVER_TIME = indicator_over_time(
    "Fall of followed shares from their 52-week high, over time",
    "share_drawdown",
    "The worst of the chosen shares.",
    where=f"subject = ANY({chosen('symbol')})",
)

PLEDGED = loans_on_shares(
    "Shares that secure loans",
    f"f.collateral = ANY({chosen('symbol')})",
    "No known loan is secured by these shares. One comes as LoanOriginated with shares as collateral.",
)

PLEDGED_OVER_TIME = indicator_over_time(
    "Fall of pledged shares, over time",
    "pledged_equity_drawdown",
    "The worst of the chosen shares.",
    where=f"subject = ANY({chosen('symbol')})",
)

BOARD = Board(
    uid="ouroboros-equities",
    title="Equities",
    description="Shares of builders, financiers and neoclouds, and what they say of the boom.",
    order=60,
    tags=("prices",),
    variables=(chosen_from("symbol", "Share", PRICED_SHARES),),
    annotations=({**DEALS, "enable": True},),
    refresh="1m",
    rows=(
        row(4, (GAP, 5), (CROWDING, 5), (SHOCK, 5), (DRAWDOWN, 5), (PLEDGE, 4)),
        row(9, (PRICES, 12), (FALL, 12)),
        row(8, (SHARES, 24)),
        row(8, (INDICATORS, 24)),
        row(9, (BASKETS, 12), (GAP_OVER_TIME, 12), title="Builders against financiers"),
        row(8, (CROWDING_OVER_TIME, 12), (SHOCK_OVER_TIME, 12), title="Crowding and shocks"),
        row(8, (DRAWDOWN_OVER_TIME, 24)),
        row(5, (PLEDGED, 24), title="Shares that secure loans"),
        row(8, (PLEDGED_OVER_TIME, 24)),
    ),
)
