"""`ouroboros dashboards`: the files of Grafana's dashboards and alert rules, for the watchlists of a desk."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import orjson
from rich.console import Console

from dashboards.generate import GENERATED, generated
from dashboards.watchlist import uid_of
from events.errors import UsageError
from ouroboros.watchlist import read_watchlist

SHIPPED_WATCHLIST = Path(__file__).resolve().parents[1] / "docs" / "examples" / "watchlist.yaml"


def write_dashboards(watchlists: Sequence[Path], into: Path | None, out: Console) -> None:
    """Write all dashboards and alerting files, a dashboard for each watchlist file; say what changed.

    Dashboards of ours that are no more are removed, other files are left alone. Raises
    UsageError for a watchlist that cannot be read or is named twice, or a folder that cannot be written.
    """
    folder = into or GENERATED
    files = generated_for(watchlists or _shipped())
    try:
        written = [name for name, content in files.items() if _write(folder / name, content)]
        removed = _remove_stale(folder, set(files))
    except OSError as error:
        raise UsageError(
            f"{folder} cannot be written: {error.strerror}.", "Name another folder with --into."
        ) from None
    out.print(
        f"{folder}: {len(files)} files, {len(written)} of them new or changed, {removed} removed.",
        markup=False,
        soft_wrap=True,
    )
    if any(name.startswith("alerting/") for name in written):
        out.print("Alert rules have changed: Grafana reads them when it starts, so start it again.")


def generated_for(watchlists: Sequence[Path]) -> dict[str, bytes]:
    """Give the content of all files by their names. Raises UsageError as `write_dashboards` does."""
    now = datetime.now(UTC)
    read = {path: read_watchlist(path, now) for path in watchlists}
    by_address: dict[str, Path] = {}
    for path, changed in read.items():
        other = by_address.setdefault(uid_of(changed.watchlist), path)
        if other != path:
            raise UsageError(
                f"{other} and {path} are both the watchlist {changed.watchlist}.",
                "Give one of them another name, in its line `watchlist:`.",
            )
    return generated(tuple(read.values()))


def _shipped() -> tuple[Path, ...]:
    if not SHIPPED_WATCHLIST.exists():
        raise UsageError(
            "No watchlist was named, and the example is not installed.",
            "Name one: `ouroboros dashboards --watchlist FILE --into FOLDER`.",
        )
    return (SHIPPED_WATCHLIST,)


def _write(path: Path, content: bytes) -> bool:
    # What has not changed is not touched: Grafana reads anew whatever is.
    if path.exists() and path.read_bytes() == content:
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return True


def _remove_stale(folder: Path, current: set[str]) -> int:
    stale = [path for path in folder.glob("*.json") if path.name not in current and _is_ours(path)]
    for path in stale:
        path.unlink()
    return len(stale)


def _is_ours(path: Path) -> bool:
    try:
        board = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError:
        return False
    return isinstance(board, dict) and str(board.get("uid", "")).startswith("ouroboros-")
