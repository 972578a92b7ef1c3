"""Rules about Ouroboros itself: who watches has to know that nobody is blind."""

from typing import Any, NamedTuple

from dashboards.alerts.rules import group, links, printed, rule
from dashboards.boards.pipeline_health import BOARD, LIGHTS
from projections.definition import Level

# A part of the pipeline reports every two seconds.
SILENT_SECONDS = 60
# A worker takes some thousand events a second: so much left over for so long is no passing peak.
LAG, LAG_FOR = 1_000, "5m"

NUMBER, DAYS = printed("A", "%.0f"), printed("D", "%.0f")

# A feed is as fresh as the newest of its subjects.
_OF_FEEDS = """\
SELECT definition.title AS subject, {}
FROM read.indicator_current current
JOIN read.indicator_definition definition ON definition.id = current.indicator
WHERE definition.stale_after IS NOT NULL AND current.input_at IS NOT NULL
GROUP BY definition.title
ORDER BY definition.title"""
STALE_FEED = _OF_FEEDS.format(
    "CASE WHEN bool_and(current.stale_since IS NOT NULL) THEN 1 ELSE 0 END AS stale"
)
STALE_FEED_DAYS = _OF_FEEDS.format(
    "extract(epoch FROM now() - max(current.input_at))::double precision / 86400 AS days"
)

# Topics that ever had a dead letter: so each goes back to normal once its own are resolved or discarded.
DEAD_LETTERS = """\
SELECT topic AS subject, count(*) FILTER (WHERE state = 'open') AS open_dead_letters
FROM read.dead_letter
GROUP BY topic
ORDER BY topic"""

LAGGING = """\
SELECT component AS subject, lag
FROM read.pipeline_health
ORDER BY component"""

# A part that went silent while others spoke on for a day was retired. All of them silent is no retirement.
HEARTBEAT = """\
SELECT component AS subject,
       CASE WHEN beat_at < max(beat_at) OVER () - interval '1 day' THEN 0
            ELSE extract(epoch FROM now() - beat_at)::double precision END AS seconds
FROM read.pipeline_health
ORDER BY component"""

GIVEN_UP = """\
SELECT destination AS subject, count(*) FILTER (WHERE given_up_at IS NOT NULL) AS given_up
FROM read.webhook_delivery
GROUP BY destination
ORDER BY destination"""


class Trouble(NamedTuple):
    """What may go wrong with the pipeline, how it is described, and what to do about it."""

    uid: str
    title: str
    level: Level
    sql: str
    description: str
    remedy: str
    more_than: float = 0
    waits: str = "0s"
    fires_when_blind: bool = False
    days_sql: str | None = None


TROUBLES = (
    Trouble(
        uid="pipeline-stale-feed",
        title="Feed is stale",
        level=Level.WATCH,
        sql=STALE_FEED,
        description=f"Nothing was heard for {DAYS} days of what the indicator {{{{ $labels.subject }}}}"
        " rests on: a level of calm is not known to be calm.",
        remedy="See whether the feed of these events still runs, and publish what is missing.",
        days_sql=STALE_FEED_DAYS,
    ),
    Trouble(
        uid="pipeline-dead-letters",
        title="Dead letters are open",
        level=Level.WARNING,
        sql=DEAD_LETTERS,
        description=f"Messages of the topic {{{{ $labels.subject }}}} that could not be read: {NUMBER}."
        " What they say is missing everywhere.",
        remedy="List them with `ouroboros dead-letters list`, correct them and send them again.",
    ),
    Trouble(
        uid="pipeline-lag",
        title="Pipeline lags behind",
        level=Level.WARNING,
        sql=LAGGING,
        more_than=LAG,
        description=f"The {{{{ $labels.subject }}}} has {NUMBER} to do: signals come late.",
        remedy="See `ouroboros status`; add sequencers, or look for what holds the worker up.",
        waits=LAG_FOR,
    ),
    Trouble(
        uid="pipeline-no-heartbeat",
        title="No heartbeat",
        level=Level.CRITICAL,
        sql=HEARTBEAT,
        more_than=SILENT_SECONDS,
        description='{{ if index $labels "subject" }}'
        f"The {{{{ $labels.subject }}}} was last heard of {NUMBER} seconds ago: nothing new is seen."
        "{{ else }}No part has ever reported, or the database does not answer.{{ end }}",
        remedy="See the log of the worker and start it again.",
        # A worker takes up to a minute until all of its parts have reported.
        waits="1m",
        # No part has ever reported, or the database does not answer: that is the worst of all.
        fires_when_blind=True,
    ),
    Trouble(
        uid="pipeline-webhook-given-up",
        title="Webhook gave signals up",
        level=Level.WARNING,
        sql=GIVEN_UP,
        description="Signals that could not be posted to the webhook {{ $labels.subject }} and were given up:"
        f" {NUMBER}.",
        remedy="Repair the receiver, then send them again: see Webhooks in docs/operations.md.",
    ),
)


def pipeline_group() -> dict[str, Any]:
    """Return the rules about the pipeline."""
    return group("Pipeline", *map(_rule, TROUBLES))


def _rule(trouble: Trouble) -> dict[str, Any]:
    return rule(
        trouble.uid,
        trouble.title,
        {"evaluator": {"type": "gt", "params": [trouble.more_than]}},
        waits=trouble.waits,
        without_data="Alerting" if trouble.fires_when_blind else "OK",
        on_error="Alerting" if trouble.fires_when_blind else "KeepLast",
        labels={"severity": trouble.level.value, "family": "pipeline"},
        annotations={
            "about": f'{trouble.title}{{{{ with index $labels "subject" }}}} · {{{{ . }}}}{{{{ end }}}}',
            "description": f"{trouble.description} {trouble.remedy}",
            **links(BOARD, LIGHTS),
        },
        sql={"A": trouble.sql, **({"D": trouble.days_sql} if trouble.days_sql else {})},
    )
