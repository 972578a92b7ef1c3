"""Backtest: what a share did after signals of the past."""

from dashboards.grafana.board import (
    DEALS,
    INDICATORS,
    PRICED_SHARES,
    Board,
    annotation,
    chosen_from,
    one_of,
    row,
)
from dashboards.grafana.fields import MINUTE, as_level, field, unit, width
from dashboards.grafana.levels import UNKNOWN_RANK
from dashboards.grafana.panels import levels_over_time, stat, table, text, time_series
from dashboards.grafana.sql import chosen, rank, row_label, spoken
from projections.definition import UNKNOWN

# A holiday or a feed's pause; beyond this many days a price says nothing about the day that was asked for.
NEAR = 7
NO_EPISODES = (
    "No episode of these signs reached this level in this time range. Choose a lower level, more signs or a"
    " longer range."
)

# An episode counts from the step that reached the level first.
EPISODE_SQL = f"""reached AS (
  SELECT DISTINCT ON (signal_id) signal_id, known_at, indicator, subject, level, message,
         journal_offset, journal_index
  FROM read.signal
  WHERE indicator = ANY({chosen("indicator")}) AND level <> '{UNKNOWN}'
    AND {rank("level")} >= {rank("'${level}'")}
  ORDER BY signal_id, step_number
), episode AS (
  SELECT * FROM reached WHERE $__timeFilter(known_at)
)"""

# What the share did after each day with a price is worked out once, in one pass over its closes; an episode
# takes that of its own day, or of the first with a price within a week.
OUTCOME_SQL = f"""{EPISODE_SQL}, daily AS MATERIALIZED (
  SELECT (bucket AT TIME ZONE 'UTC')::date AS day,
         (array_agg(close ORDER BY bucket DESC, interval_seconds DESC))[1] AS close
  FROM read.equity_bar
  WHERE symbol = '${{symbol}}' AND bucket >= $__timeFrom()::timestamptz - INTERVAL '1 day'
    AND bucket < $__timeTo()::timestamptz + make_interval(days => $horizon + {2 * NEAR + 1})
  GROUP BY 1
), followed AS (
  SELECT day, close, lag(day) OVER (ORDER BY day) AS day_before,
         first_value(close) OVER (ORDER BY day RANGE BETWEEN make_interval(days => $horizon) FOLLOWING
           AND make_interval(days => $horizon + {NEAR - 1}) FOLLOWING) AS close_after,
         min(close) OVER (ORDER BY day RANGE BETWEEN INTERVAL '1 day' FOLLOWING
           AND make_interval(days => $horizon) FOLLOWING) AS lowest
  FROM daily
), usual AS MATERIALIZED (
  SELECT day, day_before, close AS price_usd, close_after / close - 1 AS return,
         close * (1 - $fall / 100.0) AS fallen_usd, lowest <= close * (1 - $fall / 100.0) AS has_fallen,
         CASE WHEN close_after IS NOT NULL THEN least(0, lowest / close - 1) END AS worst,
         CASE WHEN close_after IS NOT NULL
              THEN coalesce(lowest <= close * (1 - $fall / 100.0), false) END AS fell
  FROM followed
), asked AS (
  SELECT usual.*, day - days AS asked_on
  FROM usual CROSS JOIN LATERAL generate_series(0, least(day - day_before, {NEAR}) - 1) AS days
), outcome AS (
  SELECT episode.*, asked.price_usd, asked.return, asked.worst, asked.fell,
         fallen.day - asked.day AS lead_days
  FROM episode
  LEFT JOIN asked ON asked.asked_on = (episode.known_at AT TIME ZONE 'UTC')::date
  LEFT JOIN LATERAL (
    SELECT min(daily.day) AS day FROM daily
    WHERE daily.day > asked.day AND daily.day <= asked.day + $horizon AND daily.close <= asked.fallen_usd
  ) fallen ON asked.has_fallen
)"""

