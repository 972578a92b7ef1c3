CREATE TABLE {schema}.power_event (
    known_at        timestamptz NOT NULL,
    journal_offset  bigint NOT NULL,
    journal_index   integer NOT NULL,
    event_id        uuid NOT NULL,
    site_id         text NOT NULL,
    kind            text NOT NULL,
    operator        text,
    mw              double precision,
    expected_on     date,
    delivered_on    date,
    permitted_units integer,
    observed_units  integer,
    unit_mw         double precision,
    source_url      text,
    PRIMARY KEY (known_at, journal_offset, journal_index)
);

CREATE TABLE {schema}.power_site (
    site_id           text PRIMARY KEY,
    operator          text,
    mw                double precision,
    first_expected_on date,
    expected_on       date,
    delivered_mw      double precision NOT NULL,
    slip_days         integer,
    overdue_days      integer NOT NULL,
    permitted_units   integer,
    observed_units    integer,
    unit_mw           double precision,
    known_at          timestamptz NOT NULL,
    status            text NOT NULL,
    ended_on          date
);

-- A site's newest event: for each site that a dashboard lists.
CREATE INDEX ON {schema}.power_event (site_id, known_at);
