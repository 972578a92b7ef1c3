"""Traffic lights: the five signs of a breaking bubble, how many are up, and whether anybody has looked."""

from dashboards.grafana.fields import color, field, fields, link, lit_from_one
from dashboards.grafana.levels import LEVEL_MAPPINGS, UNKNOWN_COLOR, regex_mapping
from dashboards.grafana.panels import Panel, stat
from dashboards.grafana.sql import in_words, spoken
from dashboards.panels.feeds import CLOCK_MISSED_AFTER
from dashboards.panels.subjects import EXPLANATION, WORST, counts_by_level, explained
from projections.definition import UNKNOWN
from projections.indicators import DEFINITIONS
from projections.indicators.bubble_break import SIGNS

_FIVE = ", ".join(f"'{sign}'" for sign in SIGNS)
# A light is narrow on a laptop; its description has the whole name.
SHORT = {
    "gpu_resale_drawdown": "GPU prices",
    "contract_renegotiations": "Renegotiations",
    "credit_waivers": "Credit waivers",
    "power_delay": "Late power",
    "revenue_coverage": "Low revenue",
}
# Sites without a promised day are neither late nor on time: the light says how many it does not speak for.
TOO_LITTLE = {"power_delay": ", or no site has a promised day"}
WHERE_IT_IS_CALM = {
    "power_delay": f"""WHEN t.level IN ('calm', '{UNKNOWN}') THEN (
  SELECT count(expected_on) || ' site' || left('s', (count(expected_on) <> 1)::int) || ' with a day, '
    || count(*) - count(expected_on) || ' without' FROM read.power_site WHERE status = 'promised')"""
}
# A narrow light says what the numbers are once.
AT = f"regexp_replace({in_words('t.threshold', 't.unit')}, ' times| points?', '')"
# A narrow light breaks lines, but not inside of a day.
WHOLE_DAY = "YYYY\N{NON-BREAKING HYPHEN}MM\N{NON-BREAKING HYPHEN}DD"


def _light(title: str, description: str, sql: str) -> Panel:
    """Return a panel with a level on its colour, and below it the value and where."""
    return stat(
        title,
        description,
        sql,
        field("level", {"id": "mappings", "value": LEVEL_MAPPINGS}, EXPLANATION),
        fields("/^(value|where)$/", color("transparent")),
        fields="/^(level|value|where)$/",
        defaults={"noValue": "unknown"},
        text={"valueSize": 14},
        textMode="value",
        orientation="horizontal",
    )


def sign_light(indicator: str) -> Panel:
    """Return the light of one of the five signs: its worst subject, with value, threshold and since when."""
    definition = DEFINITIONS[indicator]
    return _light(
        SHORT[indicator],
        f"{definition.title}: {definition.formula} The worst subject now, whatever the time range. Unknown:"
        f" nothing was heard yet, or its input is too old{TOO_LITTLE.get(indicator, '')}."
        f" From read.indicator_current ({indicator}).",
        f"WITH {WORST} SELECT t.level, CASE WHEN t.subject IS NULL THEN 'nothing heard yet' ELSE"
        f" coalesce({in_words('t.value', 't.unit')} || ', ' || t.at_level || ' at ' || {AT}, '-') END AS"
        f" value, CASE WHEN t.subject IS NULL THEN '-' {WHERE_IT_IS_CALM.get(indicator, '')} WHEN"
        f" t.stale_since IS NOT NULL THEN {spoken('t.subject')} || ', old since ' || to_char(t.stale_since,"
        f" '{WHOLE_DAY}') ELSE {spoken('t.subject')} || ', since ' || to_char(t.since, '{WHOLE_DAY}') END"
        f" AS where, {explained('t')} FROM current t WHERE t.indicator = '{indicator}'",
    )


FIVE_SIGNS = tuple(sign_light(indicator) for indicator in SIGNS)

