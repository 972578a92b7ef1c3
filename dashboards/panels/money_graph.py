"""The graph of who pays whom: its companies, its edges, and where they are drawn."""

from dashboards.grafana.fields import field, link
from dashboards.grafana.panels import Panel
from dashboards.grafana.sql import chosen

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
# Half of the ellipse in pixels, and so many companies fit on it on a laptop where the menu of Grafana is
# open; more of them make it larger.
ACROSS, DOWN, FITTING = 490, 205, 17
# Where on the way from the middle of the ellipse to its edge the leaders are.
INSIDE_ACROSS, INSIDE_DOWN = 0.36, 0.45
# The ellipse can be turned in so many ways. In pixels: a company's ring, down to the end of its name, and to
# each side a letter of the name and a short name.
TURNS, RADIUS, NAMED, HALF_LETTER, LEAST_NAME = 24, 40, 78, 2.8, 30
# So many pixels above the middle of the panel, as the legend covers its foot.
RAISED = 30
# A group of so many has its leader inside of the ellipse.
LED = 3

# The newest row of each edge and company at the end of the time range: the graph as it was then.
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
    """Return a lateral row `company`: the newest row of a company at the end of the time range."""
    return f"""LATERAL (
  SELECT * FROM read.money_flow_node_history h
  WHERE h.basis = '$basis' AND h.id = {company} AND h.known_at <= $__timeTo()
  ORDER BY h.known_at DESC, h.journal_offset DESC, h.journal_index DESC LIMIT 1
) company"""


# A company belongs to the one that it trades most with, if that one is larger, and so on up to the leader of
# a group. Groups lie next to each other on an ellipse, at even steps, the leaders of all but the smallest
# inside. Of all ways to turn the ellipse the one is taken in which the fewest arrows run through a name or
# another company: Grafana writes names below companies, where steep arrows pass. Grafana's own layouts run
# out of the panel; fixed places do not jump either when it draws anew.
POSITIONS = f"""side AS (
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
  SELECT id, leader, (number - 0.5) / whole AS way, greatest(1, whole / {FITTING:.1f}) AS scale
  FROM (SELECT id, leader, count(*) OVER () AS whole,
               row_number() OVER (ORDER BY leader_usd DESC, leader, usd DESC, id) AS number
        FROM led WHERE id <> leader OR members < {LED}) ordered
), turned AS (
  SELECT turn, id, leader, scale, radians(1 + width_bucket(
           (way + turn / {TURNS:.1f}) % 1, (SELECT array_agg(way::numeric ORDER BY way) FROM ring))) AS angle
  FROM around CROSS JOIN generate_series(0, {TURNS - 1}) AS turn
), position AS MATERIALIZED (
  SELECT turn, id, scale * {ACROSS} * cos(angle) AS x, scale * {DOWN} * sin(angle) AS y FROM turned
  UNION ALL
  SELECT turn, leader, inside * {INSIDE_ACROSS} * {ACROSS} * cos(angle),
         inside * {INSIDE_DOWN} * {DOWN} * sin(angle)
  FROM (SELECT turn, leader, atan2(avg(sin(angle)), avg(cos(angle))) AS angle,
               CASE WHEN count(*) OVER (PARTITION BY turn) > 1 THEN max(scale) ELSE 0 END AS inside
        FROM turned JOIN led USING (id, leader) WHERE members >= {LED} GROUP BY turn, leader) middle
), pair AS (
  SELECT DISTINCT least(source, target) AS near, greatest(source, target) AS far FROM shown
), arrow AS (
  SELECT turn, near, far, lseg(point(one.x, one.y), point(other.x, other.y)) AS way
  FROM pair JOIN position one ON one.id = near JOIN position other USING (turn) WHERE other.id = far
), best AS (
  SELECT turn FROM arrow JOIN (
    SELECT turn, id, box(point(x - ring, y - {RADIUS}), point(x + ring, y + {NAMED})) AS whole,
           box(point(x - name, y + {RADIUS} + 5), point(x + name, y + {NAMED})) AS name
    FROM position CROSS JOIN LATERAL (
      SELECT greatest({RADIUS}, {HALF_LETTER} * length(id)) AS ring,
             greatest({LEAST_NAME}, {HALF_LETTER} * length(id)) AS name) half
  ) company USING (turn)
  GROUP BY turn
  ORDER BY count(*) FILTER (WHERE way ?# CASE WHEN id IN (near, far) THEN name ELSE whole END), turn
  LIMIT 1
)"""
# The node graph fails without any node: then one says so.
NODES_SQL = f"""{EDGES}, {POSITIONS}
SELECT company.id, title, CASE WHEN circulating_usd > 0 THEN subtitle ELSE '' END AS subtitle,
       mainstat, secondarystat, arc__inflow, arc__outflow, arc__circulating,
       round(x) AS fixedx, round(y) - {RAISED} AS fixedy
FROM position JOIN best USING (turn) CROSS JOIN {then("position.id")}
UNION ALL
SELECT '', 'No money known', '', '', '', 0, 0, 0, 0, 0 WHERE NOT EXISTS (SELECT FROM shown)
ORDER BY id"""

