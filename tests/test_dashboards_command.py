"""`ouroboros dashboards`: the files that it writes, leaves alone and takes away."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dashboards.generate import GENERATED
from events.errors import UsageError
from ouroboros.cli import app
from ouroboros.commands.dashboards import SHIPPED_WATCHLIST, generated_for

ALERTING = {
    f"alerting/{name}.yaml" for name in ("rules", "contact_points", "policies", "mute_timings", "templates")
}


def run(*arguments: str | Path) -> str:
    result = CliRunner().invoke(app, ["dashboards", *map(str, arguments)], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def named(folder: Path, name: str) -> Path:
    path = folder / f"{name}.yaml"
    path.write_text(f"watchlist: {name}\nsymbols: [CRWV]\n")
    return path


def files(folder: Path) -> set[str]:
    return {
        str(path.relative_to(folder)) for path in folder.rglob("*.*") if path.suffix in (".json", ".yaml")
    }


def test_the_committed_files_are_what_the_command_writes() -> None:
    found = {name: (GENERATED / name).read_bytes() for name in files(GENERATED)}
    expected = generated_for([SHIPPED_WATCHLIST])
    assert found.keys() == expected.keys(), "run `make dashboards`"
    assert [name for name in expected if found[name] != expected[name]] == [], "run `make dashboards`"


def test_each_watchlist_has_a_dashboard_beside_the_others(tmp_path: Path) -> None:
    run(
        "--watchlist",
        named(tmp_path, "one"),
        "--watchlist",
        named(tmp_path, "two"),
        "--into",
        tmp_path / "out",
    )
    found = files(tmp_path / "out")
    assert {"watchlist-one.json", "watchlist-two.json", "backtest.json", "pipeline-health.json"} <= found
    assert "watchlist.json" not in found
    assert found >= ALERTING
    written = json.loads((tmp_path / "out" / "watchlist-one.json").read_text())
    assert (written["uid"], written["title"]) == ("ouroboros-watchlist-one", "Watchlist: one")


def test_without_a_watchlist_the_example_is_taken(tmp_path: Path) -> None:
    run("--into", tmp_path)
    assert json.loads((tmp_path / "watchlist.json").read_text())["uid"] == "ouroboros-watchlist"


def test_what_has_not_changed_is_not_written_again(tmp_path: Path) -> None:
    run("--into", tmp_path)
    before = {name: (tmp_path / name).stat().st_mtime_ns for name in files(tmp_path)}
    told = run("--into", tmp_path)
    assert f"{len(before)} files, 0 of them new or changed, 0 removed." in " ".join(told.split())
    assert {name: (tmp_path / name).stat().st_mtime_ns for name in files(tmp_path)} == before


def test_a_dashboard_that_is_no_more_goes_and_what_others_put_there_stays(tmp_path: Path) -> None:
    out = tmp_path / "out"
    run("--watchlist", named(tmp_path, "one"), "--into", out)
    (out / "theirs.json").write_text('{"uid": "theirs"}')
    (out / "broken.json").write_text("{")
    (out / "list.json").write_text("[]")
    told = run("--watchlist", named(tmp_path, "two"), "--into", out)
    assert "1 removed" in told
    found = files(out)
    assert "watchlist-one.json" not in found
    assert {"watchlist-two.json", "theirs.json", "broken.json", "list.json"} <= found


def test_two_files_of_one_name_are_refused_before_anything_is_written(tmp_path: Path) -> None:
    first, second = named(tmp_path, "one"), tmp_path / "copy.yaml"
    second.write_text(first.read_text())
    with pytest.raises(UsageError, match=r"one\.yaml and .*copy\.yaml are both the watchlist one"):
        run("--watchlist", first, "--watchlist", second, "--into", tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_a_folder_that_cannot_be_written_is_told_in_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("a file")
    with pytest.raises(UsageError, match=r"out cannot be written: "):
        run("--into", tmp_path / "out")
