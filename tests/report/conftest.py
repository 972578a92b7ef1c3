"""Fresh databases that are ready for a worker, made as those of the integration tests."""

from tests.integration.conftest import database, empty_database, second_database

__all__ = ("database", "empty_database", "second_database")
