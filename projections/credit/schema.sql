CREATE TABLE {schema}.credit_event (
    known_at       timestamptz NOT NULL,
    journal_offset bigint NOT NULL,
    journal_index  integer NOT NULL,
    event_id       uuid NOT NULL,
    facility_id    text NOT NULL,
    borrower       text,
    lenders        text[] NOT NULL,
    kind           text NOT NULL,
    severity       double precision NOT NULL,
    amount_usd     numeric(20, 2),
    detail         text,
    source_url     text,
    PRIMARY KEY (known_at, journal_offset, journal_index)
);

CREATE TABLE {schema}.facility (
    facility_id         text PRIMARY KEY,
    borrower            text,
    lenders             text[] NOT NULL,
    principal_usd       numeric(20, 2),
    repaid_usd          numeric(20, 2) NOT NULL,
    undrawn_usd         numeric(20, 2),
    equity_usd          numeric(20, 2),
    off_balance_sheet   boolean NOT NULL,
    collateral_kind     text,
    collateral          text,
    collateral_quantity double precision,
    waivers             integer NOT NULL,
    known_at            timestamptz NOT NULL
);
