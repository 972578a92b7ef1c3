"""Pipeline health: whether everything runs, keeps up, reads what it is sent, and hears from its feeds."""

from dashboards.grafana.board import Board, row
from dashboards.grafana.fields import COLORED, DAY, MINUTE, SECOND, UNLIT, field, steps, unit, width
from dashboards.grafana.panels import stat, table
from dashboards.panels.deals import UNKNOWN_NAMES
from dashboards.panels.feeds import AS_STATUS, BARS_OVER_TIME, FACTS_OVER_TIME, FEEDS, STALE_INDICATORS, lit

# As in `ouroboros status`: what was retired is not missed after a day.
PARTS_SQL = """SELECT component, lag, applied, last_event_at, now() - beat_at AS silence,
  CASE WHEN beat_at < now() - interval '1 day' THEN 'retired' WHEN stale THEN 'silent'
       WHEN lag > 0 THEN 'behind' ELSE 'running' END AS status
FROM read.pipeline_health"""

WEBHOOKS_SQL = """SELECT destination, count(*) FILTER (WHERE delivered_at IS NOT NULL) AS delivered,
  count(*) FILTER (WHERE next_attempt_at IS NOT NULL) AS waiting,
  count(*) FILTER (WHERE next_attempt_at IS NOT NULL AND attempts > 0) AS failing,
  count(*) FILTER (WHERE given_up_at IS NOT NULL) AS given_up,
  min(queued_at) FILTER (WHERE next_attempt_at IS NOT NULL) AS oldest,
  (array_agg(reason ORDER BY queued_at DESC) FILTER (WHERE reason IS NOT NULL))[1] AS reason
FROM read.webhook_delivery GROUP BY destination"""

# What a person must look at, each as a number that ought to be 0.
LIGHTS = stat(
    "What needs somebody",
    "Each of these ought to be 0, the heartbeat below 10 seconds, whatever the time range. Silent"
    " parts: not heard of for a minute, those of more than a day left out. Behind: messages, records"
    " and signals still to do. Stale signs: subjects whose input is too old to be trusted. Webhooks:"
    " signals that failed and wait, and signals given up. From read.pipeline_health,"
    " read.dead_letter, read.indicator_current, read.webhook_delivery and read.unknown_company.",
    f"""WITH part AS ({PARTS_SQL}), hook AS ({WEBHOOKS_SQL})
SELECT (SELECT count(*) FROM part WHERE status = 'silent') AS "Silent parts",
  (SELECT coalesce(sum(lag), 0) FROM part WHERE status <> 'retired') AS "Behind",
  (SELECT count(*) FROM read.dead_letter WHERE state = 'open') AS "Dead letters",
  (SELECT count(*) FROM read.indicator_current WHERE stale_since IS NOT NULL) AS "Stale signs",
  (SELECT coalesce(sum(failing), 0) FROM hook) AS "Posts failing",
  (SELECT coalesce(sum(given_up), 0) FROM hook) AS "Posts given up",
  (SELECT count(*) FROM read.unknown_company) AS "Unknown names",
  (SELECT extract(epoch FROM min(silence))::float8 FROM part) AS "Heartbeat\"""",
    field("Silent parts", lit((1, "red"))),
    field("Behind", lit((1, "yellow"), (10_000, "orange"))),
    field("Dead letters", lit((1, "orange"))),
    field("Stale signs", lit((1, "yellow"))),
    field("Posts failing", lit((1, "orange"))),
    field("Posts given up", lit((1, "red"))),
    field("Unknown names", lit((1, "yellow"))),
    field("Heartbeat", *unit("s", 0), lit((10, "yellow"), (60, "red"))),
    defaults={"noValue": "not known", "color": {"mode": "thresholds"}, "thresholds": steps(UNLIT)["value"]},
    fields="/.*/",
)

