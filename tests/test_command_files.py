"""Commands are files: one that is put beside the others is found, and importing them stays quick."""

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ouroboros import commands
from ouroboros.cli import command_line

MADE_UP = '''
import typer

app = typer.Typer()


@app.command()
def greet(name: str) -> None:
    """Greet somebody."""
    typer.echo(f"Good morning, {name}.")
'''
SLOW_OR_ABSENT = ("faust", "grafanalib", "networkx", "numpy", "ortools", "pandas", "plotly", "pyarrow")


def test_a_command_is_found_by_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "greet.py").write_text(MADE_UP)
    monkeypatch.setattr(commands, "__path__", [*commands.__path__, str(tmp_path)])
    result = CliRunner().invoke(command_line(), ["greet", "Ada"])
    assert (result.exit_code, result.stdout) == (0, "Good morning, Ada.\n")
    monkeypatch.delitem(sys.modules, "ouroboros.commands.greet")


def test_the_command_line_loads_nothing_that_is_slow_or_not_everywhere() -> None:
    program = f"import sys, ouroboros.cli; print([name for name in {SLOW_OR_ABSENT} if name in sys.modules])"
    loaded = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert loaded.stdout == "[]\n"
