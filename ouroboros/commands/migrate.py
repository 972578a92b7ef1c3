"""`ouroboros migrate`: topics and database, made ready for a worker."""

import asyncio
from collections.abc import Callable

import typer

from ouroboros.terminal import read_settings, say
from streams.kafka import ensure_topics
from streams.settings import Settings

app = typer.Typer()


@app.command("migrate")
def migrate_all() -> None:
    """Create or bring up to date the topics, the database and its read-only role."""
    asyncio.run(prepare(read_settings(), say))


async def prepare(settings: Settings, report: Callable[[str], None]) -> None:
    """Create topics, tables, views and role where they are missing. Raises UsageError, psycopg.Error."""
    from projections.registry import PROJECTIONS
    from projections.store.migration import migrate

    password = settings.reader_password.get_secret_value() if settings.reader_password else None
    migrate(settings.database_url, PROJECTIONS, password, report)
    created = await ensure_topics(settings)
    report(f"Created the topics {', '.join(created)}." if created else "All topics are there.")
