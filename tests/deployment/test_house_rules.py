"""Rules that every file of the project keeps."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LONGEST = 400

# Written in two parts, so that this file keeps the rule too.
HOSTS = [
    "p" + "ypi.org",
    "python" + "hosted.org",
    "npm" + "js.org",
    "npm" + "js.com",
    "repo1.m" + "aven.org",
    "repo.m" + "aven.apache.org",
    "search.m" + "aven.org",
    "central.s" + "onatype.com",
    "d" + "ebian.org",
    "proxy.g" + "olang.org",
    "sum.g" + "olang.org",
    "c" + "rates.io",
]
FOLDERS = ["w" + "ork", "f" + "arm", "r" + "oot", "h" + "ome"]

HOST = re.compile("|".join(re.escape(host) for host in HOSTS).encode(), re.IGNORECASE)
# A path of some machine: the slash begins it, rather than following a name, a variable or a tilde.
MACHINE_PATH = re.compile(rb"(?<![\w.~})\]*-])/(?:" + "|".join(FOLDERS).encode() + rb")/")


def project_files() -> list[Path]:
    """Every file under version control, and every new one that is not ignored."""
    asked = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(asked, cwd=ROOT, capture_output=True, check=True).stdout
    paths = {ROOT / name.decode() for name in listed.split(b"\0") if name}
    return sorted(path for path in paths if path.is_file())


def breaches(pattern: re.Pattern[bytes]) -> list[str]:
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()[:120]!r}"
        for path in project_files()
        for number, line in enumerate(path.read_bytes().splitlines(), start=1)
        if pattern.search(line)
    ]


def test_the_rules_see_the_whole_project() -> None:
    seen = {str(path.relative_to(ROOT)) for path in project_files()}
    assert {"pyproject.toml", "docker-compose.yml", "tests/deployment/test_house_rules.py"} <= seen
    assert not any(name.startswith((".git/", ".venv/")) for name in seen)


def test_no_file_names_a_package_registry() -> None:
    assert breaches(HOST) == []


def test_no_file_names_a_path_of_the_machine_it_was_written_on() -> None:
    assert breaches(MACHINE_PATH) == []


def test_no_python_file_is_longer_than_a_reader_can_hold() -> None:
    sources = [path for path in project_files() if path.suffix in {".py", ".pyi"}]
    assert sources
    lengths = {str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in sources}
    assert {name: lines for name, lines in lengths.items() if lines > LONGEST} == {}


@pytest.mark.parametrize("host", HOSTS)
def test_a_registry_is_recognised_in_any_address(host: str) -> None:
    assert HOST.search(f"see https://{host.upper()}/simple/".encode())


@pytest.mark.parametrize("folder", FOLDERS)
def test_a_machine_path_is_recognised_wherever_it_begins(folder: str) -> None:
    path = f"/{folder}/x"
    for text in (path, f'"{path}"', f" {path}", f"={path}", f"file://{path}", f"({path}", f"PATH=a:{path}"):
        assert MACHINE_PATH.search(text.encode()), text
    for text in (f"https://example.com{path}", f"./a{path}", f"$HOME{path}", f"~{path}", f"${{ROOT}}{path}"):
        assert not MACHINE_PATH.search(text.encode()), text
