"""The graph of who pays whom: its companies, its edges, and where they are drawn."""

from dataclasses import replace

from dashboards.building.fields import field, link
from dashboards.building.panels import node_graph, when_empty
from dashboards.building.sql import chosen

CAUTION = "Separate legs do not prove that the same dollars travel."
NO_MONEY = (
    "No announced money was known at the end of this time range. Choose a later end, or publish DealAnnounced"
    " events (docs/events.md)."
)
ONLY_COMPANY = (
    "/d/ouroboros-money-map?var-basis=${basis}&var-company=${__data.fields.id:percentencode}"
    "&${__url_time_range}"
)
SHOWN_EDGES = 60
# Half of the ellipse in pixels, and so many companies fit on it on a laptop; more of them make it larger.
ACROSS, DOWN, FITTING = 560, 205, 20
# A group of so many has its leader inside of the ellipse.
LED = 3

# The newest row of each edge and company at the end of the time range: the graph as it stood then.
EDGES = f"""WITH newest AS (
  SELECT source, target, max(known_at) AS known_at FROM read.money_flow_edge_history
  WHERE basis = '$basis' AND known_at <= $__timeTo() GROUP BY source, target
), edge AS (
  SELECT DISTINCT ON (h.source, h.target) h.*
  FROM newest JOIN read.money_flow_edge_history h USING (source, target, known_at)
  WHERE h.basis = '$basis'
  ORDER BY h.source, h.target, h.journal_offset DESC, h.journal_index DESC
), shown AS (
  SELECT * FROM edge
  WHERE amount_usd > 0 AND (source = ANY({chosen("company")}) OR target = ANY({chosen("company")}))
  ORDER BY amount_usd DESC, source, target LIMIT {SHOWN_EDGES}
)"""


def then(company: str) -> str:
    """Write a lateral row `company`: the newest row of a company at the end of the time range."""
    return f"""LATERAL (
  SELECT * FROM read.money_flow_node_history h
  WHERE h.basis = '$basis' AND h.id = {company} AND h.known_at <= $__timeTo()
  ORDER BY h.known_at DESC, h.journal_offset DESC, h.journal_index DESC LIMIT 1
) company"""


