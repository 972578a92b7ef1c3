"""Ways to reach people: a webhook, mail, Slack. Addresses come from the environment of Grafana.

Grafana puts in environment variables here, and an empty text for those that are not set. It does
not start with a contact point that has no address at all. So each setting holds something else too
that does no harm: without its variable nothing is sent there, for no route leads to it.
"""

from typing import Any

TITLE = '{{ template "ouroboros.title" . }}'
MESSAGE = '{{ template "ouroboros.message" . }}'


def _contact_point(name: str, kind: str, settings: dict[str, str | bool]) -> dict[str, Any]:
    receiver = {
        "uid": f"ouroboros-{name.lower()}",
        "type": kind,
        "settings": settings,
        "disableResolveMessage": False,
    }
    return {"orgId": 1, "name": f"Ouroboros {name}", "receivers": [receiver]}


WEBHOOK = _contact_point(
    "webhook",
    "webhook",
    {
        # What comes after # is never sent.
        "url": "$OUROBOROS_ALERT_WEBHOOK_URL#ouroboros",
        "httpMethod": "POST",
        "maxAlerts": "10",
        "title": TITLE,
        "message": MESSAGE,
    },
)
MAIL = _contact_point(
    "mail",
    "email",
    {
        # One mail to all of the addresses, which ; separates; an empty one is passed over.
        "addresses": "$OUROBOROS_ALERT_MAIL_TO;",
        "singleEmail": True,
        "subject": TITLE,
        "message": MESSAGE,
    },
)
SLACK = _contact_point(
    "Slack",
    "slack",
    {
        "url": "$OUROBOROS_ALERT_SLACK_URL",
        # Taken where the url is empty; else Slack's own, which asks for a token.
        "endpointUrl": "http://127.0.0.1/slack-is-not-set-up",
        "title": TITLE,
        "text": MESSAGE,
    },
)

CONTACT_POINTS = (WEBHOOK, MAIL, SLACK)
