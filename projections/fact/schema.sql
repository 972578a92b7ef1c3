CREATE TABLE {schema}.fact (
    fact_id        text PRIMARY KEY,
    kind           text NOT NULL,
    about          text[] NOT NULL,
    first_known_at timestamptz NOT NULL,
    certainty      text NOT NULL,
    source         text NOT NULL,
    reports        integer NOT NULL,
    counts         boolean NOT NULL,
    known_at       timestamptz NOT NULL
);

CREATE TABLE {schema}.fact_report (
    event_id    uuid PRIMARY KEY,
    fact_id     text NOT NULL,
    rank        integer NOT NULL,
    source      text NOT NULL,
    source_url  text,
    certainty   text NOT NULL,
    occurred_at timestamptz NOT NULL,
    reported_at timestamptz NOT NULL,
    counts      boolean NOT NULL,
    known_at    timestamptz NOT NULL
);

-- The reports of a fact: for each fact that somebody opens.
CREATE INDEX ON {schema}.fact_report (fact_id);

CREATE TABLE {schema}.name (
    kind       text NOT NULL,
    name       text NOT NULL,
    aliases    text[] NOT NULL,
    symbol     text,
    cik        text,
    roles      text[] NOT NULL,
    decided_by text NOT NULL,
    known_at   timestamptz NOT NULL,
    PRIMARY KEY (kind, name)
);
