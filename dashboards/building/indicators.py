"""What one indicator measures, as SQL and as columns: its subjects now, their history, where to look on."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from dashboards.building.fields import Override, Property, field, link, renamed, unit, width
from dashboards.building.levels import UNKNOWN, UNKNOWN_COLOR, lines_of, steps_of, unit_of
from dashboards.building.panels import Panel, stat, time_series
from dashboards.building.sql import as_of, known, spoken
from projections.warning_signs.definition import Direction
from projections.warning_signs.registry import DEFINITIONS

# More lines than these nobody tells apart.
SHOWN_SUBJECTS = 12

# Where the signals of a sign stand with their evidence and its sources.
EVIDENCE = "/d/ouroboros-bubble-watch?var-indicator={indicator}&${{__url_time_range}}"

# The moment that a point is drawn at: one a subject and interval, so that long ranges stay small.
BINNED = "date_bin(make_interval(secs => $__interval_ms / 1000.0), {moment}, TIMESTAMPTZ '1970-01-01 00:00Z')"


def binned(moment: str) -> str:
    """Round a moment down to Grafana's interval, so that a query gives no more points than are drawn."""
    return BINNED.format(moment=moment)


def history(indicator: str, *, name: str = spoken("subject"), where: str = "true") -> str:
    """Give time, metric and value of an indicator's worst subjects, for a stepped line.

    Of each interval the worst value, and the last where that is another one. A line begins with what held
    before the range, and goes on to the end of it, or until its input was too old. `name` and `where` are SQL
    on read.indicator_current.
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
  WHERE i.indicator = '{indicator}' AND $__timeFilter(i.known_at)
  GROUP BY s.name, {binned("i.known_at")}
), held AS (
  SELECT edge.at, s.name, newest.value,
    CASE WHEN newest.known_at < s.known_at THEN newest.known_at + s.stale_after ELSE s.stale_since END
      AS old_at
  FROM shown s
  CROSS JOIN (
    VALUES ($__timeFrom()::timestamptz, false), (least(now(), $__timeTo()::timestamptz), true)
  ) AS edge(at, closes)
  CROSS JOIN LATERAL (
    SELECT i.value, i.known_at FROM read.indicator i
    WHERE i.indicator = '{indicator}' AND i.subject = s.subject AND i.known_at <= edge.at
      AND (edge.closes OR i.known_at < edge.at)
    ORDER BY i.known_at DESC, i.journal_offset DESC, i.journal_index DESC LIMIT 1
  ) newest
)
SELECT first_at AS time, name AS metric, worst AS value FROM drawn
UNION ALL
SELECT last_at + INTERVAL '1 millisecond', name, last FROM drawn WHERE last <> worst
UNION ALL
SELECT least(at, old_at), name, value FROM held
WHERE old_at IS NULL OR old_at > $__timeFrom()::timestamptz
ORDER BY 1, 2"""


def worst_of(indicator: str, where: str = "true", *, value: str = "c.value", beside: str = "NULL") -> str:
    """Give about and value, for a stat: the worst known value of an indicator, of whom it is, and as of when.

    `where` and `value` are SQL on a row `c` of read.indicator_current, which may leave out what is no value;
    `beside` is SQL of words to add, or null.
    """
    order = "DESC" if DEFINITIONS[indicator].direction is Direction.RISING else "ASC"
    return f"""SELECT coalesce(worst.about, 'nothing heard yet') AS about, worst.value
FROM (SELECT) always LEFT JOIN LATERAL (
  SELECT {known("c", value)} AS value,
    concat_ws(' · ', {spoken("c.subject")}, {as_of("c")}, {beside}) AS about
  FROM read.indicator_current c WHERE c.indicator = '{indicator}' AND {where}
  ORDER BY value {order} NULLS LAST, c.stale_since DESC NULLS LAST, c.subject LIMIT 1
) worst ON true"""


