"""Warning signs of what a watchlist names: how many at each level, their thresholds, their signals."""

from dashboards.boards.indicators.counts import counts_by_level
from dashboards.boards.indicators.signals import signals_table
from dashboards.boards.indicators.worst import EXPLANATION, HIDDEN, explained
from dashboards.boards.watched.subjects import overrides, watched
from dashboards.grafana.fields import DAY, as_level, field, width
from dashboards.grafana.panels import Panel, table
from dashboards.grafana.sql import in_words, known, rank, shown_level, spoken
from events.families.desk import WatchlistChanged

IS_WATCHED = "subject IN (SELECT subject FROM watched)"


def counts(watchlist: WatchlistChanged) -> Panel:
    """Return a panel with how many warning signs are at each level."""
    return counts_by_level(
        "Signs by level",
        "warning signs of the chosen names",
        start=f"WITH {watched(watchlist)}\n",
        where=f"c.{IS_WATCHED}",
    )


def indicators(watchlist: WatchlistChanged) -> Panel:
    """Return a table of every warning sign with its value, level and the thresholds that hold for it."""
    thresholds = ", ".join(
        f'{in_words(f"coalesce(s.{level}, a.{level}, d.{level})", "d.unit")} AS "{level.title()} at"'
        for level in ("watch", "warning", "critical")
    )
    return table(
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
WHERE c.{IS_WATCHED}
ORDER BY {rank(shown_level("c"))} DESC, c.since DESC, d.title, c.subject LIMIT 500""",
        overrides=[
            field("Level", *as_level()),
            field("Sign", width(150), EXPLANATION),
            field("Subject", width(165)),
            *(field(name, width(95)) for name in ("Value", "Watch at", "Warning at", "Critical at")),
            field("Since", *DAY, width(100)),
            *HIDDEN,
        ],
        empty="Nothing on this list has been measured yet. Publish events about it (docs/events.md), and"
        " check the spelling of its names: they are compared letter by letter.",
    )


def signals(watchlist: WatchlistChanged) -> Panel:
    """Return a table of the signals of the time range."""
    return signals_table(
        "Signals in the time range",
        "the chosen names",
        200,
        start=f"{watched(watchlist)}, ",
        where=IS_WATCHED,
        empty="No sign of these names changed its level in this time range. Choose a longer one.",
    )
