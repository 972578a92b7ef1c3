"""Hostile input: refused with a sentence that names the field, or stored inertly."""

import re
from datetime import UTC, datetime
from typing import Any

import orjson
import pytest

from events.base import Event
from events.codec import MAX_EVENTS_PER_MESSAGE, MAX_MESSAGE_BYTES, Refusal, decode, encode
from tests.events.documents import announced, document, leg, read, refused, refused_bytes, taken, terminated

MEGABYTE = "x" * 1_000_000
GIVEN_ID = "6f9b2c1e-6a4d-5b0e-9d53-0b0f1e5e8c12"


def nested(depth: int) -> bytes:
    return b"[" * depth + b"]" * depth


def with_raw(content: dict[str, Any], field: str, raw: bytes) -> bytes:
    """Write a document with one more field, whose value is given as it is."""
    return orjson.dumps(content)[:-1] + b"," + orjson.dumps(field) + b":" + raw + b"}"


def loan(**fields: Any) -> dict[str, Any]:
    return document("LoanOriginated", **{"facility_id": "f", "borrower": "b", "principal_usd": 5, **fields})


def price(**fields: Any) -> dict[str, Any]:
    return document("EquityPriced", **{"symbol": "NVDA", "price_usd": 5, **fields})


def bar(**fields: Any) -> dict[str, Any]:
    time = "2026-01-01T12:00:00Z"
    prices = {"open_usd": 5, "high_usd": 6, "low_usd": 4, "close_usd": 5}
    times = {"bucket": time, "first_at": time, "last_at": time, "interval_seconds": 60}
    return document("EquityBarClosed", symbol="NVDA", **{**times, **prices, **fields})


PERIOD = {"period_starts": "2026-01-01", "period_ends": "2026-12-31"}
SWAPPED = {"period_starts": "2026-01-02", "period_ends": "2026-01-01"}

WHOLE_MESSAGES: dict[str, tuple[bytes | None, str]] = {
    "nothing": (None, "The message is empty."),
    "no bytes": (b"", "The message is empty."),
    "blanks": (b"  ", "not JSON"),
    "text": (b"hello", "not JSON"),
    "half a document": (b'{"event_type": "DealTer', "not JSON"),
    "binary garbage": (bytes(range(256)), "not JSON"),
    "another encoding": ('{"source": "é"}'.encode("latin-1"), "not JSON"),
    "not a number": (with_raw(price(), "size", b"NaN"), "not JSON"),
    "infinity": (with_raw(price(), "size", b"-Infinity"), "not JSON"),
    "a number beyond all floats": (with_raw(loan(), "amount_usd", b"1e999999"), "not JSON"),
    "a lone surrogate": (with_raw(terminated(), "why", rb'"\ud800"'), "not JSON"),
    "a very deep nest": (nested(100_000), "not JSON"),
    "a bare NUL": (b'{"source": "a\x00b"}', "not JSON"),
    "no events": (b"[]", "The array holds no events."),
    "too many bytes": (b" " * (MAX_MESSAGE_BYTES + 1), "4,194,305 bytes; 4,194,304 are taken"),
    "too many events": (b"[" + b",".join([b"1"] * 20_001) + b"]", "20,001 events; 20,000 are taken"),
    "null": (b"null", "this is null."),
    "a truth": (b"true", "this is a boolean."),
    "a number": (b"7", "this is a number."),
    "a string": (b'"DealTerminated"', "this is a string."),
    "an array in an array": (b"[[{}]]", "this is an array."),
}


@pytest.mark.parametrize(("value", "reason"), WHOLE_MESSAGES.values(), ids=WHOLE_MESSAGES)
def test_a_message_that_is_no_event_is_one_refusal(value: bytes | None, reason: str) -> None:
    refusal = refused_bytes(value, message_key=b"k1")
    assert reason in refusal.reason
    assert refusal.key == "k1"
    assert_is_a_sentence(refusal.reason)


