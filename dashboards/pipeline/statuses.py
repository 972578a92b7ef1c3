"""Statuses as lights: the words for how a part, a feed or a webhook is doing, each with its colour."""

from dashboards.building.fields import Property, width
from dashboards.building.levels import UNKNOWN_COLOR

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
    """Show a status on its colour."""
    options = {
        word: {"color": color, "index": at, "text": word} for at, (word, color) in enumerate(STATUSES.items())
    }
    return (
        {"id": "mappings", "value": [{"type": "value", "options": options}]},
        {"id": "custom.cellOptions", "value": {"type": "color-background", "mode": "basic"}},
        width(100),
    )


def lit(*steps: tuple[int, str]) -> Property:
    """Be green at 0, and take a colour from each value on."""
    all_steps = [(None, "green"), *steps]
    written = [{"color": color, "value": value} for value, color in all_steps]
    return {"id": "thresholds", "value": {"mode": "absolute", "steps": written}}


def colored() -> Property:
    """Show a number in its colour."""
    return {"id": "custom.cellOptions", "value": {"type": "color-text"}}
