"""The files that Grafana is provisioned with: dashboards, those of watchlists too, and alerting."""

from collections.abc import Sequence
from pathlib import Path

from dashboards import watchlist
from dashboards.alerting.files import alerting_files
from dashboards.boards import BOARDS
from dashboards.building.board import to_json
from events.desk import WatchlistChanged

# Grafana of Docker Compose reads this folder; `make dashboards` writes it.
GENERATED = Path(__file__).parent / "generated"


def generated(watchlists: Sequence[WatchlistChanged]) -> dict[str, bytes]:
    """Give the content of every file by its name inside `generated/`; each watchlist has a dashboard."""
    boards = (*BOARDS, *map(watchlist.board, watchlists))
    files = {f"{board.uid.removeprefix('ouroboros-')}.json": to_json(board) for board in boards}
    return {**files, **alerting_files()}
