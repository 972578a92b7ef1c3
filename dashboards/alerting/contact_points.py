"""Ways to reach people: a webhook, mail, Slack. Addresses come from the environment of Grafana.

Grafana puts in environment variables here, and an empty text for those that are not set. It does
not start with a contact point that has no address at all. So each setting holds something else too
that does no harm: without its variable nothing is sent there, for no route leads to it.
"""

from dashboards.alerting.models import ContactPoint, Receiver

TITLE = '{{ template "ouroboros.title" . }}'
MESSAGE = '{{ template "ouroboros.message" . }}'

WEBHOOK = ContactPoint(
    name="Ouroboros webhook",
    receivers=(
        Receiver(
            uid="ouroboros-webhook",
            type="webhook",
            settings={
                # What comes after # is never sent.
                "url": "$OUROBOROS_ALERT_WEBHOOK_URL#ouroboros",
                "httpMethod": "POST",
                "maxAlerts": "10",
                "title": TITLE,
                "message": MESSAGE,
            },
        ),
    ),
)

MAIL = ContactPoint(
    name="Ouroboros mail",
    receivers=(
        Receiver(
            uid="ouroboros-mail",
            type="email",
            settings={
                # One mail to all of the addresses, which ; separates; an empty one is passed over.
                "addresses": "$OUROBOROS_ALERT_MAIL_TO;",
                "singleEmail": True,
                "subject": TITLE,
                "message": MESSAGE,
            },
        ),
    ),
)

SLACK = ContactPoint(
    name="Ouroboros Slack",
    receivers=(
        Receiver(
            uid="ouroboros-slack",
            type="slack",
            settings={
                "url": "$OUROBOROS_ALERT_SLACK_URL",
                # Taken where the url is empty; else Slack's own, which asks for a token.
                "endpointUrl": "http://127.0.0.1/slack-is-not-set-up",
                "title": TITLE,
                "text": MESSAGE,
            },
        ),
    ),
)

CONTACT_POINTS = (WEBHOOK, MAIL, SLACK)
