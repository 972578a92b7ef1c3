"""What GPUs fetch: their newest prices, how far these fell, and their prices over time."""

from dashboards.grafana.fields import DAY, UNLIT, as_level, field, renamed, steps, unit, width
from dashboards.grafana.indicators import binned, board_link
from dashboards.grafana.levels import UNKNOWN
from dashboards.grafana.panels import Panel, table, time_series
from dashboards.grafana.sql import as_of, is_unknown, shown_level


def prices_now(title: str, models: str, bases: str, empty: str) -> Panel:
    """Return a table of the newest price of each model and basis (SQL arrays), and how far it has fallen."""
    return table(
        title,
        "The newest bar of each chosen GPU and basis, whatever the time range. Fall: (highest price of the"
        " year up to it - close) ÷ that high; the level is that of gpu_resale_drawdown, which leaves new"
        " prices (list) out; where it is unknown, because the price is too old, so is the fall. Prices in"
        " USD, of one GPU or of one GPU for an hour. From read.gpu_bar and read.indicator_current.",
        f"""SELECT m.model, replace(n.basis, '_', ' by the ') AS basis, n.close, n.bucket, y.high,
  CASE WHEN n.basis = 'list' OR NOT {is_unknown("c")} THEN greatest(0, 1 - n.close / y.high) END AS fall,
  CASE WHEN n.basis IS DISTINCT FROM 'list' THEN coalesce({shown_level("c")}, '{UNKNOWN}') END AS level,
  CASE WHEN n.basis IS NULL THEN 'no price of it is known'
    WHEN n.basis = 'list' THEN 'the price of a new one, on which no sign rests'
    WHEN {is_unknown("c")} THEN {as_of("c")} || ': ' || c.text ELSE c.text END AS text
FROM unnest({models}) AS m(model)
LEFT JOIN LATERAL (
  SELECT DISTINCT ON (b.basis) b.basis, b.close, b.bucket FROM read.gpu_bar b
  WHERE b.model = m.model AND b.basis = ANY({bases}) ORDER BY b.basis, b.bucket DESC, b.interval_seconds DESC
) n ON true
LEFT JOIN LATERAL (
  SELECT max(b.high) AS high FROM read.gpu_bar b
  WHERE b.model = m.model AND b.basis = n.basis AND b.bucket > n.bucket - INTERVAL '365 days'
) y ON true
LEFT JOIN read.indicator_current c
  ON c.indicator = 'gpu_resale_drawdown' AND c.subject = m.model || ' ' || n.basis
ORDER BY m.model, n.basis LIMIT 200""",
        overrides=(
            field("model", renamed("GPU"), width(110), board_link("Only this GPU", "gpu_prices", "model")),
            field("basis", renamed("Price of"), width(140)),
            field("close", renamed("Last price"), *unit("currencyUSD", 2), width(100)),
            field("bucket", renamed("Of"), *DAY, width(105)),
            field("high", renamed("Year high"), *unit("currencyUSD", 2), width(100)),
            field("fall", renamed("Fall"), *unit("percentunit", 1), width(80)),
            # The price of a new one has no level: neither a word nor the green of calm.
            field("level", renamed("Level"), *as_level(), steps(UNLIT)),
            field("text", renamed("In words")),
        ),
        empty=empty,
    )


def prices_over_time(title: str, basis: str, what: str, where: str) -> Panel:
    """Return a graph of prices of one basis; `where` is SQL on a row `b` of read.gpu_bar."""
    return time_series(
        title,
        f"{what} Of each interval the last price, a line a chosen GPU. From read.gpu_bar ({basis}).",
        f"""SELECT {binned("b.bucket")} AS time, b.model AS metric,
  (array_agg(b.close ORDER BY b.bucket DESC, b.interval_seconds DESC))[1] AS value
FROM read.gpu_bar b WHERE b.basis = '{basis}' AND {where} AND $__timeFilter(b.bucket)
GROUP BY 1, 2 ORDER BY 1, 2""",
        unit="currencyUSD",
        custom={"showPoints": "always", "axisSoftMin": 0},
        empty=f"No price of these GPUs on the basis {basis} in this time range. Prices come as GpuPriced"
        " events.",
    )