PARTS = table(
    "Parts of the pipeline",
    "Each part as it reported last, which it does every two seconds. Running: nothing is left to do."
    " Behind: something is. Silent: not heard of for a minute, whatever it said last. Retired: not for a"
    " day. Done: since it started. Last event: when a sequencer journaled last; for a projector, the time"
    " that its folds have reached, which is its checkpoint. From read.pipeline_health.",
    f"""SELECT component AS "Part", status AS "Status", lag AS "To do", applied AS "Done",
  last_event_at AS "Last event", extract(epoch FROM silence)::float8 AS "Silent for"
FROM ({PARTS_SQL}) part ORDER BY component""",
    field("Status", *AS_STATUS),
    *(field(name, *unit("locale")) for name in ("To do", "Done")),
    field("Last event", *SECOND, width(160)),
    field("Silent for", *unit("s", 0)),
    empty="No part has ever reported. Start one: `ouroboros worker`.",
)

DEAD_LETTERS_BY_TOPIC = table(
    "Dead letters by topic",
    "What could not be read: open, resolved after all, or discarded. From read.dead_letter.",
    """SELECT topic AS "Topic", count(*) FILTER (WHERE state = 'open') AS "Open",
  count(*) FILTER (WHERE state = 'resolved') AS "Resolved",
  count(*) FILTER (WHERE state = 'discarded') AS "Discarded",
  min(received_at) FILTER (WHERE state = 'open') AS "Oldest open"
FROM read.dead_letter GROUP BY topic ORDER BY 2 DESC, 1""",
    field("Open", lit((1, "orange")), COLORED),
    field("Oldest open", *DAY),
    empty="Everything that was ever sent could be read.",
)

DEAD_LETTERS = table(
    "Open dead letters",
    "What is wrong with each and what to do, the newest first, at most 200. `ouroboros dead-letters show"
    " ADDRESS` shows the original, `ouroboros dead-letters redrive ADDRESS` sends it again. From"
    " read.dead_letter.",
    """SELECT received_at AS "Refused",
  topic || '/' || partition || '/' || "offset" || '/' || index AS "Address",
  key AS "Key", attempts AS "Attempts", reason AS "What is wrong, and what to do"
FROM read.dead_letter WHERE state = 'open' ORDER BY received_at DESC LIMIT 200""",
    field("Refused", *MINUTE, width(140)),
    field("Address", width(170)),
    field("Key", width(150)),
    field("Attempts", width(80)),
    empty="No dead letter is open.",
)

WEBHOOKS = table(
    "Webhooks",
    "Signals that each webhook was to be sent: delivered, waiting, failing (posted in vain and tried"
    " again), given up (not sent again by itself; docs/operations.md says how to), and why the newest"
    " failed. From read.webhook_delivery.",
    f"""SELECT destination AS "Webhook",
  CASE WHEN given_up > 0 THEN 'given up' WHEN failing > 0 THEN 'failing' WHEN waiting > 0 THEN 'waiting'
       ELSE 'in order' END AS "Status",
  delivered AS "Delivered", waiting AS "Waiting", failing AS "Failing", given_up AS "Given up",
  oldest AS "Waits since", reason AS "Why"
FROM ({WEBHOOKS_SQL}) hook ORDER BY destination""",
    field("Status", *AS_STATUS),
    *(field(name, *unit("locale"), width(70)) for name in ("Delivered", "Waiting", "Failing", "Given up")),
    field("Waits since", *MINUTE, width(140)),
    empty="No webhook was to be sent anything. Name them in OUROBOROS_WEBHOOKS (docs/operations.md).",
)

BOARD = Board(
    uid="ouroboros-pipeline-health",
    title="Pipeline health",
    description="Whether everything runs, keeps up, reads what it is sent, and hears from its feeds.",
    tags=("pipeline",),
    order=80,
    rows=(
        row(4, (LIGHTS, 24)),
        row(7, (PARTS, 14), (DEAD_LETTERS_BY_TOPIC, 10)),
        row(13, (FEEDS, 14), (STALE_INDICATORS, 10)),
        row(6, (DEAD_LETTERS, 24)),
        row(6, (WEBHOOKS, 16), (UNKNOWN_NAMES, 8)),
        row(8, (FACTS_OVER_TIME, 12), (BARS_OVER_TIME, 12)),
    ),
    refresh="10s",
)
