"""Importing in a test: write a table, import it, look at what came of it and what was said."""

from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from unittest.mock import patch

import pytest
from typer.testing import CliRunner

from events.base import Event
from ouroboros.cli import app
from ouroboros.history.opening import open_history
from ouroboros.history.source import Order

# Rows of the future are refused: no test may depend on the date of the machine.
NOW = datetime(2030, 1, 1, tzinfo=UTC)
SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data"


def shared(name: str) -> Path:
    """Give a file of the data that lies beside the checkout, or skip the test."""
    path = SHARED / name
    if not path.is_file():
        pytest.skip(f"real data is not here: {path} is missing")
    return path


class Imported:
    """What an import gave and said."""

    def __init__(self, folder: Path, paths: Sequence[Path], mapping: str | None, now: datetime = NOW) -> None:
        options = ["--into", str(folder), *(["--mapping", mapping] if mapping else [])]
        asked = ["import", *map(str, paths), *options]
        with patch("ouroboros.imports.importing.clock", lambda: now):
            result = CliRunner().invoke(app, asked, catch_exceptions=False)
        self.code, self.out, self.err = result.exit_code, result.stdout, result.stderr
        self.events: list[Event] = [one.event for one in open_history(folder).entries(Order.KNOWN)]


def import_text(
    tmp_path: Path, text: str, mapping: str | None = None, name: str = "CSCO.csv", now: datetime = NOW
) -> Imported:
    """Import one table; a mapping is the name of a built-in one, or the text of a file."""
    tmp_path.mkdir(exist_ok=True)
    path = tmp_path / name
    path.write_text(text)
    return Imported(tmp_path / "into", [path], written_mapping(tmp_path, mapping), now)


def written_mapping(tmp_path: Path, mapping: str | None) -> str | None:
    """Write a mapping of several lines to a file and name it."""
    if mapping is None or "\n" not in mapping:
        return mapping
    path = tmp_path / "mapping.yaml"
    path.write_text(mapping)
    return str(path)
