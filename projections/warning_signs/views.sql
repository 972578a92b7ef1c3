CREATE OR REPLACE VIEW read.indicator AS
SELECT known_at, indicator, subject, value, level, evidence, text, journal_offset, journal_index
FROM {schema}.indicator;

-- Time goes on by ticks of the clock and by whatever else is measured: the later of the two counts.
CREATE OR REPLACE VIEW read.indicator_current AS
SELECT c.indicator, c.subject, c.value, c.level, c.since, c.known_at,
       CASE WHEN c.input_at + d.stale_after < clock.now THEN c.input_at + d.stale_after END AS stale_since,
       c.evidence, c.text, c.input_at, c.signal_id,
       a.acknowledged_by AS acknowledged_by, a.acknowledged_at AS acknowledged_at
FROM {schema}.indicator_current c
JOIN {schema}.indicator_definition d ON d.id = c.indicator
LEFT JOIN {schema}.acknowledgement a ON a.signal_id = c.signal_id
CROSS JOIN (
    SELECT greatest((SELECT max(now) FROM {schema}.clock),
                    (SELECT max(known_at) FROM {schema}.indicator_current)) AS now
) clock;

CREATE OR REPLACE VIEW read.signal AS
SELECT signal_id, known_at, indicator, subject, step, level, value, threshold, message, evidence,
       step_number, journal_offset, journal_index, muted
FROM {schema}.signal;

CREATE OR REPLACE VIEW read.acknowledgement AS
SELECT signal_id, acknowledged_at, acknowledged_by, note
FROM {schema}.acknowledgement;

CREATE OR REPLACE VIEW read.mute AS
SELECT indicator, nullif(subject, '') AS subject, until, muted_at, muted_by, why
FROM {schema}.mute;

CREATE OR REPLACE VIEW read.indicator_definition AS
SELECT id, title, unit, direction, watch, warning, critical, named_by, formula, why, stale_after, "window"
FROM {schema}.indicator_definition;
