"""Feeds: when each was heard of, how much it sent, and which signs go blind without it, in lights."""

from collections.abc import Sequence
from datetime import timedelta

from dashboards.grafana.fields import DAY, Property, as_light, field, steps, unit, width
from dashboards.grafana.levels import UNKNOWN_COLOR, mappings
from dashboards.grafana.panels import Panel, table, time_series
from events.topics import CLOCK, FACTS, PRICES
from projections.indicators import DEFINITIONS

STATUSES = {
    "running": "green",
    "behind": "yellow",
    "silent": "red",
    "retired": UNKNOWN_COLOR,
    "heard": "green",
    "not missed": UNKNOWN_COLOR,
    "never heard": UNKNOWN_COLOR,
    "stale": "orange",
    "in order": "green",
    "waiting": "yellow",
    "failing": "orange",
    "given up": "red",
}

AS_STATUS = as_light(mappings((word, word, color) for word, color in STATUSES.items()), 100)


def lit(*values: tuple[int, str]) -> Property:
    """Return the colours of a number: green at 0, and another from each value on."""
    return steps(
        {"color": "green", "value": None}, *({"color": color, "value": value} for value, color in values)
    )


# Ticks do not reach the journal, their bars do. A feed is missed after the silence that makes its sign stale.
BARS = {"equity.prices": "EquityBarClosed", "gpu.prices": "GpuBarClosed"}
STALE_WITH = {"equity.prices": "neocloud_shock", "gpu.prices": "gpu_resale_drawdown"}
# Lateness is counted in days: where the clock stops for one, calm is not known to be calm.
CLOCK_MISSED_AFTER = timedelta(days=1)

# Ten of Grafana's intervals: bars of one would be as thin as lines.
INTERVAL = (
    "date_bin(make_interval(secs => $__interval_ms / 100.0), known_at, TIMESTAMPTZ '1970-01-01 00:00Z')"
)


def _topics() -> str:
    """Return a row a topic: its types of events in the journal, and the silence after which it is missed."""
    rows = []
    for topic in (*FACTS, *PRICES):
        types = [BARS[topic.name]] if topic.name in BARS else topic.event_types
        listed = ", ".join(f"'{kind}'" for kind in types)
        sign = STALE_WITH.get(topic.name)
        limit = DEFINITIONS[sign].stale_after if sign else CLOCK_MISSED_AFTER if topic is CLOCK else None
        silence = f"interval '{limit.days} days'" if limit else "NULL::interval"
        rows.append(f"('{topic.name}', ARRAY[{listed}], {silence})")
    return f"(VALUES {', '.join(rows)}) AS feed(topic, types, missed_after)"


HEARD = f"""SELECT feed.topic, feed.missed_after, max(j.newest) AS newest, coalesce(sum(j.month), 0) AS month
FROM {_topics()} LEFT JOIN (
  SELECT event_type, max(known_at) AS newest,
    count(*) FILTER (WHERE known_at > now() - interval '30 days') AS month
  FROM read.journal_event GROUP BY event_type
) j ON j.event_type = ANY(feed.types) GROUP BY 1, 2"""

FEEDS = table(
    "Feeds",
    "When the newest event of each topic was known, by its own known_at, and how many came in 30"
    " days. Prices are missed after the silence that makes their signs stale (stale_after), the clock"
    " after a day, because without it nothing grows late; for facts silence is no bad news. From"
    " read.journal_event, where prices stand as bars.",
    f"""SELECT topic AS "Topic",
  CASE WHEN newest IS NULL THEN 'never heard' WHEN missed_after IS NULL THEN 'not missed'
       WHEN newest < now() - missed_after THEN 'stale' ELSE 'heard' END AS "Status",
  newest AS "Newest", extract(epoch FROM now() - newest)::float8 AS "Ago", month AS "In 30 days",
  extract(epoch FROM missed_after)::float8 AS "Missed after"
FROM ({HEARD}) heard ORDER BY newest DESC NULLS LAST, topic""",
    field("Status", *AS_STATUS),
    field("Newest", *DAY),
    field("Ago", *unit("s", 0)),
    field("In 30 days", *unit("locale")),
    field("Missed after", *unit("s", 0)),
    empty="No topic is known.",
)

STALE_INDICATORS = table(
    "Signs whose input fell silent",
    "How many subjects of a sign rest on input older than it may be, since when the first does, and how"
    " long input may be silent (stale_after). Their calm is not known to be calm. From"
    " read.indicator_current and read.indicator_definition.",
    """SELECT d.title AS "Sign", count(c.stale_since) || ' of ' || count(*) AS "Stale subjects",
  min(c.stale_since) AS "Since",
  extract(epoch FROM d.stale_after)::float8 AS "May be silent"
FROM read.indicator_current c JOIN read.indicator_definition d ON d.id = c.indicator
GROUP BY d.id, d.title, d.stale_after HAVING count(c.stale_since) > 0 ORDER BY 3, 1""",
    field("Stale subjects", width(115)),
    field("Since", *DAY, width(105)),
    field("May be silent", *unit("s", 0), width(105)),
    empty="Every sign rests on input that is young enough.",
)


def _throughput(title: str, what: str, types: Sequence[str]) -> Panel:
    listed = ", ".join(f"'{kind}'" for kind in types)
    return time_series(
        title,
        f"{what} that counted, by type and by their known_at. From read.journal_event.",
        f"""SELECT {INTERVAL} AS time, event_type AS metric, count(*) AS value
FROM read.journal_event WHERE $__timeFilter(known_at) AND event_type IN ({listed})
GROUP BY 1, 2 ORDER BY 1, 2""",
        unit="locale",
        decimals=0,
        draw="bars",
        custom={"stacking": {"mode": "normal"}, "spanNulls": False, "lineWidth": 0},
        legend="right",
        empty="None in this time range. They are sent by feeds and by `ouroboros publish`.",
    )


FACTS_OVER_TIME = _throughput(
    "Facts taken in", "Facts", [kind for topic in FACTS if topic is not CLOCK for kind in topic.event_types]
)
BARS_OVER_TIME = _throughput(
    "Bars and ticks of the clock",
    "Bars of prices and ticks of the clock",
    [*BARS.values(), *CLOCK.event_types],
)
