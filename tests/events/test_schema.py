from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker  # type: ignore[import-untyped]

from events.base import Event
from events.catalog import BY_NAME, EVENT_TYPES
from events.codec import decode, encode
from events.errors import UsageError
from events.schema import asyncapi, json_schema
from events.topics import ALL, INGRESS
from tests.events.documents import announced, document, leg, refused, taken, terminated
from tests.strategies import events_of

DOCUMENT = asyncapi("1.2.3")


def validator(schema: dict[str, Any]) -> Any:
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, format_checker=FormatChecker())


def references(node: Any) -> Iterator[str]:
    """Give every reference, those of discriminators too."""
    if isinstance(node, dict):
        for name, value in node.items():
            if name == "$ref":
                yield value
            elif name == "mapping":
                yield from value.values()
            else:
                yield from references(value)
    elif isinstance(node, list):
        for item in node:
            yield from references(item)


def resolve(reference: str, document: dict[str, Any]) -> Any:
    assert reference.startswith("#/")
    node: Any = document
    for step in reference[2:].split("/"):
        node = node[step]
    return node


@pytest.mark.parametrize("kind", EVENT_TYPES, ids=lambda kind: kind.__name__)
def test_the_schema_of_a_type_takes_what_the_codec_writes(kind: type[Event]) -> None:
    accepts = validator(json_schema(kind.__name__))

    @settings(max_examples=30, deadline=None)
    @given(events_of(kind))
    def valid(event: Event) -> None:
        accepts.validate(orjson.loads(encode(event)))

    valid()


@pytest.mark.parametrize("kind", EVENT_TYPES, ids=lambda kind: kind.__name__)
def test_the_schema_of_a_type_asks_for_no_id_but_for_the_type(kind: type[Event]) -> None:
    schema = json_schema(kind.__name__)
    assert "event_id" not in schema["required"]
    assert {"event_type", "occurred_at", "known_at", "source", "certainty"} <= set(schema["required"])
    assert len(schema["required"]) == len(set(schema["required"]))
    assert schema["additionalProperties"] is False


@pytest.mark.parametrize("kind", EVENT_TYPES, ids=lambda kind: kind.__name__)
def test_the_schema_needs_what_the_codec_needs_and_nothing_else(kind: type[Event]) -> None:
    accepts = validator(json_schema(kind.__name__))

    @settings(max_examples=30, deadline=None)
    @given(events_of(kind), st.data())
    def agree(event: Event, data: st.DataObject) -> None:
        whole = orjson.loads(encode(event))
        path = data.draw(st.sampled_from(list(paths(whole))))
        less = without(whole, path)
        (decoded,) = decode(orjson.dumps(less))
        # Whether an amount may be left out depends on the fields beside it, which no schema says.
        if "legs" not in path or path[-1] not in AMOUNTS:
            assert accepts.is_valid(less) == isinstance(decoded, Event), path

    agree()


AMOUNTS = {"amount", "amount_usd", "currency", "usd_per_unit"}
Path = tuple[str | int, ...]


def paths(document: Any, at: Path = ()) -> Iterator[Path]:
    """Yield the path of every field of a document and of what is in it."""
    for name, value in document.items():
        yield (*at, name)
        for number, part in enumerate(value if isinstance(value, list) else ()):
            if isinstance(part, dict):
                yield from paths(part, (*at, name, number))
        if isinstance(value, dict):
            yield from paths(value, (*at, name))


def without(document: dict[str, Any], path: Path) -> dict[str, Any]:
    """Return a copy of a document without one of its fields."""
    copy = orjson.loads(orjson.dumps(document))
    *outer, name = path
    node: Any = copy
    for step in outer:
        node = node[step]
    del node[name]
    return copy  # type: ignore[no-any-return]


def test_a_leg_without_a_name_and_no_tag_without_its_word() -> None:
    nameless, untagged = announced(leg()), loan({"model": "H100"})
    assert "leg" not in nameless["legs"][0]
    validator(json_schema("DealAnnounced")).validate(nameless)
    assert taken(nameless)
    assert not validator(json_schema("LoanOriginated")).is_valid(untagged)
    assert refused(untagged)
    whole = loan({"model": "H100", "kind": "gpus"})
    validator(json_schema("LoanOriginated")).validate(whole)
    assert taken(whole)


def loan(collateral: dict[str, Any]) -> dict[str, Any]:
    return document("LoanOriginated", facility_id="f", borrower="b", principal_usd=5, collateral=collateral)


