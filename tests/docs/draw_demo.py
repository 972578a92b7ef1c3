"""Runs the demo and draws docs/demo.svg from what it printed: `python -m tests.docs.draw_demo`."""

import io
import os
import re
import subprocess
import sys
import tempfile
from itertools import groupby

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from tests.docs.pages import ROOT

PICTURE = ROOT / "docs" / "demo.svg"
WIDTH = 104
# What is shown: one day, two of its signals, and everything from the tables on.
DAY = "27 February 2026"
SIGNALS = ("opened    warning  Conditional money", "escalated critical Circular money · ci_max all")
TABLES, LAST = "Warning signs that are up", "Done in"

FONT = 'ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace'
DARK = TerminalTheme(
    background=(22, 24, 29),
    foreground=(214, 218, 224),
    normal=[
        *((60, 64, 72), (240, 98, 98), (126, 200, 120), (226, 190, 90)),
        *((110, 160, 240), (190, 140, 230), (100, 190, 200), (200, 204, 210)),
    ],
)


def run_demo() -> list[str]:
    """Give the lines that the demo prints, with the colours of a terminal."""
    with tempfile.TemporaryDirectory() as home:
        colours = {"FORCE_COLOR": "1", "TERM": "xterm-256color", "COLORTERM": "truecolor"}
        environment = {**os.environ, **colours, "COLUMNS": str(WIDTH), "OUROBOROS_HOME": home}
        command = [sys.executable, "-m", "ouroboros", "demo"]
        output = subprocess.run(command, env=environment, check=True, stdout=subprocess.PIPE).stdout
    return output.decode().splitlines()


def excerpt(lines: list[str]) -> list[Text]:
    """Choose lines; an ellipsis stands for those left out."""
    texts = [Text.from_ansi(line.rstrip()) for line in lines]
    keep = [_is_shown(number, [text.plain for text in texts]) for number in range(len(texts))]
    shown = [Text("$ make demo", style="bold")]
    for kept, run in groupby(zip(keep, texts, strict=True), key=lambda pair: pair[0]):
        shown += [text for _, text in run] if kept else [Text("  …", style="dim")]
    return shown


def _is_shown(number: int, lines: list[str]) -> bool:
    if any(line.startswith(LAST) for line in lines[:number]):
        return False
    if any(line.startswith(TABLES) for line in lines[: number + 1]):
        return True
    # The head of a day and its row counts, or a signal: a first line, and what is indented below it.
    first = next((place for place in range(number, -1, -1) if _is_head(lines[place])), 0)
    return bool(lines[number]) and lines[first].strip().startswith((DAY, *SIGNALS))


def _is_head(line: str) -> bool:
    return re.match(r"\d\d [A-Z]\w+ \d{4} |  (opened|escalated|eased|cleared) ", line) is not None


def draw(lines: list[Text]) -> str:
    """Draw lines as a terminal, in the reader's own fixed-width font."""
    console = Console(
        record=True, width=WIDTH, file=io.StringIO(), force_terminal=True, color_system="truecolor"
    )
    for line in lines:
        console.print(line, soft_wrap=True)
    drawn = console.export_svg(title="Ouroboros demo", theme=DARK, unique_id="demo")
    drawn = re.sub(r"@font-face \{.*?\}\s*|<!--.*?-->\n", "", drawn, flags=re.DOTALL)
    return drawn.replace("Fira Code, monospace", FONT)


if __name__ == "__main__":
    PICTURE.write_text(draw(excerpt(run_demo())))
