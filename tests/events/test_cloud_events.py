"""CloudEvents 1.0 in both of their Kafka modes, made by the project's own SDK as well."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
import pytest
from cloudevents.core.bindings.kafka import (
    KafkaMessage,
    from_kafka_event,
    to_binary_event,
    to_structured_event,
)
from cloudevents.core.v1.event import CloudEvent
from hypothesis import given, settings
from hypothesis import strategies as st

from events.base import Event
from events.codec import cloud_event_headers, decode, encode
from tests.events.documents import leg, read, refused, taken, terminated
from tests.strategies import ANY_EVENT

AT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ATTRIBUTES: dict[str, Any] = {
    "type": "org.example.DealTerminated",
    "source": "/desk/1",
    "id": "6f9b2c1e-6a4d-5b0e-9d53-0b0f1e5e8c12",
    "time": AT,
    "datacontenttype": "application/json",
    "partitionkey": "d1",
}
DATA: dict[str, Any] = {"deal_id": "d1", "certainty": "stated"}


def decoded(message: KafkaMessage) -> Event:
    key = message.key.encode() if isinstance(message.key, str) else message.key
    (one,) = decode(message.value, list(message.headers.items()), key)
    assert isinstance(one, Event), one
    return one


@pytest.mark.parametrize("mode", [to_binary_event, to_structured_event])
def test_what_the_event_leaves_out_is_taken_from_the_attributes(mode: Any) -> None:
    event = decoded(mode(CloudEvent(dict(ATTRIBUTES), dict(DATA))))
    assert (event.event_type, event.source, event.key) == ("DealTerminated", "/desk/1", "d1")
    assert (event.occurred_at, event.known_at) == (AT, AT)
    assert event.event_id == UUID(ATTRIBUTES["id"])


@pytest.mark.parametrize("mode", [to_binary_event, to_structured_event])
def test_what_the_event_says_itself_goes_before_the_attributes(mode: Any) -> None:
    own = terminated(
        event_id=str(UUID(int=5)), known_at="2026-01-03T00:00:00Z", occurred_at="2026-01-01T00:00:00Z"
    )
    event = decoded(mode(CloudEvent(dict(ATTRIBUTES), own)))
    assert event == taken(own)


@pytest.mark.parametrize("mode", [to_binary_event, to_structured_event])
def test_an_id_that_is_no_uuid_is_the_same_one_every_time_and_another_for_each_source(mode: Any) -> None:
    def id_of(**attributes: str) -> UUID:
        return decoded(mode(CloudEvent({**ATTRIBUTES, **attributes}, dict(DATA)))).event_id

    assert id_of(id="42") == id_of(id="42")
    assert len({id_of(id="42"), id_of(id="43"), id_of(id="42", source="/desk/2")}) == 3


def test_both_modes_give_the_same_event() -> None:
    event = CloudEvent({**ATTRIBUTES, "id": "42"}, dict(DATA))
    assert decoded(to_binary_event(event)) == decoded(to_structured_event(event))


@settings(max_examples=100, deadline=None)
@given(ANY_EVENT)
def test_others_can_read_the_headers_that_we_write(event: Event) -> None:
    read_by_others = from_kafka_event(KafkaMessage(dict(cloud_event_headers(event)), None, encode(event)))
    assert read_by_others.get_id() == str(event.event_id)
    assert read_by_others.get_type() == event.event_type
    assert read_by_others.get_source() == event.source
    assert read_by_others.get_time() == event.occurred_at
    assert read_by_others.get_data() == orjson.loads(encode(event))


@settings(max_examples=100, deadline=None)
@given(ANY_EVENT)
def test_our_own_headers_change_nothing_of_an_event(event: Event) -> None:
    assert decode(encode(event), cloud_event_headers(event)) == [event]


@settings(max_examples=50, deadline=None)
@given(st.lists(ANY_EVENT, min_size=1, max_size=4))
def test_a_batch_of_envelopes_is_an_array_of_events(events: list[Event]) -> None:
    batch = [
        orjson.loads(
            to_structured_event(
                CloudEvent({"type": event.event_type, "source": "/desk"}, orjson.loads(encode(event)))
            ).value
        )
        for event in events
    ]
    assert read(batch, [("content-type", b"application/cloudevents-batch+json")]) == events


def test_data_that_a_producer_sent_as_bytes_is_read_too() -> None:
    attributes = {**ATTRIBUTES, "datacontenttype": "application/octet-stream"}
    message = to_structured_event(CloudEvent(attributes, orjson.dumps(DATA)))
    assert b"data_base64" in message.value
    assert decoded(message) == decoded(to_structured_event(CloudEvent(dict(ATTRIBUTES), dict(DATA))))


@pytest.mark.parametrize("data", ["%", "e29vcHM=", "/w==", 7, None, []])
def test_bytes_that_are_no_json_are_refused(data: object) -> None:
    envelope = {"specversion": "1.0", "id": "1", "type": "DealTerminated", "source": "/", "data_base64": data}
    assert "data_base64" in refused(envelope).reason


def test_a_type_that_contradicts_the_event_is_refused() -> None:
    refusal = refused(terminated(), [("ce_type", b"org.example.DealAnnounced")])
    assert "'DealAnnounced'" in refusal.reason
    assert "'DealTerminated'" in refusal.reason
    assert refusal.key == "d1"


def test_an_envelope_without_data_is_refused() -> None:
    refusal = refused({"specversion": "1.0", "id": "1", "type": "DealTerminated", "source": "/"})
    assert refusal.reason.startswith("The CloudEvent has no data.")


def test_a_header_that_is_not_utf_8_is_refused_and_a_foreign_one_is_passed_over() -> None:
    assert "not UTF-8" in refused(terminated(), [("ce_source", b"\xff")], b"k1").reason
    assert taken(terminated(), [("trace", b"\xff")]) == taken(terminated())


def test_header_names_may_be_written_in_capitals() -> None:
    assert taken(
        {**DATA}, [(f"CE_{name}", str(ATTRIBUTES[name]).encode()) for name in ("type", "source", "time")]
    )


def test_the_id_of_a_message_is_not_shared_by_the_events_of_its_array() -> None:
    events = read([terminated("d1"), terminated("d2")], [("ce_id", b"42"), ("ce_source", b"/desk")])
    assert events == [taken(terminated("d1")), taken(terminated("d2"))]


@pytest.mark.parametrize("mode", [to_binary_event, to_structured_event])
def test_a_refused_cloud_event_names_its_entity_too(mode: Any) -> None:
    message = mode(CloudEvent({**ATTRIBUTES, "partitionkey": "other"}, {**DATA, "certainty": "sure"}))
    (one,) = decode(message.value, list(message.headers.items()), message.key.encode())
    assert not isinstance(one, Event)
    assert one.key == "d1"


def test_a_refused_envelope_of_a_batch_is_kept_whole() -> None:
    data = {"deal_id": "d1", "title": "t", "certainty": "stated", "legs": [leg(amount_usd=-1)]}
    attributes = {"specversion": "1.0", "id": "1", "type": "DealAnnounced", "source": "/"}
    envelope = {**attributes, "time": "2026-01-01T00:00:00Z", "data": data}
    result = read([envelope, envelope])
    assert [refusal.document for refusal in result if not isinstance(refusal, Event)] == [envelope, envelope]
