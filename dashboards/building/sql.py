"""Pieces of SQL that many panels are made of: names, values with their units, levels as they are shown."""

from collections.abc import Iterable

from dashboards.building.levels import UNKNOWN

# What Grafana would take for a variable or a macro, and what ends a text.
_ESCAPES = {"\\": "\\\\", "'": "''", "$": "\\u0024", "[": "\\u005B", "{": "\\u007B"}


def literal(text: str) -> str:
    """Write a text as SQL that says just this, whatever Grafana or PostgreSQL see in its letters."""
    return f"E'{''.join(_ESCAPES.get(letter, letter) for letter in text)}'"


def names(texts: Iterable[str]) -> str:
    """Write texts as an SQL array."""
    return f"ARRAY[{', '.join(literal(text) for text in texts)}]::text[]"


def chosen(variable: str) -> str:
    """Give what a viewer chose of a variable as an SQL array; it may hold quotes."""
    # The data source's own quoting: Grafana's sqlstring writes a double quote as PostgreSQL does not read it.
    return f"ARRAY[${{{variable}}}]::text[]"


def in_words(value: str, unit: str) -> str:
    """Write a value of any indicator with its unit, for tables whose rows have different units."""
    return (
        f"CASE {unit} WHEN 'share' THEN round(({value} * 100)::numeric, 1) || ' %'"
        f" WHEN 'USD' THEN '$' || round(({value} / 1e9)::numeric, 2) || 'B'"
        f" WHEN 'days' THEN round({value}::numeric) || ' days'"
        f" WHEN 'ratio' THEN round({value}::numeric, 2) || ' times'"
        f" WHEN 'weighted count' THEN 'severity ' || trim_scale(round({value}::numeric, 2))"
        f" WHEN 'companies' THEN {value} || CASE {value} WHEN 1 THEN ' company' ELSE ' companies' END"
        f" WHEN 'signs' THEN {value} || CASE {value} WHEN 1 THEN ' sign' ELSE ' signs' END"
        f" ELSE trim_scale(round({value}::numeric, 2))::text END"
    )


def spoken(subject: str) -> str:
    """Write a subject of an indicator for people: as it was named, without the colons and lines of keys."""
    role = f"regexp_replace({subject}, '^(borrower|lender|site|operator|supplier|customer):', '\\1 ')"
    gpu = f"replace({role}, ' rental_hour', ' rental by the hour')"
    basis = f"regexp_replace({gpu}, ' (all|firm)$', ', \\1 money')"
    return f"regexp_replace({basis}, '^ci_', 'CI_')"


def row_label(text: str) -> str:
    """Give the name of a row of a state timeline: Grafana cuts a little off the left of the longest."""
    return f"E'\\u00A0\\u00A0\\u00A0' || {text}"


def undated(current: str) -> str:
    """Tell of a row of read.indicator_current whether it is about late power, and no day was promised.

    Its 0 does not say that power is on time. What sums up sites is undated where none of them has a day.
    """
    return f"""({current}.indicator IN ('power_delay', 'stranded_financing') AND {current}.subject NOT IN (
    SELECT unnest(ARRAY['site:' || p.site_id, 'operator:' || coalesce(p.operator, ''),
                        CASE WHEN f.subject IS NULL THEN '' ELSE 'all' END])
    FROM read.power_site p LEFT JOIN read.indicator_current f
      ON f.indicator = 'stranded_financing' AND f.subject = 'site:' || p.site_id
    WHERE p.expected_on IS NOT NULL))"""


def is_unknown(current: str) -> str:
    """Tell whether a row of read.indicator_current is calm only because nothing newer is known."""
    return f"({current}.level = 'calm' AND ({current}.stale_since IS NOT NULL OR {undated(current)}))"


def shown_level(current: str) -> str:
    """Give the level that a row of read.indicator_current is shown at: calm may be unknown."""
    return f"CASE WHEN {is_unknown(current)} THEN '{UNKNOWN}' ELSE {current}.level END"


def known(current: str, value: str = "") -> str:
    """Give the value of a row of read.indicator_current, or what is made of it; null where it is unknown."""
    return f"CASE WHEN NOT {is_unknown(current)} THEN {value or f'{current}.value'} END"


def as_of(current: str) -> str:
    """Tell when the input of a row of read.indicator_current was last heard of, or since when it is old."""
    return (
        f"CASE WHEN {current}.stale_since IS NOT NULL THEN 'old since ' ELSE '' END || to_char("
        f"coalesce({current}.stale_since, {current}.input_at, {current}.known_at) AT TIME ZONE 'UTC',"
        " 'YYYY-MM-DD')"
    )


def rank(level: str) -> str:
    """Give the place of a level among the others, the worst highest."""
    return f"array_position(ARRAY['calm', '{UNKNOWN}', 'watch', 'warning', 'critical'], {level})"