def assert_is_a_sentence(reason: str) -> None:
    assert len(reason) <= 600
    assert re.fullmatch(r"[A-Z].*[.]", reason, re.DOTALL), reason
    assert "?." not in reason


FIELDS: dict[str, tuple[dict[str, Any], str]] = {
    "NUL in a name": (terminated("a\x00b"), "deal_id:"),
    "a control character in a name": (terminated("a\x1bb"), "deal_id:"),
    "NUL in a text": (terminated(why="a\x00b"), "why:"),
    "an empty name": (terminated(""), "deal_id:"),
    "a blank name": (terminated("   "), "deal_id:"),
    "a name too long": (terminated("x" * 201), "deal_id:"),
    "a naive time": (terminated(known_at="2026-01-01T12:00:00"), "known_at: Input should have timezone"),
    "no such day": (terminated(known_at="2026-02-30T12:00:00Z"), "known_at:"),
    "a time before all years": (terminated(occurred_at="0001-01-01T00:00:00+14:00"), "occurred_at: lies"),
    "a time after all years": (terminated(known_at="9999-12-31T23:59:59-14:00"), "known_at: lies"),
    "a time of long ago": (terminated(known_at="1989-12-31T23:59:59Z"), "known_at: lies outside"),
    "dates swapped": (terminated(occurred_at="2026-01-03T12:00:00Z"), "occurred_at lies more than a day"),
    "an unknown field": (terminated(colour="red"), "colour: Extra inputs are not permitted (given: 'red')"),
    "an unknown type": (terminated(event_type="DealCrashed"), "event_type 'DealCrashed' is not known"),
    "a type that is no text": (terminated(event_type=["DealTerminated"]), "event_type ['DealTerminated']"),
    "no type": (terminated(event_type=None), "has no event_type"),
    "a version of the future": (terminated(schema_version=2), "schema_version 2; this release reads 1 to 1"),
    "a version before the first": (announced(leg(), schema_version=0), "schema_version 0; this release"),
    "a version in words": (terminated(schema_version="one"), "schema_version 'one'"),
    "a version that is half": (announced(leg(), schema_version=1.5), "schema_version 1.5"),
    "a version that is a truth": (announced(leg(), schema_version=True), "schema_version True"),
    "no certainty": (terminated(certainty=None), "certainty: Field required"),
    "an unknown certainty": (terminated(certainty="sure"), "certainty:"),
    "an id that is none": (terminated(event_id="7"), "event_id:"),
    "a link that runs a script": (terminated(source_url="javascript:alert(1)"), "source_url:"),
    "a link with a line break": (terminated(source_url="https://a\nb"), "source_url:"),
    "a negative amount": (loan(principal_usd=-5), "principal_usd: Input should be greater than 0"),
    "no money": (loan(principal_usd=0), "principal_usd:"),
    "more money than there is": (loan(principal_usd=1e16), "principal_usd:"),
    "a fraction of a cent": (loan(principal_usd="0.001"), "principal_usd:"),
    "a decimal with a million digits": (loan(principal_usd="1e999999"), "principal_usd:"),
    "a decimal of a million digits": (loan(principal_usd="9" * 1_000_000), "principal_usd:"),
    "a decimal that is none": (loan(principal_usd="NaN"), "principal_usd:"),
    "a decimal that signals": (loan(principal_usd="sNaN"), "principal_usd:"),
    "an amount that is an object": (loan(principal_usd={"usd": 5}), "principal_usd:"),
    "unknown collateral": (loan(collateral={"kind": "houses"}), "collateral:"),
    "collateral without a kind": (loan(collateral={}), "collateral:"),
    "a price that is no number": (price(price_usd="NaN"), "price_usd:"),
    "a price without end": (price(price_usd="inf"), "price_usd:"),
    "a price beyond all floats": (price(price_usd="1e400"), "price_usd:"),
    "a free share": (price(price_usd=0), "price_usd:"),
    "a symbol in small letters": (price(symbol="nvda"), "symbol:"),
    "a negative size": (price(size=-1), "size:"),
    "a bar whose low is high": (bar(low_usd=5.5), "low_usd lies above open_usd or close_usd"),
    "a bar whose high is low": (bar(high_usd=4.5), "high_usd lies below open_usd or close_usd"),
    "a bar that ends before it begins": (
        bar(first_at="2026-01-01T12:00:30Z"),
        "last_at lies before first_at",
    ),
    "a bar of another generation": (
        bar(bucket="2055-01-01T00:00:00Z"),
        "bucket lies more than a day after known_at",
    ),
    "a bar whose prices are still to be made": (
        bar(last_at="2055-01-01T00:00:00Z"),
        "last_at lies more than a day after known_at",
    ),
    "a price still to be made": (
        price(occurred_at="2055-01-01T00:00:00Z"),
        "occurred_at lies more than a day after known_at",
    ),
    "power that came on a day to come": (
        document("PowerDelivered", site_id="s", mw=5, delivered_on="2055-01-01"),
        "delivered_on lies more than a day after known_at",
    ),
    "revenue of a period to come": (
        document(
            "RevenueReported", company="c", amount_usd=1, period_starts="2026-01-01", period_ends="2055-12-31"
        ),
        "period_ends lies more than a year after known_at",
    ),
    "payer = payee": (announced(leg(payee="Nvidia")), "legs.0: Nvidia cannot pay itself"),
    "a leg that ends too early": (announced(leg(starts="2026-02-01", ends="2026-01-01")), "legs.0: ends"),
    "a leg of a negative amount": (announced(leg(), leg(amount_usd=-5)), "legs.1.amount_usd:"),
    "a leg that is no object": (announced("a leg"), "legs.0:"),
    "legs that are no array": (announced(legs="all"), "legs:"),
    "no legs": (announced(), "legs:"),
    "too many legs": (announced(*([leg()] * 51)), "legs:"),
    "a leg name used twice": (announced(leg(leg="a"), leg(leg="a")), "the leg name 'a' is used twice"),
    "guidance upside down": (
        document("CapexGuided", company="c", low_usd=2, high_usd=1, **PERIOD),
        "low_usd lies above high_usd",
    ),
    "guidance for a period that ends before it starts": (
        document("CapexGuided", company="c", low_usd=1, high_usd=2, **SWAPPED),
        "period_ends lies before period_starts",
    ),
    "revenue of a period that ends before it starts": (
        document("RevenueReported", company="c", amount_usd=1, **SWAPPED),
        "period_ends lies before period_starts",
    ),
    "more than all": (document("UtilizationReported", company="c", utilization=1.01), "utilization:"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "reason"), FIELDS.values(), ids=FIELDS)
