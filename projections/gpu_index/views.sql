CREATE OR REPLACE VIEW read.gpu_index_revision AS
SELECT series, day, row_number() OVER (PARTITION BY series, day ORDER BY learned_at, known_at) AS revision,
       known_at, learned_at, price_usd, offers, venues, is_average, is_thin, is_whole,
       product, model, form, memory_gb, basis, condition, term, event_id
FROM {schema}.gpu_index_revision;

CREATE OR REPLACE VIEW read.gpu_index AS
SELECT series, day, known_at, learned_at, price_usd, offers, venues, is_average, is_thin, is_whole,
       product, model, form, memory_gb, basis, condition, term, event_id
FROM {schema}.gpu_index_revision
WHERE (series, day, known_at, learned_at) IN (
    SELECT DISTINCT ON (n.series, n.day) n.series, n.day, n.known_at, n.learned_at
    FROM {schema}.gpu_index_revision n ORDER BY n.series, n.day, n.learned_at DESC, n.known_at DESC
);

-- What was first said of a whole day; where only offers within it are known, the last of them while it ran.
CREATE OR REPLACE VIEW read.gpu_index_first_vintage AS
SELECT series, day, known_at, learned_at, price_usd, offers, venues, is_average, is_thin, is_whole,
       product, model, form, memory_gb, basis, condition, term, event_id
FROM {schema}.gpu_index_revision
WHERE (series, day, known_at, learned_at) IN (
    SELECT DISTINCT ON (n.series, n.day) n.series, n.day, n.known_at, n.learned_at
    FROM {schema}.gpu_index_revision n,
         LATERAL (SELECT (n.day + 1)::timestamp AT TIME ZONE 'UTC' AS ends_at) day_end
    ORDER BY n.series, n.day, n.is_whole DESC, n.known_at >= day_end.ends_at,
             CASE WHEN NOT n.is_whole AND n.known_at < day_end.ends_at THEN n.known_at END DESC NULLS LAST,
             n.known_at, n.learned_at
);
