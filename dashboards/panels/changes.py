"""What has changed: signals with their evidence, levels from then to now, and levels over time."""

from dashboards.grafana.fields import DAY, as_level, field, width
from dashboards.grafana.indicators import binned
from dashboards.grafana.levels import UNKNOWN_RANK
from dashboards.grafana.panels import Panel, levels_over_time, table
from dashboards.grafana.sql import chosen, rank, row_label, spoken
from dashboards.panels.subjects import EXPLANATION, NEWEST_FIRST, NOT_SHOWN, explained, signals_table
from projections.definition import LEVELS, UNKNOWN, Level


def _changed(since: str, until: str) -> str:
    """Return the SQL of each subject's level before and after two times, and its highest between them."""
    order = NEWEST_FIRST.replace(" DESC", "")
    return f"""SELECT indicator, subject, max(known_at) AS known_at, max({rank("level")}) AS highest,
       coalesce((array_agg(was ORDER BY {order}))[1], 'calm') AS was,
       (array_agg(level ORDER BY {NEWEST_FIRST}))[1] AS level, max(journal_offset) AS journal_offset
FROM (SELECT s.*, lag(level) OVER (PARTITION BY indicator, subject ORDER BY {order}) AS was
      FROM read.signal s WHERE known_at <= {until}) step
WHERE known_at >= {since} GROUP BY indicator, subject"""


def _changes(title: str, description: str, since: str, until: str, nothing: str) -> Panel:
    return table(
        title,
        f"{description} Each subject with its level before, its highest on the way and the one after,"
        " the newest change first, at most 100. From read.signal.",
        f"""SELECT c.known_at AS "When", c.was AS "From",
       (ARRAY['calm', 'unknown', 'watch', 'warning', 'critical'])[c.highest] AS "Highest", c.level AS "To",
       d.title || ': ' || {spoken("c.subject")} AS "Sign", {explained("c")}
FROM ({_changed(since, until)}) c JOIN read.indicator_definition d ON d.id = c.indicator
ORDER BY c.known_at DESC, c.journal_offset DESC, d.title, c.subject LIMIT 100""",
        field("When", *DAY, width(92)),
        *(field(name, *as_level(68)) for name in ("From", "Highest", "To")),
        field("Sign", EXPLANATION),
        *NOT_SHOWN,
        empty=nothing,
    )


IN_RANGE = _changes(
    "Changed in the time range",
    "What the signs did from the beginning to the end of the time range.",
    "$__timeFrom()",
    "$__timeTo()",
    "No sign changed its level in this time range. Choose a longer one.",
)
# The time of the newest step, not of the wall: what came last is of use on a quiet day, too.
LAST_DAY = _changes(
    "Last changes",
    "What the signs did in the 24 hours up to the newest change of all, whatever the time range.",
    "(SELECT max(known_at) FROM read.signal) - interval '1 day'",
    "'infinity'",
    "No sign has ever changed its level. The first one does when an event takes it over a threshold.",
)

SIGNALS = signals_table(
    "Newest signals, and what they rest on",
    "the chosen signs",
    50,
    where=f"indicator = ANY({chosen('indicator')})",
    empty="No signal of the chosen signs was raised in this time range. Choose a longer one.",
)