def test_the_schema_takes_a_document_without_an_id_as_the_codec_does() -> None:
    validator(json_schema("DealTerminated")).validate(terminated())
    assert taken(terminated())


@pytest.mark.parametrize(
    "poor",
    [
        announced(leg(), colour="red"),
        announced(leg(amount_usd=-1)),
        announced(leg(kind="gift")),
        announced(),
        announced(leg(), title=None),
        announced(leg(), certainty="sure"),
        announced(leg(), event_type=None),
        announced(leg(), deal_id="x" * 201),
    ],
)
def test_what_the_schema_refuses_the_codec_refuses_too(poor: dict[str, Any]) -> None:
    assert not validator(json_schema("DealAnnounced")).is_valid(poor)
    assert refused(poor)


@pytest.mark.parametrize("kind", EVENT_TYPES, ids=lambda kind: kind.__name__)
def test_every_reference_of_a_schema_leads_somewhere(kind: type[Event]) -> None:
    schema = json_schema(kind.__name__)
    for reference in references(schema):
        assert resolve(reference, schema)


@pytest.mark.parametrize("kind", EVENT_TYPES, ids=lambda kind: kind.__name__)
def test_every_field_of_a_type_and_of_its_parts_is_described(kind: type[Event]) -> None:
    schema = json_schema(kind.__name__)
    assert schema["properties"].keys() == kind.model_fields.keys()
    objects = [schema, *(part for part in schema.get("$defs", {}).values() if "properties" in part)]
    fields = [(part["title"], name, field) for part in objects for name, field in part["properties"].items()]
    assert [(title, name) for title, name, field in fields if not field.get("description")] == []


def test_a_description_is_the_one_that_stands_under_the_field() -> None:
    revised, funded = (json_schema(name)["properties"] for name in ("DealRevised", "LegFunded"))
    assert revised["stage"]["description"] == "The new stage. Left out: the stage stays."
    assert funded["event_type"]["description"] == Event.model_fields["event_type"].description
    payload = DOCUMENT["components"]["messages"]["DealRevised"]["payload"]
    assert payload["properties"]["stage"] == revised["stage"]


def test_an_unknown_type_is_an_error_that_names_the_known_ones() -> None:
    with pytest.raises(UsageError, match=r"no event type 'DealCrashed'.*DealAnnounced.*PowerDelivered"):
        json_schema("DealCrashed")


def test_every_reference_of_the_asyncapi_document_leads_somewhere() -> None:
    found = list(references(DOCUMENT))
    assert any("/$defs/" in reference for reference in found)
    for reference in found:
        assert resolve(reference, DOCUMENT)


def test_every_topic_is_a_channel_with_its_partitions() -> None:
    assert {
        name: channel["bindings"]["kafka"]["partitions"] for name, channel in DOCUMENT["channels"].items()
    } == {topic.name: topic.partitions for topic in ALL}
    assert all(channel["address"] == name for name, channel in DOCUMENT["channels"].items())


def test_every_ingress_topic_has_its_messages_and_can_be_published_to() -> None:
    channels = DOCUMENT["channels"]
    for topic in INGRESS:
        messages = channels[topic.name]["messages"]
        assert set(messages) == {kind.__name__ for kind in EVENT_TYPES if topic.name == kind.TOPIC}
        assert messages
    published = {operation["channel"]["$ref"] for operation in DOCUMENT["operations"].values()}
    assert published == {f"#/channels/{topic.name}" for topic in INGRESS}
    assert {operation["action"] for operation in DOCUMENT["operations"].values()} == {"send"}


def test_every_type_is_a_message_of_exactly_one_topic() -> None:
    listed = [name for channel in DOCUMENT["channels"].values() for name in channel["messages"]]
    assert sorted(listed) == sorted(BY_NAME) == sorted(DOCUMENT["components"]["messages"])


def test_a_message_says_in_a_sentence_what_it_is_and_how_it_is_keyed() -> None:
    message = DOCUMENT["components"]["messages"]["DealAnnounced"]
    assert message["summary"].endswith(".")
    assert message["bindings"]["kafka"]["key"]["description"] == "the event's deal_id"
    assert message["payload"]["required"][0] == "event_type"


def test_the_document_is_json_and_names_its_versions() -> None:
    assert orjson.loads(orjson.dumps(DOCUMENT)) == DOCUMENT
    assert (DOCUMENT["asyncapi"], DOCUMENT["info"]["version"]) == ("3.0.0", "1.2.3")
