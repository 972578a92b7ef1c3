"""Everything made ready for a worker: topics and database."""

from collections.abc import Callable

from projections.registry import PROJECTIONS
from projections.store.migration import migrate
from streams.kafka import ensure_topics
from streams.settings import Settings


async def prepare(settings: Settings, report: Callable[[str], None]) -> None:
    """Create topics, tables, views and role where they are missing.

    Raises UsageError and psycopg.Error.
    """
    password = settings.reader_password.get_secret_value() if settings.reader_password else None
    migrate(settings.database_url, PROJECTIONS, password, report)
    created = await ensure_topics(settings)
    report(f"Created the topics {', '.join(created)}." if created else "All topics are there.")
