"""Bytes to events and back: JSON, one event or an array of them a message, CloudEvents 1.0 welcome.

CloudEvents come in both of their Kafka modes: binary (attributes in `ce_` headers, the
event in the value) and structured (the whole envelope in the value, `application/cloudevents+json`
or its batch). What the event itself leaves out is taken from the attributes.
"""

import base64
import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
from pydantic import ValidationError

from events.base import EVENT_ID_NAMESPACE, Event
from events.catalog import ANY_EVENT, BY_NAME
from events.errors import UnreadableEvent, cut, short
from events.upcasters import upcast

MAX_MESSAGE_BYTES = 4 * 1024 * 1024
MAX_EVENTS_PER_MESSAGE = 20_000
# No name of an entity is longer.
MAX_KEY_CHARACTERS = 200

Headers = Sequence[tuple[str, bytes]]

_JSON_TYPES = {
    "NoneType": "null",
    "bool": "a boolean",
    **dict.fromkeys(("int", "float"), "a number"),
    "str": "a string",
    "list": "an array",
}


@dataclass(frozen=True)
class Refusal:
    """Why one document of a message is no event, and the key of the entity that it names, if any."""

    reason: str
    key: str | None
    document: Any = None


Decoded = Event | Refusal


def encode(event: Event) -> bytes:
    """Return one event as JSON; what is absent is left out."""
    return event.__pydantic_serializer__.to_json(event, exclude_none=True)


def encode_many(events: Iterable[Event]) -> bytes:
    """Return events as one JSON array."""
    return b"[" + b",".join(map(encode, events)) + b"]"


def cloud_event_headers(event: Event) -> list[tuple[str, bytes]]:
    """Return the CloudEvents 1.0 attributes of an event as Kafka headers (binary mode)."""
    attributes = {
        "ce_specversion": "1.0",
        "ce_id": str(event.event_id),
        "ce_type": event.event_type,
        "ce_source": event.source,
        "ce_time": event.occurred_at.isoformat(),
        "content-type": "application/json",
    }
    return [(name, value.encode()) for name, value in attributes.items()]


def decode(value: bytes | None, headers: Headers = (), message_key: bytes | None = None) -> list[Decoded]:
    """Read the events of one message in their order, each of them good or refused with a reason.

    A message that cannot be taken apart at all is one refusal.
    """
    fallback_key = _readable(message_key)
    try:
        attributes = _attributes(headers)
        documents = _documents(value)
    except UnreadableEvent as error:
        return [Refusal(str(error), fallback_key)]
    if len(documents) > 1:
        # The id of the message: events that shared it would count as one.
        attributes.pop("id", None)
    decoded = [_decode_one(document, attributes, fallback_key) for document in documents]
    refusals = [refusal for refusal in decoded if isinstance(refusal, Refusal)]
    if len(documents) > 1 and any(_is_deep(refusal.document) for refusal in refusals):
        return [Refusal(str(_too_deep("An event of the array")), fallback_key)]
    return decoded


def decode_document(document: Any) -> Event:
    """Read one event from its JSON document.

    Raises UnreadableEvent with a sentence that says what is wrong and where.
    """
    if not isinstance(document, Mapping):
        raise UnreadableEvent(f"An event is a JSON object, this is {_json_type(document)}.")
    event_type = document.get("event_type")
    kind = BY_NAME.get(event_type) if isinstance(event_type, str) else None
    if kind is None:
        raise UnreadableEvent(
            f"The event_type {short(event_type)} is not known."
            if "event_type" in document
            else "The event has no event_type.",
            "`ouroboros schema` shows all types and what they take.",
        )
    try:
        if "event_id" not in document:
            # Before upcasting: the id must not change when a later release reads the same bytes.
            document = {**document, "event_id": content_id(document)}
        document = upcast(document, kind.__name__, kind.VERSION)
        return ANY_EVENT.validate_python(document)
    except (RecursionError, orjson.JSONEncodeError):
        raise _too_deep(kind.__name__) from None
    except ValidationError as error:
        raise UnreadableEvent(
            f"{kind.__name__} is not valid: {explain(error)}.",
            f"`ouroboros schema {kind.__name__}` shows what it takes.",
        ) from None


def content_id(document: Any) -> uuid.UUID:
    """Return the id derived from all that a document says: the same one sent twice is one event."""
    return uuid.uuid5(EVENT_ID_NAMESPACE, orjson.dumps(document, option=orjson.OPT_SORT_KEYS).decode())


def explain(error: ValidationError) -> str:
    """Return in a line which fields are wrong and why (the first five, or as many as a line holds)."""
    errors = error.errors(include_url=False, include_context=False)
    # A bad item makes its list look too short as well: only the innermost problem is reported.
    inner = [error for error in errors if not any(_is_within(other["loc"], error["loc"]) for other in errors)]
    problems: list[str] = []
    for problem in inner[:5]:
        # The first step of the path is the tag of the union, the event type.
        where = ".".join(str(step) for step in problem["loc"][1:]) or "the event"
        what = problem["msg"].removeprefix("Value error, ")
        # A missing field is shown with everything around it: too much to read.
        shown = problem["type"] not in {"missing", "value_error"}
        given = f" (given: {short(problem['input'])})" if shown else ""
        text = f"{cut(where, 80)}: {cut(what, 180)}{given}"
        if sum(map(len, problems)) + len(text) > 400:
            break
        problems.append(text)
    more = len(inner) - len(problems)
    return "; ".join(problems) + (f"; and {more} more" if more > 0 else "")


