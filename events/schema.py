"""What producers need to know, as documents: JSON Schema of each event, AsyncAPI of all topics."""

from collections.abc import Iterator
from typing import Any, get_args

from events.base import Event, Value
from events.catalog import BY_NAME, EVENT_TYPES
from events.errors import UsageError
from events.topics import ALL, Topic


def json_schema(event_type: str) -> dict[str, Any]:
    """Return one event type as JSON Schema 2020-12. Raises UsageError for an unknown one."""
    kind = BY_NAME.get(event_type)
    if kind is None:
        known = ", ".join(sorted(BY_NAME))
        raise UsageError(f"There is no event type {event_type!r}.", f"Known are {known}.")
    schema = _schema(kind, "#/$defs/{model}")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def asyncapi(version: str) -> dict[str, Any]:
    """Return every topic and its messages as an AsyncAPI 3.0 document."""
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


def parts_of(kind: type[Value]) -> Iterator[type[Value]]:
    """Yield the parts that an event, or a part of one, is made of, and theirs."""
    for field in kind.model_fields.values():
        for part in _values_in(field.annotation):
            yield part
            yield from parts_of(part)


def _values_in(annotation: Any) -> Iterator[type[Value]]:
    if isinstance(annotation, type) and issubclass(annotation, Value):
        yield annotation
    for argument in get_args(annotation):
        yield from _values_in(argument)


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
    schema["required"] = ["event_type", *(name for name in schema["required"] if name not in kind.DERIVED)]
    for part in parts_of(kind):
        described = schema["$defs"][part.__name__]
        # A tag has a default in Python, and must be given in a document.
        tags = [name for name, field in described["properties"].items() if "const" in field]
        required = [name for name in described.get("required", ()) if name not in {*part.DERIVED, *tags}]
        if tags or required:
            described["required"] = [*tags, *required]
    # Each type redefines its name and its version, which mean the same everywhere.
    for name, field in Event.model_fields.items():
        schema["properties"][name].setdefault("description", field.description)
    return schema
