"""Waivers that name no loan: what stands in for it follows the borrower, however that is spelled."""

from collections.abc import Iterable
from typing import Any

import pytest

from events.base import Event
from events.codec import decode_document
from events.journal import Run
from projections.deduplication import Deduplicator, deduplicate
from projections.event_batch import batch_of
from projections.facts.learning import learn
from projections.facts.relief import borrower
from projections.facts.world import World


def reported(day: int, source: str, **fields: Any) -> Event:
    noon = f"2026-01-{day:02}T12:00:00Z"
    common = {"occurred_at": noon, "known_at": noon, "source": source, "certainty": "reported"}
    return decode_document(
        {"event_type": "CreditWaiverReported", "kind": "waiver", "borrower": "CoreWeave", **common, **fields}
    )


def world_after(events: Iterable[Event]) -> World:
    _, accepted = deduplicate(Deduplicator(), 0, [Run("credit/0", 0, tuple(events))])
    return learn(World(), batch_of(accepted))[0]


FILED = reported(5, "CoreWeave 8-K", facility_id="DDTL 2.0")


@pytest.mark.parametrize(
    "named",
    [
        {},
        {"borrower": "CoreWeave, Inc."},
        {"facility_id": "CoreWeave, Inc."},
        {"facility_id": "unknown"},
        {"facility_id": "Unnamed"},
    ],
)
@pytest.mark.parametrize("is_first", [True, False])
def test_a_newswire_that_names_no_loan_reports_the_waiver_that_was_filed(
    named: dict[str, str], is_first: bool
) -> None:
    wired = reported(4, "a newswire", **named)
    world = world_after([wired, FILED] if is_first else [FILED, wired])
    (fact,) = world.relief.of(borrower("CoreWeave"))
    assert {report.source for report in fact.reports} == {"CoreWeave 8-K", "a newswire"}


def test_waivers_on_two_named_loans_stay_two() -> None:
    world = world_after([FILED, reported(4, "a newswire", facility_id="DDTL 1.0")])
    assert len(world.relief.of(borrower("CoreWeave"))) == 2


def test_a_name_that_the_desk_gives_later_is_that_of_the_loan_that_nobody_named() -> None:
    noon = "2026-01-06T12:00:00Z"
    common = {"occurred_at": noon, "known_at": noon, "source": "desk", "certainty": "stated", "by": "Jo"}
    naming = decode_document(
        {"event_type": "CompanyNamed", "company": "Atlas Compute", "aliases": ["Atlas"], **common}
    )
    filed = reported(5, "an 8-K", borrower="Atlas Compute", facility_id="term loan")
    world = world_after([reported(4, "a newswire", borrower="Atlas"), filed, naming])
    (fact,) = world.relief.of(borrower("Atlas Compute"))
    assert len(fact.reports) == 2
