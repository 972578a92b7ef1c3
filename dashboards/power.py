"""Power: what was promised to sites, what came, how late, and the dollars that wait for it."""

from dashboards.building.annotations import DEALS, SIGNALS
from dashboards.building.board import Board, Row
from dashboards.building.fields import (
    DAY,
    as_level,
    color,
    field,
    lit_from_one,
    renamed,
    unit,
    width,
    wrapped,
)
from dashboards.building.indicators import bars, board_link, colored, history, indicator_stat, source_column
from dashboards.building.levels import UNKNOWN, UNKNOWN_COLOR, steps_of
from dashboards.building.panels import bar_chart, stat, table, time_series, when_empty
from dashboards.building.sql import chosen, known, shown_level
from dashboards.building.variables import chosen_from

UID = "ouroboros-power"
NOT_STATED = "not stated"
MW = unit("suffix: MW", 0)

# A site chosen by its operator and by its name; events that name no operator follow their site.
IS_CHOSEN = f"""coalesce(s.operator, '{NOT_STATED}') = ANY({chosen("operator")})
  AND s.site_id = ANY({chosen("site")})"""
SITES = f"(SELECT s.site_id FROM read.power_site s WHERE {IS_CHOSEN})"

# Of a site without a promised day no delay can be told: its 0 days mean nothing.
DATED = "SELECT s.site_id FROM read.power_site s WHERE s.expected_on IS NOT NULL"

OPERATOR = chosen_from(
    "operator", "Operator", f"SELECT DISTINCT coalesce(operator, '{NOT_STATED}') FROM read.power_site"
)
SITE = chosen_from(
    "site",
    "Site",
    "SELECT site_id FROM read.power_site s"
    f" WHERE coalesce(s.operator, '{NOT_STATED}') = ANY({chosen('operator')})",
)

# Beside a number that does not speak for sites without a promised day stands how many these are.
WITHOUT_A_DAY = (
    field(
        "without a day",
        *unit("none", 0),
        {"id": "color", "value": {"mode": "thresholds"}},
        lit_from_one(UNKNOWN_COLOR),
    ),
)

LONGEST_DELAY = indicator_stat(
    "power_delay",
    "Longest delay",
    "Most days by which power of a chosen site is later than first promised, or overdue, and how many chosen"
    " sites it does not speak for, because no day was promised: unknown where none has a day. Watch 30,"
    " warning 90, critical 180 days. From read.indicator_current (power_delay) and read.power_site.",
    f"""SELECT max({known("c")}) AS "late", count(*) FILTER (WHERE s.expected_on IS NULL) AS "without a day"
FROM read.power_site s LEFT JOIN read.indicator_current c
  ON c.indicator = 'power_delay' AND c.subject = 'site:' || s.site_id
WHERE {IS_CHOSEN}""",
    decimals=0,
    beside=WITHOUT_A_DAY,
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
    f"""SELECT sum({known("c")}) AS "in late sites",
  count(c.subject) FILTER (WHERE s.expected_on IS NULL) AS "without a day"
FROM read.power_site s LEFT JOIN read.indicator_current c
  ON c.indicator = 'stranded_financing' AND c.subject = 'site:' || s.site_id
WHERE {IS_CHOSEN}""",
    beside=WITHOUT_A_DAY,
)
UNPERMITTED = indicator_stat(
    "unpermitted_generation",
    "Generators seen to permitted",
    "The highest ratio of generators counted to generators permitted at a chosen site. Watch above 1,"
    " warning 1.5, critical 2. From read.indicator_current (unpermitted_generation).",
    f"""SELECT max({known("c")}) AS value FROM read.indicator_current c
WHERE c.indicator = 'unpermitted_generation' AND c.subject IN {SITES}""",
    decimals=2,
)
DELIVERED = when_empty(
    stat(
        "Delivered of promised power",
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

SITES_TABLE = when_empty(
    table(
        "Sites",
        "What was promised to each chosen site and what came. Slip: days from the first promised day to the"
        " latest; overdue: days since the promised day while power is missing; a dash where no day was"
        " promised. Dollars: debt and equity of loans that name the site, while it is late. Level of the"
        " delay: watch 30, warning 90, critical 180 days. From read.power_site and read.indicator_current.",
        f"""SELECT s.site_id, s.operator, s.mw, nullif(s.delivered_mw, 0) AS delivered_mw,
  s.delivered_mw / nullif(s.mw, 0) AS share, s.first_expected_on, s.expected_on,
  CASE WHEN s.expected_on IS NOT NULL THEN s.slip_days END AS slip_days,
  CASE WHEN s.expected_on IS NOT NULL THEN s.overdue_days END AS overdue_days,
  coalesce({shown_level("d")}, '{UNKNOWN}') AS level,
  nullif(f.value, 0) AS stranded_usd, s.known_at, e.source_url
FROM read.power_site s
LEFT JOIN read.indicator_current d ON d.indicator = 'power_delay' AND d.subject = 'site:' || s.site_id
LEFT JOIN read.indicator_current f
  ON f.indicator = 'stranded_financing' AND f.subject = 'site:' || s.site_id
LEFT JOIN LATERAL (
  SELECT p.source_url FROM read.power_event p
  WHERE p.site_id = s.site_id AND p.source_url IS NOT NULL ORDER BY p.known_at DESC, p.event_id LIMIT 1
) e ON true
WHERE {IS_CHOSEN}
ORDER BY greatest(s.slip_days, s.overdue_days) DESC NULLS LAST, s.mw DESC NULLS LAST, s.site_id LIMIT 500""",
        overrides=(
            field("site_id", renamed("Site"), board_link("This site", UID, "site")),
            field("operator", renamed("Operator"), width(105), board_link("Its sites", UID, "operator")),
            field("mw", renamed("Promised"), *MW, width(95)),
            field("delivered_mw", renamed("Delivered"), *MW, width(95)),
            field("share", renamed("Share"), *unit("percentunit", 0), width(70)),
            field("first_expected_on", renamed("First promised"), *DAY, width(115)),
            field("expected_on", renamed("Now expected"), *DAY, width(115)),
            colored("slip_days", "Slip", "power_delay", 0, 90),
            colored("overdue_days", "Overdue", "power_delay", 0, 90),
            field("level", renamed("Level"), *as_level()),
            colored("stranded_usd", "Dollars", "stranded_financing", 1, 90),
            field("known_at", renamed("Known"), *DAY, width(100)),
            source_column(),
        ),
    ),
    "No site of these operators is known. Sites come as PowerScheduled events.",
)

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
            field("operator", renamed("Operator"), width(170), board_link("Its sites", UID, "operator")),
            bars("value", "Days late", "power_delay", 365, 0),
        ),
    ),
    "No operator of a site is known. Operators come with PowerScheduled events.",
)

