from random import Random
from typing import Any
from uuid import UUID

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.base import Event
from events.catalog import BY_NAME, EVENT_TYPES
from events.codec import Refusal, content_id, decode, decode_document, encode, encode_many
from events.families.deals import DealAnnounced
from tests.events.documents import announced, document, leg, read, refused, taken, terminated
from tests.strategies import ANY_EVENT, events_of

JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**63), 2**63) | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)
POOR = st.sampled_from(
    [
        None,
        7,
        "text",
        [],
        {},
        {"event_type": "Nonsense"},
        terminated(certainty="sure"),
        terminated(deal_id=""),
    ]
)


@pytest.mark.parametrize("kind", EVENT_TYPES, ids=lambda kind: kind.__name__)
def test_every_event_comes_back_as_it_was_written(kind: type[Event]) -> None:
    @settings(max_examples=60, deadline=None)
    @given(events_of(kind))
    def comes_back(event: Event) -> None:
        (one,) = decode(encode(event))
        assert one == event
        assert type(one) is kind
        assert encode(event) == encode(one)

    comes_back()


@settings(max_examples=100, deadline=None)
@given(st.lists(ANY_EVENT, min_size=1, max_size=5))
def test_an_array_gives_its_events_in_their_order(events: list[Event]) -> None:
    assert decode(encode_many(events)) == events


@settings(max_examples=100, deadline=None)
@given(st.lists(ANY_EVENT.map(encode).map(orjson.loads) | POOR, min_size=1, max_size=8))
def test_poison_in_an_array_is_refused_in_its_place_and_the_rest_is_taken(documents: list[Any]) -> None:
    result = read(documents)
    assert len(result) == len(documents)
    for content, one in zip(documents, result, strict=True):
        (alone,) = read([content])
        assert one == alone
        if isinstance(one, Refusal):
            assert one.document == content
            assert one.reason.endswith((".", "takes."))


def test_a_decimal_a_number_and_a_text_are_the_same_amount() -> None:
    amounts = (7_500_000_000, 7.5e9, "7500000000", "7500000000.00", "7.5e9")
    fields = ({"facility_id": "f", "amount_usd": amount, "event_id": str(UUID(int=1))} for amount in amounts)
    assert len({encode(taken(document("LoanRepaid", **amount))) for amount in fields}) == 1


def test_times_are_kept_in_utc_whatever_their_zone() -> None:
    event = taken(terminated(known_at="2026-01-01T21:00:00+09:00"))
    assert event.known_at.isoformat() == "2026-01-01T12:00:00+00:00"
    assert b'"known_at":"2026-01-01T12:00:00Z"' in encode(event)


def test_legs_without_a_name_are_named_after_their_kind_and_number() -> None:
    event = taken(announced(leg(), leg(kind="debt"), leg(leg="own name")))
    assert isinstance(event, DealAnnounced)
    assert [leg.leg for leg in event.legs] == ["equity-1", "debt-2", "own name"]


@settings(max_examples=100, deadline=None)
@given(ANY_EVENT, st.randoms(use_true_random=False))
def test_a_missing_id_is_derived_from_the_content_in_whatever_order_it_comes(
    event: Event, random: Random
) -> None:
    content = {name: value for name, value in orjson.loads(encode(event)).items() if name != "event_id"}
    names = list(content)
    random.shuffle(names)
    first, again = taken(content), taken({name: content[name] for name in names})
    assert first.event_id == again.event_id == content_id(content)


def test_the_id_of_a_content_never_changes_from_release_to_release() -> None:
    assert taken(terminated()).event_id == UUID("975806a0-0e26-55cb-bebb-380322d9946e")


@pytest.mark.parametrize(
    "other", [{"deal_id": "d2"}, {"why": "so"}, {"source": "other"}, {"known_at": "2026-01-01T12:00:01Z"}]
)
def test_another_content_has_another_id(other: dict[str, str]) -> None:
    assert taken({**terminated(), **other}).event_id != taken(terminated()).event_id


def test_an_id_that_is_given_is_kept() -> None:
    given_id = "6f9b2c1e-6a4d-5b0e-9d53-0b0f1e5e8c12"
    assert taken(terminated(event_id=given_id)).event_id == UUID(given_id)


def test_the_derived_id_of_an_old_version_does_not_depend_on_upcasting() -> None:
    old = announced(leg(conditional=True), schema_version=1)
    assert taken(old).event_id == content_id(old)


def test_a_refusal_names_the_entity_so_that_what_follows_can_wait_for_it() -> None:
    assert refused(terminated(certainty="sure")).key == "d1"


def test_the_entity_of_a_refusal_is_named_as_a_good_event_would_name_it() -> None:
    assert refused(terminated(" d1 ", certainty="sure")).key == taken(terminated(" d1 ")).key == "d1"


@pytest.mark.parametrize("unusable", [7, ["d1"], "", "  ", "x" * 201])
def test_where_the_entity_has_no_usable_name_the_key_of_the_message_stands_in(unusable: object) -> None:
    assert refused(terminated(deal_id=unusable), message_key=b"k1").key == "k1"
    assert refused(terminated(deal_id=unusable)).key is None


def test_where_the_type_is_unknown_the_key_of_the_message_stands_in() -> None:
    assert refused({"event_type": "Nonsense"}, message_key=b"k\xff").key == "k\N{REPLACEMENT CHARACTER}"


def test_a_document_must_name_a_type_of_the_catalog() -> None:
    for name in BY_NAME:
        assert refused({"event_type": name}).reason.startswith(f"{name} is not valid: ")
    nameless, unknown = refused({}).reason, refused({"event_type": "Nonsense"}).reason
    assert nameless.startswith("The event has no event_type. ")
    assert unknown.startswith("The event_type 'Nonsense' is not known. ")
    for reason in (nameless, unknown):
        assert "`ouroboros schema` shows all types" in reason


@settings(max_examples=500, deadline=None)
@given(
    st.binary(max_size=200) | st.none(),
    st.lists(
        st.tuples(st.sampled_from(["ce_type", "ce_id", "CE_Time", "ce_source", "x"]), st.binary(max_size=20))
    ),
    st.none() | st.binary(max_size=20),
)
def test_no_bytes_at_all_make_reading_fail(
    value: bytes | None, headers: list[tuple[str, bytes]], message_key: bytes | None
) -> None:
    assert decode(value, headers, message_key)


@settings(max_examples=500, deadline=None)
@given(JSON_VALUES)
def test_no_json_at_all_makes_reading_fail(content: Any) -> None:
    result = decode(orjson.dumps(content, option=orjson.OPT_PASSTHROUGH_DATETIME))
    assert result
    assert all(isinstance(refusal, Refusal) and 0 < len(refusal.reason) <= 600 for refusal in result)


@settings(max_examples=600, deadline=None)
@given(ANY_EVENT, st.data())
def test_no_value_in_the_place_of_another_makes_reading_fail(event: Event, data: st.DataObject) -> None:
    content = orjson.loads(encode(event))
    name = data.draw(st.sampled_from(sorted({*content, "legs", "collateral", "before", "new field"})))
    (one,) = read({**content, name: data.draw(JSON_VALUES)})
    if isinstance(one, Refusal):
        assert len(one.reason) <= 600
    else:
        assert decode_document(orjson.loads(encode(one))) == one