def indicator_stat(indicator: str, title: str, description: str, sql: str, *, decimals: int = 1) -> Panel:
    """Show a value of an indicator large on the colour of its level; none is unknown, not calm.

    The query gives about, which stands above it, and value. A click leads to the signals and their evidence.
    """
    defaults = {
        "unit": unit_of(indicator),
        "decimals": decimals,
        "color": {"mode": "thresholds"},
        "thresholds": {"mode": "absolute", "steps": steps_of(indicator)},
        "mappings": [_no_value(UNKNOWN)],
        "links": link("Its signals, and what they rest on", EVIDENCE.format(indicator=indicator))["value"],
    }
    about = f"{description} Above the value: whose it is, and when its input was last heard of."
    shown = stat(title, about, sql, defaults=defaults, every_row=True, text_size=28, name_size=13)
    return replace(shown, options={**shown.options, "textMode": "value_and_name", "wideLayout": False})


def colored(name: str, title: str, indicator: str, decimals: int = 1, pixels: int = 105) -> Override:
    """Show a column of a rising indicator's values in the colours of its levels, from watch on."""
    rising = steps_of(indicator)
    return field(
        name,
        renamed(title),
        *unit(unit_of(indicator), decimals),
        width(pixels),
        {"id": "custom.cellOptions", "value": {"type": "color-text"}},
        # Calm values, and dashes where there is none, need no colour.
        *_by_level([{**step, "color": "text"} if step["value"] is None else step for step in rising]),
    )


def indicator_over_time(
    title: str,
    description: str,
    indicator: str,
    axis: tuple[float, float],
    *,
    unit: str,
    name: str = spoken("subject"),
    where: str = "true",
    decimals: int | None = None,
    overrides: Sequence[Override] = (),
    label: str | None = None,
) -> Panel:
    """Draw the history of an indicator in steps, with its thresholds as lines.

    The axis shows at least the range given; `name` and `where` are those of `history`.
    """
    looks: dict[str, Any] = {"axisSoftMin": axis[0], "axisSoftMax": axis[1]}
    return time_series(
        title,
        description,
        history(indicator, name=name, where=where),
        unit=unit,
        thresholds=lines_of(indicator),
        draw="step",
        decimals=decimals,
        overrides=overrides,
        custom=looks if label is None else {**looks, "axisLabel": label},
    )


def bars(name: str, title: str, indicator: str, longest: float, decimals: int = 1) -> Override:
    """Show a column of an indicator's values as bars in the colours of its levels."""
    return field(
        name,
        renamed(title),
        *unit(unit_of(indicator), decimals),
        {"id": "min", "value": 0},
        {"id": "max", "value": longest},
        {"id": "custom.cellOptions", "value": {"type": "gauge", "mode": "basic", "valueDisplayMode": "text"}},
        {"id": "mappings", "value": [_no_value("-")]},
        *_by_level(steps_of(indicator)),
    )


def _no_value(text: str) -> dict[str, Any]:
    """Show no value as a word on grey: it is not calm."""
    shown = {"color": UNKNOWN_COLOR, "index": 0, "text": text}
    return {"type": "special", "options": {"match": "null", "result": shown}}


def _by_level(steps: list[dict[str, Any]]) -> tuple[Property, ...]:
    return (
        {"id": "color", "value": {"mode": "thresholds"}},
        {"id": "thresholds", "value": {"mode": "absolute", "steps": steps}},
    )


def board_link(title: str, uid: str, variable: str) -> Property:
    """Link a name to the dashboard that explains it, with the name chosen there and the same time range."""
    return link(title, f"/d/{uid}?var-{variable}=${{__value.raw:percentencode}}&${{__url_time_range}}")


def source_column(name: str = "source_url") -> Override:
    """Show where something is written as a short link."""
    shown = {"type": "regex", "options": {"pattern": "^http.*$", "result": {"index": 0, "text": "open"}}}
    return field(
        name,
        {"id": "displayName", "value": "Source"},
        {"id": "mappings", "value": [shown]},
        {"id": "custom.width", "value": 80},
        link("Open the source", "${__value.raw}", new_tab=True),
    )
