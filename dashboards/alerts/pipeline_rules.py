"""Rules about Ouroboros itself: who watches has to know that nobody is blind."""

from typing import Any, NamedTuple

from dashboards.alerts.rules import group, links, printed, rule
from dashboards.boards.pipeline_health import BOARD, LIGHTS
from projections.definition import Level

# A part of the pipeline reports every two seconds.
SILENT_SECONDS = 60
# A worker takes some thousand events a second: so much left over for so long is no passing peak.
LAG, LAG_FOR = 1_000, "5m"

SUBJECT = "{{ $labels.subject }}"
NUMBER, DAYS = printed("A", "%.0f"), printed("D", "%.0f")

# A feed is as fresh as the newest of its subjects.
_OF_FEEDS = """\
SELECT definition.title AS subject, {}
FROM read.indicator_current current
JOIN read.indicator_definition definition ON definition.id = current.indicator
WHERE definition.stale_after IS NOT NULL AND current.input_at IS NOT NULL
GROUP BY definition.title
ORDER BY definition.title"""

# Topics that ever had a dead letter: so each goes back to normal once its own are resolved or discarded.
DEAD_LETTERS = """\
SELECT topic AS subject, count(*) FILTER (WHERE state = 'open') AS open_dead_letters
FROM read.dead_letter
GROUP BY topic
ORDER BY topic"""


class Trouble(NamedTuple):
    """What may go wrong with the pipeline, how it is described, and what to do about it."""

    uid: str
    title: str
    level: Level
    description: str
    remedy: str
    sql: str
    more_than: float = 0
    waits: str = "0s"
    fires_when_blind: bool = False
    days_sql: str | None = None


TROUBLES = (
    Trouble(
        "pipeline-stale-feed",
        "Feed is stale",
        Level.WATCH,
        f"Nothing was heard for {DAYS} days of what the indicator {SUBJECT} rests on: a level of calm is not"
        " known to be calm.",
        "See whether the feed of these events still runs, and publish what is missing.",
        _OF_FEEDS.format("CASE WHEN bool_and(current.stale_since IS NOT NULL) THEN 1 ELSE 0 END AS stale"),
        days_sql=_OF_FEEDS.format(
            "extract(epoch FROM now() - max(current.input_at))::double precision / 86400 AS days"
        ),
    ),
    Trouble(
        "pipeline-dead-letters",
        "Dead letters are open",
        Level.WARNING,
        f"Messages of the topic {SUBJECT} that could not be read: {NUMBER}. What they say is missing"
        " everywhere.",
        "List them with `ouroboros dead-letters list`, correct them and send them again.",
        DEAD_LETTERS,
    ),
    Trouble(
        "pipeline-lag",
        "Pipeline lags behind",
        Level.WARNING,
        f"The {SUBJECT} has {NUMBER} to do: signals come late.",
        "See `ouroboros status`; add sequencers, or look for what holds the worker up.",
        """\
SELECT component AS subject, lag
FROM read.pipeline_health
ORDER BY component""",
        more_than=LAG,
        waits=LAG_FOR,
    ),
    Trouble(
        "pipeline-no-heartbeat",
        "No heartbeat",
        Level.CRITICAL,
        '{{ if index $labels "subject" }}'
        f"The {SUBJECT} was last heard of {NUMBER} seconds ago: nothing new is seen."
        "{{ else }}No part has ever reported, or the database does not answer.{{ end }}",
        "See the log of the worker and start it again.",
        # A part that went silent while others spoke on for a day was retired. All of them silent is no
        # retirement.
        """\
SELECT component AS subject,
       CASE WHEN beat_at < max(beat_at) OVER () - interval '1 day' THEN 0
            ELSE extract(epoch FROM now() - beat_at)::double precision END AS seconds
FROM read.pipeline_health
ORDER BY component""",
        more_than=SILENT_SECONDS,
        # A worker takes up to a minute until all of its parts have reported.
        waits="1m",
        # No part has ever reported, or the database does not answer: that is the worst of all.
        fires_when_blind=True,
    ),
    Trouble(
        "pipeline-webhook-given-up",
        "Webhook gave signals up",
        Level.WARNING,
        f"Signals that could not be posted to the webhook {SUBJECT} and were given up: {NUMBER}.",
        "Repair the receiver, then send them again: see Webhooks in docs/operations.md.",
        """\
SELECT destination AS subject, count(*) FILTER (WHERE given_up_at IS NOT NULL) AS given_up
FROM read.webhook_delivery
GROUP BY destination
ORDER BY destination""",
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
