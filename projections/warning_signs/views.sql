CREATE OR REPLACE VIEW read.indicator AS
SELECT known_at, indicator, subject, value, level, evidence, text, journal_offset, journal_index, is_unknown
FROM {schema}.indicator;

-- Time goes on by ticks of the clock and by whatever else is measured: the later of the two counts.
CREATE OR REPLACE VIEW read.indicator_current AS
SELECT c.indicator, c.subject, c.value, c.level, c.since, c.known_at,
       CASE WHEN c.input_at + d.stale_after < clock.now THEN c.input_at + d.stale_after END AS stale_since,
       c.evidence, c.text, c.input_at, c.signal_id,
       a.acknowledged_by AS acknowledged_by, a.acknowledged_at AS acknowledged_at,
       coalesce(own.watch, every.watch, d.watch) AS watch,
       coalesce(own.warning, every.warning, d.warning) AS warning,
       coalesce(own.critical, every.critical, d.critical) AS critical,
       c.is_unknown, c.is_old
FROM {schema}.indicator_current c
JOIN {schema}.indicator_definition d ON d.id = c.indicator
LEFT JOIN {schema}.threshold_override own
    ON own.indicator = c.indicator AND own.subject = c.subject AND NOT own.removed
LEFT JOIN {schema}.threshold_override every
    ON every.indicator = c.indicator AND every.subject = '' AND NOT every.removed
LEFT JOIN {schema}.acknowledgement a ON a.signal_id = c.signal_id
CROSS JOIN (
    SELECT greatest((SELECT max(now) FROM {schema}.clock),
                    (SELECT max(known_at) FROM {schema}.indicator_current)) AS now
) clock;

CREATE OR REPLACE VIEW read.signal AS
SELECT signal_id, known_at, indicator, subject, step, level, value, threshold, message, evidence,
       step_number, journal_offset, journal_index, muted
FROM {schema}.signal;

-- The archive may be behind, where it is folded apart: an event that it does not have yet has its id alone.
-- A bar that was journaled twice is the same bar in both places.
CREATE OR REPLACE VIEW read.signal_evidence AS
SELECT s.signal_id, s.step_number, cited.number AS number, cited.event_id AS event_id, told.event_type AS event_type,
       told.headline AS headline, told.source AS source, told.source_url AS source_url,
       told.certainty AS certainty, told.occurred_at AS occurred_at, told.known_at AS known_at
FROM {schema}.signal s
CROSS JOIN LATERAL unnest(s.evidence) WITH ORDINALITY AS cited (event_id, number)
LEFT JOIN LATERAL (
    SELECT event_type, headline, source, payload ->> 'source_url' AS source_url, certainty, occurred_at, known_at
    FROM read.journal_event e
    WHERE e.event_id = cited.event_id LIMIT 1
) told ON true;

CREATE OR REPLACE VIEW read.acknowledgement AS
SELECT signal_id, acknowledged_at, acknowledged_by, note
FROM {schema}.acknowledgement;

CREATE OR REPLACE VIEW read.mute AS
SELECT indicator, nullif(subject, '') AS subject, until, muted_at, muted_by, why
FROM {schema}.mute;

CREATE OR REPLACE VIEW read.threshold_override AS
SELECT indicator, nullif(subject, '') AS subject, watch, warning, critical, known_at
FROM {schema}.threshold_override
WHERE NOT removed;

CREATE OR REPLACE VIEW read.indicator_definition AS
SELECT id, title, unit, direction, watch, warning, critical, named_by, formula, why, stale_after, "window",
       for_at_least, named_in, family, board, stands_for
FROM {schema}.indicator_definition;