DELAY_OVER_TIME = when_empty(
    time_series(
        "Delay of sites and operators, over time",
        "Days by which power was later than first promised or overdue, per chosen site and operator, the"
        " worst 12. The lines are the thresholds: 30, 90, 180 days. From read.indicator (power_delay).",
        history(
            "power_delay",
            name="substr(subject, position(':' in subject) + 1) || CASE WHEN subject LIKE 'operator:%'"
            " THEN ' (all sites)' ELSE '' END",
            where=f"""(subject LIKE 'site:%' AND substr(subject, 6) IN ({DATED} AND {IS_CHOSEN})
    OR subject LIKE 'operator:%' AND substr(subject, 10) = ANY({chosen("operator")})
    AND EXISTS ({DATED} AND s.operator = substr(subject, 10)))""",
        ),
        unit="suffix: days",
        decimals=0,
        thresholds=steps_of("power_delay"),
        draw="step",
        custom={"axisSoftMin": 0, "axisSoftMax": 190},
    ),
    "No day was promised to one of these sites: PowerScheduled events bring one as expected_on.",
)

STRANDED_OVER_TIME = when_empty(
    time_series(
        "Dollars in late sites, over time",
        "Debt and equity of loans that name a chosen site with a promised day, while its power is late, per"
        " site. The lines are the thresholds: $1B, $5B, $20B. From read.indicator (stranded_financing).",
        history(
            "stranded_financing",
            name="substr(subject, 6)",
            where=f"subject LIKE 'site:%' AND substr(subject, 6) IN ({DATED} AND {IS_CHOSEN})",
        ),
        unit="currencyUSD",
        thresholds=steps_of("stranded_financing"),
        draw="step",
        custom={"axisSoftMin": 0, "axisSoftMax": 2e9},
    ),
    "No loan names one of these sites with a promised day. Loans name a site as site_id, and PowerScheduled"
    " events promise a day as expected_on.",
)

