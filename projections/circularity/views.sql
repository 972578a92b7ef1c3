CREATE OR REPLACE VIEW read.deal AS
SELECT deal_id, title, announced_at, known_at, status, certainty, source_url
FROM {schema}.deal;

CREATE OR REPLACE VIEW read.deal_leg AS
SELECT deal_id, leg, kind, payer, payee, amount_usd, conditional, condition, funded_usd, starts, ends,
       capacity_mw, estimated_usd, assumption, usd_per_gw, amount_low_usd, up_to, amount, currency,
       usd_per_unit, annual_usd, payer_company, payee_company, known_at
FROM {schema}.deal_leg
WHERE NOT removed;

CREATE OR REPLACE VIEW read.likely_double AS
SELECT deal_id, other_id, payer_company, payee_company, amount_usd, other_amount_usd,
       least(amount_usd, other_amount_usd) AS twice_usd,
       json_build_object('event_type', 'FactsJoined', 'fact_id', deal_id, 'others', json_build_array(other_id))
           AS joined_by, known_at
FROM {schema}.likely_double
WHERE NOT settled;

CREATE OR REPLACE VIEW read.unknown_company AS
SELECT name, deal_id, known_at, closest
FROM {schema}.unknown_company
WHERE NOT named;

-- An amount as a headline would write it: $100B, $22.5B, $740. What rounds to one of a unit is one of it.
-- Stable, as to_char is: so it becomes a part of the query, which is six times as fast as a call.
CREATE OR REPLACE FUNCTION {schema}.short_dollars(amount_usd numeric) RETURNS text STABLE
RETURN '$' || regexp_replace(CASE
    WHEN amount_usd >= 999950000000 THEN to_char(amount_usd * 1e-12, 'FM9,999,999,999,999,990.9"T"')
    WHEN amount_usd >= 999950000 THEN to_char(amount_usd * 1e-9, 'FM990.9"B"')
    WHEN amount_usd >= 999950 THEN to_char(amount_usd * 1e-6, 'FM990.9"M"')
    WHEN amount_usd >= 1000 THEN to_char(amount_usd * 1e-3, 'FM990.9"K"')
    WHEN amount_usd = trunc(amount_usd) THEN to_char(amount_usd, 'FM990')
    ELSE to_char(amount_usd, 'FM990.00')
END, '\.([TBMK])', '\1');

-- Nothing of nothing is nothing. Divided to more digits than a float holds.
CREATE OR REPLACE FUNCTION {schema}.share(part_usd numeric, whole_usd numeric)
RETURNS double precision IMMUTABLE
RETURN coalesce((round(part_usd, 60) / nullif(whole_usd, 0))::float8, 0);

CREATE OR REPLACE FUNCTION {schema}.circulating_text(circulating_usd numeric, amount_usd numeric)
RETURNS text STABLE
RETURN {schema}.short_dollars(circulating_usd) || ' circulating ('
       || round(100 * {schema}.share(circulating_usd, amount_usd)) || '%)';

-- A hundred million dollars and less draw the thinnest line; ten times the money adds two.
CREATE OR REPLACE FUNCTION {schema}.thickness(amount_usd numeric) RETURNS double precision IMMUTABLE
RETURN round((1 + 2 * log({schema}.share(greatest(amount_usd, 1e8), 1e8)))::numeric, 1)::float8;

-- Grey where nothing circulates; yellow from the first cent, orange from a third and red from two thirds on.
CREATE OR REPLACE FUNCTION {schema}.color(circulating_usd numeric, amount_usd numeric) RETURNS text IMMUTABLE
RETURN CASE
    WHEN circulating_usd = 0 THEN '#8e8e8e'
    WHEN 3 * circulating_usd < amount_usd THEN '#f2cc0c'
    WHEN 3 * circulating_usd < 2 * amount_usd THEN '#ff9830'
    ELSE '#e02f44'
END;