# A company belongs to the one that it trades most with, if that one is larger, and so on up to the leader of
# a group. Groups stand next to each other on an ellipse, at even steps, the leaders of all but the smallest
# inside. Grafana's own layouts run out of the panel; fixed places do not jump either when it draws anew.
PLACES = f"""side AS (
  SELECT source AS id, target AS partner, amount_usd FROM shown
  UNION ALL SELECT target, source, amount_usd FROM shown
), money AS (SELECT id, sum(amount_usd) AS usd FROM side GROUP BY id
), partner AS (
  SELECT DISTINCT ON (id) id, partner, usd FROM (
    SELECT side.id, partner, money.usd, sum(amount_usd) AS between_usd
    FROM side JOIN money ON money.id = side.id GROUP BY side.id, partner, money.usd) pair
  ORDER BY id, between_usd DESC, partner
), step AS (
  SELECT one.id, one.usd,
         CASE WHEN (one.usd, one.id) < (other.usd, other.id) THEN one.partner ELSE one.id END AS next
  FROM partner one JOIN partner other ON other.id = one.partner
), led AS (
  WITH RECURSIVE way AS (
    SELECT id, usd, next AS leader FROM step
    UNION SELECT way.id, way.usd, step.next FROM way JOIN step ON step.id = way.leader)
  SELECT way.id, way.usd, leader, step.usd AS leader_usd, count(*) OVER (PARTITION BY leader) AS members
  FROM way JOIN step ON step.id = way.leader
  WHERE step.next = step.id
), ring AS (
  SELECT angle, sum(step) OVER (ORDER BY angle) / sum(step) OVER () AS way
  FROM (SELECT angle, sqrt(({ACROSS} * sin(angle)) ^ 2 + ({DOWN} * cos(angle)) ^ 2) AS step
        FROM generate_series(1, 360) AS degree, LATERAL (SELECT radians(degree) AS angle) circle) steps
), around AS (
  SELECT id, leader, (SELECT min(angle) FROM ring WHERE way >= (number - 0.5) / whole) AS angle, whole
  FROM (SELECT id, leader, count(*) OVER () AS whole,
               row_number() OVER (ORDER BY leader_usd DESC, leader, usd DESC, id) AS number
        FROM led WHERE id <> leader OR members < {LED}) ordered
), place AS (
  SELECT id, angle, 1 AS across, 1 AS down, whole FROM around
  UNION ALL SELECT leader, avg(angle), CASE WHEN count(*) OVER () > 1 THEN 0.42 ELSE 0 END,
                   CASE WHEN count(*) OVER () > 1 THEN 0.3 ELSE 0 END, max(whole)
  FROM around JOIN led USING (id, leader) WHERE members >= {LED} GROUP BY leader
)"""
# The node graph fails without any node: then one says so.
NODES_SQL = f"""{EDGES}, {PLACES}
SELECT company.id, title, CASE WHEN circulating_usd > 0 THEN subtitle ELSE '' END AS subtitle,
       mainstat, secondarystat, arc__inflow, arc__outflow, arc__circulating,
       round(greatest(1, whole / {FITTING:.1f}) * across * {ACROSS} * cos(angle)) AS fixedx,
       round(greatest(1, whole / {FITTING:.1f}) * down * {DOWN} * sin(angle)) AS fixedy
FROM place CROSS JOIN {then("place.id")}
UNION ALL
SELECT '', 'No money known', '', '', '', 0, 0, 0, 0, 0 WHERE NOT EXISTS (SELECT FROM shown)
ORDER BY id"""

# Both edges of a pair lie on one line, the later on top: the wider comes first, and both say the same.
# Grafana puts an edge's id into an address of CSS, where quotes and spaces would lose the arrow.
EDGES_SQL = f"""{EDGES}
SELECT md5(one.id) AS id, one.source, one.target, one.thickness, one.color,
       CASE WHEN back.is_wider THEN back.said ELSE said.said END AS mainstat,
       CASE WHEN back.is_wider THEN said.said ELSE coalesce(back.said, '') END AS secondarystat,
       one.secondarystat AS detail__circulating
FROM shown one CROSS JOIN LATERAL (SELECT '→ ' || one.target || ' ' || one.mainstat AS said) said
LEFT JOIN LATERAL (
  SELECT '→ ' || other.target || ' ' || other.mainstat AS said,
         (other.amount_usd, one.source) > (one.amount_usd, other.source) AS is_wider
  FROM shown other WHERE other.source = one.target AND other.target = one.source
) back ON true
ORDER BY one.amount_usd DESC, one.source, one.target"""

_GRAPH = node_graph(
    "Who pays whom, at the end of the time range",
    "Companies and the money that was announced between them, summed over deals, as it was known at the end"
    f" of the chosen time range; the {SHOWN_EDGES} widest edges. An arrow runs from who pays to who is paid;"
    " point at a company for the amounts. The ring of a company: blue comes in and stays, green goes out for"
    " good, red circulates. Every tenfold of dollars adds the same to its width; grey: nothing of it"
    " circulates; yellow: less than a third; orange: less than two thirds; red: more, by Balanced Flow"
    f" Forwarding (arXiv 2506.12546). {CAUTION} From read.money_flow_edge_history and"
    " read.money_flow_node_history.",
    NODES_SQL,
    EDGES_SQL,
    arcs={"arc__inflow": "blue", "arc__outflow": "green", "arc__circulating": "red"},
)
GRAPH = when_empty(
    replace(
        _GRAPH,
        # Of a field's looks the node graph takes links alone.
        overrides=(field("title", link("Show only this company", ONLY_COMPANY)),),
    ),
    NO_MONEY,
)
