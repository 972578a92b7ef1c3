"""The worst subject of each indicator, its threshold, and the board that explains it, as SQL."""

from dashboards.grafana.board import uid_of
from dashboards.grafana.fields import HIDDEN, Property, field, link
from dashboards.grafana.indicators import indicators_of
from dashboards.grafana.levels import UNKNOWN
from dashboards.grafana.sql import known, rank, shown_level
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
    "gpu_resale_drawdown": ("model", _BUT_THE_LAST_WORD),
    "pledged_equity_drawdown": ("symbol", "{}"),
    "neocloud_shock": ("symbol", "{}"),
    "unpermitted_generation": ("site", "{}"),
    "offbalance_leverage": ("borrower", "{}"),
}

# An indicator without any subject is unknown: nothing has been reported yet.
_LEVEL = f"CASE WHEN c.indicator IS NULL THEN '{UNKNOWN}' ELSE {shown_level('c')} END"

# The subject first named is the worse: by level, then by value, then by how long it has been so. One that
# could not be measured speaks for no other.
WORST = f"""worst AS (
  SELECT DISTINCT ON (d.id) d.id AS indicator, d.title, d.unit, d.watch, d.warning, d.critical,
         {_LEVEL} AS level, c.subject, {known("c")} AS value, c.since, c.stale_since,
         c.signal_id, c.acknowledged_by, c.text
  FROM read.indicator_definition d LEFT JOIN read.indicator_current c ON c.indicator = d.id
  ORDER BY d.id, c.is_unknown, {rank(_LEVEL)} DESC,
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


EXPLANATION: Property = link(
    "Explain this sign",
    "/d/${__data.fields.uid}?${__data.fields.parameter}${__data.fields.choice:percentencode}&${__url_time_range}",
)
# The columns that the link needs are not shown.
NOT_SHOWN = tuple(field(name, HIDDEN) for name in ("uid", "parameter", "choice"))
