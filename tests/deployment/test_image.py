"""The container image is built from pinned, hash-locked parts and runs without privileges."""

import json
import re
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = ROOT / "Dockerfile"
REQUIREMENTS = sorted((ROOT / "requirements").glob("*.txt"))

PINNED = re.compile(r"[\w./-]+:v?\d+(\.\d+)+(-[\w.-]+)?(@sha256:[0-9a-f]{64})?")
LOCKED = re.compile(r"[\w.-]+(\[[\w,-]+\])?==[\w.+!-]+( ; [^@]+?)?( --hash=sha256:[0-9a-f]{64})+")


def instructions() -> list[tuple[str, str]]:
    """The Dockerfile's instructions and their arguments, continuation lines joined."""
    joined = re.sub(r"^ *#.*\n", "", DOCKERFILE.read_text(), flags=re.MULTILINE).replace("\\\n", " ")
    lines = [line.split(maxsplit=1) for line in joined.splitlines() if line.strip()[:1] not in ("", "#")]
    return [(word.upper(), " ".join(rest.split())) for word, rest in lines]


def final_stage() -> list[tuple[str, str]]:
    found = instructions()
    return found[max(at for at, (word, _) in enumerate(found) if word == "FROM") :]


def test_every_stage_of_the_image_starts_from_a_pinned_version() -> None:
    stages: set[str] = set()
    for rest in [rest for word, rest in instructions() if word == "FROM"]:
        image, *named = rest.split(" AS ")
        assert image in stages or PINNED.fullmatch(image), image
        stages.update(named)


def test_the_image_installs_hash_locked_packages_and_no_others() -> None:
    installs = [
        rest for word, rest in instructions() if word == "RUN" and re.search(r"\bpip .*\binstall\b", rest)
    ]
    assert len(installs) == 2
    assert "install --require-hashes --requirement requirements/worker.txt" in installs[0]
    assert installs[1].endswith("install --no-deps --no-build-isolation .")


def test_the_image_runs_as_an_ordinary_user_and_starts_the_program() -> None:
    last = dict(final_stage())
    assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", last["USER"])
    assert json.loads(last["ENTRYPOINT"]) == ["ouroboros"]
    assert "PYTHONUNBUFFERED=1" in last["ENV"]


def test_the_image_says_which_version_of_the_project_it_holds() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert f'org.opencontainers.image.version="{version}"' in dict(final_stage())["LABEL"]


def test_the_image_holds_no_compiler() -> None:
    for word, rest in final_stage():
        assert not re.search(r"\b(apt|apt-get|gcc|g\+\+|build-essential)\b", rest), f"{word} {rest}"


def test_everything_that_the_image_copies_exists_and_nothing_else_is_sent_to_the_builder() -> None:
    copies = [rest.split()[:-1] for word, rest in instructions() if word == "COPY" and "--from" not in rest]
    sources = {source.rstrip("/") for copied in copies for source in copied}
    assert [source for source in sorted(sources) if not (ROOT / source).exists()] == []
    ignored = [
        line for line in (ROOT / ".dockerignore").read_text().splitlines() if line[:1] not in ("", "#")
    ]
    assert ignored[0] == "*"
    assert {line[1:] for line in ignored if line.startswith("!")} == sources


@pytest.mark.parametrize("path", REQUIREMENTS, ids=lambda path: path.name)
def test_every_requirement_is_locked_by_hash_and_none_names_an_address(path: Path) -> None:
    lines = [" ".join(line.split()) for line in path.read_text().replace("\\\n", " ").splitlines()]
    locked = [line for line in lines if line and not line.startswith("#")]
    assert len(locked) > 10
    assert [line[:80] for line in locked if not LOCKED.fullmatch(line)] == []
    assert not re.search(r"://|--(extra-)?index-url|--find-links|--trusted-host", path.read_text())


def test_there_are_locked_requirements_for_the_worker() -> None:
    assert "worker.txt" in [path.name for path in REQUIREMENTS]
