CREATE TABLE {schema}.credit_event ({credit_event}, PRIMARY KEY (known_at, journal_offset, journal_index));
CREATE TABLE {schema}.facility ({facility}, PRIMARY KEY (facility_id));
CREATE TABLE {schema}.relief ({relief}, PRIMARY KEY (fact_id));
