"""Facts about loans with their reports: who says so, how surely, and the ids that the desk names them by."""

from dashboards.boards.loans.choice import is_chosen
from dashboards.grafana.fields import DAY, field, renamed, width
from dashboards.grafana.indicators import source_column
from dashboards.grafana.panels import table

REPORTS = table(
    "Reports of each fact",
    "What happened to the chosen borrowers and lenders in the time range, the newest first, at most 200"
    " reports: several reports of one thing are one fact, which counts once and is what its surest report"
    " says. The first of several is the surest. The desk joins and parts facts, and retracts reports, by the"
    " ids in the last columns (docs/facts.md). From read.fact and read.fact_report.",
    f"""SELECT f.first_known_at, f.kind, r.rank || ' of ' || f.reports AS report, r.headline, r.source,
  r.certainty, r.source_url, f.fact_id, r.event_id::text AS report_id
FROM read.fact f JOIN read.fact_report r ON r.fact_id = f.fact_id AND r.counts
WHERE $__timeFilter(f.first_known_at) AND f.fact_id IN (
  SELECT r.fact_id FROM read.fact_report r JOIN read.credit_event e ON e.event_id = r.event_id
  WHERE {is_chosen("e")})
ORDER BY f.first_known_at DESC, f.fact_id, r.rank LIMIT 200""",
    overrides=(
        field("first_known_at", renamed("Known"), *DAY, width(95)),
        field("kind", renamed("Fact"), width(85)),
        field("report", renamed("Report"), width(75)),
        field("headline", renamed("In words")),
        field("source", renamed("Said by"), width(150)),
        field("certainty", renamed("Certainty"), width(90)),
        source_column(),
        field("fact_id", renamed("Fact id"), width(130)),
        field("report_id", renamed("Report id"), width(130)),
    ),
    empty="Nothing is known of these borrowers and lenders in this time range: choose a longer one above.",
)
