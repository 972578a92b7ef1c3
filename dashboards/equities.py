"""Equities: shares of builders, financiers and neoclouds, and what they say of the boom."""

from dashboards.building.annotations import DEALS, signals_of
from dashboards.building.board import Board, Row
from dashboards.building.fields import DAY, as_level, field, renamed, unit, width, wrapped
from dashboards.building.indicators import (
    SHOWN_SUBJECTS,
    binned,
    board_link,
    colored,
    indicator_over_time,
    indicator_stat,
    worst_of,
)
from dashboards.building.panels import Panel, table, time_series, when_empty
from dashboards.building.sql import chosen, in_words, known, names, rank, shown_level, spoken
from dashboards.building.variables import PRICED_SHARES, chosen_from
from projections.warning_signs.baskets import BUILDERS, FINANCIERS

UID = "ouroboros-equities"

SYMBOL = chosen_from("symbol", "Share", PRICED_SHARES)


def _closes(symbols: str) -> str:
    """Write a common table expression `bar`: the last close and the high of each interval of the range.

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


CLOSES = _closes(chosen("symbol"))
FIRST_OF_MANY = f" Of more than {SHOWN_SUBJECTS}, the first by name: choose others at the top."


def _worst(title: str, description: str, indicator: str) -> Panel:
    return indicator_stat(
        indicator,
        title,
        f"{description} Unknown when no price came for a week. From read.indicator_current ({indicator}).",
        worst_of(indicator),
    )


GAP = _worst(
    "Builders against financiers",
    "The gap between the mean returns of both baskets over 90 days, whichever is ahead. Watch 10 points,"
    " warning 20, critical 30.",
    "builders_vs_financiers",
)
CROWDING = _worst(
    "Gain made by one share",
    "The share of the basket's gain over 90 days that its top name makes. Watch 40 %, warning 60 %, critical"
    " 80 %.",
    "crowding",
)
SHOCK = _worst(
    "Worst day of a neocloud",
    "The lowest change on the newest trading day among the neoclouds. Watch -8 %, warning -12 %, critical"
    " -18 %.",
    "neocloud_shock",
)
PLEDGE = _worst(
    "Fall of a pledged share",
    "The deepest fall from the 52-week high among shares that secure loans. Watch 15 %, warning 30 %,"
    " critical 45 %.",
    "pledged_equity_drawdown",
)

PRICES = when_empty(
    time_series(
        "Prices",
        f"The last close of each interval, in USD, a line a chosen share.{FIRST_OF_MANY} From"
        " read.equity_bar.",
        f"WITH {CLOSES} SELECT time, symbol AS metric, close AS value FROM bar ORDER BY 1, 2",
        unit="currencyUSD",
        legend="right",
        custom={"showPoints": "auto", "axisSoftMin": 0},
    ),
    "No price of these shares in this time range. Prices come as EquityPriced events, and become bars.",
)

FALL = when_empty(
    time_series(
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
    ),
    "No price of these shares in this time range.",
)

SHARES = when_empty(
    table(
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
        overrides=(
            field("symbol", renamed("Share"), board_link("Only this share", UID, "symbol")),
            field("last", renamed("Last"), *unit("currencyUSD", 2)),
            field("last_at", renamed("Of"), *DAY),
            field("change", renamed("Change"), *unit("percentunit", 1)),
            field("first", renamed("First"), *unit("currencyUSD", 2)),
            field("first_at", renamed("Of (first)"), *DAY),
            field("high", renamed("High"), *unit("currencyUSD", 2)),
            field("fall", renamed("Fall"), *unit("percentunit", 1)),
        ),
    ),
    "No price of these shares in this time range.",
)

SIGNS = when_empty(
    table(
        "What the shares say",
        "The signs that rest on share prices as they stand, the worst first, whatever is chosen above."
        " Unknown: calm on a price too old to be trusted. From read.indicator_current.",
        f"""SELECT {shown_level("c")} AS level, d.title, {spoken("c.subject")} AS subject,
  {known("c", in_words("c.value", "d.unit"))} AS value, c.text, c.input_at
FROM read.indicator_current c JOIN read.indicator_definition d ON d.id = c.indicator
WHERE c.indicator IN ('builders_vs_financiers', 'crowding', 'neocloud_shock', 'pledged_equity_drawdown')
ORDER BY {rank(shown_level("c"))} DESC, d.title, c.subject LIMIT 100""",
        overrides=(
            field("level", renamed("Level"), *as_level()),
            field("title", renamed("Sign"), wrapped(), width(190)),
            field("subject", renamed("Of"), wrapped(), width(130)),
            field("value", renamed("Value"), width(75)),
            field("text", renamed("In words"), wrapped()),
            field("input_at", renamed("Heard of"), *DAY, width(100)),
        ),
    ),
    "No sign rests on a share price yet. Prices come as EquityPriced events, and become bars.",
)

BASKETS = when_empty(
    time_series(
        "Builders and financiers, rebased",
        f"Each share of the builders ({', '.join(BUILDERS)}) and of the financiers ({', '.join(FINANCIERS)}),"
        " its first close in the time range set to 100. The baskets are the release's; a watchlist may name"
        " others for the sign. From read.equity_bar.",
        f"""WITH {_closes(names((*BUILDERS, *FINANCIERS)))}
