"""Sites: which of them a viewer chose, how they are now, and what happened at them."""

from collections.abc import Mapping

from dashboards.grafana.board import chosen_from
from dashboards.grafana.fields import DAY, as_level, color, field, renamed, unit, width
from dashboards.grafana.indicators import board_link, colored, source_column
from dashboards.grafana.levels import thresholds_in_words
from dashboards.grafana.panels import LEGEND_BELOW, Panel, table
from dashboards.grafana.sql import chosen, shown_level
from projections.definition import UNKNOWN, Thresholds

NOT_STATED = "not stated"
MW = unit("suffix:MW", 0)

# A site is chosen by its operator and by its name; events that name no operator follow their site.
IS_CHOSEN = f"""coalesce(s.operator, '{NOT_STATED}') = ANY({chosen("operator")})
  AND s.site_id = ANY({chosen("site")})"""
SITES = f"(SELECT s.site_id FROM read.power_site s WHERE {IS_CHOSEN})"

OPERATOR = chosen_from(
    "operator", "Operator", f"SELECT DISTINCT coalesce(operator, '{NOT_STATED}') FROM read.power_site"
)
SITE = chosen_from(
    "site",
    "Site",
    "SELECT site_id FROM read.power_site s"
    f" WHERE coalesce(s.operator, '{NOT_STATED}') = ANY({chosen('operator')})",
)


def sites_table(title: str, names: str, own: Mapping[str, Thresholds], empty: str) -> Panel:
    """Return a table of sites by their names, an SQL array; one of which nothing is known says so.

    Thresholds of its `own` stand in for those of the release.
    """
    delay, stranded = own.get("power_delay"), own.get("stranded_financing")
    return table(
        title,
        "What was promised to each chosen site and what came. Slip: days from the first promised day to"
        " the latest one, of the latest phase that waits; overdue: days since the promised day while power is"
        " missing; a dash where no day was promised, or no slip counts any more. Dollars: debt and equity of"
        " loans that name the site, while it is late. Levels of"
        f" the delay: {thresholds_in_words('power_delay', delay)}. From read.power_site and"
        " read.indicator_current.",
        f"""SELECT named.site_id, s.operator, s.mw,
  CASE WHEN s.mw > 0 OR s.delivered_mw > 0 THEN s.delivered_mw END AS delivered_mw,
  s.delivered_mw / nullif(s.mw, 0) AS share, s.first_expected_on, s.expected_on,
  CASE WHEN s.status = 'promised' THEN s.slip_days END AS slip_days,
  CASE WHEN s.expected_on IS NOT NULL THEN s.overdue_days END AS overdue_days,
  coalesce({shown_level("d")}, '{UNKNOWN}') AS level,
  nullif(f.value, 0) AS stranded_usd,
  concat_ws('; ', CASE WHEN s.site_id IS NULL THEN 'Nothing is known of it. Schedules come on the topic power'
       WHEN s.status = 'complete' THEN 'Complete since ' || to_char(s.ended_on, 'YYYY-MM-DD') || coalesce(', '
         || CASE s.late_days WHEN 0 THEN 'on time' WHEN 1 THEN '1 day late'
           ELSE s.late_days || ' days late' END, '')
       WHEN s.status <> 'promised' THEN initcap(s.status) || ' on ' || to_char(s.ended_on, 'YYYY-MM-DD')
       WHEN s.expected_on IS NULL THEN 'No day was promised'
       ELSE 'Known since ' || to_char(s.known_at AT TIME ZONE 'UTC', 'YYYY-MM-DD') END,
    CASE WHEN s.phases > 1
      THEN 'days of ' || coalesce(s.phase, 'the latest') || ', of ' || s.phases || ' phases'
      ELSE s.phase END,
    s.observed_units || ' generators seen', s.permitted_units || ' permitted') AS remark, e.source_url
FROM unnest({names}) AS named(site_id) LEFT JOIN read.power_site s USING (site_id)
LEFT JOIN read.indicator_current d ON d.indicator = 'power_delay' AND d.subject = 'site:' || s.site_id
LEFT JOIN read.indicator_current f
  ON f.indicator = 'stranded_financing' AND f.subject = 'site:' || s.site_id
LEFT JOIN LATERAL (
  SELECT p.source_url FROM read.power_event p
  WHERE p.site_id = s.site_id AND p.source_url IS NOT NULL ORDER BY p.known_at DESC, p.event_id LIMIT 1
) e ON true
ORDER BY s.status = 'promised' DESC NULLS LAST, greatest(s.slip_days, s.overdue_days) DESC NULLS LAST,
  s.mw DESC NULLS LAST, 1 LIMIT 500""",
        field("site_id", renamed("Site"), board_link("This site", "power", "site")),
        field("operator", renamed("Operator"), width(92), board_link("Its sites", "power", "operator")),
        field("mw", renamed("Promised"), *MW, width(82)),
        field("delivered_mw", renamed("Delivered"), *MW, width(82)),
        field("share", renamed("Share"), *unit("percentunit", 0), width(62)),
        field("first_expected_on", renamed("First day"), *DAY, width(92)),
        field("expected_on", renamed("Latest day"), *DAY, width(92)),
        colored("slip_days", "Slip", "power_delay", 78, delay),
        colored("overdue_days", "Overdue", "power_delay", 78, delay),
        field("level", renamed("Level"), *as_level(78)),
        colored("stranded_usd", "Dollars", "stranded_financing", 75, stranded),
        field("remark", renamed("Remark")),
        source_column(),
        empty=empty,
    )