_WORSE = tuple(level for level in LEVELS if level is not Level.CALM)
_COUNTED = (*_WORSE, UNKNOWN)
_MOVES = ", ".join(
    f"sum((level = '{level}')::int - (coalesce(was, 'calm') = '{level}')::int) AS {level}"
    for level in _COUNTED
)
_SUMS = ", ".join(f"sum({level}) OVER w AS {level}" for level in _COUNTED)
_RANKS = " ".join(f"WHEN {level} > 0 THEN {level.rank}" for level in reversed(_WORSE))
# Counting who comes and goes is a single pass; looking for the worst of all subjects at each step is not.
# Of each of Grafana's intervals the worst is drawn, and behind it the last, so that no spike is lost.
# What was not measured yet, and what rests on old input, is unknown until it is measured again.
# Without any row the panel would say that a field is missing.
TIMELINE = levels_over_time(
    "Levels over time",
    "The level of each sign's worst subject over time, of all signs that were ever above calm. Unknown:"
    " nothing was measured yet, or its input was too old. From read.signal,"
    " read.indicator and read.indicator_current.",
    f"""WITH turn AS (
  SELECT indicator, subject, known_at, level, journal_offset, journal_index, step_number
  FROM read.signal WHERE known_at <= $__timeTo()
  UNION ALL
  SELECT s.indicator, s.subject, again.known_at, 'calm', again.journal_offset, again.journal_index, 0
  FROM read.signal s CROSS JOIN LATERAL (
    SELECT i.known_at, i.journal_offset, i.journal_index FROM read.indicator i
    WHERE i.indicator = s.indicator AND i.subject = s.subject AND i.known_at >= s.known_at
      AND (i.journal_offset, i.journal_index) > (s.journal_offset, s.journal_index) AND NOT i.is_unknown
    ORDER BY i.known_at, i.journal_offset, i.journal_index LIMIT 1
  ) again WHERE s.level = '{UNKNOWN}' AND again.known_at <= $__timeTo()
), step AS (
  SELECT indicator, known_at, level, lag(level) OVER (
           PARTITION BY indicator, subject
           ORDER BY known_at, journal_offset, journal_index, step_number) AS was
  FROM turn
), moved AS (
  SELECT indicator, greatest(known_at, $__timeFrom()) AS at, {_MOVES} FROM step GROUP BY 1, 2
), summed AS (
  SELECT indicator, at, {_SUMS} FROM moved WINDOW w AS (PARTITION BY indicator ORDER BY at)
), ranked AS (
  SELECT indicator, at, {binned("at")} AS bin,
         CASE {_RANKS} WHEN {UNKNOWN} > 0 THEN {UNKNOWN_RANK} ELSE 0 END AS rank
  FROM summed
), last AS (
  SELECT DISTINCT ON (indicator) indicator, at, rank FROM ranked ORDER BY indicator, at DESC
), begun AS (
  SELECT late.indicator, min(first.known_at) AS at
  FROM (SELECT indicator FROM ranked GROUP BY indicator HAVING min(at) > $__timeFrom()) late
  JOIN read.indicator_current c ON c.indicator = late.indicator
  CROSS JOIN LATERAL (
    SELECT i.known_at FROM read.indicator i WHERE i.indicator = c.indicator AND i.subject = c.subject
    ORDER BY i.known_at LIMIT 1
  ) first GROUP BY late.indicator
), old AS (
  SELECT last.indicator, greatest(last.at, min(c.stale_since)) AS at
  FROM last JOIN read.indicator_current c ON c.indicator = last.indicator
  WHERE last.rank = 0 AND c.is_unknown AND c.stale_since IS NOT NULL GROUP BY last.indicator, last.at
), drawn AS (
  SELECT indicator, bin AS at, max(rank) AS rank FROM ranked GROUP BY indicator, bin
  UNION ALL (SELECT DISTINCT ON (indicator, bin)
               indicator, bin + make_interval(secs => $__interval_ms / 1000.0), rank
             FROM ranked ORDER BY indicator, bin, at DESC)
  UNION ALL SELECT indicator, $__timeFrom(), {UNKNOWN_RANK} FROM begun
  UNION ALL SELECT indicator, greatest({binned("at")}, $__timeFrom()), 0 FROM begun
  UNION ALL SELECT indicator, at, {UNKNOWN_RANK} FROM old
  UNION ALL SELECT indicator, least($__timeTo(), now()),
                   CASE WHEN old.at <= $__timeTo() THEN {UNKNOWN_RANK} ELSE rank END
            FROM last LEFT JOIN old USING (indicator)
)
SELECT at AS time, {row_label("d.title")} AS metric, max(rank) AS value
FROM drawn JOIN read.indicator_definition d ON d.id = drawn.indicator
WHERE at <= least($__timeTo(), now()) GROUP BY at, d.title
UNION ALL SELECT $__timeFrom(), 'No sign was above calm by then', NULL WHERE NOT EXISTS (SELECT FROM drawn)
ORDER BY time, metric""",
)
