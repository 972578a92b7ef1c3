"""The state of the chosen sites in five numbers."""

from dashboards.boards.sites.choice import IS_CHOSEN, SITES
from dashboards.grafana.indicators import indicator_stat, value_on_level
from dashboards.grafana.panels import NEUTRAL, stat
from dashboards.grafana.sql import known

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
    text_size=26,
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
    "Power that came ÷ power that was promised, of the chosen sites with a promised amount. From"
    " read.power_site.",
    f"""SELECT sum(least(s.delivered_mw, s.mw)) / nullif(sum(s.mw), 0) AS value
FROM read.power_site s WHERE {IS_CHOSEN}""",
    defaults={"unit": "percentunit", "decimals": 0, "color": NEUTRAL},
    text_size=30,
    empty="No amount of power was promised.",
)
