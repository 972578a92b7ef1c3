"""Databases of earlier releases are migrated and promoted, and their views answer throughout."""

import gzip
from pathlib import Path

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from ouroboros.replay.fingerprint import fingerprints
from projections.registry import PROJECTIONS
from projections.store.migration import migrate
from projections.store.namespace import LIVE
from projections.store.projector import Projector
from tests.conftest import silent
from tests.replay.record import RECORDED, records_of

pytestmark = pytest.mark.integration

DATABASES = sorted(RECORDED.glob("*.sql.gz"))
# What the recorded databases hold is the beginning of this journal.
JOURNAL = RECORDED / "demo.jsonl"


def restore(recorded: Path, database: str) -> None:
    with psycopg.connect(database) as connection:
        connection.execute(gzip.decompress(recorded.read_bytes()))


def answers(database: str) -> dict[str, int]:
    """Ask every view of `read` for its rows."""
    with psycopg.connect(database) as connection:
        names = connection.execute("SELECT viewname FROM pg_views WHERE schemaname = 'read'").fetchall()
        return {
            name: len(connection.execute(SQL("SELECT * FROM {}").format(Identifier("read", name))).fetchall())
            for (name,) in names
        }


def shown(database: str) -> dict[str, int]:
    with psycopg.connect(database) as connection:
        return dict(connection.execute("SELECT projection, version FROM ouroboros.live_version").fetchall())


async def project(database: str, batch: int) -> None:
    """Fold the journal to its end; the views answer after each batch."""
    projector = await Projector.load(database, PROJECTIONS, snapshot_events=20)
    records = records_of(JOURNAL)
    for start in range(projector.next_offset, len(records), batch):
        await projector.project_records(records[start : start + batch])
        assert answers(database)
    await projector.close()


@pytest.mark.asyncio
@pytest.mark.parametrize("recorded", DATABASES, ids=lambda path: path.name.partition(".")[0])
async def test_a_database_of_an_earlier_release_is_brought_up_to_date_while_its_views_answer(
    recorded: Path, empty_database: str, second_database: str
) -> None:
    # Given a database as an earlier release left it
    restore(recorded, empty_database)
    versions, rows = shown(empty_database), answers(empty_database)
    # When it is migrated, what was shown is shown still
    said = list[str]()
    migrate(empty_database, PROJECTIONS, None, said.append)
    late = [projection for projection in PROJECTIONS if projection.version > versions.get(projection.name, 1)]
    assert {projection.name for projection in late} == {"circularity", "credit", "power", "warning_signs"}
    for projection in late:
        old = versions[projection.name]
        assert any(f"{projection.schema} is catching up beside version {old}" in text for text in said)
    assert {name: answers(empty_database)[name] for name in rows} == rows
    # And new versions catch up beside it, until a second migration shows them
    await project(empty_database, batch=7)
    assert shown(empty_database) == versions | {"fact": 1, "gpu_index": 1}
    migrate(empty_database, PROJECTIONS, None, silent)
    assert shown(empty_database) == {projection.name: projection.version for projection in PROJECTIONS}
    # Then the rows are those of a database that folded the journal afresh
    await project(second_database, batch=100)
    upgraded, fresh = fingerprints(empty_database, LIVE), fingerprints(second_database, LIVE)
    assert [name for name in fresh if upgraded[name] != fresh[name]] == []
    assert answers(empty_database) == answers(second_database)
    # And the worker goes on from there
    projector = await Projector.load(empty_database, PROJECTIONS, snapshot_events=20)
    assert projector.committed_offset == len(records_of(JOURNAL)) - 1
