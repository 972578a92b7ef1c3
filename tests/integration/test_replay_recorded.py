"""Journals that earlier versions journaled, folded by today's code: the rows are what they were then."""

from pathlib import Path

import pytest

from tests.replay.record import RECORDED, folded

pytestmark = pytest.mark.integration

JOURNALS = sorted(RECORDED.glob("*.jsonl"))


def test_a_journal_of_the_demo_was_recorded() -> None:
    assert JOURNALS


@pytest.mark.asyncio
@pytest.mark.parametrize("journal", JOURNALS, ids=lambda path: path.stem)
async def test_a_recorded_journal_folds_to_the_rows_that_it_gave_then(
    journal: Path, empty_database: str
) -> None:
    written = journal.with_suffix(".fingerprints").read_text()
    assert await folded(journal, empty_database) == written, (
        "Rows have changed. If that is meant, write it down: python -m tests.replay.record fingerprints"
    )
