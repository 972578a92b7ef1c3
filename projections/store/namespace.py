"""Where in a database projections are kept: the live ones, or others beside them."""

from dataclasses import dataclass
from typing import Any, LiteralString

from psycopg.sql import SQL, Composed, Identifier

from projections.base import Projection


@dataclass(frozen=True, slots=True)
class Namespace:
    """The schema of checkpoints and snapshots, what schemas of tables begin with, and the schema of views."""

    bookkeeping: str
    prefix: str
    views: str

    def schema(self, projection: Projection[Any]) -> str:
        """Return the schema of a projection's tables."""
        return f"{self.prefix}{projection.schema}"

    def sql(self, statement: LiteralString) -> Composed:
        """Put the schema of checkpoints and snapshots where a statement says {bookkeeping}."""
        return SQL(statement).format(bookkeeping=Identifier(self.bookkeeping))


LIVE = Namespace("ouroboros", "", "read")
