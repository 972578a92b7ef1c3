"""GPU prices: what used and rented GPUs fetch, how far they fell, and the loans that they secure."""

from dashboards.grafana.board import DEALS, Board, chosen_from, row
from dashboards.grafana.fields import DAY, UNLIT, as_level, field, renamed, steps, unit, width
from dashboards.grafana.indicators import binned, board_link, indicator_over_time, indicator_stat
from dashboards.grafana.panels import Panel, table, time_series
from dashboards.grafana.sql import as_of, chosen, is_unknown, shown_level
from dashboards.panels.loans import loans_on_gpus
from projections.definition import UNKNOWN
from projections.facts.gpu_index import LEAST_OFFERS
from projections.indicators import DEFINITIONS

WARNING = DEFINITIONS["gpu_resale_drawdown"].thresholds.warning


def prices_now(title: str, models: str, bases: str, empty: str) -> Panel:
    """Return a table of the newest index of each series of these models and bases (SQL arrays)."""
    return table(
        title,
        "The newest index of each series of the chosen GPUs, whatever the time range: the median over venues"
        f" of the median of each venue, of the last day that is over, from {LEAST_OFFERS} offers on or by a"
        " publisher; how many offers and venues it rests on. A dash where there are fewer. Fall: (highest"
        " index of the year up to it - index) ÷ that high, a high of fewer offers only where the fall stays"
        f" below {WARNING:.0%}; the level is that of gpu_resale_drawdown, which leaves new prices (list) out;"
        " where it is unknown, so is the fall. In USD, of one GPU or of one GPU for an hour. From"
        " read.gpu_index and read.indicator_current.",
        f"""SELECT m.model, n.price_of, CASE WHEN NOT n.is_thin THEN n.price_usd END AS price, n.day,
  n.offers, n.venues, y.high,
  CASE WHEN n.basis = 'list' OR NOT {is_unknown("c")} THEN greatest(0, 1 - n.price_usd / y.high) END AS fall,
  CASE WHEN n.basis IS DISTINCT FROM 'list' THEN coalesce({shown_level("c")}, '{UNKNOWN}') END AS level,
  CASE WHEN n.basis IS NULL THEN 'no price of it is known'
    WHEN n.basis = 'list' THEN 'the price of a new one, on which no sign rests'
    WHEN {is_unknown("c")} THEN {as_of("c")} || ': ' || c.text ELSE c.text END AS text
FROM unnest({models}) AS m(model)
LEFT JOIN LATERAL (
  SELECT DISTINCT ON (i.series) i.*,
    concat_ws(', ', replace(i.basis, '_', ' by the '), i.condition, i.term) AS price_of
  FROM read.gpu_index i
  WHERE i.product = m.model AND i.basis = ANY({bases})
    AND (i.is_whole OR i.day < (now() AT TIME ZONE 'UTC')::date)
  ORDER BY i.series, i.is_thin, i.day DESC
) n ON true
LEFT JOIN LATERAL (
  SELECT max(i.price_usd) AS high FROM read.gpu_index i
  WHERE i.series = n.series AND i.day > n.day - 365 AND i.day <= n.day AND NOT n.is_thin
    AND (NOT i.is_thin OR 1 - n.price_usd / i.price_usd < {WARNING})
) y ON true
LEFT JOIN read.indicator_current c ON c.indicator = 'gpu_resale_drawdown' AND c.subject = n.series
ORDER BY m.model, n.series LIMIT 200""",
        field("model", renamed("GPU"), width(110), board_link("Only this GPU", "gpu_prices", "model")),
        field("price_of", renamed("Price of"), width(140)),
        field("price", renamed("Index"), *unit("currencyUSD", 2), width(100)),
        field("day", renamed("Of"), *DAY, width(105)),
        field("offers", renamed("Offers"), *unit("locale", 0), width(70)),
        field("venues", renamed("Venues"), *unit("locale", 0), width(75)),
        field("high", renamed("Year high"), *unit("currencyUSD", 2), width(100)),
        field("fall", renamed("Fall"), *unit("percentunit", 1), width(80)),
        # The price of a new one has no level: neither a word nor the green of calm.
        field("level", renamed("Level"), *as_level(), steps(UNLIT)),
        field("text", renamed("In words")),
        empty=empty,
    )


def prices_over_time(title: str, basis: str, what: str, where: str) -> Panel:
    """Return a graph of the indices of one basis; `where` is SQL on a row `b` of read.gpu_index."""
    return time_series(
        title,
        f"{what} Of each interval the last index, a line a series of a chosen GPU; days of fewer than"
        f" {LEAST_OFFERS} offers are left out. From read.gpu_index ({basis}).",
        f"""SELECT {binned("(b.day::timestamp AT TIME ZONE 'UTC')")} AS time,
  concat_ws(', ', b.product, b.condition, b.term) AS metric,
  (array_agg(b.price_usd ORDER BY b.day DESC))[1] AS value
FROM read.gpu_index b WHERE b.basis = '{basis}' AND {where} AND NOT b.is_thin
  AND $__timeFilter(b.day::timestamp AT TIME ZONE 'UTC')
GROUP BY 1, 2 ORDER BY 1, 2""",
        unit="currencyUSD",
        custom={"showPoints": "always", "axisSoftMin": 0},
        empty=f"No price of these GPUs on the basis {basis} in this time range. Prices come as GpuPriced"
        " events.",
    )