GENERATORS = when_empty(
    table(
        "Generators: seen and permitted",
        "Generators that were counted at chosen sites against those permitted; running: generators seen"
        " times the power of one. Watch above 1 times, warning 1.5, critical 2. From read.power_site and"
        " read.indicator_current (unpermitted_generation).",
        f"""SELECT s.site_id, s.permitted_units, s.observed_units, s.observed_units * s.unit_mw AS running_mw,
  c.value AS ratio, {shown_level("c")} AS level
FROM read.power_site s
LEFT JOIN read.indicator_current c ON c.indicator = 'unpermitted_generation' AND c.subject = s.site_id
WHERE s.observed_units IS NOT NULL AND {IS_CHOSEN}
ORDER BY c.value DESC NULLS LAST, s.site_id LIMIT 100""",
        overrides=(
            field("site_id", renamed("Site"), board_link("This site", UID, "site")),
            field("permitted_units", renamed("Permitted"), width(85)),
            field("observed_units", renamed("Seen"), width(65)),
            field("running_mw", renamed("Running"), *MW, width(85)),
            colored("ratio", "Times", "unpermitted_generation", 2, 65),
            field("level", renamed("Level"), *as_level()),
        ),
    ),
    "Nobody counted generators at these sites. Counts come as GenerationObserved events.",
)

CAPACITY = when_empty(
    bar_chart(
        "Capacity by site",
        "Power in MW that was promised to each chosen site, that came, and that generators on the site can"
        " make (generators seen times the power of one); the largest 15. From read.power_site.",
        f"""SELECT s.site_id AS site, s.mw AS promised, nullif(s.delivered_mw, 0) AS delivered,
  s.observed_units * s.unit_mw AS generators
FROM read.power_site s
WHERE {IS_CHOSEN} AND greatest(s.mw, s.delivered_mw, s.observed_units * s.unit_mw) > 0
ORDER BY greatest(s.mw, s.delivered_mw, s.observed_units * s.unit_mw) DESC, s.site_id LIMIT 15""",
        defaults={"unit": "suffix: MW", "decimals": 0, "min": 0},
        overrides=(
            field("promised", renamed("Promised"), color("blue")),
            field("delivered", renamed("Delivered"), color("green")),
            field("generators", renamed("Generators on site"), color("orange")),
        ),
    ),
    "No amount of power is known of these sites.",
)

EVENTS = when_empty(
    table(
        "What happened at sites",
        "What was promised to chosen sites, what came, and what was seen, in the time range; the day is the"
        " promised one, or that on which it came; the newest first, at most 200. From read.power_event.",
        f"""SELECT e.known_at, e.site_id, e.kind, e.mw, coalesce(e.delivered_on, e.expected_on) AS day,
  CASE WHEN e.observed_units IS NOT NULL THEN concat_ws(', ', e.observed_units || ' generators seen',
    e.permitted_units || ' permitted', 'of ' || e.unit_mw || ' MW each')
  WHEN e.kind = 'scheduled' AND e.expected_on IS NULL THEN 'no day was promised' END AS detail, e.source_url
FROM read.power_event e WHERE $__timeFilter(e.known_at) AND e.site_id IN {SITES}
ORDER BY e.known_at DESC, e.site_id, e.event_id LIMIT 200""",
        overrides=(
            field("known_at", renamed("Known"), *DAY, width(105)),
            field("site_id", renamed("Site"), width(200), board_link("This site", UID, "site")),
            field("kind", renamed("What"), width(95)),
            field("mw", renamed("Power"), *MW, width(95)),
            field("day", renamed("Day"), *DAY, width(105)),
            field("detail", renamed("In words"), wrapped()),
            source_column(),
        ),
    ),
    "Nothing is known of these sites in this time range: choose a longer one above.",
)

POWER = Board(
    uid=UID,
    title="Power",
    description="What was promised to sites, what came, how late, and the dollars that wait for it.",
    tags=("power",),
    variables=(OPERATOR, SITE),
    annotations=(SIGNALS, DEALS),
    time_from="now-2y",
    rows=(
        Row(4, ((LONGEST_DELAY, 5), (LATE_SITES, 4), (STRANDED, 5), (UNPERMITTED, 5), (DELIVERED, 5))),
        Row(9, ((SITES_TABLE, 24),)),
        Row(8, ((CAPACITY, 12), (GENERATORS, 12))),
        Row(8, ((DELAY_BY_OPERATOR, 8), (DELAY_OVER_TIME, 16)), title="Delay, and the dollars that wait"),
        Row(8, ((STRANDED_OVER_TIME, 24),)),
        Row(9, ((EVENTS, 24),)),
    ),
)
