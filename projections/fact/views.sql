CREATE OR REPLACE VIEW read.fact AS
SELECT fact_id, kind, about, first_known_at, certainty, source, reports, known_at
FROM {schema}.fact
WHERE counts;

-- The archive may be behind, where it is folded apart: a report that it does not have yet has no headline.
CREATE OR REPLACE VIEW read.fact_report AS
SELECT r.fact_id, r.rank, r.event_id, r.source, r.source_url, r.certainty, r.occurred_at, r.reported_at,
       r.counts, archived.headline AS headline, r.known_at
FROM {schema}.fact_report r
LEFT JOIN LATERAL (
    SELECT headline FROM read.journal_event e WHERE e.event_id = r.event_id LIMIT 1
) archived ON true;

CREATE OR REPLACE VIEW read.name AS
SELECT kind, name, aliases, symbol, cik, roles, decided_by, known_at
FROM {schema}.name;
