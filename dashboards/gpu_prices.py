"""GPU prices: what used and rented GPUs fetch, how far they fell, and the loans that they secure."""

from dashboards.building.annotations import DEALS, signals_of
from dashboards.building.board import Board, Row
from dashboards.building.fields import DAY, as_level, field, renamed, unit, width, wrapped
from dashboards.building.indicators import binned, board_link, indicator_over_time, indicator_stat, worst_of
from dashboards.building.panels import Panel, table, time_series, when_empty
from dashboards.building.sql import as_of, chosen, is_unknown, shown_level
from dashboards.building.variables import chosen_from
from dashboards.lending.gpu_loans import loans_on_gpus

UID = "ouroboros-gpu-prices"
NO_COLOR = {
    "id": "thresholds",
    "value": {"mode": "absolute", "steps": [{"color": "transparent", "value": None}]},
}
SERIES_NAME = "b.model || ' ' || replace(b.basis, '_', ' by the ')"

MODEL = chosen_from(
    "model",
    "GPU",
    "SELECT model FROM read.gpu_bar"
    " UNION SELECT collateral FROM read.facility WHERE collateral_kind = 'gpus'",
)
BASIS = chosen_from("basis", "Price of", "SELECT unnest(ARRAY['resale', 'rental_hour', 'list'])")

IS_CHOSEN = f"b.model = ANY({chosen('model')}) AND b.basis = ANY({chosen('basis')})"
SERIES = f"(SELECT m || ' ' || b FROM unnest({chosen('model')}) AS m, unnest({chosen('basis')}) AS b)"
LOANS = f"(SELECT facility_id FROM read.facility WHERE collateral = ANY({chosen('model')}))"


def _deepest_fall(title: str, basis: str, what: str) -> Panel:
    return indicator_stat(
        "gpu_resale_drawdown",
        title,
        f"The deepest fall of {what} of a chosen GPU from its highest price of the year up to the newest."
        " Watch 10 %, warning 20 %, critical 35 %. Unknown when the last price is more than 14 days old. From"
        " read.indicator_current (gpu_resale_drawdown).",
        worst_of("gpu_resale_drawdown", f"c.subject IN {SERIES} AND c.subject LIKE '% {basis}'"),
    )


FALL_OF_RESALE = _deepest_fall("Fall of used GPUs", "resale", "the resale price")
FALL_OF_RENTAL = _deepest_fall("Fall of GPU rents", "rental_hour", "the rental price by the hour")
WORST_LTV = indicator_stat(
    "gpu_collateral_ltv",
    "Highest LTV of their loans",
    "The highest loan-to-value of the loans that chosen GPUs secure: what is drawn and not paid back ÷"
    " number of GPUs times newest resale close. Unknown where no loan has both. Watch 80 %, warning 95 %,"
    " critical 105 %. From read.indicator_current (gpu_collateral_ltv).",
    worst_of("gpu_collateral_ltv", f"c.subject IN {LOANS}", value="nullif(c.value, 0)"),
)

NOW = when_empty(
    table(
        "Prices now",
        "The newest bar of each chosen GPU and basis, whatever the time range. Fall: (highest price of the"
        " year up to it - close) ÷ that high; the level is that of gpu_resale_drawdown, which leaves new"
        " prices (list) out; where it is unknown, because the price is more than 14 days old, so is the"
        " fall. Prices in USD, of one GPU or of one GPU for an hour. From read.gpu_bar and"
        " read.indicator_current.",
        f"""SELECT m.model, replace(n.basis, '_', ' by the ') AS basis, n.close, n.bucket, y.high,
  CASE WHEN n.basis = 'list' OR NOT {is_unknown("c")} THEN greatest(0, 1 - n.close / y.high) END AS fall,
  CASE WHEN n.basis <> 'list' THEN coalesce({shown_level("c")}, 'unknown') END AS level,
  CASE WHEN n.basis = 'list' THEN 'the price of a new one, on which no sign rests'
    WHEN {is_unknown("c")} THEN {as_of("c")} || ': ' || c.text ELSE c.text END AS text
FROM unnest({chosen("model")}) AS m(model)
CROSS JOIN LATERAL (
  SELECT DISTINCT ON (b.basis) b.basis, b.close, b.bucket FROM read.gpu_bar b
  WHERE b.model = m.model AND b.basis = ANY({chosen("basis")}) ORDER BY b.basis, b.bucket DESC
) n
CROSS JOIN LATERAL (
  SELECT max(b.high) AS high FROM read.gpu_bar b
  WHERE b.model = m.model AND b.basis = n.basis AND b.bucket > n.bucket - INTERVAL '365 days'
) y
LEFT JOIN read.indicator_current c
  ON c.indicator = 'gpu_resale_drawdown' AND c.subject = m.model || ' ' || n.basis
ORDER BY m.model, n.basis LIMIT 200""",
        overrides=(
            field("model", renamed("GPU"), width(110), board_link("Only this GPU", UID, "model")),
            field("basis", renamed("Price of"), width(140)),
            field("close", renamed("Last price"), *unit("currencyUSD", 2), width(100)),
            field("bucket", renamed("Of"), *DAY, width(105)),
            field("high", renamed("Year high"), *unit("currencyUSD", 2), width(100)),
            field("fall", renamed("Fall"), *unit("percentunit", 1), width(80)),
            # The price of a new one has no level: neither a word nor the green of calm.
            field("level", renamed("Level"), *as_level(), NO_COLOR),
            field("text", renamed("In words"), wrapped()),
        ),
    ),
    "No price of a GPU is known. Prices come as GpuPriced events.",
)


