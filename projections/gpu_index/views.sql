CREATE OR REPLACE VIEW read.gpu_index_revision AS
SELECT series, day, row_number() OVER (PARTITION BY series, day ORDER BY learned_at, known_at) AS revision,
       known_at, learned_at, price_usd, offers, venues, is_average, is_thin, is_whole,
       product, model, form, memory_gb, basis, condition, term, event_id
FROM {schema}.gpu_index_revision;

CREATE OR REPLACE VIEW read.gpu_index AS
SELECT series, day, known_at, learned_at, price_usd, offers, venues, is_average, is_thin, is_whole,
       product, model, form, memory_gb, basis, condition, term, event_id
FROM (
    SELECT DISTINCT ON (series, day) *
    FROM {schema}.gpu_index_revision ORDER BY series, day, learned_at DESC, known_at DESC
) newest;

-- What was first said of a whole day; where only offers within it are known, the last of them while it ran.
CREATE OR REPLACE VIEW read.gpu_index_first_vintage AS
SELECT series, day, known_at, learned_at, price_usd, offers, venues, is_average, is_thin, is_whole,
       product, model, form, memory_gb, basis, condition, term, event_id
FROM (
    SELECT DISTINCT ON (series, day) *
    FROM (
        SELECT *, (day + 1)::timestamp AT TIME ZONE 'UTC' AS ends_at FROM {schema}.gpu_index_revision
    ) revision
    ORDER BY series, day, is_whole DESC, known_at >= ends_at,
             CASE WHEN NOT is_whole AND known_at < ends_at THEN known_at END DESC NULLS LAST,
             known_at, learned_at
) oldest;