def test_a_poor_event_is_refused_with_a_sentence_on_its_field(content: dict[str, Any], reason: str) -> None:
    refusal = refused(content)
    assert reason in refusal.reason
    assert_is_a_sentence(refusal.reason)


HUGE: dict[str, dict[str, Any]] = {
    "a field": terminated(**{MEGABYTE: 1}),
    "many fields": terminated(**{f"{number} {MEGABYTE[:200]}": MEGABYTE[:200] for number in range(1000)}),
    "a name": terminated(MEGABYTE),
    "a type": terminated(event_type=MEGABYTE),
    "a version": terminated(schema_version=MEGABYTE),
    "a time": terminated(known_at=MEGABYTE),
    "a tag": loan(collateral={"kind": MEGABYTE}),
    "a kind": announced(*[leg(kind=MEGABYTE)] * 50),
    "names used twice": announced(leg(leg="x" * 200), leg(leg="x" * 200)),
    "a company that pays itself": announced(*[leg(payer="x" * 200, payee="x" * 200)] * 50),
}


@pytest.mark.parametrize("content", HUGE.values(), ids=HUGE)
def test_a_refusal_never_echoes_megabytes(content: dict[str, Any]) -> None:
    assert_is_a_sentence(refused(content).reason)


def test_a_type_that_contradicts_at_length_is_not_echoed() -> None:
    assert_is_a_sentence(refused(terminated(), [("ce_type", MEGABYTE.encode())]).reason)


