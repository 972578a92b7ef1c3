"""Bubble watch, the front page: the five signs, all others, what has changed, and what it rests on."""

from dashboards.grafana.board import DEALS, INDICATORS, Board, chosen_from, row, signals
from dashboards.grafana.fields import DAY, MINUTE, as_level, field, width
from dashboards.grafana.panels import table
from dashboards.grafana.sql import chosen, in_words, rank, shown_level, spoken
from dashboards.panels.changes import IN_RANGE, LAST_DAY, SIGNALS, TIMELINE
from dashboards.panels.lights import COMPOSITE, COUNTS, FIVE_SIGNS, PIPELINE, UNSEEN
from dashboards.panels.subjects import EXPLANATION, NOT_SHOWN, WORST, explained, subjects_table
from projections.definition import UNKNOWN
from projections.indicators.bubble_break import SIGNS

_ABOVE = ", ".join(f"'{sign}'" for sign in (*SIGNS, "bubble_break"))

OTHERS = table(
    "The other signs, each at its worst",
    "Every sign but the five above, the worst first, each with its worst subject now, whatever the time"
    " range: its value, the threshold of its level (calm and unknown: of watch), since when, and how many"
    " of its subjects are above calm. Unknown: nothing was heard yet, or its input is"
    " too old. A click on a sign leads to what explains it. From read.indicator_current,"
    " read.indicator_definition and read.signal.",
    f"""WITH {WORST}
SELECT t.level AS "Level", t.title AS "Sign",
       coalesce({spoken("t.subject")}, 'nothing heard yet') AS "Subject",
       coalesce({in_words("t.value", "t.unit")}, '-') AS "Value",
       {in_words("t.threshold", "t.unit")} AS "Threshold",
       CASE WHEN t.level = '{UNKNOWN}' THEN coalesce(t.stale_since, t.since) ELSE t.since END AS "Since",
       (SELECT count(*) FILTER (WHERE c.level <> 'calm') || ' of ' || count(*) FROM read.indicator_current c
        WHERE c.indicator = t.indicator) AS "Up",
       CASE WHEN t.level IN ('warning', 'critical') THEN coalesce(t.acknowledged_by, 'nobody') END
         AS "Seen",
       {explained("t")}
FROM current t WHERE t.indicator NOT IN ({_ABOVE})
ORDER BY {rank("t.level")} DESC, t.since DESC NULLS LAST, t.title""",
    field("Level", *as_level(72)),
    field("Sign", EXPLANATION),
    field("Value", width(86)),
    field("Threshold", width(86)),
    field("Since", *DAY, width(92)),
    field("Up", width(60)),
    field("Seen", width(64)),
    *NOT_SHOWN,
)

SUBJECTS = subjects_table(
    "Every subject of the chosen signs, in words",
    "the chosen signs",
    where=f"c.indicator = ANY({chosen('indicator')})",
    empty="Nothing was heard yet of the chosen signs. Publish the events that they read (docs/events.md).",
)

ACKNOWLEDGED = table(
    "Who has seen what",
    "Open episodes that somebody has acknowledged, the newest first, at most 100. Before: the level"
    " rose after they had seen it. From read.indicator_current and read.acknowledgement.",
    f"""SELECT {shown_level("c")} AS "Level", {spoken("c.subject")} AS "Subject",
       a.acknowledged_by AS "Who", a.acknowledged_at AS "When",
       CASE WHEN a.acknowledged_at < c.since THEN 'before' ELSE 'yes' END AS "This level", a.note AS "Note"
FROM read.indicator_current c JOIN read.acknowledgement a ON a.signal_id = c.signal_id
ORDER BY a.acknowledged_at DESC, c.subject LIMIT 100""",
    field("Level", *as_level()),
    field("Who", width(90)),
    field("When", *MINUTE, width(140)),
    field("This level", width(80)),
    empty="Nobody has acknowledged an open episode. SignalAcknowledged events do (docs/events.md).",
)

MUTES = table(
    "Mutes in force",
    "Signs whose signals are not sent until a time, by the desk's newest decision for each. What"
    " happens meanwhile is shown here all the same. From read.mute.",
    f"""SELECT coalesce(d.title, m.indicator) AS "Sign",
       coalesce({spoken("m.subject")}, 'all of them') AS "Subject",
       m.until AS "Until", m.muted_by AS "Who", m.why AS "Why"
FROM read.mute m LEFT JOIN read.indicator_definition d ON d.id = m.indicator
WHERE m.until > now() ORDER BY m.until, 1, m.subject LIMIT 100""",
    field("Until", *MINUTE, width(140)),
    field("Who", width(90)),
    empty="Nothing is muted. SignalMuted events mute (docs/events.md).",
)

BOARD = Board(
    uid="ouroboros-bubble-watch",
    title="Bubble watch",
    description="Is the bubble breaking? The five signs of the podcast, all others, and what has changed.",
    order=10,
    rows=(
        row(5, (COMPOSITE, 4), *((light, 4) for light in FIVE_SIGNS)),
        row(3, (COUNTS, 16), (UNSEEN, 4), (PIPELINE, 4)),
        row(12, (OTHERS, 15), (IN_RANGE, 9)),
        row(12, (SIGNALS, 24)),
        row(12, (TIMELINE, 24)),
        row(6, (LAST_DAY, 10), (MUTES, 14)),
        row(5, (ACKNOWLEDGED, 24)),
        row(14, (SUBJECTS, 24)),
    ),
    tags=("signs",),
    variables=(chosen_from("indicator", "Sign", INDICATORS),),
    # Of all indicators, whatever board they are on.
    annotations=(signals(), DEALS),
)
