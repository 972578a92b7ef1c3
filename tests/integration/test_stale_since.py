"""What read.indicator_current says of values whose input has gone silent, in a real database."""

from datetime import UTC, datetime, timedelta

import psycopg
import pytest

from events.base import Event
from events.families.clock import tick
from events.journal import Run, encode_records
from projections.registry import PROJECTIONS
from projections.store.projector import JournalRecord, Projector
from projections.warning_signs import definition_rows
from tests.integration.pipeline import event
from tests.projections.lateness import gpu_bar

pytestmark = [pytest.mark.integration, pytest.mark.asyncio]

PRICED = datetime(2026, 6, 30, 12, tzinfo=UTC)
SILENT = timedelta(days=14)


def loan(facility_id: str, model: str) -> Event:
    return event(
        "LoanOriginated",
        facility_id=facility_id,
        borrower="Fictional Neocloud",
        principal_usd=1e9,
        collateral={"kind": "gpus", "model": model, "quantity": 1e5},
    )


async def test_a_value_is_stale_from_the_moment_on_at_which_its_input_was_silent_for_too_long(
    database: str,
) -> None:
    repayment = event("LoanRepaid", facility_id="repaid", amount_usd=1e9)
    price = gpu_bar("2026-06-30", 25_000, 25_000)
    journal = [loan("owed", "H100"), loan("repaid", "H100"), repayment, price]
    projector = await Projector.load(database, PROJECTIONS, 1_000_000)
    await projector.project_records(records(journal, tick(PRICED + SILENT)))
    assert stale_since(database) == {"owed": None, "repaid": None}
    await projector.project_records(
        records(journal, tick(PRICED + SILENT), tick(PRICED + SILENT + timedelta(seconds=1)))
    )
    assert stale_since(database) == {"owed": PRICED + SILENT, "repaid": None}
    await projector.close()


def records(journal: list[Event], *ticks: Event) -> list[JournalRecord]:
    found = []
    for offset, one in enumerate((*journal, *ticks)):
        ((value, headers),) = encode_records([Run("credit/0", offset, (one,))])
        found.append(JournalRecord(offset, value, tuple(headers)))
    return found


def stale_since(database: str) -> dict[str, datetime | None]:
    with psycopg.connect(database) as connection:
        found = connection.execute(
            "SELECT subject, stale_since FROM read.indicator_current WHERE indicator = 'gpu_collateral_ltv'"
        ).fetchall()
    return dict(found)


async def test_the_definitions_say_how_long_a_level_must_last(database: str) -> None:
    with psycopg.connect(database) as connection:
        found = connection.execute(
            "SELECT id, for_at_least, stale_after FROM read.indicator_definition"
        ).fetchall()
    assert sorted(found) == sorted((row.id, row.for_at_least, row.stale_after) for row in definition_rows())
