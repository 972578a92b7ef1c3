CREATE TABLE {schema}.deal ({deal}, PRIMARY KEY (deal_id));
CREATE TABLE {schema}.deal_leg ({deal_leg}, PRIMARY KEY (deal_id, leg));
CREATE TABLE {schema}.likely_double ({likely_double}, PRIMARY KEY (deal_id, other_id));
CREATE TABLE {schema}.unknown_company ({unknown_company}, PRIMARY KEY (name));
CREATE TABLE {schema}.money_flow_edge ({money_flow_edge}, PRIMARY KEY (basis, source, target));
CREATE TABLE {schema}.money_flow_edge_history (
    {money_flow_edge_history}, PRIMARY KEY (basis, source, target, known_at, journal_offset, journal_index)
);
CREATE TABLE {schema}.money_flow_node ({money_flow_node}, PRIMARY KEY (basis, id));
CREATE TABLE {schema}.money_flow_node_history (
    {money_flow_node_history}, PRIMARY KEY (basis, id, known_at, journal_offset, journal_index)
);
CREATE TABLE {schema}.circularity ({circularity}, PRIMARY KEY (known_at, journal_offset, journal_index, basis));
CREATE TABLE {schema}.loop ({loop}, PRIMARY KEY (basis, rank));
CREATE TABLE {schema}.vendor_round_trip (
    {vendor_round_trip}, PRIMARY KEY (known_at, journal_offset, journal_index, basis, vendor)
);
