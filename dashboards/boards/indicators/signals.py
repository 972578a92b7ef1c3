"""Signals with what they rest on."""

from dashboards.boards.indicators.worst import EXPLANATION, HIDDEN, explained
from dashboards.grafana.fields import MINUTE, as_level, field, width
from dashboards.grafana.indicators import source_column
from dashboards.grafana.panels import Panel, table
from dashboards.grafana.sql import in_words, spoken

NEWEST_FIRST = "known_at DESC, journal_offset DESC, journal_index DESC, step_number DESC"
# The newest ones say what it is about; read.signal_evidence has them all.
EVIDENCE_SHOWN = 3


def signals_table(title: str, whose: str, most: int, *, where: str, start: str = "", empty: str) -> Panel:
    """Return a table of signals in the time range, at most so many, each with its newest evidence.

    `where` is SQL on read.signal, `start` common table expressions that it needs.
    """
    return table(
        title,
        f"Every step of an episode of {whose} in the time range, the newest first, at most {most}: its"
        f" value, what was measured, the newest {EVIDENCE_SHOWN} of the facts that it rests on, and where"
        " the first of them is written. Muted steps were not sent. From read.signal, read.indicator and"
        " read.signal_evidence.",
        f"""WITH {start}step AS (
  SELECT * FROM read.signal WHERE $__timeFilter(known_at) AND {where} ORDER BY {NEWEST_FIRST} LIMIT {most}
)
SELECT s.known_at AS "When", s.level AS "Level",
       s.step || CASE WHEN s.muted THEN ', muted' ELSE '' END AS "Step",
       d.title AS "Sign", {spoken("s.subject")} AS "Subject", {in_words("s.value", "d.unit")} AS "Value",
       coalesce(i.text, s.message) AS "In words",
       rests.headlines || CASE WHEN cardinality(s.evidence) > {EVIDENCE_SHOWN}
         THEN ' · and ' || cardinality(s.evidence) - {EVIDENCE_SHOWN} || ' more' ELSE '' END AS "Evidence",
       rests.source_url, {explained("s")}
FROM step s JOIN read.indicator_definition d ON d.id = s.indicator
LEFT JOIN read.indicator i ON i.known_at = s.known_at AND i.indicator = s.indicator AND i.subject = s.subject
  AND i.journal_offset = s.journal_offset AND i.journal_index = s.journal_index
LEFT JOIN LATERAL (
  SELECT string_agg(coalesce(e.headline, e.event_id::text), ' · ' ORDER BY e.known_at DESC, e.number)
           FILTER (WHERE e.rank <= {EVIDENCE_SHOWN}) AS headlines,
         (array_agg(e.source_url ORDER BY e.known_at DESC, e.number)
           FILTER (WHERE e.source_url IS NOT NULL))[1] AS source_url
  FROM (SELECT e.*, row_number() OVER (ORDER BY e.known_at DESC, e.number) AS rank
        FROM read.signal_evidence e WHERE e.signal_id = s.signal_id AND e.step_number = s.step_number) e
) rests ON true
ORDER BY {", ".join(f"s.{column}" for column in NEWEST_FIRST.split(", "))}""",
        overrides=[
            field("When", *MINUTE, width(142)),
            field("Level", *as_level(75)),
            field("Step", width(85)),
            field("Sign", width(150), EXPLANATION),
            field("Subject", width(150)),
            field("Value", width(85)),
            source_column(),
            *HIDDEN,
        ],
        empty=empty,
    )
