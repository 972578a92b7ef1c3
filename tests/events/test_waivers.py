"""Waivers: a newswire seldom names the loan, and the borrower's name stands in for it."""

import orjson
import pytest

from events.codec import content_id, encode
from events.families.credit import CreditWaiverReported
from events.journal import Run, decode_record, encode_records
from events.schema import json_schema
from tests.events.documents import document, read, refused, taken

WAIVER = document("CreditWaiverReported", borrower=" CoreWeave ", kind="waiver")


@pytest.mark.parametrize("waiver", [WAIVER, {**WAIVER, "facility_id": None}])
def test_the_borrower_stands_in_for_a_loan_that_is_not_named(waiver: dict[str, object]) -> None:
    event = taken(waiver)
    assert isinstance(event, CreditWaiverReported)
    assert (event.facility_id, event.key) == ("CoreWeave", "CoreWeave")
    assert event.headline == "CoreWeave got a waiver from its lenders"


def test_a_loan_that_is_named_stays_as_it_is() -> None:
    event = taken({**WAIVER, "facility_id": "DDTL 2.0"})
    assert event.key == "DDTL 2.0"
    assert event.headline == "CoreWeave got a waiver from its lenders on DDTL 2.0"


def test_the_id_of_a_waiver_is_of_what_the_source_wrote() -> None:
    assert taken(WAIVER).event_id == content_id(WAIVER)
    assert taken(WAIVER).event_id != taken({**WAIVER, "facility_id": "CoreWeave"}).event_id


def test_a_waiver_without_a_loan_goes_through_the_journal_unchanged() -> None:
    event = taken(WAIVER)
    assert read(orjson.loads(encode(event))) == [event]
    ((value, headers),) = encode_records([Run("credit/0", 7, (event,))])
    assert decode_record(value, headers) == [Run("credit/0", 7, (event,))]


def test_a_waiver_of_nobody_is_refused_for_the_borrower_that_it_lacks() -> None:
    reason = refused({name: value for name, value in WAIVER.items() if name != "borrower"}).reason
    assert "borrower: Field required" in reason


def test_the_schema_asks_for_the_loan_of_a_waiver_no_more_than_the_codec() -> None:
    assert "facility_id" not in json_schema("CreditWaiverReported")["required"]
    assert "facility_id" in json_schema("LoanRepaid")["required"]
