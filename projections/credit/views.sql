CREATE OR REPLACE VIEW read.credit_event AS
SELECT known_at, facility_id, borrower, lenders, kind, severity, amount_usd, detail, event_id, source_url
FROM {schema}.credit_event;

CREATE OR REPLACE VIEW read.facility AS
SELECT facility_id, borrower, lenders, principal_usd, repaid_usd,
       principal_usd - repaid_usd AS balance_usd, undrawn_usd, equity_usd, off_balance_sheet,
       collateral_kind, collateral, collateral_quantity, waivers, known_at
FROM {schema}.facility;

CREATE OR REPLACE VIEW read.relief AS
SELECT fact_id, kind, facility_id, borrower, lenders, severity, granted_on, first_known_at, state, relief_ends,
       ended_on, certainty, source, source_url, reports, known_at
FROM {schema}.relief
WHERE state <> 'gone';
