CREATE TABLE {schema}.deal (
    deal_id      text PRIMARY KEY,
    title        text NOT NULL,
    announced_at timestamptz NOT NULL,
    known_at     timestamptz NOT NULL,
    status       text NOT NULL,
    certainty    text NOT NULL,
    source_url   text
);

CREATE TABLE {schema}.deal_leg (
    deal_id        text NOT NULL,
    leg            text NOT NULL,
    kind           text NOT NULL,
    payer          text NOT NULL,
    payee          text NOT NULL,
    payer_company  text NOT NULL,
    payee_company  text NOT NULL,
    amount_usd     numeric(20, 2),
    amount_low_usd numeric(20, 2),
    up_to          boolean NOT NULL,
    amount         numeric(24, 3),
    currency       text NOT NULL,
    usd_per_unit   numeric(18, 12),
    annual_usd     numeric(20, 2),
    capacity_mw    double precision,
    estimated_usd  numeric(20, 2),
    assumption     text,
    usd_per_gw     bigint,
    conditional    boolean NOT NULL,
    condition      text,
    funded_usd     numeric(30, 2) NOT NULL,
    starts         date,
    ends           date,
    removed        boolean NOT NULL,
    known_at       timestamptz NOT NULL,
    PRIMARY KEY (deal_id, leg)
);

CREATE TABLE {schema}.unknown_company (
    name     text PRIMARY KEY,
    deal_id  text NOT NULL,
    known_at timestamptz NOT NULL,
    closest  text,
    named    boolean NOT NULL
);

CREATE TABLE {schema}.money_flow_edge (
    journal_offset  bigint NOT NULL,
    journal_index   integer NOT NULL,
    basis           text NOT NULL,
    source          text NOT NULL,
    target          text NOT NULL,
    amount_usd      numeric(30, 2) NOT NULL,
    circulating_usd numeric(30, 2) NOT NULL,
    known_at        timestamptz NOT NULL,
    PRIMARY KEY (basis, source, target)
);

CREATE TABLE {schema}.money_flow_edge_history (
    LIKE {schema}.money_flow_edge,
    PRIMARY KEY (basis, source, target, known_at, journal_offset, journal_index)
);

CREATE TABLE {schema}.money_flow_node (
    journal_offset  bigint NOT NULL,
    journal_index   integer NOT NULL,
    basis           text NOT NULL,
    id              text NOT NULL,
    in_usd          numeric(30, 2) NOT NULL,
    out_usd         numeric(30, 2) NOT NULL,
    circulating_usd numeric(30, 2) NOT NULL,
    known_at        timestamptz NOT NULL,
    PRIMARY KEY (basis, id)
);

CREATE TABLE {schema}.money_flow_node_history (
    LIKE {schema}.money_flow_node,
    PRIMARY KEY (basis, id, known_at, journal_offset, journal_index)
);

CREATE TABLE {schema}.circularity (
    known_at       timestamptz NOT NULL,
    journal_offset bigint NOT NULL,
    journal_index  integer NOT NULL,
    basis          text NOT NULL,
    announced_usd  numeric(30, 2) NOT NULL,
    estimated_usd  numeric(30, 2) NOT NULL,
    assumption     text,
    usd_per_gw     bigint,
    ci_max_usd     numeric(30, 2) NOT NULL,
    ci_bff_usd     numeric(30, 2) NOT NULL,
    ci_max         double precision NOT NULL,
    ci_bff         double precision NOT NULL,
    bff_known_at   timestamptz,
    PRIMARY KEY (known_at, journal_offset, journal_index, basis)
);

CREATE TABLE {schema}.loop (
    basis          text NOT NULL,
    rank           integer NOT NULL,
    path           text NOT NULL,
    length         integer NOT NULL,
    bottleneck_usd numeric(30, 2) NOT NULL,
    known_at       timestamptz NOT NULL,
    PRIMARY KEY (basis, rank)
);

CREATE TABLE {schema}.vendor_round_trip (
    known_at       timestamptz NOT NULL,
    journal_offset bigint NOT NULL,
    journal_index  integer NOT NULL,
    basis          text NOT NULL,
    vendor         text NOT NULL,
    financing_usd  numeric(30, 2) NOT NULL,
    purchases_usd  numeric(30, 2) NOT NULL,
    round_trip_usd numeric(30, 2) NOT NULL,
    share          double precision NOT NULL,
    PRIMARY KEY (known_at, journal_offset, journal_index, basis, vendor)
);
