"""Schemas of replays: whose they are, who reads them, what is refused, how they go."""

import random
import re
from datetime import UTC, datetime
from pathlib import Path

import psycopg
import pytest
from psycopg.sql import SQL, Identifier

from events.codec import encode
from events.errors import UsageError
from ouroboros.replay.plan import Plan
from projections.credit.fold import CREDIT
from streams.settings import Settings
from tests.integration.pipeline import ouroboros, query
from tests.integration.replays import folded, replayed
from tests.replay.months import month

pytestmark = [pytest.mark.integration, pytest.mark.asyncio]

ARCHIVE = Plan("archive")
EVENTS = month(random.Random(41), 40)
COLUMNS = (
    "SELECT table_name, column_name, ordinal_position, data_type FROM information_schema.columns"
    " WHERE table_schema = '{}' AND table_name IN (SELECT viewname FROM pg_views WHERE schemaname = 'again')"
    " ORDER BY 1, 3"
)


async def test_the_views_are_those_of_read_and_the_reader_reads_them_and_nothing_else(
    settings: Settings,
) -> None:
    await folded(settings, EVENTS)
    await replayed(settings, "again", ARCHIVE)
    assert query(settings, COLUMNS.format("again")) == query(settings, COLUMNS.format("read")) != []
    may = (
        "SELECT DISTINCT c.relkind::text, has_table_privilege('ouroboros_reader', c.oid, 'SELECT')"
        " FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
        " WHERE n.nspname LIKE 'again%' AND c.relkind IN ('v', 'r') ORDER BY 1"
    )
    assert query(settings, may) == [("r", False), ("v", True)]
    shown = "SELECT pg_get_viewdef('again.signal_evidence'::regclass)"
    assert not re.search(r"\bread\.|(?<!again_)warning_signs_v", str(query(settings, shown)))


async def test_something_else_into_the_same_schema_is_refused(settings: Settings) -> None:
    await folded(settings, EVENTS)
    await replayed(settings, "again", ARCHIVE)
    for other in (Plan("ledger"), Plan("archive", to_time=datetime(2026, 2, 1, tzinfo=UTC))):
        with pytest.raises(UsageError, match="again holds a replay of something else: archive"):
            await replayed(settings, "again", other)


async def test_a_file_that_has_changed_is_not_gone_on_with(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "events.jsonl"
    file.write_bytes(b"\n".join(map(encode, EVENTS[:30])))
    plan = Plan(str(file))
    assert (await replayed(settings, "again", plan)).events == 30
    assert (await replayed(settings, "again", plan)).events == 0
    file.write_bytes(b"\n".join(map(encode, EVENTS)))
    with pytest.raises(UsageError, match=r"events\.jsonl has changed"):
        await replayed(settings, "again", plan)


@pytest.mark.parametrize("foreign", ["again", f"again_{CREDIT.schema}", "read", CREDIT.schema])
async def test_a_schema_of_somebody_else_is_left_alone(settings: Settings, foreign: str) -> None:
    with psycopg.connect(settings.database_url) as connection:
        connection.execute(SQL("CREATE SCHEMA IF NOT EXISTS {}").format(Identifier(foreign)))
    into = "again" if foreign.startswith("again") else foreign
    with pytest.raises(UsageError, match="schema"):
        await replayed(settings, into, ARCHIVE)
    assert query(settings, "SELECT count(*) FROM ouroboros.replay") == [(0,)]
    assert query(settings, f"SELECT to_regnamespace('{foreign}') IS NOT NULL") == [(True,)]


async def test_a_replay_of_another_release_is_refused_and_can_be_dropped(settings: Settings) -> None:
    await folded(settings, EVENTS)
    await replayed(settings, "again", ARCHIVE)
    query(settings, "UPDATE again.checkpoint SET projection = 'gone' WHERE projection = 'power' RETURNING 1")
    with pytest.raises(UsageError, match="begun by another release"):
        await replayed(settings, "again", ARCHIVE)
    assert (await ouroboros(settings, "replay", "drop", "again"))[0] == 0


async def test_the_commands_list_compare_and_drop(settings: Settings) -> None:
    await folded(settings, EVENTS)
    assert "There are no replays." in (await ouroboros(settings, "replay", "list"))[1]
    status, out, err = await ouroboros(settings, "replay", "--source", "archive", "--into", "again")
    assert (status, "The views are in again" in out) == (0, True), err
    _, listed, _ = await ouroboros(settings, "replay", "list")
    assert re.search(r"again\s+│ archive\s+│ 40 events", listed)
    _, live, _ = await ouroboros(settings, "fingerprint")
    _, again, _ = await ouroboros(settings, "fingerprint", "again")
    assert live == again
    assert re.fullmatch(r"([0-9a-f]{64}  \w+\.\w+  [\d,]+ rows\n)+[0-9a-f]{64}  all\n", live)
    assert "again is gone." in (await ouroboros(settings, "replay", "drop", "again"))[1]
    assert query(settings, "SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'again%'") == [(0,)]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["replay"], "A replay needs a schema to write into."),
        (["replay", "--into", "read"], "The schema read belongs to somebody else."),
        (["replay", "--into", "x", "--from", "noon"], "--from 'noon' is no date."),
        (["replay", "--into", "x", "--source", "nowhere"], "There is no history"),
        (["replay", "drop", "x"], "There is no replay 'x'."),
        (["replay", "promote", "x"], "There is no replay 'x'."),
        (["fingerprint", "x"], "There is no replay 'x'."),
    ],
)
async def test_what_cannot_be_done_is_told_in_a_sentence(
    settings: Settings, arguments: list[str], sentence: str
) -> None:
    status, _, err = await ouroboros(settings, *arguments)
    assert (status, sentence in err) == (1, True), err
