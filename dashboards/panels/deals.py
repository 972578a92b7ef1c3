"""Loops of money, companies by what runs through them, deals, and names to review."""

from dashboards.grafana.fields import DAY, USD, field, link, unit, width
from dashboards.grafana.indicators import colored, source_column
from dashboards.grafana.panels import table
from dashboards.grafana.sql import chosen
from dashboards.panels.money_graph import CAUTION, NO_MONEY, ONLY_COMPANY, then
from events.families.deals import FINANCING

_COMPANY = chosen("company")
_IS_CHOSEN = f"""d.deal_id IN (SELECT deal_id FROM read.deal_leg
                WHERE payer_company = ANY({_COMPANY}) OR payee_company = ANY({_COMPANY}))"""
_FINANCING = ", ".join(f"'{kind}'" for kind in sorted(FINANCING))

LOOPS = table(
    "Loops, now",
    "Ways on which money can come back to where it began, through at most 6 companies, the widest"
    " first, at most 50; the bottleneck is the smallest amount on the way. As of now, whatever"
    f" the time range. For reading, never a sum: loops share edges. {CAUTION} From read.loop.",
    'SELECT rank AS "#", path AS "Loop", length AS "Companies", bottleneck_usd AS "Bottleneck",'
    " known_at AS \"Since\" FROM read.loop WHERE basis = '$basis' ORDER BY rank",
    field("#", width(40)),
    field("Companies", width(95)),
    field("Bottleneck", *USD, width(100)),
    field("Since", *DAY, width(105)),
    empty="No announced money of this basis can come back to where it began.",
)

HUBS = table(
    "Companies by the money that runs through them",
    "Announced money in and out of each company at the end of the time range, in less out, and what of"
    " it circulates by Balanced Flow Forwarding, also as a share of the larger of in and out."
    f" {CAUTION} From read.money_flow_node_history.",
    f"""SELECT id AS "Company", nullif(in_usd, 0) AS "In", nullif(out_usd, 0) AS "Out",
       net_usd AS "Net", nullif(circulating_usd, 0) AS "Circulating",
       nullif(circulating_usd, 0) / greatest(in_usd, out_usd) AS "Share"
FROM unnest({_COMPANY}) AS chosen CROSS JOIN {then("chosen")}
WHERE in_usd + out_usd > 0
ORDER BY in_usd + out_usd DESC, id LIMIT 200""",
    field("Company", link("Show only this company", ONLY_COMPANY.replace(".id:", ".Company:"))),
    *(field(name, *USD) for name in ("In", "Out", "Net", "Circulating")),
    field("Share", *unit("percentunit", 0), width(80)),
    empty=NO_MONEY,
)

CONDITIONAL = table(
    "Conditional dollars, now",
    "Deals with financing that waits for a condition and is not paid yet: those dollars, all dollars"
    " of the deal's financing, and the share as it was measured, coloured by the thresholds of the"
    " sign conditional_share. Letters of intent, which count nothing, are left out. As of now,"
    " whatever the time range. From read.deal_leg and read.indicator_current.",
    f"""SELECT d.title AS "Deal",
       sum(greatest(l.amount_usd - l.funded_usd, 0)) FILTER (WHERE l.conditional) AS "Conditional",
       sum(l.amount_usd) AS "Financing", max(c.value) AS "Share",
       string_agg(DISTINCT l.condition, '; ') AS "Waits for", d.source_url
FROM read.deal d JOIN read.deal_leg l USING (deal_id)
LEFT JOIN read.indicator_current c ON c.indicator = 'conditional_share' AND c.subject = d.deal_id
WHERE l.kind IN ({_FINANCING}) AND l.amount_usd IS NOT NULL
  AND d.status NOT IN ('terminated', 'letter_of_intent')
  AND {_IS_CHOSEN}
GROUP BY d.deal_id, d.title, d.source_url
HAVING bool_or(l.conditional)
ORDER BY 2 DESC, d.title LIMIT 100""",
    field("Conditional", *USD, width(95)),
    field("Financing", *USD, width(85)),
    colored("Share", "Share", "conditional_share", 70),
    source_column(),
    empty="No deal is known whose financing waits for a condition.",
)

DEALS = table(
    "Deals, now",
    "Every deal of the chosen companies, the newest first, as of now: who pays whom, for what,"
    " the stated dollars, dollars assumed for capacity without a price, and dollars paid. A letter of"
    " intent is listed and counts nothing anywhere. From read.deal and read.deal_leg.",
    f"""SELECT d.announced_at AS "Announced", d.title AS "Deal",
       string_agg(DISTINCT l.payer_company || ' → ' || l.payee_company, ', ') AS "Who pays whom",
       string_agg(DISTINCT l.kind, ', ') AS "For", sum(l.amount_usd) AS "Stated",
       sum(l.estimated_usd) AS "Assumed", nullif(sum(l.funded_usd), 0) AS "Paid",
       replace(d.status, '_', ' ') AS "Status", d.certainty AS "Certainty", d.source_url
FROM read.deal d LEFT JOIN read.deal_leg l USING (deal_id)
WHERE {_IS_CHOSEN}
GROUP BY d.deal_id, d.announced_at, d.title, d.status, d.certainty, d.source_url
ORDER BY d.announced_at DESC, d.deal_id LIMIT 500""",
    field("Announced", *DAY, width(95)),
    field("For", width(120)),
    *(field(name, *USD, width(90)) for name in ("Stated", "Assumed", "Paid")),
    field("Status", width(115)),
    field("Certainty", width(85)),
    source_column(),
    empty="No deal is known. Publish DealAnnounced events (docs/events.md).",
)

DOUBLES = table(
    "Likely doubles, now",
    "Two deals of different sources between the same companies and of about as many dollars (a tenth apart at"
    " most). If they are one, the smaller amount counts twice: publish the event, with times, a source and"
    " who decides it. From read.likely_double.",
    """SELECT d.title AS "Deal", o.title AS "Other", b.amount_usd AS "Amount",
       b.other_amount_usd AS "Other amount", b.twice_usd AS "Twice", b.joined_by::text AS "Made one by"
FROM read.likely_double b JOIN read.deal d USING (deal_id) JOIN read.deal o ON o.deal_id = b.other_id
ORDER BY b.twice_usd DESC, b.deal_id, b.other_id LIMIT 100""",
    *(field(name, *USD, width(110)) for name in ("Amount", "Other amount", "Twice")),
    empty="No two deals of different sources look like one.",
)

UNKNOWN_NAMES = table(
    "Names to review",
    "Payers and payees that the table of companies does not have. Each is a company of its own in the"
    " graph; if it is another name of a known one, money is missing there. Correct the event, or add the"
    " name to the table. From read.unknown_company.",
    'SELECT name AS "Name", closest AS "Spelled like", deal_id AS "First named in", known_at AS "On"'
    " FROM read.unknown_company ORDER BY known_at DESC, name LIMIT 200",
    field("On", *DAY, width(95)),
    empty="Every payer and payee is a known company.",
)
