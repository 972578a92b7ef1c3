CREATE OR REPLACE VIEW read.power_event AS
SELECT known_at, site_id, kind, operator, mw, expected_on, delivered_on, permitted_units, observed_units,
       unit_mw, event_id, source_url, phase
FROM {schema}.power_event;

CREATE OR REPLACE VIEW read.power_site AS
SELECT site_id, operator, mw, first_expected_on, expected_on, delivered_mw, slip_days, overdue_days,
       permitted_units, observed_units, unit_mw, known_at, status, ended_on, late_days, phase, phases
FROM {schema}.power_site;
