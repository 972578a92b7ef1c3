"""Power: what was promised to sites, what came, how late, and the dollars that wait for it."""

from dashboards.grafana.board import DEALS, Board, row
from dashboards.grafana.fields import field, renamed
from dashboards.grafana.indicators import (
    bars,
    board_link,
    indicator_over_time,
    indicator_stat,
    value_on_level,
)
from dashboards.grafana.levels import thresholds_in_words
from dashboards.grafana.panels import NEUTRAL, stat, table
from dashboards.grafana.sql import chosen, known
from dashboards.panels.sites import CAPACITY, EVENTS, GENERATORS, IS_CHOSEN, OPERATOR, SITE, SITES, SITES_NOW

# How many sites a number does not speak for, because no day was promised to them.
WITHOUT_A_DAY = (
    f"(SELECT count(*) || ' without a day' FROM read.power_site s WHERE {IS_CHOSEN}"
    " AND s.expected_on IS NULL AND s.status = 'promised' HAVING count(*) > 0)"
)

LONGEST_DELAY = indicator_stat(
    "Longest delay",
    "power_delay",
    "The longest of the chosen sites, and how many it does not speak for, because no day was promised"
    " (read.power_site): unknown where none has a day.",
    f"c.subject IN (SELECT 'site:' || site_id FROM {SITES} chosen)",
    beside=WITHOUT_A_DAY,
)
LATE_SITES = stat(
    "Late sites",
    "Chosen sites that wait for power: how many are later than first promised or overdue, and for how"
    " many no day was ever promised, so that their delay is unknown. From read.power_site.",
    f"""SELECT count(*) FILTER (WHERE s.slip_days > 0 OR s.overdue_days > 0) AS "late",
  count(*) FILTER (WHERE s.expected_on IS NULL) AS "without a day"
FROM read.power_site s WHERE s.status = 'promised' AND {IS_CHOSEN}""",
    defaults={"unit": "none", "color": NEUTRAL},
    fields="/.*/",
    text={"valueSize": 26},
    empty="No site is known.",
)
STRANDED = value_on_level(
    "Dollars in late sites",
    "stranded_financing",
    "The sum of the chosen sites, and how many of the sites that loans name have no promised day"
    " (read.power_site): unknown where none has one.",
    f"""SELECT CASE count(c.subject) WHEN 0 THEN 'no loan names one' ELSE concat_ws(' · ',
    count(*) FILTER (WHERE {known("c")} > 0) || ' late of ' || count(c.subject) || ' that loans name',
    count(*) FILTER (WHERE c.is_unknown) || ' without a day') END AS about,
  sum({known("c")}) AS value
FROM read.power_site s LEFT JOIN read.indicator_current c
  ON c.indicator = 'stranded_financing' AND c.subject = 'site:' || s.site_id
WHERE {IS_CHOSEN}""",
)
UNPERMITTED = indicator_stat(
    "Generators to permits", "unpermitted_generation", "The most at a chosen site.", f"c.subject IN {SITES}"
)
DELIVERED = stat(
    "Delivered of promised",
    "Power that came ÷ power that was promised, of the chosen sites with a promised amount that was not"
    " withdrawn. From read.power_site.",
    f"""SELECT sum(least(s.delivered_mw, s.mw)) / nullif(sum(s.mw), 0) AS value
FROM read.power_site s WHERE s.status IN ('promised', 'complete') AND {IS_CHOSEN}""",
    defaults={"unit": "percentunit", "decimals": 0, "color": NEUTRAL},
    text={"valueSize": 30},
    empty="No amount of power was promised.",
)

DELAY_BY_OPERATOR = table(
    "Delay by operator",
    "Days late on average over the phases of sites of each chosen operator that wait for power, weighted by"
    f" MW. Only those with a promised day count. Levels: {thresholds_in_words('power_delay')}. From"
    " read.indicator_current"
    " (power_delay).",
    f"""SELECT substr(c.subject, 10) AS operator,
  {known("c")} AS value
FROM read.indicator_current c
WHERE c.indicator = 'power_delay' AND c.subject LIKE 'operator:%'
  AND substr(c.subject, 10) = ANY({chosen("operator")})
ORDER BY value DESC NULLS LAST, 1 LIMIT 50""",
    field("operator", renamed("Operator"), board_link("Its sites", "power", "operator")),
    bars("value", "Days late", "power_delay", 365),
    empty="No operator of a site is known. Operators come with PowerScheduled events.",
)

DELAY_OVER_TIME = indicator_over_time(
    "Delay of sites and operators, over time",
    "power_delay",
    "The worst of the chosen sites and operators.",
    name="substr(subject, position(':' in subject) + 1) || CASE WHEN subject LIKE 'operator:%'"
    " THEN ' (all sites)' ELSE '' END",
    where=f"""(subject LIKE 'site:%' AND substr(subject, 6) IN {SITES}
    OR subject LIKE 'operator:%' AND substr(subject, 10) = ANY({chosen("operator")}))""",
    empty="No day was promised to one of these sites: PowerScheduled events bring one as expected_on.",
)

STRANDED_OVER_TIME = indicator_over_time(
    "Dollars in late sites, over time",
    "stranded_financing",
    "The worst of the chosen sites with a promised day.",
    name="substr(subject, 6)",
    where=f"subject LIKE 'site:%' AND substr(subject, 6) IN {SITES}",
    empty="No loan names one of these sites with a promised day. Loans name a site as site_id, and"
    " PowerScheduled events promise a day as expected_on.",
)

BOARD = Board(
    uid="ouroboros-power",
    title="Power",
    description="What was promised to sites, what came, how late, and the dollars that wait for it.",
    order=40,
    tags=("power",),
    variables=(OPERATOR, SITE),
    annotations=(DEALS,),
    rows=(
        row(4, (LONGEST_DELAY, 5), (LATE_SITES, 4), (STRANDED, 5), (UNPERMITTED, 5), (DELIVERED, 5)),
        row(10, (SITES_NOW, 24)),
        row(8, (CAPACITY, 12), (GENERATORS, 12)),
        row(8, (DELAY_BY_OPERATOR, 8), (DELAY_OVER_TIME, 16), title="Delay, and the dollars that wait"),
        row(8, (STRANDED_OVER_TIME, 24)),
        row(9, (EVENTS, 24)),
    ),
)