def test_of_many_problems_the_first_are_named_and_the_rest_counted() -> None:
    reason = refused(announced(*[leg(amount_usd=-1)] * 9)).reason
    assert "legs.0.amount_usd" in reason
    named = reason.count("greater than 0")
    assert f"and {9 - named} more" in reason


@pytest.mark.parametrize("depth", [50, 253, 300, 600, 990, 1010, 1022])
@pytest.mark.parametrize("field", ["why", "deal_id", "event_id", "event_type", "schema_version", "new field"])
@pytest.mark.parametrize("event_id", [None, GIVEN_ID])
def test_a_nest_of_any_depth_is_refused_with_a_sentence(depth: int, field: str, event_id: str | None) -> None:
    content = terminated(event_id=event_id)
    content.pop(field, None)
    refusal = refused_bytes(with_raw(content, field, nested(depth)))
    assert_is_a_sentence(refusal.reason)
    assert "recursion" not in refusal.reason.lower()


@pytest.mark.parametrize("depth", [253, 300, 1000])
def test_a_deep_nest_in_the_kind_of_a_leg_is_refused_with_a_sentence(depth: int) -> None:
    content = orjson.dumps(announced(leg(kind="here"), event_id=GIVEN_ID)).replace(b'"here"', nested(depth))
    refusal = refused_bytes(content)
    assert_is_a_sentence(refusal.reason)
    assert "recursion" not in refusal.reason.lower()


@pytest.mark.parametrize("depth", [200, 251, 252, 253, 254, 255, 300, 1000])
def test_whatever_is_refused_of_an_array_can_be_written_down_again(depth: int) -> None:
    deep = with_raw(terminated(event_id=GIVEN_ID), "why", nested(depth))
    result = decode(b"[" + encode(taken(terminated())) + b"," + deep + b"]", message_key=b"k1")
    for refusal in result:
        if isinstance(refusal, Refusal) and len(result) > 1:
            assert orjson.loads(orjson.dumps(refusal.document))["event_id"] == GIVEN_ID
    if len(result) == 1:
        (whole,) = result
        assert isinstance(whole, Refusal)
        assert "deep" in whole.reason
        assert whole.key == "k1"
        assert_is_a_sentence(whole.reason)


def test_as_many_events_as_a_message_may_hold_are_taken() -> None:
    result = read([1] * MAX_EVENTS_PER_MESSAGE)
    assert len(result) == MAX_EVENTS_PER_MESSAGE


@pytest.mark.parametrize(
    "text",
    [
        "'; DROP TABLE deal; --",
        "Robert'); DELETE FROM read.deal WHERE ('1'='1",
        "{{ 7 * 7 }} ${jndi:ldap://a} #{x} <%= x %> {0.__class__}",
        "<script>alert(1)</script>",
        "%s %(x)s \\x00 $1 {schema}",
        "[bold red]markup[/]",
        "\N{RIGHT-TO-LEFT OVERRIDE}evil \N{ZERO WIDTH JOINER} \N{PILE OF POO}",
        "null",
        "=cmd|'/c calc'!A1",
    ],
)
def test_code_in_a_name_is_nothing_but_a_name(text: str) -> None:
    event = taken(terminated(text, why=text, source=text))
    assert (event.key, event.source) == (text, text)
    assert decode(encode(event)) == [event]


def test_the_last_of_a_field_given_twice_counts() -> None:
    (event,) = decode(with_raw(terminated("first"), "deal_id", b'"second"'))
    assert isinstance(event, Event)
    assert event.key == "second"


def test_times_at_the_edges_of_the_years_are_taken() -> None:
    first = taken(terminated(occurred_at="1990-01-01T00:00:00Z", known_at="2099-12-31T23:59:59Z"))
    assert first.occurred_at == datetime(1990, 1, 1, tzinfo=UTC)
