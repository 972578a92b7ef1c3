"""What the alert rules ask: every subject of an indicator, one number a query, labels that stay.

Labels are what tells one alert from another, so a label that changed would end an alert and begin
a new one. They are taken from the newest episode that stood at the rule's level, by its first step
there, and stay when it is over: so the alert goes back to normal instead of vanishing.
"""

from projections.warning_signs.definition import LEVELS, Level

# A label travels with every message; sentences are shorter than this, and nothing is told twice.
LONGEST_MESSAGE = 600
LONGEST_HEADLINE = 160
# The first ones say what it is about; the board has them all.
EVIDENCE_SHOWN = 3


def rank(indicator: str, level: Level) -> str:
    """Ask for each subject's level, from 0 for calm to 3 for critical, and half a step more while muted.

    So a mute lets no alert begin, at whatever level, and lets those that fire end. What was muted and
    still stands when the mute is over is told then, at warning or above: as signals are sent.
    """
    ranks = " ".join(f"WHEN '{one}' THEN {one.rank}" for one in LEVELS)
    never_told = "reached.muted OR " if level is Level.WATCH else ""
    return f"""\
{_reached(indicator, level)}
SELECT current.subject,
       coalesce(reached.signal_id::text, '-') AS signal_id,
       coalesce(left(reached.message, {LONGEST_MESSAGE}), '-') AS message,
       coalesce(evidence.told, '-') AS evidence,
       CASE WHEN reached.signal_id = current.signal_id
            THEN CASE current.level {ranks} END
                 + CASE WHEN {never_told}mute.holds THEN 0.5 ELSE 0 END
            ELSE 0 END AS rank
FROM read.indicator_current current
LEFT JOIN reached ON reached.subject = current.subject
CROSS JOIN LATERAL (
    SELECT count(*) > 0 AS holds
    FROM read.mute
    WHERE mute.indicator = current.indicator AND mute.until > now()
      AND (mute.subject IS NULL OR mute.subject = current.subject)
) mute
LEFT JOIN LATERAL (
    SELECT string_agg(concat_ws(' ', left(event.headline, {LONGEST_HEADLINE}), event.source_url), ' · '
                      ORDER BY cited.number) AS told
    FROM unnest(reached.evidence[1:{EVIDENCE_SHOWN}]) WITH ORDINALITY AS cited (event_id, number)
    CROSS JOIN LATERAL (
        SELECT journal.headline, journal.payload ->> 'source_url' AS source_url
        FROM read.journal_event journal
        WHERE journal.event_id = cited.event_id
        ORDER BY journal.journal_offset, journal.journal_index LIMIT 1
    ) event
) evidence ON true
WHERE current.indicator = '{indicator}'
ORDER BY current.subject"""


def value(indicator: str, factor: float) -> str:
    """Ask for each subject's value, times a factor."""
    return f"""\
SELECT subject, value * {factor:g} AS value
FROM read.indicator_current
WHERE indicator = '{indicator}'
ORDER BY subject"""


def threshold(indicator: str, level: Level, factor: float) -> str:
    """Ask for the threshold by which each subject came to the level last, times a factor."""
    return _newest_step(indicator, level, f"threshold * {factor:g} AS threshold")


def since(indicator: str, level: Level) -> str:
    """Ask for when each subject came to the level last, in seconds since 1970."""
    return _newest_step(indicator, level, "extract(epoch FROM known_at)::double precision AS since")


def _newest_step(indicator: str, level: Level, column: str) -> str:
    return f"""\
SELECT DISTINCT ON (subject) subject, {column}
FROM read.signal
WHERE indicator = '{indicator}' AND level = '{level}'
ORDER BY subject, journal_offset DESC, journal_index DESC"""


def _reached(indicator: str, level: Level) -> str:
    """Write the first step at the level of each subject's newest episode that has one, open or over."""
    return f"""\
WITH step AS (
    SELECT subject, signal_id, message, evidence, journal_offset, journal_index,
           bool_and(muted) OVER (PARTITION BY signal_id) AS muted,
           row_number() OVER (PARTITION BY signal_id ORDER BY step_number) AS number
    FROM read.signal
    WHERE indicator = '{indicator}' AND level = '{level}'
), reached AS (
    SELECT DISTINCT ON (subject) subject, signal_id, message, evidence, muted
    FROM step
    WHERE number = 1
    ORDER BY subject, journal_offset DESC, journal_index DESC
)"""
