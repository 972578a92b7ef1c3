"""Subjects of indicators: the worst of each, how many are at each level, what each is at, their signals."""

from dashboards.grafana.board import uid_of
from dashboards.grafana.fields import DAY, HIDDEN, MINUTE, as_level, field, link, lit_from_one, width
from dashboards.grafana.indicators import indicators_of, source_column
from dashboards.grafana.levels import SHOWN_LEVELS
from dashboards.grafana.panels import Panel, stat, table
from dashboards.grafana.sql import in_words, known, rank, shown_level, spoken
from projections.definition import UNKNOWN
from projections.indicators import DEFINITIONS

_BOARDS = ", ".join(f"('{name}', '{uid_of(found.board)}')" for name, found in DEFINITIONS.items())
# Those of the front page are chosen there by their own names.
_HERE = ", ".join(f"'{indicator}'" for indicator in indicators_of("bubble_watch"))

# What is chosen on the board that explains an indicator, where its subjects do not say so themselves: the
# variable, and what of the subject it takes, as SQL.
_BUT_THE_LAST_WORD = "regexp_replace({}, ' [^ ]*$', '')"
CHOICES = {
    "circularity": ("basis", "split_part({}, ' ', 2)"),
    "vendor_financed_share": ("company", _BUT_THE_LAST_WORD),
    "gpu_resale_drawdown": ("model", "regexp_replace({}, ' (resale|rental_hour)(, .*)?$', '')"),
    "pledged_equity_drawdown": ("symbol", "{}"),
    "neocloud_shock": ("symbol", "{}"),
    "share_drawdown": ("symbol", "{}"),
    "unpermitted_generation": ("site", "{}"),
    "offbalance_leverage": ("borrower", "{}"),
}

# An indicator without any subject is unknown: nothing has been reported yet.
_LEVEL = f"CASE WHEN c.indicator IS NULL THEN '{UNKNOWN}' ELSE {shown_level('c')} END"

# The subject first named is the worse: by level, then by value, then by how long it has been so. One that
# could not be measured speaks for no other; one whose input fell silent does, as it may be the worst.
WORST = f"""worst AS (
  SELECT DISTINCT ON (d.id) d.id AS indicator, d.title, d.unit, d.watch, d.warning, d.critical,
         {_LEVEL} AS level, c.subject, {known("c")} AS value, c.since, c.stale_since,
         c.signal_id, c.acknowledged_by, c.text
  FROM read.indicator_definition d LEFT JOIN read.indicator_current c ON c.indicator = d.id
  ORDER BY d.id, c.is_unknown AND c.stale_since IS NULL, {rank(_LEVEL)} DESC,
           CASE d.direction WHEN 'rising' THEN -c.value ELSE c.value END,
           c.since, c.subject
), current AS (
  SELECT worst.*, CASE WHEN level IN ('warning', 'critical') THEN level ELSE 'watch' END AS at_level,
         coalesce(step.threshold, CASE level WHEN 'critical' THEN critical WHEN 'warning' THEN warning
                                  ELSE watch END) AS threshold
  FROM worst LEFT JOIN LATERAL (
    SELECT s.threshold FROM read.signal s
    WHERE s.signal_id = worst.signal_id AND s.known_at = worst.since AND s.step IN ('opened', 'escalated')
    ORDER BY s.step_number DESC LIMIT 1
  ) step ON true
)"""


def explained(row: str) -> str:
    """Return the columns uid, parameter and choice: where a row's indicator and subject are explained.

    Where that board has nothing to choose that is this subject's, they name the indicator, which Grafana
    passes over. They are never empty: for what is empty Grafana would write the column's word for no value.
    """
    indicator, subject = f"{row}.indicator", f"{row}.subject"
    party = f"{subject} ~ '^(borrower|lender|site|operator):'"
    variables = " ".join(f"WHEN '{name}' THEN 'var-{variable}='" for name, (variable, _) in CHOICES.items())
    choices = " ".join(f"WHEN '{name}' THEN {part.format(subject)}" for name, (_, part) in CHOICES.items())
    return f"""(SELECT uid FROM (VALUES {_BOARDS}) AS home(indicator, uid)
        WHERE home.indicator = {indicator}) AS uid,
       CASE WHEN {indicator} IN ({_HERE}) THEN 'var-indicator='
            WHEN {subject} IS NULL THEN 'sign='
            WHEN {party} THEN 'var-' || split_part({subject}, ':', 1) || '='
            ELSE CASE {indicator} {variables} ELSE 'sign=' END END AS parameter,
       CASE WHEN {indicator} IN ({_HERE}) OR {subject} IS NULL THEN {indicator}
            WHEN {party} THEN substr({subject}, strpos({subject}, ':') + 1)
            ELSE CASE {indicator} {choices} ELSE {indicator} END END AS choice"""


EXPLANATION = link(
    "Explain this sign",
    "/d/${__data.fields.uid}?${__data.fields.parameter}${__data.fields.choice:percentencode}&${__url_time_range}",
)
# The columns that the link needs are not shown.
NOT_SHOWN = tuple(field(name, HIDDEN) for name in ("uid", "parameter", "choice"))


# The worst first, and what is not known last.
_CALM, *_REACHED, _UNKNOWN = SHOWN_LEVELS
_ORDER = (*reversed(_REACHED), _CALM, _UNKNOWN)


