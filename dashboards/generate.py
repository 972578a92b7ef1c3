"""The files that Grafana is provisioned with: dashboards, those of watchlists too, and alerting."""

from collections.abc import Sequence
from pathlib import Path

from dashboards.alerts.files import alerting_files
from dashboards.boards import boards, watchlist
from dashboards.grafana.board import UID_PREFIX, to_json
from events.families.desk import WatchlistChanged

# Grafana of Docker Compose reads this folder; `make dashboards` writes it.
GENERATED = Path(__file__).parent / "generated"


def generated(watchlists: Sequence[WatchlistChanged]) -> dict[str, bytes]:
    """Return the content of every file by its name inside `generated/`; each watchlist has a dashboard."""
    found = (*boards(), *map(watchlist.board, watchlists))
    files = {f"{board.uid.removeprefix(UID_PREFIX)}.json": to_json(board) for board in found}
    return {**files, **alerting_files()}
