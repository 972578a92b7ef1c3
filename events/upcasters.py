"""Old versions of events, brought up to today's one step at a time.

An upcaster takes the document of one version and returns that of the next; it may
rename, split and default, but it never looks anything up.
"""

from collections.abc import Callable, Mapping
from typing import Any

from events.errors import UnreadableEvent, short

Document = Mapping[str, Any]
Upcaster = Callable[[Document], Document]


def deal_announced_1_to_2(document: Document) -> Document:
    """Convert the yes or no of a conditional leg into the wording of its condition."""

    def leg_with_condition(leg: Any) -> Any:
        if not isinstance(leg, Mapping):
            return leg
        kept = {name: value for name, value in leg.items() if name != "conditional"}
        return {**kept, "condition": "not stated"} if leg.get("conditional") else kept

    legs = document.get("legs")
    if not isinstance(legs, list):
        return document
    return {**document, "legs": [leg_with_condition(leg) for leg in legs]}


UPCASTERS: dict[tuple[str, int], Upcaster] = {
    ("DealAnnounced", 1): deal_announced_1_to_2,
}


def upcast(document: Document, event_type: str, today: int) -> Document:
    """Convert a document to version `today` of its type; a document without a version is of today.

    Raises UnreadableEvent for a version from the future or one that no upcaster takes.
    """
    version = document.get("schema_version", today)
    if version == today:
        return document
    if not isinstance(version, int) or isinstance(version, bool) or not 1 <= version < today:
        raise UnreadableEvent(
            f"{event_type} has schema_version {short(version)}; this release reads 1 to {today}.",
            "Upgrade Ouroboros, or send a version that it knows.",
        )
    while version < today:
        document = UPCASTERS[event_type, version](document)
        version += 1
    return {**document, "schema_version": today}
