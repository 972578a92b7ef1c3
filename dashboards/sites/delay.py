"""How late power is, and the dollars that wait for it."""

from dashboards.building.fields import field, renamed, wrapped
from dashboards.building.indicators import bars, board_link, indicator_over_time
from dashboards.building.panels import table, when_empty
from dashboards.building.sql import chosen, known
from dashboards.sites.choice import DATED, IS_CHOSEN, UID

DELAY_BY_OPERATOR = when_empty(
    table(
        "Delay by operator",
        "Days late on average over the sites of each chosen operator, weighted by MW. Watch 30, warning 90,"
        " critical 180 days. Only sites with a promised day count. From read.indicator_current"
        " (power_delay).",
        f"""SELECT substr(c.subject, 10) AS operator,
  {known("c")} AS value
FROM read.indicator_current c
WHERE c.indicator = 'power_delay' AND c.subject LIKE 'operator:%'
  AND substr(c.subject, 10) = ANY({chosen("operator")})
ORDER BY value DESC NULLS LAST, 1 LIMIT 50""",
        overrides=(
            field("operator", renamed("Operator"), wrapped(), board_link("Its sites", UID, "operator")),
            bars("value", "Days late", "power_delay", 365, 0),
        ),
    ),
    "No operator of a site is known. Operators come with PowerScheduled events.",
)

DELAY_OVER_TIME = when_empty(
    indicator_over_time(
        "Delay of sites and operators, over time",
        "Days by which power was later than first promised or overdue, per chosen site and operator, the"
        " worst 12. The lines are the thresholds: 30, 90, 180 days. From read.indicator (power_delay).",
        "power_delay",
        (0, 190),
        name="substr(subject, position(':' in subject) + 1) || CASE WHEN subject LIKE 'operator:%'"
        " THEN ' (all sites)' ELSE '' END",
        where=f"""(subject LIKE 'site:%' AND substr(subject, 6) IN ({DATED} AND {IS_CHOSEN})
    OR subject LIKE 'operator:%' AND substr(subject, 10) = ANY({chosen("operator")})
    AND EXISTS ({DATED} AND s.operator = substr(subject, 10)))""",
        unit="suffix:days",
        decimals=0,
    ),
    "No day was promised to one of these sites: PowerScheduled events bring one as expected_on.",
)

STRANDED_OVER_TIME = when_empty(
    indicator_over_time(
        "Dollars in late sites, over time",
        "Debt and equity of loans that name a chosen site with a promised day, while its power is late, per"
        " site. The lines are the thresholds: $1B, $5B, $20B. From read.indicator (stranded_financing).",
        "stranded_financing",
        (0, 2e9),
        name="substr(subject, 6)",
        where=f"subject LIKE 'site:%' AND substr(subject, 6) IN ({DATED} AND {IS_CHOSEN})",
        unit="currencyUSD",
    ),
    "No loan names one of these sites with a promised day. Loans name a site as site_id, and PowerScheduled"
    " events promise a day as expected_on.",
)
