CREATE TABLE {schema}.indicator_definition (
    id           text PRIMARY KEY,
    title        text NOT NULL,
    unit         text NOT NULL,
    direction    text NOT NULL,
    watch        double precision NOT NULL,
    warning      double precision NOT NULL,
    critical     double precision NOT NULL,
    named_by     text NOT NULL,
    formula      text NOT NULL,
    why          text NOT NULL,
    stale_after  interval,
    "window"     interval,
    for_at_least interval NOT NULL,
    named_in     text NOT NULL,
    family       text NOT NULL,
    board        text NOT NULL,
    stands_for   interval
);

CREATE TABLE {schema}.indicator (
    known_at       timestamptz NOT NULL,
    journal_offset bigint NOT NULL,
    journal_index  integer NOT NULL,
    indicator      text NOT NULL,
    subject        text NOT NULL,
    value          double precision NOT NULL,
    level          text NOT NULL,
    evidence       uuid[] NOT NULL,
    text           text NOT NULL,
    is_unknown     boolean NOT NULL,
    PRIMARY KEY (indicator, subject, known_at, journal_offset, journal_index)
);

CREATE TABLE {schema}.indicator_current (
    indicator text NOT NULL,
    subject   text NOT NULL,
    value     double precision NOT NULL,
    level     text NOT NULL,
    since     timestamptz NOT NULL,
    known_at  timestamptz NOT NULL,
    input_at  timestamptz,
    evidence  uuid[] NOT NULL,
    text      text NOT NULL,
    signal_id uuid,
    is_unknown boolean NOT NULL,
    is_old    boolean NOT NULL,
    PRIMARY KEY (indicator, subject)
);

CREATE TABLE {schema}.signal (
    known_at       timestamptz NOT NULL,
    journal_offset bigint NOT NULL,
    journal_index  integer NOT NULL,
    signal_id      uuid NOT NULL,
    step_number    integer NOT NULL,
    indicator      text NOT NULL,
    subject        text NOT NULL,
    step           text NOT NULL,
    level          text NOT NULL,
    value          double precision NOT NULL,
    threshold      double precision NOT NULL,
    message        text NOT NULL,
    evidence       uuid[] NOT NULL,
    muted          boolean NOT NULL,
    PRIMARY KEY (known_at, signal_id, step_number)
);

-- Alert rules look up the newest episode of every subject every ten seconds.
CREATE INDEX ON {schema}.signal (indicator, subject, known_at);

CREATE TABLE {schema}.outbox (
    message_id     text PRIMARY KEY,
    journal_offset bigint NOT NULL,
    journal_index  integer NOT NULL,
    topic          text NOT NULL,
    key            text NOT NULL,
    payload        jsonb NOT NULL
);

-- A publisher reads on from where it stopped.
CREATE INDEX ON {schema}.outbox (journal_offset, journal_index, message_id);

CREATE TABLE {schema}.acknowledgement (
    signal_id       uuid PRIMARY KEY,
    acknowledged_at timestamptz NOT NULL,
    acknowledged_by text NOT NULL,
    note            text
);

CREATE TABLE {schema}.mute (
    indicator text NOT NULL,
    subject   text NOT NULL,
    until     timestamptz NOT NULL,
    muted_at  timestamptz NOT NULL,
    muted_by  text NOT NULL,
    why       text,
    PRIMARY KEY (indicator, subject)
);

CREATE TABLE {schema}.threshold_override (
    indicator text NOT NULL,
    subject   text NOT NULL,
    watch     double precision NOT NULL,
    warning   double precision NOT NULL,
    critical  double precision NOT NULL,
    known_at  timestamptz NOT NULL,
    removed   boolean NOT NULL,
    PRIMARY KEY (indicator, subject)
);

CREATE TABLE {schema}.clock (
    id  integer PRIMARY KEY,
    now timestamptz NOT NULL
);
