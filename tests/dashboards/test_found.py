"""A board is found by its file, and draws every indicator that names it."""

import json
from pathlib import Path

import pytest

from dashboards import boards as folder
from dashboards.boards import boards, drawn_over_time
from dashboards.generate import generated
from dashboards.grafana.board import uid_of
from projections.indicators import DEFINITIONS

MADE_UP_BOARD = """
from dashboards.grafana.board import Board, Row
from dashboards.grafana.panels import text

BOARD = Board(
    uid="ouroboros-made-up",
    title="Made up",
    description="A board of a test.",
    order=15,
    rows=(Row(4, ((text("Words", "They ask nothing."), 24),)),),
)
"""


def test_boards_have_the_names_of_their_files_and_an_order() -> None:
    found = boards()
    files = {path.stem for path in Path(folder.__file__).parent.glob("*.py")} - {"__init__", "watchlist"}
    assert {board.name for board in found} == files
    assert [board.order for board in found] == sorted({board.order for board in found})
    assert [board.uid for board in found] == [uid_of(board.name) for board in found]


def test_a_board_is_found_by_being_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "made_up.py").write_text(MADE_UP_BOARD)
    (tmp_path / "no_board.py").write_text("NOTHING = None\n")
    monkeypatch.setattr(folder, "__path__", [*folder.__path__, str(tmp_path)])
    assert [board.name for board in boards()][:3] == ["bubble_watch", "made_up", "money_map"]
    written = json.loads(generated(())["made-up.json"])
    assert (written["uid"], written["title"]) == ("ouroboros-made-up", "Made up")
    assert written["annotations"]["list"] == []


def test_every_indicator_is_drawn_over_time_on_the_board_that_it_names() -> None:
    drawn = drawn_over_time()
    assert {name: board.name for name, (board, _) in drawn.items()} == {
        name: definition.board for name, definition in DEFINITIONS.items()
    }


def test_links_to_a_panel_outlive_a_better_title() -> None:
    _, panel = drawn_over_time()["credit_waivers"]
    assert panel.title == "Severity of relief and defaults, over time"
    assert panel.id == 480_377
