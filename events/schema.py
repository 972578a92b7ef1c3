"""What producers need to know, as documents: JSON Schema of each event, AsyncAPI of all topics."""

from typing import Any

from events.base import Event, Value
from events.catalog import BY_NAME, EVENT_TYPES
from events.deals import Leg
from events.errors import UsageError
from events.topics import ALL, Topic

# What the codec makes up where a producer leaves it out: an id from the content, a leg's name from its kind.
MADE_UP: dict[type[Value], str] = {Event: "event_id", Leg: "leg"}


def json_schema(event_type: str) -> dict[str, Any]:
    """Describe one event as JSON Schema 2020-12. Raises UsageError for an unknown type."""
    kind = BY_NAME.get(event_type)
    if kind is None:
        known = ", ".join(sorted(BY_NAME))
        raise UsageError(f"There is no event type {event_type!r}.", f"Known are {known}.")
    schema = _schema(kind, "#/$defs/{model}")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def asyncapi(version: str) -> dict[str, Any]:
    """Describe every topic and its messages as AsyncAPI 3.0."""
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Ouroboros",
            "version": version,
            "description": "Events are published to the ingress topics, one or an array of them a message.",
        },
        "defaultContentType": "application/json",
        "channels": {topic.name: _channel(topic) for topic in ALL},
        "operations": {
            f"publish-{topic.name}": {
                "action": "send",
                "channel": {"$ref": f"#/channels/{topic.name}"},
            }
            for topic in ALL
            if topic.event_types
        },
        "components": {
            "messages": {kind.__name__: _message(kind) for kind in EVENT_TYPES},
        },
    }


def _channel(topic: Topic) -> dict[str, Any]:
    return {
        "address": topic.name,
        "description": topic.carries,
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in topic.event_types},
        "bindings": {"kafka": {"partitions": topic.partitions}},
    }


def _message(kind: type[Event]) -> dict[str, Any]:
    return {
        "name": kind.__name__,
        "summary": (kind.__doc__ or "").partition("\n")[0],
        "bindings": {"kafka": {"key": {"type": "string", "description": f"the event's {kind.KEY}"}}},
        "payload": _schema(kind, f"#/components/messages/{kind.__name__}/payload/$defs/{{model}}"),
    }


def _schema(kind: type[Event], references: str) -> dict[str, Any]:
    schema = kind.model_json_schema(ref_template=references)
    schema["required"].insert(0, "event_type")
    schema["required"].remove(MADE_UP[Event])
    for name, part in schema.get("$defs", {}).items():
        if name == Leg.__name__:
            part["required"].remove(MADE_UP[Leg])
        # A tag has a default in Python, and must be told in a document.
        if tags := [field for field, meaning in part.get("properties", {}).items() if "const" in meaning]:
            part["required"] = [*tags, *part.get("required", ())]
    # Each type redefines its name and its version, which mean the same everywhere.
    for name, field in Event.model_fields.items():
        schema["properties"][name].setdefault("description", field.description)
    return schema
