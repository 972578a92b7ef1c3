"""Writing an export: a folder a month of `known_at`, parts of bounded size, all of it or nothing.

Parts are written into the hidden folder `.partial` and moved to where they belong once all are complete;
the manifest, which names them, comes last. Until then the folder is what it was before.
"""

import fcntl
import os
import shutil
from collections import Counter, OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Any

import orjson

from events.codec import encode
from events.errors import UsageError
from ouroboros.history.columns import arrow, schema, table
from ouroboros.history.manifest import (
    MANIFEST,
    ExportedFile,
    Format,
    Manifest,
    check_files,
    read_manifest,
    sha256,
)
from ouroboros.history.source import Entry

STAGING = ".partial"
# Bounds of memory: so many rows wait to be written, and so many months are open, at once.
ROWS_WAITING = 50_000
ROWS_PER_GROUP = 10_000
MONTHS_OPEN = 200


@dataclass(slots=True)
class _Part:
    """A part that is being written."""

    name: str
    first: Entry
    last: Entry
    first_known_at: datetime
    last_known_at: datetime
    writer: Any
    events: int = 0
    in_known_order: bool = True
    waiting: list[Entry] = field(default_factory=list)

    def add(self, entry: Entry) -> None:
        known_at = entry.event.known_at
        self.in_known_order &= known_at >= self.last.event.known_at
        self.first_known_at = min(known_at, self.first_known_at)
        self.last_known_at = max(known_at, self.last_known_at)
        self.last = entry
        self.events += 1
        self.waiting.append(entry)


class ExportWriter:
    """Takes entries in journal order, and at the end makes them part of the folder."""

    def __init__(self, folder: Path, start: Manifest) -> None:
        self._folder = folder
        self._staging = folder / STAGING
        self._start = start
        self._format: Format = start.format
        self._open: OrderedDict[str, _Part] = OrderedDict()
        self._done: list[_Part] = []
        self._waiting = 0
        self._numbers = Counter(file.name.partition("/")[0] for file in start.files)

    def add(self, entry: Entry) -> None:
        """Take the next entry of the journal."""
        month = f"month={entry.event.known_at:%Y-%m}"
        part = self._open.get(month)
        if part is None:
            part = self._open[month] = self._begin(month, entry)
        self._open.move_to_end(month)
        part.add(entry)
        self._waiting += 1
        if len(part.waiting) >= ROWS_PER_GROUP:
            self._write(part)
        elif self._waiting >= ROWS_WAITING:
            self._write(max(self._open.values(), key=lambda part: len(part.waiting)))
        if len(self._open) > MONTHS_OPEN:
            self._close(self._open.popitem(last=False)[1])

    def finish(self) -> Manifest:
        """Complete all parts, move them to where they belong, write the manifest."""
        while self._open:
            self._close(self._open.popitem(last=False)[1])
        files = [_exported(part, self._staging / part.name) for part in self._done]
        manifest = self._manifest(files)
        for file in files:
            target = self._folder / file.name
            target.parent.mkdir(exist_ok=True)
            (self._staging / file.name).replace(target)
        staged = self._staging / MANIFEST
        staged.write_bytes(orjson.dumps(manifest.model_dump(mode="json"), option=orjson.OPT_INDENT_2) + b"\n")
        staged.replace(self._folder / MANIFEST)
        return manifest

    def _begin(self, month: str, entry: Entry) -> _Part:
        name = f"{month}/part-{self._numbers[month]}.{self._format}"
        self._numbers[month] += 1
        path = self._staging / name
        path.parent.mkdir(exist_ok=True)
        if self._format == "parquet":
            writer = arrow().parquet.ParquetWriter(path, schema(), compression="zstd")
        else:
            writer = path.open("wb")
        return _Part(name, entry, entry, entry.event.known_at, entry.event.known_at, writer)

    def _write(self, part: _Part) -> None:
        if not part.waiting:
            return
        if self._format == "parquet":
            part.writer.write_table(table(part.waiting))
        else:
            part.writer.writelines(map(_line, part.waiting))
        self._waiting -= len(part.waiting)
        part.waiting.clear()

    def _close(self, part: _Part) -> None:
        self._write(part)
        part.writer.close()
        self._done.append(part)

    def _manifest(self, files: list[ExportedFile]) -> Manifest:
        if not self._done:
            return self._start
        every = (*self._start.files, *sorted(files, key=lambda file: file.name))
        last = max((part.last for part in self._done), key=lambda entry: entry.position)
        return self._start.model_copy(
            update={
                "code_version": installed_version("ouroboros"),
                "events": sum(file.events for file in every),
                "first_offset": min(file.first for file in every)[0],
                "last_offset": last.offset,
                "last_place": last.position,
                "last_event_id": str(last.event.event_id),
                "first_known_at": min(file.first_known_at for file in every),
                "last_known_at": max(file.last_known_at for file in every),
                "files": every,
            }
        )


def _line(entry: Entry) -> bytes:
    event = encode(entry.event)
    return b'{"journal_offset":%d,"journal_index":%d,"event":%s}\n' % (entry.offset, entry.index, event)


def _exported(part: _Part, path: Path) -> ExportedFile:
    return ExportedFile(
        name=part.name,
        sha256=sha256(path),
        bytes=path.stat().st_size,
        events=part.events,
        first=part.first.position,
        last=part.last.position,
        first_known_at=part.first_known_at,
        last_known_at=part.last_known_at,
        in_known_order=part.in_known_order,
    )


@contextmanager
def writing(
    folder: Path,
    origin: str,
    format_: Format,
    known_from: datetime | None = None,
    known_before: datetime | None = None,
) -> Iterator[tuple[ExportWriter, Manifest]]:
    """Open a folder for a new export, or to continue the same one; whoever writes calls `finish`.

    Raises UsageError where the folder holds something else, or someone else is writing to it.
    """
    asked = Manifest(
        code_version=installed_version("ouroboros"),
        origin=origin,
        format=format_,
        known_from=known_from,
        known_before=known_before,
        events=0,
    )
    if format_ == "parquet":
        arrow()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{folder} cannot be written: {error.strerror}.", "Name another folder.") from None
    with _locked(folder):
        start = _continued(folder, asked)
        staging = folder / STAGING
        shutil.rmtree(staging, ignore_errors=True)
        staging.mkdir()
        try:
            yield ExportWriter(folder, start), start
        finally:
            shutil.rmtree(staging, ignore_errors=True)


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise UsageError(
                f"Someone else is writing to {folder}.", "Wait until it is done, or name another folder."
            ) from None
        yield
    finally:
        os.close(descriptor)


def _continued(folder: Path, asked: Manifest) -> Manifest:
    found = sorted(path.name for path in folder.iterdir() if path.name != STAGING)
    if not found:
        return asked
    if MANIFEST not in found:
        raise UsageError(
            f"{folder} is not empty and no export ({found[0]} is in it).", "Name a new folder, or empty it."
        )
    there = read_manifest(folder)
    for what, name in (("events of", "origin"), ("format", "format"), ("from", "known_from")):
        if getattr(there, name) != getattr(asked, name):
            raise UsageError(
                f"{folder} holds another export ({what} {getattr(there, name) or 'the beginning'}).",
                "Name a new folder, or ask for the same again to continue it.",
            )
    if there.known_before is not None or asked.known_before is not None:
        raise UsageError(
            f"{folder} holds an export already, and one with an end is never continued.",
            "Name a new folder.",
        )
    check_files(folder, there)
    return there