SITES_NOW = sites_table(
    "Sites", f"ARRAY{SITES}", {}, "No site of these operators is known. Sites come as PowerScheduled events."
)

GENERATORS = table(
    "Generators: seen and permitted",
    "Generators that were counted at chosen sites against those permitted; running: generators seen times"
    f" the power of one. Levels: {thresholds_in_words('unpermitted_generation')}. From read.power_site and"
    " read.indicator_current (unpermitted_generation).",
    f"""SELECT s.site_id, s.permitted_units, s.observed_units, s.observed_units * s.unit_mw AS running_mw,
  c.value AS ratio, {shown_level("c")} AS level
FROM read.power_site s
LEFT JOIN read.indicator_current c ON c.indicator = 'unpermitted_generation' AND c.subject = s.site_id
WHERE s.observed_units IS NOT NULL AND {IS_CHOSEN}
ORDER BY c.value DESC NULLS LAST, s.site_id LIMIT 100""",
    field("site_id", renamed("Site"), board_link("This site", "power", "site")),
    field("permitted_units", renamed("Permitted")),
    field("observed_units", renamed("Seen")),
    field("running_mw", renamed("Running"), *MW),
    colored("ratio", "Ratio", "unpermitted_generation"),
    field("level", renamed("Level"), *as_level()),
    empty="Nobody counted generators at these sites. Counts come as GenerationObserved events.",
)

CAPACITY = Panel(
    "barchart",
    "Capacity by site",
    "Power in MW that stands promised to each chosen site, that came, and that generators on the site can"
    " make (generators seen times the power of one); the largest 15. From read.power_site.",
    {
        "A": f"""SELECT s.site_id AS site,
  CASE WHEN s.status IN ('promised', 'complete') THEN s.mw END AS promised,
  nullif(s.delivered_mw, 0) AS delivered,
  s.observed_units * s.unit_mw AS generators
FROM read.power_site s
WHERE {IS_CHOSEN} AND greatest(s.mw, s.delivered_mw, s.observed_units * s.unit_mw) > 0
ORDER BY greatest(s.mw, s.delivered_mw, s.observed_units * s.unit_mw) DESC, s.site_id LIMIT 15"""
    },
    # The first text column names a group of bars, each number is a bar.
    options={
        "orientation": "horizontal",
        "stacking": "none",
        "showValue": "auto",
        "groupWidth": 0.7,
        "barWidth": 0.9,
        "legend": {**LEGEND_BELOW, "calcs": []},
        "tooltip": {"mode": "multi", "sort": "none"},
    },
    defaults={"custom": {"lineWidth": 0, "fillOpacity": 80}, "unit": "suffix:MW", "decimals": 0, "min": 0},
    overrides=(
        field("promised", renamed("Promised"), color("blue")),
        field("delivered", renamed("Delivered"), color("green")),
        field("generators", renamed("Generators on site"), color("orange")),
    ),
    empty="No amount of power is known of these sites.",
)

EVENTS = table(
    "What happened at sites",
    "What was promised to chosen sites, what came, what was withdrawn, and what was seen, in the time range;"
    " the day is the promised one, or that on which it came; the newest first, at most 200. From"
    " read.power_event.",
    f"""SELECT e.known_at, e.site_id, e.kind, e.mw, coalesce(e.delivered_on, e.expected_on) AS day,
  CASE WHEN e.observed_units IS NOT NULL THEN concat_ws(', ', e.observed_units || ' generators seen',
    e.permitted_units || ' permitted', 'of ' || e.unit_mw || ' MW each')
  ELSE nullif(concat_ws(', ', e.phase,
    CASE WHEN e.kind = 'scheduled' AND e.expected_on IS NULL THEN 'no day was promised' END), '')
  END AS detail, e.source_url
FROM read.power_event e WHERE $__timeFilter(e.known_at) AND e.site_id IN {SITES}
ORDER BY e.known_at DESC, e.site_id, e.event_id LIMIT 200""",
    field("known_at", renamed("Known"), *DAY, width(105)),
    field("site_id", renamed("Site"), width(210), board_link("This site", "power", "site")),
    field("kind", renamed("What"), width(95)),
    field("mw", renamed("Power"), *MW, width(95)),
    field("day", renamed("Day"), *DAY, width(105)),
    field("detail", renamed("In words")),
    source_column(),
    empty="Nothing is known of these sites in this time range: choose a longer one above.",
)
