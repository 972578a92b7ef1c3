"""Who is notified of what, and when: routes by family and severity, and times in which little is sent.

A channel is open for the levels that its environment variable names, as in `warning|critical`;
Grafana puts it in, and an empty one is no severity: then nothing goes there.
"""

from typing import Any

from dashboards.alerts.contact_points import MAIL, SLACK, WEBHOOK

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