# What the legend says of the rings, and of the amounts inside of them.
LEGEND = {
    "mainstat": "above: all that comes in",
    "secondarystat": "below: all that goes out",
    "arc__inflow": "comes in and stays",
    "arc__outflow": "goes out for good",
    "arc__circulating": "circulates",
}
ARCS = {"arc__inflow": "blue", "arc__outflow": "green", "arc__circulating": "red"}

# Both edges of a pair lie on one line, the later on top: the wider comes first, and both say the same.
# Grafana puts an edge's id into an address of CSS, where quotes and spaces would lose the arrow.
EDGES_SQL = f"""{EDGES}
SELECT md5(edge.id) AS id, edge.source, edge.target, edge.thickness, edge.color,
       CASE WHEN back.is_wider THEN back.label ELSE this.label END AS mainstat,
       CASE WHEN back.is_wider THEN this.label ELSE coalesce(back.label, '') END AS secondarystat,
       edge.secondarystat AS detail__circulating
FROM shown edge CROSS JOIN LATERAL (SELECT '→ ' || edge.target || ' ' || edge.mainstat AS label) this
LEFT JOIN LATERAL (
  SELECT '→ ' || other.target || ' ' || other.mainstat AS label,
         (other.amount_usd, edge.source) > (edge.amount_usd, other.source) AS is_wider
  FROM shown other WHERE other.source = edge.target AND other.target = edge.source
) back ON true
ORDER BY edge.amount_usd DESC, edge.source, edge.target"""

GRAPH = Panel(
    "nodeGraph",
    "Who pays whom, at the end of the time range",
    "Companies and the money that was announced between them, summed over deals, as it was known at the end"
    f" of the chosen time range; the {SHOWN_EDGES} widest edges. An arrow runs from who pays to who is paid;"
    " point at a company for the amounts. The ring of a company: blue comes in and stays, green goes out for"
    " good, red circulates. Every tenfold of dollars adds the same to its width; grey: nothing of it"
    " circulates; yellow: less than a third; orange: less than two thirds; red: more, by Balanced Flow"
    f" Forwarding (arXiv 2506.12546). {CAUTION} From read.money_flow_edge_history and"
    " read.money_flow_node_history.",
    {"nodes": NODES_SQL, "edges": EDGES_SQL},
    options={
        "nodes": {"arcs": [{"field": name, "color": shade} for name, shade in ARCS.items()]},
        "edges": {},
        "zoomMode": "cooperative",
        "layoutAlgorithm": "layered",
    },
    # Of a field's looks the node graph takes links alone.
    overrides=[field("title", link("Show only this company", ONLY_COMPANY))],
    transformations=(
        {
            "id": "organize",
            "filter": {"id": "byRefId", "options": "nodes"},
            "options": {"renameByName": LEGEND},
        },
    ),
    empty=NO_MONEY,
)