def _prices(title: str, basis: str, what: str) -> Panel:
    return when_empty(
        time_series(
            title,
            f"{what} Of each interval the last price, a line a chosen GPU. From read.gpu_bar ({basis}).",
            f"""SELECT {binned("b.bucket")} AS time, b.model AS metric,
  (array_agg(b.close ORDER BY b.bucket DESC))[1] AS value
FROM read.gpu_bar b WHERE b.basis = '{basis}' AND {IS_CHOSEN} AND $__timeFilter(b.bucket)
GROUP BY 1, 2 ORDER BY 1, 2""",
            unit="currencyUSD",
            custom={"showPoints": "always", "axisSoftMin": 0},
        ),
        f"No price of these GPUs on the basis {basis} in this time range. Prices come as GpuPriced events.",
    )


RESALE = _prices("Used GPUs", "resale", "What one used GPU fetches, in USD.")
RENTAL = _prices("Rent of one GPU for an hour", "rental_hour", "What one GPU costs for an hour, in USD.")
NEW = _prices("New GPUs", "list", "What is asked or was paid for a new GPU, in USD.")

FALL_OVER_TIME = when_empty(
    indicator_over_time(
        "Fall from the high of the year, over time",
        "How far resale and rental prices of the chosen GPUs stood below their highest price of the year up"
        " to then, at the time it became known. The lines are the thresholds: 10 %, 20 %, 35 %. A line ends"
        " when the price is more than 14 days old. From read.indicator (gpu_resale_drawdown).",
        "gpu_resale_drawdown",
        (0, 0.4),
        where=f"subject IN {SERIES}",
        unit="percentunit",
    ),
    "No fall of these GPUs was measured up to the end of this time range.",
)

DISPERSION = when_empty(
    time_series(
        "Spread of prices inside a bar",
        "(high - low) ÷ close of each bar: how far apart quotes of the same GPU and basis lay at the same"
        " time; of each interval the widest. Wide where venues disagree. 0 % where a bar holds one quote."
        " Bars do not keep the venue. From read.gpu_bar.",
        f"""SELECT {binned("b.bucket")} AS time, {SERIES_NAME} AS metric,
  max((b.high - b.low) / b.close) AS value
FROM read.gpu_bar b WHERE {IS_CHOSEN} AND $__timeFilter(b.bucket)
GROUP BY 1, 2 ORDER BY 1, 2""",
        unit="percentunit",
        draw="points",
        custom={"axisSoftMin": 0, "axisSoftMax": 0.1},
    ),
    "No price of these GPUs in this time range. Prices come as GpuPriced events.",
)

QUANTITY = when_empty(
    time_series(
        "GPUs that changed hands",
        "How many GPUs were sold or rented at the prices above, summed over each interval. Indices"
        " move no GPUs. From read.gpu_bar.",
        f"""SELECT {binned("b.bucket")} AS time, {SERIES_NAME} AS metric,
  sum(b.quantity) AS value
FROM read.gpu_bar b WHERE b.quantity > 0 AND {IS_CHOSEN} AND $__timeFilter(b.bucket)
GROUP BY 1, 2 ORDER BY 1, 2""",
        unit="suffix:GPUs",
        decimals=0,
        # Not bars: Grafana draws one that stands alone months wide.
        draw="points",
    ),
    "No price in this time range says how many GPUs changed hands: GpuPriced events do by their quantity.",
)

LOANS_ON_GPUS = loans_on_gpus(
    "Loans that these GPUs secure",
    f"f.collateral = ANY({chosen('model')})",
    "No known loan is secured by these GPUs. One comes as LoanOriginated with GPUs as collateral.",
)

GPU_PRICES = Board(
    uid=UID,
    title="GPU prices",
    description="What used and rented GPUs fetch, how far they fell, and the loans that they secure.",
    tags=("prices",),
    variables=(MODEL, BASIS),
    annotations=(signals_of(("gpu_resale_drawdown", "gpu_collateral_ltv")), DEALS),
    # The rents of 2023 are what today's are compared with.
    time_from="now-4y",
    refresh="1m",
    rows=(
        Row(4, ((FALL_OF_RENTAL, 8), (FALL_OF_RESALE, 8), (WORST_LTV, 8))),
        Row(9, ((RENTAL, 8), (RESALE, 8), (NEW, 8))),
        Row(8, ((NOW, 24),)),
        Row(8, ((FALL_OVER_TIME, 24),)),
        Row(7, ((DISPERSION, 12), (QUANTITY, 12))),
        Row(6, ((LOANS_ON_GPUS, 24),)),
    ),
)