SELECT time,
  symbol || CASE WHEN symbol = ANY({names(BUILDERS)}) THEN ' (builder)' ELSE ' (financier)' END AS metric,
  100 * close / first_value(close) OVER (PARTITION BY symbol ORDER BY time) AS value
FROM bar ORDER BY 1, 2""",
        unit="none",
        decimals=0,
        legend="right",
    ),
    "No price of a builder or financier in this time range.",
)

GAP_OVER_TIME = when_empty(
    indicator_over_time(
        "Builders against financiers, over time",
        "Mean return of the builders over 90 days less that of the financiers, and the same the other way"
        " round. The lines are the thresholds: 10, 20, 30 points. A line ends when no price came for a week."
        " From read.indicator (builders_vs_financiers).",
        "builders_vs_financiers",
        (-0.1, 0.35),
        unit="percentunit",
    ),
    "The baskets were not compared up to the end of this time range: both need prices 90 days apart.",
)

CROWDING_OVER_TIME = when_empty(
    indicator_over_time(
        "Gain made by one share, over time",
        "The share of the basket's gain over 90 days that its top name made. The lines are the thresholds:"
        " 40 %, 60 %, 80 %. A line ends when no price came for a week. From read.indicator (crowding).",
        "crowding",
        (0, 1),
        unit="percentunit",
    ),
    "Nothing was measured up to the end of this time range: at least three shares need prices 90 days apart.",
)

SHOCK_OVER_TIME = when_empty(
    indicator_over_time(
        "Days of neoclouds, over time",
        "The change of each neocloud's share on its newest trading day; of each interval the lowest. The"
        " lines are the thresholds: -8 %, -12 %, -18 %. From read.indicator (neocloud_shock).",
        "neocloud_shock",
        (-0.2, 0.05),
        unit="percentunit",
    ),
    "No price of a neocloud (CRWV, or those of the watchlists) is known up to the end of this time range."
    " Prices come as EquityPriced events.",
)

PLEDGED = when_empty(
    table(
        "Shares that secure loans",
        "Loans on chosen shares. Fall: (52-week high - newest price) ÷ 52-week high; watch 15 %, warning 30"
        " %, critical 45 %. From read.facility and read.indicator_current (pledged_equity_drawdown).",
        f"""SELECT f.collateral AS symbol, f.borrower, f.balance_usd, {known("c")} AS fall,
  {shown_level("c")} AS level, c.text
FROM read.facility f LEFT JOIN read.indicator_current c
  ON c.indicator = 'pledged_equity_drawdown' AND c.subject = f.collateral
WHERE f.collateral_kind = 'shares' AND f.collateral = ANY({chosen("symbol")})
ORDER BY c.value DESC NULLS LAST, f.facility_id LIMIT 100""",
        overrides=(
            field("symbol", renamed("Share"), width(68)),
            field(
                "borrower",
                renamed("Borrower"),
                wrapped(),
                width(95),
                board_link("Its loans", "ouroboros-credit", "borrower"),
            ),
            field("balance_usd", renamed("Balance"), *unit("currencyUSD", 1), width(75)),
            colored("fall", "Fall", "pledged_equity_drawdown", 1, 70),
            field("level", renamed("Level"), *as_level()),
            field("text", renamed("In words"), wrapped()),
        ),
    ),
    "No known loan is secured by these shares. One comes as LoanOriginated with shares as collateral.",
)

PLEDGED_OVER_TIME = when_empty(
    indicator_over_time(
        "Fall of pledged shares, over time",
        "How far chosen shares that secure loans stood below their 52-week high. The lines are the"
        " thresholds: 15 %, 30 %, 45 %. A line ends when no price came for a week. From read.indicator"
        " (pledged_equity_drawdown).",
        "pledged_equity_drawdown",
        (0, 0.5),
        where=f"subject = ANY({chosen('symbol')})",
        unit="percentunit",
    ),
    "No price of a chosen share that secures a loan is known up to the end of this time range.",
)

EQUITIES = Board(
    uid=UID,
    title="Equities",
    description="Shares of builders, financiers and neoclouds, and what they say of the boom.",
    tags=("prices",),
    variables=(SYMBOL,),
    annotations=(
        signals_of(("builders_vs_financiers", "crowding", "neocloud_shock", "pledged_equity_drawdown")),
        {**DEALS, "enable": True},
    ),
    time_from="now-2y",
    refresh="1m",
    rows=(
        Row(4, ((GAP, 6), (CROWDING, 6), (SHOCK, 6), (PLEDGE, 6))),
        Row(9, ((PRICES, 12), (FALL, 12))),
        Row(8, ((SHARES, 24),)),
        Row(8, ((SIGNS, 24),)),
        Row(9, ((BASKETS, 12), (GAP_OVER_TIME, 12)), title="Builders against financiers"),
        Row(8, ((CROWDING_OVER_TIME, 12), (SHOCK_OVER_TIME, 12)), title="Crowding and shocks"),
        Row(8, ((PLEDGED, 12), (PLEDGED_OVER_TIME, 12)), title="Shares that secure loans"),
    ),
)
