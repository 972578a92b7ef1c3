CREATE TABLE {schema}.journal_event ({journal_event}, PRIMARY KEY (known_at, journal_offset, journal_index));

CREATE INDEX ON {schema}.journal_event (journal_offset, journal_index);
CREATE INDEX ON {schema}.journal_event (event_id);
CREATE INDEX ON {schema}.journal_event (event_type, known_at);
