"""The state of the chosen sites in five numbers."""

from dashboards.building.indicators import indicator_stat, worst_of
from dashboards.building.panels import stat, when_empty
from dashboards.building.sql import known
from dashboards.sites.choice import IS_CHOSEN, SITES

# Beside a number that does not speak for sites without a promised day stands how many these are.
WITHOUT_A_DAY = (
    f"(SELECT count(*) || ' without a day' FROM read.power_site s WHERE {IS_CHOSEN}"
    " AND s.expected_on IS NULL HAVING count(*) > 0)"
)

LONGEST_DELAY = indicator_stat(
    "power_delay",
    "Longest delay",
    "Most days by which power of a chosen site is later than first promised, or overdue, and how many chosen"
    " sites it does not speak for, because no day was promised: unknown where none has a day. Watch 30,"
    " warning 90, critical 180 days. From read.indicator_current (power_delay) and read.power_site.",
    worst_of(
        "power_delay",
        f"c.subject IN (SELECT 'site:' || site_id FROM {SITES} chosen)",
        beside=WITHOUT_A_DAY,
    ),
    decimals=0,
)
LATE_SITES = when_empty(
    stat(
        "Late sites",
        "Chosen sites whose power is later than first promised or overdue, and those for which no day was"
        " ever promised, so that no delay can be told. From read.power_site.",
        f"""SELECT count(*) FILTER (WHERE s.slip_days > 0 OR s.overdue_days > 0) AS "late",
  count(*) FILTER (WHERE s.expected_on IS NULL) AS "without a day"
FROM read.power_site s WHERE {IS_CHOSEN}""",
        defaults={"unit": "none", "color": {"mode": "fixed", "fixedColor": "blue"}},
        fields="/.*/",
        text_size=26,
    ),
    "No site is known.",
)
STRANDED = indicator_stat(
    "stranded_financing",
    "Dollars in late sites",
    "Debt and equity of loans that name a chosen site whose power is late, and how many of the sites that"
    " loans name have no promised day: unknown where none has one. Watch $1B, warning $5B, critical $20B."
    " From read.indicator_current (stranded_financing) and read.power_site.",
    f"""SELECT CASE count(c.subject) WHEN 0 THEN 'no loan names one' ELSE concat_ws(' · ',
    count(*) FILTER (WHERE {known("c")} > 0) || ' late of ' || count(c.subject) || ' that loans name',
    count(c.subject) FILTER (WHERE s.expected_on IS NULL) || ' without a day') END AS about,
  sum({known("c")}) AS value
FROM read.power_site s LEFT JOIN read.indicator_current c
  ON c.indicator = 'stranded_financing' AND c.subject = 'site:' || s.site_id
WHERE {IS_CHOSEN}""",
)
UNPERMITTED = indicator_stat(
    "unpermitted_generation",
    "Generators to permits",
    "The highest ratio of generators counted to generators permitted at a chosen site. Watch above 1,"
    " warning 1.5, critical 2. From read.indicator_current (unpermitted_generation).",
    worst_of("unpermitted_generation", f"c.subject IN {SITES}"),
    decimals=2,
)
DELIVERED = when_empty(
    stat(
        "Delivered of promised",
        "Power that came ÷ power that was promised, of the chosen sites with a promised amount. From"
        " read.power_site.",
        f"""SELECT sum(least(s.delivered_mw, s.mw)) / nullif(sum(s.mw), 0) AS value
FROM read.power_site s WHERE {IS_CHOSEN}""",
        defaults={
            "unit": "percentunit",
            "decimals": 0,
            "color": {"mode": "fixed", "fixedColor": "blue"},
        },
        text_size=30,
    ),
    "No amount of power was promised.",
)
