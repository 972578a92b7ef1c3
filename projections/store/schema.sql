CREATE SCHEMA IF NOT EXISTS ouroboros;
CREATE SCHEMA IF NOT EXISTS read;

-- How far each projection is written: the truth about progress. Kafka's offsets trail behind it.
CREATE TABLE IF NOT EXISTS ouroboros.checkpoint (
    projection     text NOT NULL,
    version        integer NOT NULL,
    journal_offset bigint NOT NULL,
    owner          uuid,
    moved_at       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (projection, version)
);

-- The version that the views of read.* show.
CREATE TABLE IF NOT EXISTS ouroboros.live_version (
    projection text PRIMARY KEY,
    version    integer NOT NULL
);

CREATE TABLE IF NOT EXISTS ouroboros.snapshot (
    projection     text NOT NULL,
    version        integer NOT NULL,
    journal_offset bigint NOT NULL,
    state          bytea NOT NULL,
    PRIMARY KEY (projection, version)
);

CREATE TABLE IF NOT EXISTS ouroboros.intake_snapshot (
    journal_offset bigint PRIMARY KEY,
    state          bytea NOT NULL
);

CREATE TABLE IF NOT EXISTS ouroboros.dead_letter (
    topic       text NOT NULL,
    partition   integer NOT NULL,
    "offset"    bigint NOT NULL,
    index       integer NOT NULL,
    key         text,
    reason      text NOT NULL,
    raw         bytea,
    headers     jsonb NOT NULL,
    received_at timestamptz NOT NULL,
    attempts    integer NOT NULL DEFAULT 1,
    resolved_at timestamptz,
    PRIMARY KEY (topic, partition, "offset", index)
);

-- Messages of the outbox that were sent; the id is the idempotency key of an episode's step.
CREATE TABLE IF NOT EXISTS ouroboros.delivery (
    message_id   text PRIMARY KEY,
    delivered_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE IF NOT EXISTS ouroboros.component (
    component     text PRIMARY KEY,
    last_event_at timestamptz,
    lag           bigint NOT NULL,
    applied       bigint NOT NULL,
    beat_at       timestamptz NOT NULL
);

CREATE OR REPLACE VIEW read.dead_letter AS
SELECT topic, partition, "offset", index, key, reason, received_at, attempts, resolved_at
FROM ouroboros.dead_letter;

-- A component that has not been heard of for a minute is stale, whatever it said last.
CREATE OR REPLACE VIEW read.pipeline_health AS
SELECT component, last_event_at, lag, applied,
       (SELECT count(*) FROM ouroboros.dead_letter WHERE resolved_at IS NULL) AS dead_lettered,
       now() - beat_at > interval '60 seconds' AS stale,
       beat_at
FROM ouroboros.component;
