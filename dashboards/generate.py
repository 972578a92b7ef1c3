"""Write all dashboards as the files that Grafana is provisioned with: `python -m dashboards.generate`."""

from pathlib import Path

from dashboards.boards import BOARDS
from dashboards.building.board import to_json

GENERATED = Path(__file__).parent / "generated"


def generated() -> dict[str, bytes]:
    """Give the content of every generated file by its name inside `generated/`."""
    return {f"{board.uid.removeprefix('ouroboros-')}.json": to_json(board) for board in BOARDS}


def main() -> None:
    """Write the files, and remove those of dashboards that are no more."""
    files = generated()
    for stale in GENERATED.glob("*.json"):
        if stale.name not in files:
            stale.unlink()
    for name, content in files.items():
        (GENERATED / name).write_bytes(content)


if __name__ == "__main__":
    main()