SERIES_NAME = "b.model || ' ' || replace(b.basis, '_', ' by the ')"

MODEL = chosen_from(
    "model",
    "GPU",
    "SELECT product FROM read.gpu_index"
    " UNION SELECT collateral FROM read.facility WHERE collateral_kind = 'gpus'",
)
BASIS = chosen_from("basis", "Price of", "SELECT unnest(ARRAY['resale', 'rental_hour', 'list'])")

IS_CHOSEN = f"b.product = ANY({chosen('model')}) AND b.basis = ANY({chosen('basis')})"
# A bar says all that its price is for: rental_hour, one-year contract.
BAR_IS_CHOSEN = f"b.model = ANY({chosen('model')}) AND split_part(b.basis, ', ', 1) = ANY({chosen('basis')})"
SERIES = f"(SELECT b.series FROM read.gpu_index b WHERE {IS_CHOSEN})"
LOANS = f"(SELECT facility_id FROM read.facility WHERE collateral = ANY({chosen('model')}))"


def _deepest_fall(title: str, basis: str, what: str) -> Panel:
    return indicator_stat(
        title,
        "gpu_resale_drawdown",
        f"The deepest of {what} of a chosen GPU.",
        f"c.subject IN (SELECT b.series FROM read.gpu_index b WHERE {IS_CHOSEN} AND b.basis = '{basis}')",
    )


FALL_OF_RESALE = _deepest_fall("Fall of used GPUs", "resale", "the resale price")
FALL_OF_RENTAL = _deepest_fall("Fall of GPU rents", "rental_hour", "the rental price by the hour")
WORST_LTV = indicator_stat(
    "Highest LTV of their loans",
    "gpu_collateral_ltv",
    "The highest of the loans that chosen GPUs secure. Unknown where none has both number and price.",
    f"c.subject IN {LOANS}",
)

NOW = prices_now(
    "Prices now",
    chosen("model"),
    chosen("basis"),
    empty="No price of a GPU is known. Prices come as GpuPriced events.",
)
RESALE = prices_over_time("Used GPUs", "resale", "What one used GPU fetches, in USD.", IS_CHOSEN)
RENTAL = prices_over_time(
    "Rent of one GPU for an hour", "rental_hour", "What one GPU costs for an hour, in USD.", IS_CHOSEN
)
NEW = prices_over_time("New GPUs", "list", "What is asked or was paid for a new GPU, in USD.", IS_CHOSEN)

FALL_OVER_TIME = indicator_over_time(
    "Fall from the high of the year, over time",
    "gpu_resale_drawdown",
    "The worst of the chosen GPUs, each time when it became known.",
    where=f"subject IN {SERIES}",
)


def _of_bars(title: str, description: str, value: str, unit: str, empty: str) -> Panel:
    # Not bars: Grafana draws one that stands alone months wide.
    return time_series(
        title,
        f"{description} From read.gpu_bar.",
        f"""SELECT {binned("b.bucket")} AS time, {SERIES_NAME} AS metric, {value} AS value
FROM read.gpu_bar b WHERE {BAR_IS_CHOSEN} AND $__timeFilter(b.bucket)
GROUP BY 1, 2 HAVING {value} IS NOT NULL ORDER BY 1, 2""",
        unit=unit,
        draw="points",
        custom={"axisSoftMin": 0, "axisSoftMax": 0.1},
        empty=empty,
    )


DISPERSION = _of_bars(
    "Spread of prices inside a bar",
    "(high - low) ÷ close of each bar: how far apart quotes of the same GPU and basis lay at the same"
    " time; of each interval the widest. Wide where venues disagree. 0 % where a bar holds one quote.",
    "max((b.high - b.low) / b.close)",
    "percentunit",
    "No price of these GPUs in this time range. Prices come as GpuPriced events.",
)
QUANTITY = _of_bars(
    "GPUs that changed hands",
    "How many GPUs were sold or rented at the prices above, summed over each interval. Indices move no GPUs.",
    "sum(nullif(b.quantity, 0))",
    "suffix:GPUs",
    "No price in this time range says how many GPUs changed hands: GpuPriced events do by their quantity.",
)

LOANS_ON_GPUS = loans_on_gpus(
    "Loans that these GPUs secure",
    f"f.collateral = ANY({chosen('model')})",
    "No known loan is secured by these GPUs. One comes as LoanOriginated with GPUs as collateral.",
)

BOARD = Board(
    uid="ouroboros-gpu-prices",
    title="GPU prices",
    description="What used and rented GPUs fetch, how far they fell, and the loans that they secure.",
    order=50,
    tags=("prices",),
    variables=(MODEL, BASIS),
    annotations=(DEALS,),
    # The rents of 2023 are what today's are compared with.
    time_from="now-4y",
    refresh="1m",
    rows=(
        row(4, (FALL_OF_RENTAL, 8), (FALL_OF_RESALE, 8), (WORST_LTV, 8)),
        row(9, (RENTAL, 8), (RESALE, 8), (NEW, 8)),
        row(8, (NOW, 24)),
        row(8, (FALL_OVER_TIME, 24)),
        row(7, (DISPERSION, 12), (QUANTITY, 12)),
        row(6, (LOANS_ON_GPUS, 24)),
    ),
)
