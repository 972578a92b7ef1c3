CREATE TABLE {schema}.fact ({fact}, PRIMARY KEY (fact_id));
CREATE TABLE {schema}.fact_report ({fact_report}, PRIMARY KEY (event_id));

-- The reports of a fact: for each fact that somebody opens.
CREATE INDEX ON {schema}.fact_report (fact_id);

CREATE TABLE {schema}.name ({name}, PRIMARY KEY (kind, name));
