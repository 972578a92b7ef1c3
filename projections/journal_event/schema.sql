CREATE TABLE {schema}.journal_event (
    known_at       timestamptz NOT NULL,
    journal_offset bigint NOT NULL,
    journal_index  integer NOT NULL,
    event_id       uuid NOT NULL,
    event_type     text NOT NULL,
    occurred_at    timestamptz NOT NULL,
    source         text NOT NULL,
    certainty      text NOT NULL,
    key            text NOT NULL,
    headline       text NOT NULL,
    payload        jsonb NOT NULL,
    PRIMARY KEY (known_at, journal_offset, journal_index)
);

CREATE INDEX ON {schema}.journal_event (journal_offset, journal_index);
CREATE INDEX ON {schema}.journal_event (event_id);
CREATE INDEX ON {schema}.journal_event (event_type, known_at);