def _is_within(inner: tuple[int | str, ...], outer: tuple[int | str, ...]) -> bool:
    return len(inner) > len(outer) and inner[: len(outer)] == outer


def _documents(value: bytes | None) -> list[Any]:
    if not value:
        raise UnreadableEvent("The message is empty.", "Send one event or an array of events as JSON.")
    if len(value) > MAX_MESSAGE_BYTES:
        raise UnreadableEvent(
            f"The message has {len(value):,} bytes; {MAX_MESSAGE_BYTES:,} are taken.", "Send smaller arrays."
        )
    try:
        content = orjson.loads(value)
    except orjson.JSONDecodeError as error:
        raise UnreadableEvent(
            f"The message is not JSON: {error.msg} at character {error.pos}.",
            "Send UTF-8 JSON; numbers are finite.",
        ) from None
    documents = content if isinstance(content, list) else [content]
    if not documents:
        raise UnreadableEvent("The array holds no events.", "Send at least one.")
    if len(documents) > MAX_EVENTS_PER_MESSAGE:
        raise UnreadableEvent(
            f"The array holds {len(documents):,} events; {MAX_EVENTS_PER_MESSAGE:,} are taken.",
            "Send smaller arrays.",
        )
    return documents


def _attributes(headers: Headers) -> dict[str, str]:
    try:
        return {
            name.lower()[3:]: value.decode()
            for name, value in headers
            if name.lower().startswith("ce_") and value is not None
        }
    except UnicodeDecodeError:
        raise UnreadableEvent("A ce_ header is not UTF-8.", "Send CloudEvents attributes as UTF-8.") from None


def _decode_one(document: Any, attributes: Mapping[str, str], fallback_key: str | None) -> Decoded:
    content = document
    try:
        if isinstance(document, Mapping) and "specversion" in document:
            attributes, content = _open_envelope(document)
        content = _with_attributes(content, attributes)
        return decode_document(content)
    except UnreadableEvent as error:
        return Refusal(str(error), _entity_key(content) or fallback_key, document)


def _open_envelope(envelope: Mapping[str, Any]) -> tuple[dict[str, str], Any]:
    attributes = {name: value for name, value in envelope.items() if isinstance(value, str)}
    if "data" in envelope:
        return attributes, envelope["data"]
    if "data_base64" not in envelope:
        raise UnreadableEvent("The CloudEvent has no data.", "Put the event into data, as a JSON object.")
    try:
        return attributes, orjson.loads(base64.b64decode(envelope["data_base64"], validate=True))
    except (TypeError, ValueError):
        raise UnreadableEvent(
            "The data_base64 of the CloudEvent is no JSON in base64.",
            "Put the event into data, as a JSON object.",
        ) from None


def _with_attributes(document: Any, attributes: Mapping[str, str]) -> Any:
    """Return the event with what it leaves out from the CloudEvents attributes.

    Raises UnreadableEvent where the two contradict each other.
    """
    if not attributes or not isinstance(document, Mapping):
        return document
    filled = dict(document)
    if "type" in attributes:
        # CloudEvents types are often prefixed by a reversed domain name.
        named = attributes["type"].rsplit(".", 1)[-1]
        if filled.setdefault("event_type", named) != named:
            raise UnreadableEvent(
                f"The CloudEvents type says {short(named)}, the event says {short(filled['event_type'])}.",
                "Make the two agree, or leave one out.",
            )
    if "id" in attributes and "event_id" not in filled:
        filled["event_id"] = _as_uuid(attributes["id"], attributes.get("source", ""))
    if "source" in attributes:
        filled.setdefault("source", attributes["source"])
    if "time" in attributes:
        filled.setdefault("occurred_at", attributes["time"])
        filled.setdefault("known_at", attributes["time"])
    return filled


def _as_uuid(identifier: str, source: str) -> uuid.UUID:
    try:
        return uuid.UUID(identifier)
    except ValueError:
        return uuid.uuid5(EVENT_ID_NAMESPACE, f"{source}\n{identifier}")


def _entity_key(document: Any) -> str | None:
    if not isinstance(document, Mapping):
        return None
    event_type = document.get("event_type")
    kind = BY_NAME.get(event_type) if isinstance(event_type, str) else None
    key = document.get(kind.KEY) if kind else None
    if not isinstance(key, str) or len(key) > MAX_KEY_CHARACTERS:
        return None
    # As the event would have named it.
    return key.strip() or None


def _readable(message_key: bytes | None) -> str | None:
    return message_key.decode(errors="replace") if message_key else None


def _json_type(value: Any) -> str:
    name = type(value).__name__
    return _JSON_TYPES.get(name, name)


def _is_deep(document: Any) -> bool:
    """Return whether a document is nested too deep to be written again, as a dead letter of its own."""
    try:
        orjson.dumps(document)
    except orjson.JSONEncodeError:
        return True
    return False


def _too_deep(what: str) -> UnreadableEvent:
    return UnreadableEvent(f"{what} is nested too deep.", "No field of an event is deeper than a leg's.")
