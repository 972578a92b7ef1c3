"""Who is notified of what, how and when: contact points, routes by family and severity, quiet times.

Addresses come from the environment of Grafana, which puts its variables in here, and an empty text for those
that are not set. A channel is open for the levels that its variable names, as in `warning|critical`; an empty
one is no severity: then nothing goes there.
"""

from typing import Any

TITLE = '{{ template "ouroboros.title" . }}'
MESSAGE = '{{ template "ouroboros.message" . }}'


def _contact_point(name: str, kind: str, **settings: str | bool) -> dict[str, Any]:
    uid = f"ouroboros-{name.lower()}"
    receiver = {"uid": uid, "type": kind, "settings": settings, "disableResolveMessage": False}
    return {"orgId": 1, "name": f"Ouroboros {name}", "receivers": [receiver]}


# Grafana does not start with a contact point that has no address at all, so each setting holds something else
# too that does no harm: without its variable nothing is sent there, for no route leads to it.
WEBHOOK = _contact_point(
    "webhook",
    "webhook",
    # What comes after # is never sent.
    url="$OUROBOROS_ALERT_WEBHOOK_URL#ouroboros",
    httpMethod="POST",
    maxAlerts="10",
    title=TITLE,
    message=MESSAGE,
)
MAIL = _contact_point(
    "mail",
    "email",
    # One mail to all of the addresses, which ; separates; an empty one is passed over.
    addresses="$OUROBOROS_ALERT_MAIL_TO;",
    singleEmail=True,
    subject=TITLE,
    message=MESSAGE,
)
SLACK = _contact_point(
    "Slack",
    "slack",
    url="$OUROBOROS_ALERT_SLACK_URL",
    # Taken where the url is empty; else Slack's own, which asks for a token.
    endpointUrl="http://127.0.0.1/slack-is-not-set-up",
    title=TITLE,
    text=MESSAGE,
)
CONTACT_POINTS = (WEBHOOK, MAIL, SLACK)

ALWAYS: dict[str, Any] = {
    "orgId": 1,
    "name": "Always",
    "time_intervals": [{"times": [{"start_time": "00:00", "end_time": "24:00"}], "location": "UTC"}],
}
NIGHT = [{"start_time": "00:00", "end_time": "06:00"}, {"start_time": "20:00", "end_time": "24:00"}]
NIGHTS_AND_WEEKENDS: dict[str, Any] = {
    "orgId": 1,
    "name": "Nights and weekends",
    "time_intervals": [
        {"weekdays": ["saturday", "sunday"], "location": "UTC"},
        {"times": NIGHT, "location": "UTC"},
    ],
}
MUTE_TIMINGS = (ALWAYS, NIGHTS_AND_WEEKENDS)

# What is only to be watched waits for the morning; what holds then is sent.
WATCH_BY_DAY = {
    "receiver": MAIL["name"],
    "object_matchers": [["severity", "=", "watch"]],
    "mute_time_intervals": [NIGHTS_AND_WEEKENDS["name"]],
}


def _channel(to: dict[str, Any], levels: str, *more: dict[str, Any]) -> dict[str, Any]:
    # One message for all feeds, topics or parts that have the same trouble.
    pipeline = {
        "receiver": to["name"],
        "object_matchers": [["family", "=", "pipeline"]],
        "group_by": ["alertname"],
        "group_wait": "10s",
        # What is wrong with the pipeline stays wrong until somebody does something.
        "repeat_interval": "1d",
        **({"routes": more} if more else {}),
    }
    return {
        "receiver": to["name"],
        "object_matchers": [["family", "=~", ".+"], ["severity", "=~", levels]],
        "continue": True,
        "routes": [pipeline, *more],
    }


POLICY = {
    "orgId": 1,
    # Alerts that are not ours, which have no family, come to the root.
    "receiver": MAIL["name"],
    # One message for an indicator and a subject, whatever levels it goes through.
    "group_by": ["indicator", "subject"],
    "group_wait": "0s",
    # What follows waits for so long. Not as long as between two evaluations: messages that were made at the
    # times of evaluations could hold one half of what an evaluation has found.
    "group_interval": "11s",
    # An episode is sent once. Grafana forgets what it has sent after its notification_log_retention,
    # which docker-compose.yml sets to longer than this.
    "repeat_interval": "52w",
    "routes": [
        _channel(WEBHOOK, "$OUROBOROS_ALERT_WEBHOOK_LEVELS"),
        _channel(SLACK, "$OUROBOROS_ALERT_SLACK_LEVELS"),
        _channel(MAIL, "$OUROBOROS_ALERT_MAIL_LEVELS", WATCH_BY_DAY),
        # Without any channel alerts are seen in Grafana alone, and no failed mail fills its log.
        {
            "receiver": MAIL["name"],
            "object_matchers": [["family", "=~", ".+"]],
            "mute_time_intervals": [ALWAYS["name"]],
        },
    ],
}
