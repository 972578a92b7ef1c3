"""How late power is, and the dollars that wait for it."""

from dashboards.boards.sites.choice import SITES
from dashboards.grafana.fields import field, renamed
from dashboards.grafana.indicators import bars, board_link, indicator_over_time
from dashboards.grafana.levels import thresholds_in_words
from dashboards.grafana.panels import table
from dashboards.grafana.sql import chosen, known

DELAY_BY_OPERATOR = table(
    "Delay by operator",
    "Days late on average over the sites of each chosen operator, weighted by MW. Only sites with a"
    f" promised day count. Levels: {thresholds_in_words('power_delay')}. From read.indicator_current"
    " (power_delay).",
    f"""SELECT substr(c.subject, 10) AS operator,
  {known("c")} AS value
FROM read.indicator_current c
WHERE c.indicator = 'power_delay' AND c.subject LIKE 'operator:%'
  AND substr(c.subject, 10) = ANY({chosen("operator")})
ORDER BY value DESC NULLS LAST, 1 LIMIT 50""",
    overrides=(
        field("operator", renamed("Operator"), board_link("Its sites", "power", "operator")),
        bars("value", "Days late", "power_delay", 365),
    ),
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
