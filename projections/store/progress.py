"""How far a projection is: folded in memory, committed in the database."""

from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from projections.base import Projection

S = TypeVar("S")

BEFORE_THE_FIRST = -1


@dataclass
class ProjectionProgress(Generic[S]):
    """A projection, its state in memory, how far that is read and its rows are committed, and by whom."""

    projection: Projection[S]
    state: S
    read_offset: int = BEFORE_THE_FIRST
    committed_offset: int = BEFORE_THE_FIRST
    owner: UUID | None = None

    def restart(self) -> None:
        """Fold from the beginning again; what is committed stays so."""
        self.state, self.read_offset = self.projection.initial, BEFORE_THE_FIRST


AnyProgress = ProjectionProgress[Any]