COMPOSITE = _light(
    "Bubble break",
    f"{DEFINITIONS['bubble_break'].formula} Its parts are the five lights beside it. Unknown: none counts,"
    f" and of some of the five nothing is known now. Named by {DEFINITIONS['bubble_break'].named_by}."
    " From read.indicator_current (bubble_break).",
    f"""WITH {WORST}, parts AS (
  SELECT count(*) FILTER (WHERE level = '{UNKNOWN}') AS unknown FROM current WHERE indicator IN ({_FIVE})
)
SELECT CASE WHEN t.level = '{UNKNOWN}' AND parts.unknown = 0 THEN 'calm'
            WHEN t.level = 'calm' AND parts.unknown > 0 THEN '{UNKNOWN}' ELSE t.level END AS level,
       coalesce(t.value, 0)::int || ' of {len(SIGNS)} signs up, '
         || t.at_level || ' at ' || t.threshold AS value,
       concat_ws(', ', CASE WHEN t.level IN ('watch', 'warning', 'critical')
                       THEN 'since ' || to_char(t.since, '{WHOLE_DAY}') END,
                 CASE WHEN parts.unknown > 0 THEN parts.unknown || ' not known'
                      WHEN t.subject IS NULL THEN 'none ever' END) AS where,
       {explained("t")}
FROM current t CROSS JOIN parts WHERE t.indicator = 'bubble_break'""",
)

COUNTS = counts_by_level("Subjects of all signs by level", f"subjects of all {len(DEFINITIONS)} signs")
UNSEEN = stat(
    "Not yet seen",
    "Open episodes at warning or critical that nobody has acknowledged since they reached that level,"
    " whatever the time range. From read.indicator_current.",
    "SELECT count(*) AS episodes FROM read.indicator_current"
    " WHERE level IN ('warning', 'critical') AND (acknowledged_at IS NULL OR acknowledged_at < since)",
    defaults={
        "unit": "suffix:open",
        "color": {"mode": "thresholds"},
        "thresholds": lit_from_one("orange")["value"],
    },
)
_PIPELINE_COLORS = {
    "silent": "red",
    "clock stopped": "red",
    "unknown": UNKNOWN_COLOR,
    "dead letter": "orange",
    "old": "yellow",
}
PIPELINE = stat(
    "Pipeline",
    "Silent: a part of the pipeline has not reported for a minute. Clock stopped: the time that the"
    " folds have reached is more than a day ago, so nothing grows late; levels are those of that time."
    " Dead letters: events that could not be read. Old inputs: subjects whose feed has been silent for"
    " too long. The first of these that is so. From read.pipeline_health, read.dead_letter and"
    " read.indicator_current.",
    f"""SELECT CASE WHEN part.silent > 0 THEN part.silent || ' silent'
  WHEN part.reached_at < now() - interval '{CLOCK_MISSED_AFTER.days} days' THEN 'clock stopped'
  WHEN dead.open > 0 THEN dead.open || ' dead letter' || left('s', (dead.open > 1)::int)
  WHEN part.beating = 0 THEN 'unknown'
  WHEN input.old > 0 THEN input.old || ' old inputs' ELSE 'running' END AS state
FROM (SELECT count(*) AS beating, count(*) FILTER (WHERE stale) AS silent,
        max(last_event_at) FILTER (WHERE component <> 'sequencer') AS reached_at
      FROM read.pipeline_health
      WHERE beat_at >= now() - interval '1 day') part,
     (SELECT count(*) AS open FROM read.dead_letter WHERE state = 'open') dead,
     (SELECT count(*) AS old FROM read.indicator_current WHERE stale_since IS NOT NULL) input""",
    fields="/^state$/",
    text={"valueSize": 24},
    defaults={
        "color": {"mode": "fixed", "fixedColor": "green"},
        "mappings": [
            regex_mapping(f"^(.*{word}.*)$", {"index": index, "color": shade, "text": "$1"})
            for index, (word, shade) in enumerate(_PIPELINE_COLORS.items())
        ],
        "links": link("Pipeline health", "/d/ouroboros-pipeline-health?${__url_time_range}")["value"],
    },
    empty="unknown",
)
