"""What one indicator measures, as panels and columns: its worst subject now, and its history."""

from collections.abc import Sequence
from typing import Any

from dashboards.grafana.board import uid_of
from dashboards.grafana.fields import COLORED, Override, Property, field, link, renamed, steps, unit, width
from dashboards.grafana.levels import (
    lines_of,
    no_value,
    regex_mapping,
    steps_of,
    thresholds_in_words,
)
from dashboards.grafana.panels import Panel, stat, time_series
from dashboards.grafana.sql import as_of, known, spoken
from projections.definition import UNKNOWN, Direction, Thresholds
from projections.indicators import DEFINITIONS

# More lines than these nobody tells apart.
SHOWN_SUBJECTS = 12

NOT_MEASURED = (
    "Nothing was measured up to the end of this time range. It comes with the events that the sign reads"
    " (docs/indicators.md)."
)

# Where the signals of an indicator are listed with their evidence and its sources.
EVIDENCE = "/d/ouroboros-bubble-watch?var-indicator={indicator}&${{__url_time_range}}"


def indicators_of(board: str) -> tuple[str, ...]:
    """Return the indicators that name a board."""
    return tuple(name for name, definition in DEFINITIONS.items() if definition.board == board)


def binned(time: str) -> str:
    """Return the SQL that rounds a time down to Grafana's interval: no more points than are drawn."""
    return (
        f"date_bin(make_interval(secs => $__interval_ms / 1000.0), {time}, TIMESTAMPTZ '1970-01-01 00:00Z')"
    )


def history(indicator: str, *, name: str = spoken("subject"), where: str = "true") -> str:
    """Return the SQL of time, metric and value of an indicator's worst subjects, for a stepped line.

    Of each interval the worst known value, and the last where that is another one. A line begins with what
    held before the range, and goes on to the end of it, or until its input was too old. `name` and `where`
    are SQL on read.indicator_current.
    """
    rising = DEFINITIONS[indicator].direction is Direction.RISING
    worst, order = ("max", "DESC") if rising else ("min", "ASC")
    return f"""WITH shown AS (
  SELECT c.subject, {name} AS name, c.known_at, c.stale_since, d.stale_after
  FROM read.indicator_current c JOIN read.indicator_definition d ON d.id = c.indicator
  WHERE c.indicator = '{indicator}' AND {where}
  ORDER BY c.value {order}, c.subject LIMIT {SHOWN_SUBJECTS}
), drawn AS (
  SELECT s.name, min(i.known_at) AS first_at, max(i.known_at) AS last_at, {worst}(i.value) AS worst,
    (array_agg(i.value ORDER BY i.known_at DESC, i.journal_offset DESC, i.journal_index DESC))[1] AS last
  FROM read.indicator i JOIN shown s ON s.subject = i.subject
  WHERE i.indicator = '{indicator}' AND $__timeFilter(i.known_at) AND NOT i.is_unknown
  GROUP BY s.name, {binned("i.known_at")}
), held AS (
  SELECT s.name, newest.value, least(edge.at, lost.at,
    CASE WHEN newest.known_at < s.known_at THEN newest.known_at + s.stale_after ELSE s.stale_since END) AS at
  FROM shown s
  CROSS JOIN (
    VALUES ($__timeFrom()::timestamptz, false), (least(now(), $__timeTo()::timestamptz), true)
  ) AS edge(at, closes)
  CROSS JOIN LATERAL (
    SELECT i.value, i.known_at FROM read.indicator i
    WHERE i.indicator = '{indicator}' AND i.subject = s.subject AND i.known_at <= edge.at
      AND (edge.closes OR i.known_at < edge.at) AND NOT i.is_unknown
    ORDER BY i.known_at DESC, i.journal_offset DESC, i.journal_index DESC LIMIT 1
  ) newest
  CROSS JOIN LATERAL (
    SELECT min(i.known_at) AS at FROM read.indicator i
    WHERE i.indicator = '{indicator}' AND i.subject = s.subject AND i.known_at > newest.known_at
      AND i.is_unknown
  ) lost
)
SELECT first_at AS time, name AS metric, worst AS value FROM drawn
UNION ALL
SELECT last_at + INTERVAL '1 millisecond', name, last FROM drawn WHERE last <> worst
UNION ALL
SELECT at, name, value FROM held WHERE at >= $__timeFrom()::timestamptz
ORDER BY 1, 2"""


def indicator_over_time(
    title: str,
    indicator: str,
    whose: str = "Its worst subjects now.",
    *,
    name: str = spoken("subject"),
    where: str = "true",
    overrides: Sequence[Override] = (),
    empty: str = NOT_MEASURED,
) -> Panel:
    """Return a panel with the history of an indicator in steps, and its thresholds as lines, all in sight.

    `whose` says in words which subjects are drawn; `name` and `where` are those of `history`.
    """
    definition = DEFINITIONS[indicator]
    limits = (0.0, definition.thresholds.watch, definition.thresholds.critical)
    stale = definition.stale_after
    ends = f" A line ends where its input is too old, after {stale.days} days." if stale else ""
    return time_series(
        title,
        f"{definition.formula} {whose} At most {SHOWN_SUBJECTS} are drawn. The lines are the thresholds:"
        f" {thresholds_in_words(indicator)}.{ends} Named by {definition.named_by}. From read.indicator"
        f" ({indicator}).",
        history(indicator, name=name, where=where),
        unit=definition.unit.grafana,
        decimals=definition.unit.decimals,
        thresholds=lines_of(indicator),
        draw="step",
        overrides=overrides,
        custom={"axisSoftMin": round(1.1 * min(limits), 3), "axisSoftMax": round(1.1 * max(limits), 3)},
        empty=empty,
        indicator=indicator,
    )


