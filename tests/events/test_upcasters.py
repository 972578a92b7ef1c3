from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import pytest

from events.base import Event
from events.catalog import EVENT_TYPES
from events.errors import UnreadableEvent
from events.families.deals import DealAnnounced, Leg
from events.journal import Run, decode_record
from events.upcasters import UPCASTERS, upcast
from tests.events.documents import announced, leg, refused, taken

RECORDED = Path(__file__).parent / "recorded" / "journal_v1.jsonl"
"""Records of a journal as the first release wrote them: never to be changed, only added to."""


def recorded_runs() -> list[Run]:
    records = [orjson.loads(line) for line in RECORDED.read_bytes().splitlines()]
    return [
        run
        for record in records
        for run in decode_record(
            orjson.dumps(record["value"]), [("positions", orjson.dumps(record["positions"]))]
        )
    ]


def legs_of(event: Event) -> dict[str, Leg]:
    assert isinstance(event, DealAnnounced)
    return {leg.leg: leg for leg in event.legs}


def test_a_condition_that_was_a_yes_or_no_becomes_a_wording() -> None:
    legs = [
        leg(leg="firm", conditional=False),
        leg(leg="conditional", conditional=True),
        leg(leg="silent"),
    ]
    upcasted = legs_of(taken(announced(*legs, schema_version=1)))
    assert {name: leg.condition for name, leg in upcasted.items()} == {
        "firm": None,
        "conditional": "not stated",
        "silent": None,
    }


def test_upcasting_leaves_the_old_document_and_all_other_fields_alone() -> None:
    old = announced(leg(leg="a", conditional=True), schema_version=1, title="kept")
    before = orjson.dumps(old)
    event = taken(old)
    assert isinstance(event, DealAnnounced)
    assert (event.title, event.schema_version, event.legs[0].payer) == ("kept", 2, "Nvidia")
    assert orjson.dumps(old) == before


def test_todays_version_does_not_take_what_was_given_up() -> None:
    assert "conditional: Extra inputs" in refused(announced(leg(conditional=True), schema_version=2)).reason
    assert "conditional: Extra inputs" in refused(announced(leg(conditional=True))).reason


@pytest.mark.parametrize("legs", [None, "all", 7, {}, ["a leg", None]])
def test_an_old_version_that_is_broken_is_refused_on_its_field(legs: Any) -> None:
    assert "legs" in refused(announced(legs=legs, schema_version=1)).reason


@pytest.mark.parametrize("version", [0, -1, 3, 1.5, True, "1", None, [], {}])
def test_a_version_that_no_upcaster_takes_is_refused(version: Any) -> None:
    with pytest.raises(UnreadableEvent, match="this release reads 1 to 2"):
        upcast({"schema_version": version}, "DealAnnounced", 2)


def test_every_step_from_the_first_version_to_todays_has_its_upcaster_and_there_are_no_others() -> None:
    steps = {(kind.__name__, version) for kind in EVENT_TYPES for version in range(1, kind.VERSION)}
    assert set(UPCASTERS) == steps
    assert steps


@pytest.mark.parametrize("kind", EVENT_TYPES, ids=lambda kind: kind.__name__)
def test_a_type_is_of_the_version_that_it_says(kind: type[Event]) -> None:
    assert kind.model_fields["schema_version"].default == kind.VERSION
    assert kind.model_fields["event_type"].default == kind.__name__


def test_a_recorded_journal_is_read_into_todays_events() -> None:
    runs = recorded_runs()
    assert [(run.source, run.offset, [event.event_type for event in run.events]) for run in runs] == [
        ("deals/2", 0, ["DealAnnounced"]),
        ("deals/2", 1, ["LegFunded"]),
        ("credit/0", 0, ["LoanOriginated"]),
        ("equity.prices/7#NVDA", 1841, ["EquityBarClosed"]),
        ("deals/1", 0, ["DealAnnounced"]),
        ("clock/0", 3, ["ClockTicked"]),
    ]
    for run in runs:
        assert all(event.schema_version == type(event).VERSION for event in run.events)


def test_a_recorded_deal_keeps_its_id_its_money_and_its_conditions() -> None:
    nvidia = recorded_runs()[0].events[0]
    assert str(nvidia.event_id) == "0b3c6f5e-98a0-5d2f-9a30-5f0b2a8f1c01"
    legs = legs_of(nvidia)
    assert {name: (leg.amount_usd, leg.condition) for name, leg in legs.items()} == {
        "first-gigawatt": (Decimal("10000000000.00"), None),
        "further-gigawatts": (Decimal("90000000000.00"), "not stated"),
        "chips": (None, None),
    }
    assert legs["chips"].capacity_mw == 10_000
    amd = legs_of(recorded_runs()[4].events[0])
    assert (amd["warrants"].condition, amd["chips"].condition) == ("not stated", None)


def test_what_was_recorded_in_todays_version_is_the_same_event_still() -> None:
    written = [orjson.loads(line)["value"] for line in RECORDED.read_bytes().splitlines()]
    documents = [document for events in written for document in events]
    events = [event for run in recorded_runs() for event in run.events]
    assert len(documents) == len(events)
    for document, event in zip(documents, events, strict=True):
        if document["schema_version"] == type(event).VERSION:
            assert event == taken(document)
