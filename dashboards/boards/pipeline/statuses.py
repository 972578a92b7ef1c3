"""Statuses as lights: the words for how a part, a feed or a webhook is doing, each with its colour."""

from dashboards.grafana.fields import Property, as_light, steps
from dashboards.grafana.levels import UNKNOWN_COLOR, mappings

STATUSES = {
    "running": "green",
    "behind": "yellow",
    "silent": "red",
    "retired": UNKNOWN_COLOR,
    "heard": "green",
    "not missed": UNKNOWN_COLOR,
    "never heard": UNKNOWN_COLOR,
    "stale": "orange",
    "in order": "green",
    "waiting": "yellow",
    "failing": "orange",
    "given up": "red",
}


def as_status() -> tuple[Property, ...]:
    """Return the looks of a status: its word on its colour."""
    return as_light(mappings((word, word, color) for word, color in STATUSES.items()), 100)


def lit(*values: tuple[int, str]) -> Property:
    """Return the colours of a number: green at 0, and another from each value on."""
    return steps(
        {"color": "green", "value": None}, *({"color": color, "value": value} for value, color in values)
    )


def colored() -> Property:
    """Return that a number is written in its colour."""
    return {"id": "custom.cellOptions", "value": {"type": "color-text"}}