def counts_by_level(title: str, whose: str, *, start: str = "", where: str = "true") -> Panel:
    """Return a panel of how many subjects are at each level; `start` and `where` are SQL around a row `c`."""
    counts = ", ".join(
        f"count(*) FILTER (WHERE {shown_level('c')} = '{level}') AS \"{level}\"" for level in _ORDER
    )
    return stat(
        title,
        f"How many {whose} are at each level now, whatever the time range. Unknown: not measured, or on"
        " an input that is too old to say anything. From read.indicator_current.",
        f"{start}SELECT {counts} FROM read.indicator_current c WHERE {where}",
        *(field(level, lit_from_one(SHOWN_LEVELS[level])) for level in _ORDER),
        fields="/.*/",
        defaults={"noValue": "0", "unit": "none", "color": {"mode": "thresholds"}},
        text={"valueSize": 28, "titleSize": 18},
    )


def subjects_table(title: str, whose: str, *, where: str, empty: str) -> Panel:
    """Return a table of subjects of indicators; `where` is SQL on a row `c` of read.indicator_current."""
    return table(
        title,
        f"Every subject of {whose}, the worst first, at most 500, whatever the time range: its value, since"
        " when it is at this level, when its input was last heard of, and what was measured. Unknown:"
        " not measured, or on an input too old to be trusted. From read.indicator_current.",
        f"""SELECT {shown_level("c")} AS "Level", d.title AS "Sign", {spoken("c.subject")} AS "Subject",
       {known("c", in_words("c.value", "d.unit"))} AS "Value", c.since AS "Since",
       coalesce(c.input_at, c.known_at) AS "Heard of", c.text AS "In words", {explained("c")}
FROM read.indicator_current c JOIN read.indicator_definition d ON d.id = c.indicator
WHERE {where}
ORDER BY {rank(shown_level("c"))} DESC, c.since DESC, d.title, c.subject LIMIT 500""",
        field("Level", *as_level()),
        field("Sign", width(190), EXPLANATION),
        field("Subject", width(190)),
        field("Value", width(92)),
        field("Since", *DAY, width(95)),
        field("Heard of", *DAY, width(95)),
        *NOT_SHOWN,
        empty=empty,
    )


NEWEST_FIRST = "known_at DESC, journal_offset DESC, journal_index DESC, step_number DESC"
# The newest ones say what it is about; read.signal_evidence has them all.
EVIDENCE_SHOWN = 3


def signals_table(title: str, whose: str, most: int, *, where: str, start: str = "", empty: str) -> Panel:
    """Return a table of signals in the time range, at most so many, each with its newest evidence.

    `where` is SQL on read.signal, `start` common table expressions that it needs.
    """
    return table(
        title,
        f"Every step of an episode of {whose} in the time range, the newest first, at most {most}: its"
        f" value, what was measured, the newest {EVIDENCE_SHOWN} of the facts that it rests on, and where"
        " the first of them is written. Muted steps were not sent. From read.signal, read.indicator and"
        " read.signal_evidence.",
        f"""WITH {start}step AS (
  SELECT * FROM read.signal WHERE $__timeFilter(known_at) AND {where} ORDER BY {NEWEST_FIRST} LIMIT {most}
)
SELECT s.known_at AS "When", s.level AS "Level",
       s.step || CASE WHEN s.muted THEN ', muted' ELSE '' END AS "Step",
       d.title AS "Sign", {spoken("s.subject")} AS "Subject",
       CASE WHEN s.level <> '{UNKNOWN}' THEN {in_words("s.value", "d.unit")} END AS "Value",
       coalesce(i.text, s.message) AS "In words",
       rests.headlines || CASE WHEN cardinality(s.evidence) > {EVIDENCE_SHOWN}
         THEN ' · and ' || cardinality(s.evidence) - {EVIDENCE_SHOWN} || ' more' ELSE '' END AS "Evidence",
       rests.source_url, {explained("s")}
FROM step s JOIN read.indicator_definition d ON d.id = s.indicator
LEFT JOIN read.indicator i ON i.known_at = s.known_at AND i.indicator = s.indicator AND i.subject = s.subject
  AND i.journal_offset = s.journal_offset AND i.journal_index = s.journal_index
LEFT JOIN LATERAL (
  SELECT string_agg(coalesce(e.headline, e.event_id::text), ' · ' ORDER BY e.known_at DESC, e.number)
           FILTER (WHERE e.rank <= {EVIDENCE_SHOWN}) AS headlines,
         (array_agg(e.source_url ORDER BY e.known_at DESC, e.number)
           FILTER (WHERE e.source_url IS NOT NULL))[1] AS source_url
  FROM (SELECT e.*, row_number() OVER (ORDER BY e.known_at DESC, e.number) AS rank
        FROM read.signal_evidence e WHERE e.signal_id = s.signal_id AND e.step_number = s.step_number) e
) rests ON true
ORDER BY {", ".join(f"s.{column}" for column in NEWEST_FIRST.split(", "))}""",
        field("When", *MINUTE, width(142)),
        field("Level", *as_level(75)),
        field("Step", width(85)),
        field("Sign", width(150), EXPLANATION),
        field("Subject", width(150)),
        field("Value", width(85)),
        source_column(),
        *NOT_SHOWN,
        empty=empty,
    )
