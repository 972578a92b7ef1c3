"""Warning signs of what a watchlist names: how many stand where, each with its thresholds, what was told."""

from dashboards.building.fields import DAY, MINUTE, as_level, field, lit_from_one, width, wrapped
from dashboards.building.indicators import source_column
from dashboards.building.levels import COLORS, UNKNOWN, UNKNOWN_COLOR
from dashboards.building.panels import Panel, stat, table, when_empty
from dashboards.building.sql import in_words, known, rank, shown_level, spoken
from dashboards.signs.worst import EXPLANATION, HIDDEN, explained
from dashboards.watching.subjects import overrides, watched
from events.desk import WatchlistChanged
from projections.warning_signs.definition import LEVELS

UNLIT = {"color": "transparent", "value": None}


def standing(watchlist: WatchlistChanged) -> Panel:
    """Count the signs at each level."""
    colors = {**{level.value: color for level, color in COLORS.items()}, UNKNOWN: UNKNOWN_COLOR}
    shown = [*reversed([level.value for level in LEVELS]), UNKNOWN]
    counts = ", ".join(
        f"count(*) FILTER (WHERE {shown_level('c')} = '{level}') AS \"{level}\"" for level in shown
    )
    return stat(
        "Signs by level",
        "How many warning signs of the chosen names stand at each level now, whatever the time range."
        " Unknown: it was calm when its input was last heard of, which is too long ago to say so still."
        " From read.indicator_current.",
        f"""WITH {watched(watchlist)}
SELECT {counts} FROM read.indicator_current c WHERE c.subject IN (SELECT subject FROM watched)""",
        fields="/.*/",
        defaults={
            "noValue": "not known",
            "color": {"mode": "thresholds"},
            "thresholds": {"mode": "absolute", "steps": [UNLIT]},
        },
        overrides=[field(level, lit_from_one(colors[level])) for level in shown],
    )


def signs(watchlist: WatchlistChanged) -> Panel:
    """Show every sign with its value, level and the thresholds that hold for it."""
    thresholds = ", ".join(
        f'{in_words(f"coalesce(s.{level}, a.{level}, d.{level})", "d.unit")} AS "{level.title()} at"'
        for level in ("watch", "warning", "critical")
    )
    shown = table(
        "Warning signs",
        "Every warning sign that measures a chosen name, the worst first, whatever the time range. The"
        " thresholds are those of the watchlist file where it sets any, for the subject or for the sign, and"
        " else the release's; the level follows them from when the file was published. Unknown: calm, on an"
        " input too old to be trusted. From read.indicator_current and read.indicator_definition.",
        f"""WITH {watched(watchlist)}, {overrides(watchlist)}
SELECT {shown_level("c")} AS "Level", d.title AS "Sign", {spoken("c.subject")} AS "Subject",
  {known("c", in_words("c.value", "d.unit"))} AS "Value", {thresholds},
  c.since AS "Since", c.text AS "In words", {explained("c")}
FROM read.indicator_current c JOIN read.indicator_definition d ON d.id = c.indicator
LEFT JOIN own s ON s.indicator = c.indicator AND s.subject = c.subject
LEFT JOIN own a ON a.indicator = c.indicator AND a.subject IS NULL
WHERE c.subject IN (SELECT subject FROM watched)
ORDER BY {rank(shown_level("c"))} DESC, c.since DESC, d.title, c.subject LIMIT 500""",
        overrides=[
            field("Level", *as_level()),
            field("Sign", width(150), wrapped(), EXPLANATION),
            field("Subject", width(165), wrapped()),
            *(field(name, width(95)) for name in ("Value", "Watch at", "Warning at", "Critical at")),
            field("Since", *DAY, width(100)),
            field("In words", wrapped()),
            *HIDDEN,
        ],
    )
    return when_empty(
        shown,
        "Nothing on this list has been measured yet. Publish events about it (docs/events.md), and check the"
        " spelling of its names: they are compared letter by letter.",
    )


def told(watchlist: WatchlistChanged) -> Panel:
    """Show the signals of the time range."""
    shown = table(
        "Signals in the time range",
        "Every step of an episode of a chosen name, the newest first, at most 200: when it was known,"
        " what was measured, whether it was sent or muted, and the newest source that it rests on. From"
        " read.signal, read.indicator and read.signal_evidence.",
        f"""WITH {watched(watchlist)}, told AS (
  SELECT * FROM read.signal
  WHERE $__timeFilter(known_at) AND subject IN (SELECT subject FROM watched)
  ORDER BY known_at DESC, journal_offset DESC, journal_index DESC LIMIT 200
)
SELECT s.known_at AS "When", s.level AS "Level",
  s.step || CASE WHEN s.muted THEN ' (muted)' ELSE '' END AS "Step",
  d.title AS "Sign", {spoken("s.subject")} AS "Subject",
  {in_words("s.value", "d.unit")} AS "Value", coalesce(i.text, s.message) AS "In words",
  e.source_url, {explained("s")}
FROM told s JOIN read.indicator_definition d ON d.id = s.indicator
LEFT JOIN read.indicator i ON i.known_at = s.known_at AND i.indicator = s.indicator AND i.subject = s.subject
  AND i.journal_offset = s.journal_offset AND i.journal_index = s.journal_index
LEFT JOIN LATERAL (
  SELECT source_url FROM read.signal_evidence c
  WHERE c.signal_id = s.signal_id AND c.step_number = s.step_number AND c.source_url IS NOT NULL
  ORDER BY c.known_at DESC LIMIT 1) e ON true
ORDER BY s.known_at DESC, s.journal_offset DESC, s.journal_index DESC""",
        overrides=[
            field("When", *MINUTE, width(140)),
            field("Level", *as_level()),
            field("Step", width(85), wrapped()),
            field("Sign", width(150), wrapped(), EXPLANATION),
            field("Subject", width(165), wrapped()),
            field("Value", width(92)),
            field("In words", wrapped()),
            source_column(),
            *HIDDEN,
        ],
    )
    return when_empty(
        shown, "No sign of these names changed its level in this time range. Choose a longer one."
    )
