CREATE TABLE {schema}.power_event ({power_event}, PRIMARY KEY (known_at, journal_offset, journal_index));
CREATE TABLE {schema}.power_site ({power_site}, PRIMARY KEY (site_id));

-- A site's newest event: for each site that a dashboard lists.
CREATE INDEX ON {schema}.power_event (site_id, known_at);
