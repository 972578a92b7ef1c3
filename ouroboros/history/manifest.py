"""The manifest of an export: what is in the folder, and the hash by which a change is noticed."""

import hashlib
from pathlib import Path, PurePosixPath
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, NonNegativeInt, ValidationError

from events.errors import UsageError

MANIFEST = "manifest.json"
FORMAT_VERSION = 1
MAX_BYTES = 64 * 1024 * 1024

Format = Literal["parquet", "jsonl"]
_FILE_NAME = r"^month=\d{4}-\d{2}/part-\d{1,6}\.(parquet|jsonl)$"


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ExportedFile(_Part):
    """A file of an export. Its events stand in journal order."""

    name: Annotated[str, Field(pattern=_FILE_NAME)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    bytes: NonNegativeInt
    events: NonNegativeInt
    first: tuple[int, int]
    last: tuple[int, int]
    first_known_at: AwareDatetime
    last_known_at: AwareDatetime
    in_known_order: bool
    """Whether `known_at` never falls from one event to the next."""


class Manifest(_Part):
    """What an export holds; positions are offset and index in the journal."""

    format_version: Literal[1] = 1
    code_version: str
    origin: str
    """Where the events came from: archive, journal or import."""
    format: Format
    known_from: AwareDatetime | None = None
    """The first time that was asked for."""
    known_before: AwareDatetime | None = None
    """The time before which it ends, where that was asked for."""
    events: NonNegativeInt
    first_offset: int | None = None
    last_offset: int | None = None
    last_place: tuple[int, int] | None = None
    last_event_id: str | None = None
    """The event at `last_place`, by which a continued export knows that it is the same journal."""
    first_known_at: AwareDatetime | None = None
    last_known_at: AwareDatetime | None = None
    files: tuple[ExportedFile, ...] = ()


def format_named(name: str) -> Format:
    """Return the format of files that a name means. Raises UsageError for one that is not known."""
    match name:
        case "parquet" | "jsonl":
            return name
        case _:
            raise UsageError(f"There is no format {name!r}.", "Known are parquet and jsonl.")


def read_manifest(folder: Path) -> Manifest:
    """Read the manifest of a folder. Raises UsageError where there is none, or none that can be read."""
    path = folder / MANIFEST
    try:
        with path.open("rb") as file:
            content = file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise UsageError(
            f"{folder} has no {MANIFEST}: it is no export, or one that was cut short.",
            "Export again into an empty folder.",
        ) from None
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.", "Give a readable file.") from None
    try:
        return Manifest.model_validate_json(content)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(map(str, first["loc"])) or "it"
        raise UsageError(
            f"{path} is no manifest that this release reads: {where}: {first['msg']}.",
            "A newer release may have written it, or someone edited it; export again.",
        ) from None


def check_files(folder: Path, manifest: Manifest) -> None:
    """Make sure that every file is as it was written. Raises UsageError naming the first that is not."""
    for file in manifest.files:
        path = folder / PurePosixPath(file.name)
        if not path.is_file():
            raise UsageError(f"{path} is missing from the export.", "Put it back, or export again.")
        if path.stat().st_size != file.bytes or sha256(path) != file.sha256:
            raise UsageError(
                f"{path} has changed since it was exported: its SHA-256 is not that of {MANIFEST}.",
                "Put the original back, or export again.",
            )


def sha256(path: Path) -> str:
    """Hash a file as hexadecimal SHA-256. Raises UsageError where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.", "Give a readable file.") from None
