CREATE OR REPLACE VIEW read.deal AS
SELECT deal_id, title, announced_at, known_at, status, certainty, source_url
FROM {schema}.deal;

CREATE OR REPLACE VIEW read.deal_leg AS
SELECT deal_id, leg, kind, payer, payee, amount_usd, conditional, condition, funded_usd, starts, ends,
       capacity_mw, estimated_usd, assumption, usd_per_gw, amount_low_usd, up_to, amount, currency,
       usd_per_unit, annual_usd, payer_company, payee_company, known_at
FROM {schema}.deal_leg
WHERE NOT removed;

CREATE OR REPLACE VIEW read.unknown_company AS
SELECT name, deal_id, known_at, closest
FROM {schema}.unknown_company;

-- The widest first: the two edges between a pair lie on one line, and the later one is on top.
CREATE OR REPLACE VIEW read.money_flow_edge AS
SELECT basis, json_build_array(source, target)::text AS id, source, target, mainstat, secondarystat,
       thickness, color, amount_usd, circulating_usd, known_at
FROM {schema}.money_flow_edge
WHERE amount_usd > 0
ORDER BY basis, amount_usd DESC, source, target;

CREATE OR REPLACE VIEW read.money_flow_node AS
SELECT basis, id, title, subtitle, mainstat, secondarystat, arc__inflow, arc__outflow, arc__circulating,
       in_usd, out_usd, circulating_usd, net_usd, known_at
FROM {schema}.money_flow_node
WHERE in_usd + out_usd > 0;

CREATE OR REPLACE VIEW read.money_flow_edge_history AS
SELECT known_at, basis, json_build_array(source, target)::text AS id, source, target, mainstat, secondarystat,
       thickness, color, amount_usd, circulating_usd, journal_offset, journal_index
FROM {schema}.money_flow_edge_history;

CREATE OR REPLACE VIEW read.money_flow_node_history AS
SELECT known_at, basis, id, title, subtitle, mainstat, secondarystat, arc__inflow, arc__outflow,
       arc__circulating, in_usd, out_usd, circulating_usd, net_usd, journal_offset, journal_index
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
