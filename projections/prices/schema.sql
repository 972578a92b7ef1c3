-- The primary keys lead to the parts of a series in the order of time, which is how they are grouped.
CREATE TABLE {schema}.equity_bar_part (
    symbol           text NOT NULL,
    interval_seconds integer NOT NULL,
    bucket           timestamptz NOT NULL,
    event_id         uuid NOT NULL,
    open_usd         double precision NOT NULL,
    high_usd         double precision NOT NULL,
    low_usd          double precision NOT NULL,
    close_usd        double precision NOT NULL,
    volume           double precision NOT NULL,
    first_at         timestamptz NOT NULL,
    last_at          timestamptz NOT NULL,
    PRIMARY KEY (symbol, interval_seconds, bucket, event_id)
);

CREATE TABLE {schema}.gpu_bar_part (
    model            text NOT NULL,
    basis            text NOT NULL,
    interval_seconds integer NOT NULL,
    bucket           timestamptz NOT NULL,
    event_id         uuid NOT NULL,
    open_usd         double precision NOT NULL,
    high_usd         double precision NOT NULL,
    low_usd          double precision NOT NULL,
    close_usd        double precision NOT NULL,
    quantity         double precision NOT NULL,
    first_at         timestamptz NOT NULL,
    last_at          timestamptz NOT NULL,
    PRIMARY KEY (model, basis, interval_seconds, bucket, event_id)
);

-- All series of a stretch of time; rows come in nearly its order, so this costs next to nothing.
CREATE INDEX ON {schema}.equity_bar_part USING brin (bucket);
CREATE INDEX ON {schema}.gpu_bar_part USING brin (bucket);
