"""Who is notified of what, and when: routes by family and severity, and times in which little is sent.

A channel is open for the levels that its environment variable names, as in `warning|critical`;
Grafana puts it in, and an empty one is no severity: then nothing goes there.
"""

from dashboards.alerts.contact_points import MAIL, SLACK, WEBHOOK
from dashboards.alerts.models import ContactPoint, MuteTiming, Policy, Route, TimeInterval, Times

# An episode is sent once. Grafana forgets what it has sent after its notification_log_retention,
# which docker-compose.yml sets to longer than this.
ONCE = "52w"
# What follows waits for so long. Not as long as between two evaluations: messages that were made at the
# times of evaluations could hold one half of what an evaluation has found.
FOLLOWING = "11s"
# What is wrong with the pipeline stays wrong until somebody does something.
DAILY = "1d"

ALWAYS = MuteTiming(
    name="Always", time_intervals=(TimeInterval(times=(Times(start_time="00:00", end_time="24:00"),)),)
)
NIGHTS_AND_WEEKENDS = MuteTiming(
    name="Nights and weekends",
    time_intervals=(
        TimeInterval(weekdays=("saturday", "sunday")),
        TimeInterval(
            times=(Times(start_time="00:00", end_time="06:00"), Times(start_time="20:00", end_time="24:00"))
        ),
    ),
)
MUTE_TIMINGS = (ALWAYS, NIGHTS_AND_WEEKENDS)


def policy() -> Policy:
    """Return the tree of routes."""
    return Policy(
        # Alerts that are not ours, which have no family, come to the root.
        receiver=MAIL.name,
        # One message for an indicator and a subject, whatever levels it goes through.
        group_by=("indicator", "subject"),
        group_wait="0s",
        group_interval=FOLLOWING,
        repeat_interval=ONCE,
        routes=(
            _channel(WEBHOOK, "$OUROBOROS_ALERT_WEBHOOK_LEVELS"),
            _channel(SLACK, "$OUROBOROS_ALERT_SLACK_LEVELS"),
            _channel(MAIL, "$OUROBOROS_ALERT_MAIL_LEVELS", _watch_by_day()),
            # Without any channel alerts are seen in Grafana alone, and no failed mail fills its log.
            Route(
                receiver=MAIL.name,
                object_matchers=(("family", "=~", ".+"),),
                mute_time_intervals=(ALWAYS.name,),
            ),
        ),
    )


def _channel(to: ContactPoint, levels: str, *more: Route) -> Route:
    return Route(
        receiver=to.name,
        object_matchers=(("family", "=~", ".+"), ("severity", "=~", levels)),
        continue_=True,
        routes=(_pipeline(to, *more), *more),
    )


def _pipeline(to: ContactPoint, *more: Route) -> Route:
    """Return the route that sends one message for all feeds, topics or parts that have the same trouble."""
    return Route(
        receiver=to.name,
        object_matchers=(("family", "=", "pipeline"),),
        group_by=("alertname",),
        group_wait="10s",
        repeat_interval=DAILY,
        routes=more or None,
    )


def _watch_by_day() -> Route:
    """Return the route on which what is only to be watched waits for the morning; what holds then is sent."""
    return Route(
        receiver=MAIL.name,
        object_matchers=(("severity", "=", "watch"),),
        mute_time_intervals=(NIGHTS_AND_WEEKENDS.name,),
    )
