"""`ouroboros dashboards`: the files of Grafana's dashboards and alert rules, for the watchlists of a desk."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import orjson
import typer

from events.errors import UsageError
from ouroboros.terminal import out, say

app = typer.Typer()

SHIPPED_WATCHLIST = Path(__file__).resolve().parents[2] / "docs" / "examples" / "watchlist.yaml"


@app.command()
def dashboards(
    watchlist: Annotated[
        list[Path] | None,
        typer.Option(help="A watchlist file, which gets a dashboard; may be repeated. The example if none."),
    ] = None,
    into: Annotated[
        Path | None, typer.Option(help="The folder to write; the one that Docker Compose uses if none.")
    ] = None,
) -> None:
    """Write the files of Grafana's dashboards and alert rules, with a dashboard for each watchlist."""
    from dashboards.generate import GENERATED

    # Dashboards of ours that are no more are removed, other files are left alone.
    folder = into or GENERATED
    files = generated_for(watchlist or _shipped())
    try:
        written = [name for name, content in files.items() if _write(folder / name, content)]
        removed = _remove_stale(folder, set(files))
    except OSError as error:
        raise UsageError(
            f"{folder} cannot be written: {error.strerror}.", "Name another folder with --into."
        ) from None
    say(f"{folder}: {len(files)} files, {len(written)} of them new or changed, {removed} removed.")
    if any(name.startswith("alerting/") for name in written):
        out.print("Alert rules have changed: Grafana reads them when it starts, so start it again.")


def generated_for(watchlists: Sequence[Path]) -> dict[str, bytes]:
    """Return all files by name. Raises UsageError for a watchlist that is unreadable or named twice."""
    from dashboards.boards.watchlist import uid_of
    from dashboards.generate import generated
    from ouroboros.watchlist import read_watchlist

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
