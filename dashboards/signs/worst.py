"""The worst subject of each sign, its threshold, and the dashboard that explains it, as SQL."""

from dashboards.alerting.subjects import FRONT_PAGE, HOMES
from dashboards.building.fields import Property, field, hidden, link
from dashboards.building.levels import UNKNOWN
from dashboards.building.sql import known, rank, shown_level, undated

_BOARDS = ", ".join(f"('{indicator}', '{home.board}')" for indicator, home in HOMES.items())

FRONT_PAGE_SIGNS = tuple(indicator for indicator, home in HOMES.items() if home.board == FRONT_PAGE)

# What is chosen on the dashboard that explains a sign, where its subjects do not say so themselves.
VARIABLES = {
    "circularity": "basis",
    "vendor_financed_share": "company",
    "gpu_resale_drawdown": "model",
    "pledged_equity_drawdown": "symbol",
    "neocloud_shock": "symbol",
    "unpermitted_generation": "site",
    "offbalance_leverage": "borrower",
}
SUBJECT_IS_CHOICE = (
    "pledged_equity_drawdown",
    "neocloud_shock",
    "unpermitted_generation",
    "offbalance_leverage",
)

# A sign without any subject is unknown: nobody has told of it yet.
_LEVEL = f"CASE WHEN c.indicator IS NULL THEN '{UNKNOWN}' ELSE {shown_level('c')} END"

# The subject first named is the worse: by level, then by value, then by how long it has been so. A site
# without a promised day speaks for no other.
WORST = f"""worst AS (
  SELECT DISTINCT ON (d.id) d.id AS indicator, d.title, d.unit, d.watch, d.warning, d.critical,
         {_LEVEL} AS level, c.subject, {known("c")} AS value, c.since, c.stale_since,
         c.signal_id, c.acknowledged_by, c.text
  FROM read.indicator_definition d LEFT JOIN read.indicator_current c ON c.indicator = d.id
  ORDER BY d.id, c.level = 'calm' AND {undated("c")}, {rank(_LEVEL)} DESC,
           CASE d.direction WHEN 'rising' THEN -c.value ELSE c.value END,
           c.since, c.subject
), told AS (
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
    """Give the columns uid, parameter and choice: where a row's indicator and subject are explained.

    Where that dashboard has nothing to choose that is this subject's, they name the sign, which Grafana
    passes over. They are never empty: for what is empty Grafana would write the column's word for no value.
    """
    indicator, subject = f"{row}.indicator", f"{row}.subject"
    party = f"{subject} ~ '^(borrower|lender|site|operator):'"
    variables = " ".join(f"WHEN '{one}' THEN 'var-{variable}='" for one, variable in VARIABLES.items())
    here = ", ".join(f"'{one}'" for one in FRONT_PAGE_SIGNS)
    whole = ", ".join(f"'{one}'" for one in SUBJECT_IS_CHOICE)
    return f"""(SELECT uid FROM (VALUES {_BOARDS}) AS home(indicator, uid)
        WHERE home.indicator = {indicator}) AS uid,
       CASE WHEN {indicator} IN ({here}) THEN 'var-indicator='
            WHEN {subject} IS NULL THEN 'sign='
            WHEN {party} THEN 'var-' || split_part({subject}, ':', 1) || '='
            ELSE CASE {indicator} {variables} ELSE 'sign=' END END AS parameter,
       CASE WHEN {indicator} IN ({here}) OR {subject} IS NULL THEN {indicator}
            WHEN {party} THEN substr({subject}, strpos({subject}, ':') + 1)
            WHEN {indicator} IN ({whole}) THEN {subject}
            WHEN {indicator} IN ('vendor_financed_share', 'gpu_resale_drawdown')
            THEN regexp_replace({subject}, ' [^ ]*$', '')
            WHEN {indicator} = 'circularity' THEN split_part({subject}, ' ', 2)
            ELSE {indicator} END AS choice"""


EXPLANATION: Property = link(
    "Explain this sign",
    "/d/${__data.fields.uid}?${__data.fields.parameter}${__data.fields.choice:percentencode}&${__url_time_range}",
)
# The columns that the link needs are not shown.
HIDDEN = tuple(field(name, hidden()) for name in ("uid", "parameter", "choice"))
