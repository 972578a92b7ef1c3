"""Pieces of SQL that many panels are made of: names, values with their units, levels as they are shown."""

from collections.abc import Iterable

from events.units import Unit
from projections.definition import UNKNOWN

# What Grafana would take for a variable or a macro, and what ends a text.
_ESCAPES = {"\\": "\\\\", "'": "''", "$": "\\u0024", "[": "\\u005B", "{": "\\u007B"}


def literal(text: str) -> str:
    """Return a text as SQL that says just this, whatever Grafana or PostgreSQL see in its letters."""
    return f"E'{''.join(_ESCAPES.get(letter, letter) for letter in text)}'"


def names(texts: Iterable[str]) -> str:
    """Return texts as an SQL array."""
    return f"ARRAY[{', '.join(literal(text) for text in texts)}]::text[]"


def chosen(variable: str) -> str:
    """Return what a viewer chose of a variable as an SQL array; it may hold quotes."""
    # The data source's own quoting: Grafana's sqlstring writes a double quote as PostgreSQL does not read it.
    return f"ARRAY[${{{variable}}}]::text[]"


def in_words(value: str, unit: str) -> str:
    """Return the SQL that writes a value with its unit, for tables whose rows have different units."""
    cases = " ".join(f"WHEN '{known}' THEN {known.sql(value)}" for known in Unit)
    return f"CASE {unit} {cases} END"


def spoken(subject: str) -> str:
    """Return the SQL that writes a subject for people, without the colons and lines of keys."""
    role = f"regexp_replace({subject}, '^(borrower|lender|site|operator|supplier|customer):', '\\1 ')"
    gpu = f"replace({role}, ' rental_hour', ' rental by the hour')"
    basis = f"regexp_replace({gpu}, ' (all|firm)$', ', \\1 money')"
    return f"regexp_replace({basis}, '^ci_', 'CI_')"


def row_label(text: str) -> str:
    """Return the SQL of a row's name in a timeline: Grafana cuts a little off the left of the longest."""
    return f"E'\\u00A0\\u00A0\\u00A0' || {text}"


def is_unknown(current: str) -> str:
    """Return whether nothing is known of a row of read.indicator_current, for instance on input too old."""
    return f"{current}.is_unknown"


def shown_level(current: str) -> str:
    """Return the level at which a row of read.indicator_current is shown: it may be unknown."""
    return f"CASE WHEN {is_unknown(current)} THEN '{UNKNOWN}' ELSE {current}.level END"


def known(current: str, value: str = "") -> str:
    """Return the value of a row of read.indicator_current, or what is made of it; null where unknown."""
    return f"CASE WHEN NOT {is_unknown(current)} THEN {value or f'{current}.value'} END"


def as_of(current: str) -> str:
    """Return when the input of a row of read.indicator_current was last heard of, or since when it is old."""
    return (
        f"CASE WHEN {current}.stale_since IS NOT NULL THEN 'old since ' ELSE '' END || to_char("
        f"coalesce({current}.stale_since, {current}.input_at, {current}.known_at) AT TIME ZONE 'UTC',"
        " 'YYYY-MM-DD')"
    )


def rank(level: str) -> str:
    """Return the rank of a level among the others, the worst highest."""
    return f"array_position(ARRAY['calm', '{UNKNOWN}', 'watch', 'warning', 'critical'], {level})"
