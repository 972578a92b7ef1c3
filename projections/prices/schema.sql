-- The primary keys lead to the parts of a series in the order of time, which is how they are grouped.
CREATE TABLE {schema}.equity_bar_part ({equity_bar_part}, PRIMARY KEY (symbol, interval_seconds, bucket, event_id));
CREATE TABLE {schema}.gpu_bar_part ({gpu_bar_part}, PRIMARY KEY (model, basis, interval_seconds, bucket, event_id));

-- All series of a stretch of time; rows come in nearly its order, so this costs next to nothing.
CREATE INDEX ON {schema}.equity_bar_part USING brin (bucket);
CREATE INDEX ON {schema}.gpu_bar_part USING brin (bucket);
