"""What the subjects of indicators are at now."""

from dashboards.boards.indicators.worst import EXPLANATION, HIDDEN, explained
from dashboards.grafana.fields import DAY, as_level, field, width
from dashboards.grafana.panels import Panel, table
from dashboards.grafana.sql import in_words, known, rank, shown_level, spoken


def subjects_table(title: str, whose: str, *, where: str, empty: str) -> Panel:
    """Return a table of subjects of indicators; `where` is SQL on a row `c` of read.indicator_current."""
    return table(
        title,
        f"Every subject of {whose}, the worst first, at most 500, whatever the time range: its value, since"
        " when it is at this level, when its input was last heard of, and what was measured. Unknown: calm"
        " on an input too old to be trusted. From read.indicator_current.",
        f"""SELECT {shown_level("c")} AS "Level", d.title AS "Sign", {spoken("c.subject")} AS "Subject",
       {known("c", in_words("c.value", "d.unit"))} AS "Value", c.since AS "Since",
       coalesce(c.input_at, c.known_at) AS "Heard of", c.text AS "In words", {explained("c")}
FROM read.indicator_current c JOIN read.indicator_definition d ON d.id = c.indicator
WHERE {where}
ORDER BY {rank(shown_level("c"))} DESC, c.since DESC, d.title, c.subject LIMIT 500""",
        overrides=[
            field("Level", *as_level()),
            field("Sign", width(190), EXPLANATION),
            field("Subject", width(190)),
            field("Value", width(92)),
            field("Since", *DAY, width(95)),
            field("Heard of", *DAY, width(95)),
            *HIDDEN,
        ],
        empty=empty,
    )
