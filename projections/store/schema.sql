CREATE SCHEMA IF NOT EXISTS read;

-- The version that the views of read.* show.
CREATE TABLE IF NOT EXISTS ouroboros.live_version (
    projection text PRIMARY KEY,
    version    integer NOT NULL
);

-- A version that was made beside another one sends nothing of what that one had behind it.
CREATE TABLE IF NOT EXISTS ouroboros.sends_after (
    projection     text NOT NULL,
    version        integer NOT NULL,
    journal_offset bigint NOT NULL,
    PRIMARY KEY (projection, version)
);

-- Projections rebuilt beside the live ones, each in a schema of its own, and what they were rebuilt from.
CREATE TABLE IF NOT EXISTS ouroboros.replay (
    schema      text PRIMARY KEY,
    source      text NOT NULL,
    from_time   timestamptz,
    to_time     timestamptz,
    as_known_at timestamptz,
    files       jsonb NOT NULL,
    last_offset bigint,
    made_at     timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz
);

-- A dead letter is open until it was taken after all or discarded.
CREATE TABLE IF NOT EXISTS ouroboros.dead_letter (
    topic          text NOT NULL,
    partition      integer NOT NULL,
    "offset"       bigint NOT NULL,
    index          integer NOT NULL,
    key            text,
    reason         text NOT NULL,
    raw            bytea,
    headers        jsonb NOT NULL,
    received_at    timestamptz NOT NULL,
    attempts       integer NOT NULL DEFAULT 1,
    resolved_at    timestamptz,
    discarded_at   timestamptz,
    discarded_by   text,
    discard_reason text,
    state          text NOT NULL GENERATED ALWAYS AS (
        CASE WHEN resolved_at IS NOT NULL THEN 'resolved'
             WHEN discarded_at IS NOT NULL THEN 'discarded'
             ELSE 'open' END
    ) STORED,
    PRIMARY KEY (topic, partition, "offset", index)
);

-- Messages of the outbox that were sent; the id is the idempotency key of an episode's step.
CREATE TABLE IF NOT EXISTS ouroboros.delivery (
    message_id   text PRIMARY KEY,
    delivered_at timestamptz NOT NULL DEFAULT now()
);

-- Where signals are posted: a destination begins at the end that the journal had when it was first named.
CREATE TABLE IF NOT EXISTS ouroboros.webhook_destination (
    destination   text PRIMARY KEY,
    queued_to     bigint NOT NULL,
    first_seen_at timestamptz NOT NULL DEFAULT now()
);

-- What each destination is to be sent, in the order of place, and was sent. Nothing waits without a next_attempt_at.
CREATE TABLE IF NOT EXISTS ouroboros.webhook_delivery (
    destination     text NOT NULL,
    message_id      text NOT NULL,
    place           bigint NOT NULL GENERATED ALWAYS AS IDENTITY,
    key             text NOT NULL,
    payload         jsonb NOT NULL,
    queued_at       timestamptz NOT NULL DEFAULT now(),
    attempts        integer NOT NULL DEFAULT 0,
    next_attempt_at timestamptz DEFAULT now(),
    delivered_at    timestamptz,
    given_up_at     timestamptz,
    reason          text,
    PRIMARY KEY (destination, message_id)
);

CREATE INDEX IF NOT EXISTS webhook_delivery_waiting ON ouroboros.webhook_delivery (destination, key, place)
WHERE next_attempt_at IS NOT NULL;

CREATE TABLE IF NOT EXISTS ouroboros.component (
    component     text PRIMARY KEY,
    last_event_at timestamptz,
    lag           bigint NOT NULL,
    applied       bigint NOT NULL,
    beat_at       timestamptz NOT NULL
);

CREATE OR REPLACE VIEW read.dead_letter AS
SELECT topic, partition, "offset", index, key, reason, received_at, attempts, resolved_at,
       discarded_at, discarded_by, discard_reason, state
FROM ouroboros.dead_letter;

CREATE OR REPLACE VIEW read.webhook_delivery AS
SELECT destination, message_id, key, queued_at, attempts, next_attempt_at, delivered_at, given_up_at, reason
FROM ouroboros.webhook_delivery;

-- A component that has not been heard of for a minute is stale, whatever it said last.
CREATE OR REPLACE VIEW read.pipeline_health AS
SELECT component, last_event_at, lag, applied,
       (SELECT count(*) FROM ouroboros.dead_letter WHERE state = 'open') AS dead_lettered,
       now() - beat_at > interval '60 seconds' AS stale,
       beat_at
FROM ouroboros.component;
