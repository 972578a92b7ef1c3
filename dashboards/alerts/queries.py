"""What the alert rules ask: each subject of an indicator at each level, one number a query, labels that stay.

Labels are what tells one alert from another, so a label that changed would end an alert and begin
a new one. They are taken from the newest episode that reached the level, by its first step there,
and stay when it is over: so the alert goes back to normal instead of vanishing.
"""

from projections.definition import LEVELS, Level

# A label travels with every message; sentences are shorter than this, and nothing is sent twice.
LONGEST_MESSAGE = 600
LONGEST_HEADLINE = 160
# The first ones say what it is about; the board has them all.
EVIDENCE_SHOWN = 3
# Why an alert is over that is not known to be calm: a rule tells by numbers.
UNKNOWN_NOW, OLD_NOW = 2, 1


def above(indicator: str) -> str:
    """Return the SQL of how many levels each subject is above each level: 0 at it, 0.5 more while muted.

    So a mute lets no alert begin, at whatever level, and lets those that fire end. What was muted and
    still holds when the mute is over is sent then, at warning or above: as signals are.
    """
    ranks = " ".join(f"WHEN '{level}' THEN {level.rank}" for level in LEVELS)
    levels = ", ".join(f"('{level}', {level.rank})" for level in LEVELS if level is not Level.CALM)
    return f"""\
WITH severity (name, rank) AS (VALUES {levels}), step AS (
    SELECT subject, level, signal_id, message, evidence, journal_offset, journal_index,
           bool_and(muted) OVER (PARTITION BY signal_id, level) AS muted,
           row_number() OVER (PARTITION BY signal_id, level ORDER BY step_number) AS number
    FROM read.signal
    WHERE indicator = '{indicator}'
), reached AS (
    SELECT DISTINCT ON (subject, level) subject, level, signal_id, message, evidence, muted
    FROM step
    WHERE number = 1
    ORDER BY subject, level, journal_offset DESC, journal_index DESC
)
SELECT current.subject,
       severity.name AS severity,
       coalesce(reached.signal_id::text, '-') AS signal_id,
       coalesce(left(reached.message, {LONGEST_MESSAGE}), '-') AS message,
       coalesce(evidence.headlines, '-') AS evidence,
       CASE WHEN reached.signal_id = current.signal_id
            THEN CASE current.level {ranks} END
                 + CASE WHEN mute.holds OR (severity.name = '{Level.WATCH}' AND reached.muted)
                        THEN 0.5 ELSE 0 END
            ELSE 0 END - severity.rank AS above
FROM read.indicator_current current
CROSS JOIN severity
LEFT JOIN reached ON reached.subject = current.subject AND reached.level = severity.name
CROSS JOIN LATERAL (
    SELECT count(*) > 0 AS holds
    FROM read.mute
    WHERE mute.indicator = current.indicator AND mute.until > now()
      AND (mute.subject IS NULL OR mute.subject = current.subject)
) mute
LEFT JOIN LATERAL (
    SELECT string_agg(concat_ws(' ', left(event.headline, {LONGEST_HEADLINE}), event.source_url), ' · '
                      ORDER BY cited.number) AS headlines
    FROM unnest(reached.evidence[1:{EVIDENCE_SHOWN}]) WITH ORDINALITY AS cited (event_id, number)
    CROSS JOIN LATERAL (
        SELECT journal.headline, journal.payload ->> 'source_url' AS source_url
        FROM read.journal_event journal
        WHERE journal.event_id = cited.event_id
        ORDER BY journal.journal_offset, journal.journal_index LIMIT 1
    ) event
) evidence ON true
WHERE current.indicator = '{indicator}'
ORDER BY current.subject, severity.rank"""


def value(indicator: str, factor: float) -> str:
    """Return the SQL of each subject's value, times a factor; none of what is unknown or only too old."""
    return f"""\
SELECT subject, value * {factor:g} AS value
FROM read.indicator_current
WHERE indicator = '{indicator}' AND NOT is_unknown AND NOT is_old
ORDER BY subject"""


def over(indicator: str) -> str:
    """Return the SQL of why each subject would be over: UNKNOWN_NOW, OLD_NOW, or 0 where it is calm."""
    return f"""\
SELECT subject, CASE WHEN is_unknown THEN {UNKNOWN_NOW} WHEN is_old THEN {OLD_NOW} ELSE 0 END AS ended
FROM read.indicator_current
WHERE indicator = '{indicator}'
ORDER BY subject"""


def threshold(indicator: str, factor: float) -> str:
    """Return the SQL of the threshold by which each subject came to each level last, times a factor."""
    return _newest_step(indicator, f"threshold * {factor:g} AS threshold")


def since(indicator: str) -> str:
    """Return the SQL of when each subject came to each level last, in seconds since 1970."""
    return _newest_step(indicator, "extract(epoch FROM known_at)::double precision AS since")


def _newest_step(indicator: str, column: str) -> str:
    return f"""\
SELECT DISTINCT ON (subject, level) subject, level AS severity, {column}
FROM read.signal
WHERE indicator = '{indicator}' AND level <> '{Level.CALM}'
ORDER BY subject, level, journal_offset DESC, journal_index DESC"""
