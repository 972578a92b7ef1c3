-- Ordered to the last event_id, sums too: floats added in another order differ in their last digit.
CREATE OR REPLACE VIEW read.equity_bar AS
SELECT symbol, interval_seconds, bucket,
       (array_agg(open_usd ORDER BY first_at, event_id))[1] AS open,
       max(high_usd) AS high,
       min(low_usd) AS low,
       (array_agg(close_usd ORDER BY last_at DESC, event_id DESC))[1] AS close,
       sum(volume ORDER BY first_at, event_id) AS volume
FROM {schema}.equity_bar_part
GROUP BY symbol, interval_seconds, bucket;

CREATE OR REPLACE VIEW read.gpu_bar AS
SELECT model, basis, interval_seconds, bucket,
       (array_agg(open_usd ORDER BY first_at, event_id))[1] AS open,
       max(high_usd) AS high,
       min(low_usd) AS low,
       (array_agg(close_usd ORDER BY last_at DESC, event_id DESC))[1] AS close,
       sum(quantity ORDER BY first_at, event_id) AS quantity
FROM {schema}.gpu_bar_part
GROUP BY model, basis, interval_seconds, bucket;
