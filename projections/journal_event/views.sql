CREATE OR REPLACE VIEW read.journal_event AS
SELECT journal_offset, journal_index, event_id, event_type, occurred_at, known_at, source, certainty, key, headline,
       payload
FROM {schema}.journal_event;
