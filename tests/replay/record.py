"""Records of today's demo for tests to come, and what they fold to.

`python -m tests.replay.record journal NAME` plays the demo on servers of its own and writes down the
journal that it makes; `python -m tests.replay.record fingerprints` writes down what all recorded
journals fold to today; `python -m tests.replay.record database NAME` writes down the database that this
release leaves of the first records of the demo, for a later release to bring up to date. docs/replay.md says
when to do which.
"""

import asyncio
import gzip
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import orjson
from pydantic import SecretStr
from rich.console import Console

from events.journal import POSITIONS_HEADER
from events.ledger import ledger
from ouroboros.commands.migrate import prepare
from ouroboros.demo.story import publish_days
from ouroboros.embedded import start_kafka, start_postgres
from ouroboros.replay.fingerprint import fingerprints
from projections.registry import PROJECTIONS
from projections.store.migration import migrate
from projections.store.namespace import LIVE
from projections.store.projector import JournalRecord, Projector
from streams.kafka import reading_journal
from streams.messages import as_pairs
from streams.settings import Settings
from streams.worker import working

RECORDED = Path(__file__).parent / "recorded"
SNAPSHOT_EVENTS = 50
DUMPED_RECORDS = 40


def silent(_: str) -> None:
    """Say nothing."""


def records_of(journal: Path) -> list[JournalRecord]:
    """Read a recorded journal, one record a line."""
    return [
        JournalRecord(
            offset,
            orjson.dumps(document["value"]),
            ((POSITIONS_HEADER, orjson.dumps(document["positions"])),),
        )
        for offset, document in enumerate(map(orjson.loads, journal.read_bytes().splitlines()))
    ]


async def folded(journal: Path, database: str, records: int | None = None) -> str:
    """Fold a recorded journal into an empty database, and give the fingerprints as they are written down."""
    migrate(database, PROJECTIONS, None, silent)
    projector = await Projector.load(database, PROJECTIONS, SNAPSHOT_EVENTS)
    await projector.project_records(records_of(journal)[:records])
    await projector.close()
    taken = fingerprints(database, LIVE)
    return "".join(f"{table.sha256} {table.rows:>5} {name}\n" for name, table in taken.items())


async def _play(settings: Settings) -> bytes:
    await prepare(settings, silent)
    async with working(settings) as worker:
        await publish_days(settings, worker, ledger(), Console(quiet=True))
    async with reading_journal(settings) as journal:
        lines = [
            orjson.dumps(
                {
                    "positions": orjson.loads(dict(as_pairs(record.headers))[POSITIONS_HEADER]),
                    "value": orjson.loads(record.value),
                }
            )
            async for records in journal.read(0, await journal.end())
            for record in records
        ]
    return b"\n".join(lines) + b"\n"


@contextmanager
def _home() -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="ouroboros-record-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def record_journal(name: str) -> None:
    """Play the demo and write its journal down."""
    with _home() as home:
        kafka, postgres = start_kafka(home / "kafka", silent), start_postgres(home / "postgres", silent)
        try:
            settings = Settings(
                kafka=kafka.bootstrap,
                database=SecretStr(postgres.dsn),
                bar_seconds=86_400,
                clock_seconds=0,
                webhooks=None,
            )
            (RECORDED / f"{name}.jsonl").write_bytes(asyncio.run(_play(settings)))
        finally:
            postgres.stop()
            kafka.stop()


def record_fingerprints() -> None:
    """Write down what every recorded journal folds to."""
    for journal in sorted(RECORDED.glob("*.jsonl")):
        with _home() as home:
            postgres = start_postgres(home / "postgres", silent)
            try:
                text = asyncio.run(folded(journal, postgres.dsn))
            finally:
                postgres.stop()
        journal.with_suffix(".fingerprints").write_text(text)


def record_database(name: str) -> None:
    """Fold the beginning of the demo's journal and dump the database."""
    with _home() as home:
        postgres = start_postgres(home / "postgres", silent)
        try:
            asyncio.run(folded(RECORDED / "demo.jsonl", postgres.dsn, DUMPED_RECORDS))
            shape = ("--inserts", "--rows-per-insert=500", "--no-owner", "--no-privileges", "--no-comments")
            program = str(Path(postgres.plan.command[0]).with_name("pg_dump"))
            dump = subprocess.run([program, *shape, postgres.dsn], capture_output=True, check=True).stdout
        finally:
            postgres.stop()
    # Lines with a backslash are for psql alone.
    lines = [line for line in dump.splitlines(keepends=True) if not line.startswith(b"\\")]
    (RECORDED / f"{name}.sql.gz").write_bytes(gzip.compress(b"".join(lines), mtime=0))


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["journal", name]:
            record_journal(name)
        case ["database", name]:
            record_database(name)
        case ["fingerprints"]:
            record_fingerprints()
        case _:
            raise SystemExit(__doc__)
