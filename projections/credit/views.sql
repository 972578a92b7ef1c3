CREATE OR REPLACE VIEW read.credit_event AS
SELECT known_at, facility_id, borrower, lenders, kind, severity, amount_usd, detail, event_id, source_url
FROM {schema}.credit_event;

CREATE OR REPLACE VIEW read.facility AS
SELECT facility_id, borrower, lenders, principal_usd, repaid_usd,
       principal_usd - repaid_usd AS balance_usd, undrawn_usd, equity_usd, off_balance_sheet,
       collateral_kind, collateral, collateral_quantity, waivers, known_at
FROM {schema}.facility;
