"""Apache Kafka's jars: fetched once, checked at every start."""

import hashlib
import os
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path, PurePosixPath

from events.errors import EmbeddedServerError
from ouroboros.embedded.failures import ELSEWHERE, explained, not_installed
from ouroboros.embedded.homes import filled_once

KAFKA_VERSION = "4.3.0"
# Each line is a SHA-256 and a jar's place in a Maven repository, which holds its exact version.
CHECKSUMS = Path(__file__).with_name("kafka_jars.sha256")


def kafka_jars(report: Callable[[str], None]) -> list[Path]:
    """Return the jars, fetched into the user's cache when they are not there yet.

    Raises EmbeddedServerError when they cannot be fetched, or are not exactly those of the checksum file.
    """
    expected = expected_jars()
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "ouroboros"
    with explained("Apache Kafka", cache):
        cache.mkdir(parents=True, exist_ok=True)
        fetch = partial(_fetch, expected=expected, report=report)
        folder = filled_once(cache / f"kafka-{KAFKA_VERSION}", fetch)
        check(folder, expected, f"Delete {folder} and start again.")
    return [folder / name for name in expected]


def expected_jars() -> dict[str, str]:
    """Return each jar's SHA-256 by its place in a Maven repository."""
    lines = (line.split() for line in CHECKSUMS.read_text(encoding="ascii").splitlines())
    return {name: checksum for checksum, name in lines}


def check(folder: Path, expected: Mapping[str, str], remedy: str) -> None:
    """Compare the jars of a folder with their checksums.

    Raises EmbeddedServerError at the first one that is missing, different, or too many.
    """
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*.jar")}
    for name in sorted(expected.keys() | found):
        if name not in found:
            raise EmbeddedServerError(f"Apache Kafka's {PurePosixPath(name).name} is missing.", remedy)
        if name not in expected:
            raise EmbeddedServerError(f"{folder / name} does not belong to Apache Kafka.", remedy)
        if hashlib.sha256((folder / name).read_bytes()).hexdigest() != expected[name]:
            raise EmbeddedServerError(
                f"{folder / name} is not the file that this version of Ouroboros was made with "
                "(its SHA-256 differs).",
                remedy,
            )


def _fetch(folder: Path, expected: Mapping[str, str], report: Callable[[str], None]) -> None:
    try:
        from jgo.maven import MavenContext  # noqa: PLC0415  an extra that may be absent
        from requests import RequestException  # noqa: PLC0415  comes with it
    except ImportError as error:
        raise not_installed("jgo", "fetches Apache Kafka") from error
    report(f"Fetching Apache Kafka {KAFKA_VERSION} (44 MB, once) ...")
    maven = MavenContext(repo_cache=folder)
    for name in expected:
        # Every jar by its own name: resolving dependencies would triple the requests, and could only find
        # what the checksum file says anyway.
        *group, artifact, version, file = PurePosixPath(name).parts
        try:
            maven.project(".".join(group), artifact).at_version(version).artifact().resolve()
        except (RequestException, RuntimeError) as error:
            raise EmbeddedServerError(
                f"Apache Kafka {KAFKA_VERSION} could not be fetched: the Maven repository did not deliver "
                f"{file} ({type(error).__name__}).",
                f"Connect this machine to the Internet for the first start, or {ELSEWHERE}.",
            ) from error
    check(folder, expected, f"Start again; if it stays so, downloads are altered on their way: {ELSEWHERE}.")