CREATE OR REPLACE FUNCTION {schema}.circulating_arc(in_usd numeric, out_usd numeric, circulating_usd numeric)
RETURNS double precision IMMUTABLE
RETURN CASE
    WHEN circulating_usd = 0 THEN 0
    ELSE greatest(0, 1 - {schema}.share(in_usd - circulating_usd, in_usd + out_usd)
                       - {schema}.share(out_usd - circulating_usd, in_usd + out_usd))
END;

-- The widest first: the two edges between a pair lie on one line, and the later one is on top.
CREATE OR REPLACE VIEW read.money_flow_edge AS
SELECT basis, json_build_array(source, target)::text AS id, source, target,
       {schema}.short_dollars(amount_usd) AS mainstat,
       {schema}.circulating_text(circulating_usd, amount_usd) AS secondarystat,
       {schema}.thickness(amount_usd) AS thickness, {schema}.color(circulating_usd, amount_usd) AS color,
       amount_usd, circulating_usd, known_at
FROM {schema}.money_flow_edge
WHERE amount_usd > 0
ORDER BY basis, amount_usd DESC, source, target;

CREATE OR REPLACE VIEW read.money_flow_edge_history AS
SELECT known_at, basis, json_build_array(source, target)::text AS id, source, target,
       {schema}.short_dollars(amount_usd) AS mainstat,
       {schema}.circulating_text(circulating_usd, amount_usd) AS secondarystat,
       {schema}.thickness(amount_usd) AS thickness, {schema}.color(circulating_usd, amount_usd) AS color,
       amount_usd, circulating_usd, journal_offset, journal_index
FROM {schema}.money_flow_edge_history;

CREATE OR REPLACE VIEW read.money_flow_node AS
SELECT basis, id, id AS title, {schema}.short_dollars(circulating_usd) || ' circulating' AS subtitle,
       {schema}.short_dollars(in_usd) || ' in' AS mainstat,
       {schema}.short_dollars(out_usd) || ' out' AS secondarystat,
       {schema}.share(in_usd - circulating_usd, in_usd + out_usd) AS arc__inflow,
       {schema}.share(out_usd - circulating_usd, in_usd + out_usd) AS arc__outflow,
       {schema}.circulating_arc(in_usd, out_usd, circulating_usd) AS arc__circulating,
       in_usd, out_usd, circulating_usd, (in_usd - out_usd)::numeric(30, 2) AS net_usd, known_at
FROM {schema}.money_flow_node
WHERE in_usd + out_usd > 0;

CREATE OR REPLACE VIEW read.money_flow_node_history AS
SELECT known_at, basis, id, id AS title, {schema}.short_dollars(circulating_usd) || ' circulating' AS subtitle,
       {schema}.short_dollars(in_usd) || ' in' AS mainstat,
       {schema}.short_dollars(out_usd) || ' out' AS secondarystat,
       {schema}.share(in_usd - circulating_usd, in_usd + out_usd) AS arc__inflow,
       {schema}.share(out_usd - circulating_usd, in_usd + out_usd) AS arc__outflow,
       {schema}.circulating_arc(in_usd, out_usd, circulating_usd) AS arc__circulating,
       in_usd, out_usd, circulating_usd, (in_usd - out_usd)::numeric(30, 2) AS net_usd,
       journal_offset, journal_index
FROM {schema}.money_flow_node_history;

CREATE OR REPLACE VIEW read.circularity AS
SELECT known_at, basis, announced_usd, ci_max_usd, ci_bff_usd, ci_max, ci_bff, bff_known_at, estimated_usd,
       assumption, usd_per_gw, journal_offset, journal_index
FROM {schema}.circularity;

CREATE OR REPLACE VIEW read.loop AS
SELECT basis, rank, path, length, bottleneck_usd, known_at
FROM {schema}.loop
WHERE bottleneck_usd > 0;

CREATE OR REPLACE VIEW read.vendor_round_trip AS
SELECT known_at, basis, vendor, financing_usd, purchases_usd, round_trip_usd, share,
       journal_offset, journal_index
FROM {schema}.vendor_round_trip;