def indicator_stat(
    title: str, indicator: str, whose: str = "", where: str = "true", *, beside: str = "NULL"
) -> Panel:
    """Return a panel with the worst known value of an indicator, of whom it is, and as of when.

    `whose` says in words which subjects count. `where` is SQL on a row `c` of
    read.indicator_current; `beside` is SQL of words to add, or null.
    """
    order = "DESC" if DEFINITIONS[indicator].direction is Direction.RISING else "ASC"
    sql = f"""SELECT coalesce(worst.about, 'nothing heard yet') AS about, worst.value
FROM (SELECT) always LEFT JOIN LATERAL (
  SELECT {known("c")} AS value,
    concat_ws(' · ', {spoken("c.subject")}, {as_of("c")}, {beside}) AS about
  FROM read.indicator_current c WHERE c.indicator = '{indicator}' AND {where}
  ORDER BY value {order} NULLS LAST, c.stale_since DESC NULLS LAST, c.subject LIMIT 1
) worst ON true"""
    return value_on_level(title, indicator, whose, sql)


def value_on_level(title: str, indicator: str, whose: str, sql: str) -> Panel:
    """Return a panel with a value of an indicator on the colour of its level; none is unknown, not calm.

    The query gives about, which stands above it, and value. A click leads to the signals and their evidence.
    """
    definition = DEFINITIONS[indicator]
    defaults = {
        "unit": definition.unit.grafana,
        "decimals": definition.unit.decimals,
        "color": {"mode": "thresholds"},
        "thresholds": steps(*steps_of(indicator))["value"],
        "mappings": [no_value(UNKNOWN)],
        "links": link("Its signals, and what they rest on", EVIDENCE.format(indicator=indicator))["value"],
    }
    old = definition.stale_after
    unknown = f" Unknown where its input is more than {old.days} days old." if old else ""
    about = (
        f"{definition.formula} {whose} Levels: {thresholds_in_words(indicator)}.{unknown} Above the value:"
        f" whose it is, and when its input was last heard of. From read.indicator_current ({indicator})."
    )
    return stat(
        title,
        about,
        sql,
        defaults=defaults,
        # A value a row, named by the text beside it.
        reduceOptions={"calcs": ["lastNotNull"], "fields": "", "values": True},
        indicator=indicator,
        text={"valueSize": 28, "titleSize": 13},
        textMode="value_and_name",
        wideLayout=False,
    )


def colored(
    name: str, title: str, indicator: str, pixels: int = 105, own: Thresholds | None = None
) -> Override:
    """Return the looks of a column of a rising indicator's values: coloured by its levels, from watch on."""
    # Calm values, and dashes where there is none, need no colour.
    calm, *worse = steps_of(indicator, own)
    return field(
        name,
        renamed(title),
        *_measured(indicator),
        width(pixels),
        COLORED,
        *_by_level([{**calm, "color": "text"}, *worse]),
    )


def bars(name: str, title: str, indicator: str, longest: float) -> Override:
    """Return the looks of a column of an indicator's values: bars in the colours of its levels."""
    return field(
        name,
        renamed(title),
        *_measured(indicator),
        {"id": "min", "value": 0},
        {"id": "max", "value": longest},
        {"id": "custom.cellOptions", "value": {"type": "gauge", "mode": "basic", "valueDisplayMode": "text"}},
        {"id": "mappings", "value": [no_value("-")]},
        *_by_level(steps_of(indicator)),
    )


def _measured(indicator: str) -> tuple[Property, ...]:
    measure = DEFINITIONS[indicator].unit
    return unit(measure.grafana, measure.decimals)


def _by_level(colors: list[dict[str, Any]]) -> tuple[Property, ...]:
    return ({"id": "color", "value": {"mode": "thresholds"}}, steps(*colors))


def board_link(title: str, board: str, variable: str) -> Property:
    """Return a link from a name to the board that explains it: the name chosen, the same time range."""
    uid = uid_of(board)
    return link(title, f"/d/{uid}?var-{variable}=${{__value.raw:percentencode}}&${{__url_time_range}}")


def source_column() -> Override:
    """Return the looks of the column source_url: where something is written, as a short link."""
    return field(
        "source_url",
        renamed("Source"),
        {"id": "mappings", "value": [regex_mapping("^http.*$", {"index": 0, "text": "open"})]},
        width(80),
        link("Open the source", "${__value.raw}", new_tab=True),
    )
