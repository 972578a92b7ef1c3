"""The facts that the sources state, and others that publishers state, as typed events in words of our own.

One file a source: `s0.jsonl` an essay on vendor financing, `s1.jsonl` the video on OpenAI's
round of 2026, `s2.jsonl` the Odd Lots podcast on the signs of a bubble, `s3.jsonl` a note on
energy, `s4.jsonl` a note on Meta selling compute, `filings.jsonl` filings with the SEC. What these
leave open others state, each named with the address: `gpu_prices.jsonl` prices of GPUs, `public.jsonl`
single figures on revenue, cost, contracts, loans, power and shares.

A day without a time stands at 21:00 UTC, a month without a day at its last. Where a source leaves
the day of a price open (ARM's extremes within 52 weeks), the day on which the market had that
extreme is meant. Of a range of prices, the middle. Who states a close and its change in dollars
states the close before, too. A price that a source quotes in round dollars is no close of its day:
its certainty is `estimated`.
"""

from importlib.resources import files
from importlib.resources.abc import Traversable

import orjson

from events.base import Event
from events.codec import decode_document
from events.errors import UnreadableEvent


def ledger() -> list[Event]:
    """Read all facts in the order in which one could know them, then of file and line.

    Raises UnreadableEvent naming the file and the line.
    """
    resources = sorted(files(__name__).iterdir(), key=lambda resource: resource.name)
    facts = [event for resource in resources if resource.name.endswith(".jsonl") for event in _read(resource)]
    return sorted(facts, key=lambda event: event.known_at)


def _read(resource: Traversable) -> list[Event]:
    lines = resource.read_text(encoding="utf-8").splitlines()
    return [_event(line, f"{resource.name}, line {number}") for number, line in enumerate(lines, start=1)]


def _event(line: str, address: str) -> Event:
    try:
        return decode_document(orjson.loads(line))
    except orjson.JSONDecodeError as error:
        raise UnreadableEvent(f"{address}: this is not JSON ({error}).", "Write one event a line.") from None
    except UnreadableEvent as error:
        raise UnreadableEvent(f"{address}: {error.message}", error.remedy) from None
