"""All signs as they stand: a table of the other ones, every subject in words, who has seen what, mutes."""

from dashboards.building.fields import DAY, MINUTE, as_level, field, width, wrapped
from dashboards.building.levels import UNKNOWN
from dashboards.building.panels import table, when_empty
from dashboards.building.sql import chosen, in_words, known, rank, shown_level, spoken
from dashboards.signs.worst import EXPLANATION, HIDDEN, WORST, explained
from projections.warning_signs.bubble_break import SIGNS

_ELSEWHERE = ", ".join(f"'{sign}'" for sign in (*SIGNS, "bubble_break"))

OTHERS = table(
    "The other signs, each at its worst",
    "Every sign but the five above, the worst first, each with its worst subject now, whatever the time"
    " range: its value, the threshold of its level (calm and unknown: of watch), since when, and how many"
    " of its subjects are above calm. Unknown: nothing was heard yet, or it was calm on an input that is"
    " too old. A click on a sign leads to what explains it. From read.indicator_current,"
    " read.indicator_definition and read.signal.",
    f"""WITH {WORST}
SELECT t.level AS "Level", t.title AS "Sign",
       coalesce({spoken("t.subject")}, 'nothing heard yet') AS "Subject",
       coalesce({in_words("t.value", "t.unit")}, '-') AS "Value",
       {in_words("t.threshold", "t.unit")} AS "Threshold",
       CASE WHEN t.level = '{UNKNOWN}' THEN t.stale_since ELSE t.since END AS "Since",
       (SELECT count(*) FILTER (WHERE c.level <> 'calm') || ' of ' || count(*) FROM read.indicator_current c
        WHERE c.indicator = t.indicator) AS "Up",
       CASE WHEN t.level IN ('warning', 'critical') THEN coalesce(t.acknowledged_by, 'nobody') END
         AS "Seen",
       {explained("t")}
FROM told t WHERE t.indicator NOT IN ({_ELSEWHERE})
ORDER BY {rank("t.level")} DESC, t.since DESC NULLS LAST, t.title""",
    overrides=[
        field("Level", *as_level(72)),
        field("Sign", wrapped(), EXPLANATION),
        field("Subject", wrapped()),
        field("Value", width(86)),
        field("Threshold", width(86)),
        field("Since", *DAY, width(92)),
        field("Up", width(60)),
        field("Seen", wrapped(), width(64)),
        *HIDDEN,
    ],
)

SUBJECTS = when_empty(
    table(
        "Every subject of the chosen signs, in words",
        "What every subject of the chosen signs is at now, the worst first, at most 500, whatever the time"
        " range: its value, since when it is at this level, when its input was last heard of, and what was"
        " measured. From read.indicator_current.",
        f"""SELECT {shown_level("c")} AS "Level", d.title AS "Sign", {spoken("c.subject")} AS "Subject",
       {known("c", in_words("c.value", "d.unit"))} AS "Value", c.since AS "Since",
       coalesce(c.input_at, c.known_at) AS "Heard of", c.text AS "In words", {explained("c")}
FROM read.indicator_current c JOIN read.indicator_definition d ON d.id = c.indicator
WHERE c.indicator = ANY({chosen("indicator")})
ORDER BY {rank(shown_level("c"))} DESC, c.since DESC, d.title, c.subject LIMIT 500""",
        overrides=[
            field("Level", *as_level()),
            field("Sign", width(190), wrapped(), EXPLANATION),
            field("Subject", width(190), wrapped()),
            field("Value", width(92)),
            field("Since", *DAY, width(95)),
            field("Heard of", *DAY, width(95)),
            field("In words", wrapped()),
            *HIDDEN,
        ],
    ),
    "Nothing was heard yet of the chosen signs. Publish the events that they read (docs/events.md).",
)

ACKNOWLEDGED = when_empty(
    table(
        "Who has seen what",
        "Open episodes that somebody has acknowledged, the newest first, at most 100. Before: the level"
        " rose after they had seen it. From read.indicator_current and read.acknowledgement.",
        f"""SELECT {shown_level("c")} AS "Level", {spoken("c.subject")} AS "Subject",
       a.acknowledged_by AS "Who", a.acknowledged_at AS "When",
       CASE WHEN a.acknowledged_at < c.since THEN 'before' ELSE 'yes' END AS "This level", a.note AS "Note"
FROM read.indicator_current c JOIN read.acknowledgement a ON a.signal_id = c.signal_id
ORDER BY a.acknowledged_at DESC, c.subject LIMIT 100""",
        overrides=[
            field("Level", *as_level()),
            field("Subject", wrapped()),
            field("Who", width(90)),
            field("When", *MINUTE, width(140)),
            field("This level", width(80)),
            field("Note", wrapped()),
        ],
    ),
    "Nobody has acknowledged an open episode. SignalAcknowledged events do (docs/events.md).",
)

MUTES = when_empty(
    table(
        "Mutes in force",
        "Signs whose signals are not sent until a moment, by the desk's newest decision for each. What"
        " happens meanwhile is shown here all the same. From read.mute.",
        f"""SELECT coalesce(d.title, m.indicator) AS "Sign",
       coalesce({spoken("m.subject")}, 'all of them') AS "Subject",
       m.until AS "Until", m.muted_by AS "Who", m.why AS "Why"
FROM read.mute m LEFT JOIN read.indicator_definition d ON d.id = m.indicator
WHERE m.until > now() ORDER BY m.until, 1, m.subject LIMIT 100""",
        overrides=[
            field("Sign", wrapped()),
            field("Subject", wrapped()),
            field("Until", *MINUTE, width(140)),
            field("Who", width(90)),
            field("Why", wrapped()),
        ],
    ),
    "Nothing is muted. SignalMuted events mute (docs/events.md).",
)