EXPLANATION = text(
    "How to read this",
    "What the share did in the chosen days after each episode. Few episodes prove nothing, and those"
    " that overlap are not independent: compare with *any day*. Outcomes need a close nearly every day;"
    " the demo has a handful. `ouroboros backtest` measures with rules folded anew.",
)

FELL = "avg(fell::integer)"
MEDIAN = "percentile_cont(0.5) WITHIN GROUP (ORDER BY {})"
SUMS = stat(
    "All episodes together",
    "Episodes that reached the level in the time range; those whose outcome is known, because prices"
    " reach so far; of these, the share in which the close fell by the chosen part within the chosen"
    " days, and the median return after these days; both beside the same of any day with a price in"
    " the range whose outcome is known, and how many such days there are; the median days from the"
    " signal to the fall. From read.signal and read.equity_bar.",
    f"""WITH {OUTCOME_SQL}, traded AS (SELECT * FROM usual WHERE $__timeFilter(day))
SELECT count(*) AS "Episodes", count(return) AS "Outcomes", {FELL} AS "Fell after",
  (SELECT {FELL} FROM traded) AS "After any day",
  {MEDIAN.format("return")} AS "Median return",
  (SELECT {MEDIAN.format("return")} FROM traded) AS "Of any day",
  (SELECT count(return) FROM traded) AS "Days compared",
  {MEDIAN.format("lead_days")} FILTER (WHERE fell) AS "Lead time"
FROM outcome""",
    *(field(name, *unit("none", 0)) for name in ("Episodes", "Outcomes", "Days compared")),
    *(field(name, *unit("percentunit", 0)) for name in ("Fell after", "After any day")),
    *(field(name, *unit("percentunit", 1)) for name in ("Median return", "Of any day")),
    field("Lead time", *unit("suffix:days", 0)),
    fields="/.*/",
    defaults={"noValue": "-", "color": {"mode": "fixed", "fixedColor": "transparent"}},
    text={"valueSize": 24},
)

EPISODES = table(
    "Episodes and what followed",
    "Each episode at the time at which it first reached the level, the newest first, at most 500. Price:"
    " the share's close of that day or of the next trading day. Return: to the first close after the"
    " chosen calendar days. Worst: the lowest close until then, against the price. Days to fall: until the"
    " close was first the chosen part below the price. From read.signal and read.equity_bar.",
    f"""WITH {OUTCOME_SQL}
SELECT o.known_at AS "When", o.level AS "Level", d.title AS "Sign", {spoken("o.subject")} AS "Subject",
  o.price_usd AS "Price", o.return AS "Return", o.worst AS "Worst", o.lead_days AS "Days to fall",
  i.text AS "In words"
FROM outcome o JOIN read.indicator_definition d ON d.id = o.indicator
LEFT JOIN read.indicator i ON i.known_at = o.known_at AND i.indicator = o.indicator AND i.subject = o.subject
  AND i.journal_offset = o.journal_offset AND i.journal_index = o.journal_index
ORDER BY o.known_at DESC, o.indicator, o.subject LIMIT 500""",
    field("When", *MINUTE, width(138)),
    field("Level", *as_level(75)),
    field("Sign", width(130)),
    field("Subject", width(130)),
    field("Price", *unit("currencyUSD", 2), width(78), {"id": "noValue", "value": "no price"}),
    *(
        field(name, *unit("percentunit", 1), width(104), {"id": "noValue", "value": "no price yet"})
        for name in ("Return", "Worst")
    ),
    field("Days to fall", *unit("suffix:days", 0), width(104)),
    empty=NO_EPISODES,
)

PRICE = time_series(
    "Price of the share, with the episodes",
    "The last close of each day; a line is drawn where an episode reached the level. From read.equity_bar.",
    """SELECT date_trunc('day', bucket, 'UTC') AS time, symbol AS metric,
  (array_agg(close ORDER BY bucket DESC, interval_seconds DESC))[1] AS value
FROM read.equity_bar WHERE symbol = '${symbol}' AND $__timeFilter(bucket) GROUP BY 1, 2 ORDER BY 1""",
    unit="currencyUSD",
    legend="hidden",
    empty="No price of this share is known in this time range. Prices come on the topic equity.prices, as"
    " EquityPriced (docs/events.md).",
)

