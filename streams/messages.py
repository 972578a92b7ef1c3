"""A message as it came out of Kafka, with what is needed to acknowledge it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, eq=False)
class Message:
    """A message of an ingress topic; `topic` is ours, without the namespace. Times are in ms."""

    topic: str
    partition: int
    offset: int
    timestamp_ms: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]
    ticket: Any = None

    @property
    def source(self) -> str:
        """Return the name of the partition it came from, as journal positions have it."""
        return f"{self.topic}/{self.partition}"


def message_of(event: Any, topic: str) -> Message:
    """Convert a Faust event; it stays attached as the ticket to acknowledge."""
    raw = event.message
    return Message(
        topic=topic,
        partition=raw.partition,
        offset=raw.offset,
        timestamp_ms=int((raw.timestamp or 0) * 1000),
        key=raw.key,
        value=raw.value,
        headers=as_pairs(raw.headers),
        ticket=event,
    )


def as_pairs(headers: Any) -> tuple[tuple[str, bytes], ...]:
    """Convert Kafka headers, which Faust makes a mapping of at times, into pairs."""
    pairs: Iterable[tuple[str, bytes]] = headers.items() if hasattr(headers, "items") else headers or ()
    return tuple((name, bytes(value or b"")) for name, value in pairs)
