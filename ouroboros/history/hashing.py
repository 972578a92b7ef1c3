"""The hash of a history that is no file: what was read of it, to the end."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping

from events.codec import encode
from ouroboros.history.source import Entry


class Hashing:
    """Takes the SHA-256 of what is read in full: places and JSON, in the order of reading."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._hashes: dict[str, str] = {}

    def through(self, entries: Iterable[Entry]) -> Iterator[Entry]:
        """Pass entries on; the hash is taken once the last one is."""
        digest = hashlib.sha256()
        for one in entries:
            digest.update(b"%d %d %s\n" % (one.offset, one.index, encode(one.event)))
            yield one
        self._hashes = {self._name: digest.hexdigest()}

    @property
    def hashes(self) -> Mapping[str, str]:
        """Give the hash of the last full reading."""
        return self._hashes