RANK = "array_position(ARRAY['unknown', 'calm', 'watch', 'warning', 'critical'], level) - 2"
# Without any row Grafana would say that a field is missing.
LEVELS = levels_over_time(
    "Levels of the chosen signs",
    "The level of each subject's episode from step to step; the 20 subjects with the newest steps that"
    " reached the level; unknown before the first measurement. From read.signal and read.indicator.",
    f"""WITH {EPISODE_SQL}, shown AS (
  SELECT indicator, subject FROM episode GROUP BY 1, 2 ORDER BY max(known_at) DESC LIMIT 20
), named AS (
  SELECT s.*, {row_label("d.title || ' · ' || " + spoken("s.subject"))} AS metric, begun.known_at AS begun_at
  FROM shown s JOIN read.indicator_definition d ON d.id = s.indicator
  CROSS JOIN LATERAL (
    SELECT i.known_at FROM read.indicator i WHERE i.indicator = s.indicator AND i.subject = s.subject
    ORDER BY i.known_at LIMIT 1
  ) begun
), step AS (
  SELECT s.known_at, named.metric, {RANK} AS value, s.step_number, named.begun_at
  FROM read.signal s JOIN named USING (indicator, subject)
  UNION ALL SELECT begun_at, metric, 0, 0, begun_at FROM named
)
SELECT known_at AS time, metric, max(value) AS value FROM step WHERE $__timeFilter(known_at) GROUP BY 1, 2
UNION ALL
SELECT $__timeFrom()::timestamptz, metric, coalesce(
  (SELECT value FROM step b WHERE b.metric = m.metric AND known_at < $__timeFrom()::timestamptz
   ORDER BY known_at DESC, step_number DESC LIMIT 1), {UNKNOWN_RANK})
FROM (SELECT DISTINCT metric FROM step) m
UNION ALL
(SELECT DISTINCT ON (metric) least(now(), $__timeTo()::timestamptz), metric, value
 FROM step WHERE known_at < $__timeTo()::timestamptz ORDER BY metric, known_at DESC, step_number DESC)
UNION ALL SELECT $__timeFrom()::timestamptz, 'No episode reached this level', NULL
WHERE NOT EXISTS (SELECT FROM step)
ORDER BY 1, 2""",
    empty=NO_EPISODES,
)

ANNOTATED_EPISODES = annotation(
    "Episodes",
    "red",
    f"""WITH {EPISODE_SQL}
SELECT e.known_at AS time, d.title || ' · ' || {spoken("e.subject")} AS title, e.message AS text,
  e.level AS tags
FROM episode e JOIN read.indicator_definition d ON d.id = e.indicator
ORDER BY e.known_at DESC LIMIT 200""",
)

BOARD = Board(
    uid="ouroboros-backtest",
    title="Backtest",
    description="What a share did after signals of the past: a look at history, not a proof.",
    order=70,
    tags=("history",),
    variables=(
        chosen_from("indicator", "Sign", INDICATORS),
        one_of("level", "At least", ["watch", "warning", "critical"], "warning"),
        chosen_from("symbol", "Share", PRICED_SHARES, many=False, default="CRWV"),
        one_of("horizon", "Days after", ["5", "20", "60", "120"], "60"),
        one_of("fall", "Counts as a fall (%)", ["5", "10", "20", "30"], "10"),
    ),
    annotations=(ANNOTATED_EPISODES, DEALS),
    rows=(
        row(6, (EXPLANATION, 8), (SUMS, 16)),
        row(10, (EPISODES, 24)),
        row(9, (PRICE, 24)),
        row(9, (LEVELS, 24)),
    ),
    refresh="5m",
)
