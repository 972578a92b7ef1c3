-- How far each projection is written: the truth about progress. Kafka's offsets trail behind it.
CREATE TABLE IF NOT EXISTS {bookkeeping}.checkpoint (
    projection     text NOT NULL,
    version        integer NOT NULL,
    journal_offset bigint NOT NULL,
    owner          uuid,
    moved_at       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (projection, version)
);

CREATE TABLE IF NOT EXISTS {bookkeeping}.snapshot (
    projection     text NOT NULL,
    version        integer NOT NULL,
    journal_offset bigint NOT NULL,
    state          bytea NOT NULL,
    PRIMARY KEY (projection, version)
);

CREATE TABLE IF NOT EXISTS {bookkeeping}.intake_snapshot (
    journal_offset bigint PRIMARY KEY,
    state          bytea NOT NULL
);

-- The facts that all projections share, at the offsets of their snapshots.
CREATE TABLE IF NOT EXISTS {bookkeeping}.world_snapshot (
    journal_offset bigint PRIMARY KEY,
    version        integer NOT NULL,
    state          bytea NOT NULL
);
