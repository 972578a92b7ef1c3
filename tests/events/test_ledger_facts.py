"""The ledger against the facts as they were collected, where those lie beside the checkout."""

import csv
import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from events.base import Event
from events.codec import encode
from events.families.contracts import CapacityResold, CommitmentRevised
from events.families.credit import LoanOriginated
from events.families.deals import DealAnnounced
from events.families.financials import CapexGuided, UtilizationReported, ValuationMarked
from events.families.headlines import HeadlinePublished
from events.families.power import GenerationObserved, PowerDelivered, PowerScheduled
from events.families.prices import EquityPriced
from events.ledger import ledger

FACTS = Path(__file__).resolve().parents[3] / "shared" / "facts" / "ledger.csv"
SOURCES = {"S0", "S1", "S2", "S3", "S4", "CoreWeave 8-K"}
# What others state was looked up apart, where the sources leave something open; little of it was collected.
PUBLIC = "public"
LEDGER = ledger()

EXPECTED: dict[str, tuple[type[Event], ...]] = {
    "equity price": (EquityPriced,),
    "secondary sale": (ValuationMarked,),
    "valuation": (ValuationMarked,),
    "on-site generation": (HeadlinePublished,),
    "power schedule": (PowerScheduled,),
    "site planned": (PowerScheduled,),
    "generation observed": (GenerationObserved,),
    "deal": (DealAnnounced,),
    "customer diversification": (DealAnnounced,),
    "loan": (LoanOriginated,),
    "utilisation": (UtilizationReported,),
    "commitment revised": (CommitmentRevised,),
    "capacity": (PowerDelivered, PowerScheduled),
    "capacity resale": (CapacityResold,),
    "capex guidance": (CapexGuided,),
}
"""The events that a row becomes, by the kind of the row up to its colon; all others are headlines."""

UNITS = {
    "%": 0.01,
    "gw": 1e3,
    "mw": 1.0,
    "million": 1e6,
    "billion": 1e9,
}
FIGURE = re.compile(r"(?<![\w.])(\d+(?:\.\d+)?(?:e\d+)?)(?:\s*(%|GW|MW|million|billion))?", re.IGNORECASE)
IN_WORDS = {"five": "5", "ten": "10"}


def figures(text: str) -> set[float]:
    """Read the figures of a text; a percentage as a share, gigawatts as megawatts, signs left out."""
    in_digits = re.sub(r"\b(five|ten)\b", lambda word: IN_WORDS[word[0].lower()], text, flags=re.IGNORECASE)
    found = FIGURE.findall(in_digits)
    return {float(f"{float(number) * UNITS.get(unit.lower(), 1.0):.9g}") for number, unit in found}


def values(part: Any) -> Iterator[Any]:
    if isinstance(part, dict):
        for inner in part.values():
            yield from values(inner)
    elif isinstance(part, list | tuple):
        for inner in part:
            yield from values(inner)
    elif part is not None:
        yield part


def said(event: Event) -> set[float]:
    """Collect the figures of an event, out of its fields and its wording."""
    common = {"event_id", "schema_version", "event_type", "source", "source_url", "occurred_at", "known_at"}
    numbers: set[float] = set()
    for value in values(event.model_dump(exclude=common)):
        if isinstance(value, str):
            numbers |= figures(value)
        elif isinstance(value, int | float | Decimal):
            numbers.add(float(f"{float(value):.9g}"))
    return numbers


def collected() -> list[dict[str, str]]:
    if not FACTS.exists():
        pytest.skip(f"{FACTS} is not beside this checkout")
    with FACTS.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def kinds(row: dict[str, str]) -> tuple[type[Event], ...]:
    return EXPECTED.get(row["event"].split(":")[0], (HeadlinePublished,))


def names(text: str) -> list[str]:
    return re.findall(r"[A-Z][\w.]+", text)


def is_about(event: Event, parties: str) -> bool:
    """Return whether an event names the parties (`payer -> payee`, `a with b`) the right way round."""
    sides = [names(side) for side in re.split(r"->| with ", parties)]
    if isinstance(event, DealAnnounced) and "->" in parties:
        payer, payee = sides
        return any(
            any(name in leg.payer for name in payer) and any(name in leg.payee for name in payee)
            for leg in event.legs
        )
    if isinstance(event, HeadlinePublished):
        return all(name in f"{event.title} {event.body}" for side in sides for name in side)
    text = encode(event).decode()
    return all(not side or any(name in text for name in side) for side in sides)


def source_of(event: Event) -> str:
    return event.source if event.source in SOURCES else PUBLIC


def test_every_fact_that_was_collected_is_in_the_ledger() -> None:
    for row in collected():
        same_day = [
            event
            for event in LEDGER
            if isinstance(event, kinds(row))
            and source_of(event) == row["source"]
            and event.known_at.date() == date.fromisoformat(row["known_on"])
            and event.occurred_at.date() == date.fromisoformat(row["occurred_on"])
        ]
        found: set[float] = set()
        for parties in row["parties"].split(";"):
            about = [event for event in same_day if is_about(event, parties)]
            assert about, f"nothing is said of {parties!r} in {row}"
            found = found.union(*map(said, about))
        assert figures(row["figures"]) <= found, row


def test_nothing_is_in_the_ledger_that_was_not_collected() -> None:
    apart = {PUBLIC, "CoreWeave 8-K"}
    days = {(row["source"], row["known_on"]) for row in collected()}
    stated = {(source_of(event), event.known_at.date().isoformat()) for event in LEDGER}
    assert {(source, day) for source, day in stated if source not in apart} == {
        (source, day) for source, day in days if source not in apart
    }


def test_the_facts_are_in_words_of_our_own() -> None:
    def runs(text: str) -> set[tuple[str, ...]]:
        words = re.findall(r"\w+", text.lower())
        return {tuple(words[start : start + 5]) for start in range(len(words) - 4)}

    theirs = set().union(*(runs(row[name]) for row in collected() for name in ("event", "figures", "note")))
    for event in LEDGER:
        ours = (value for value in values(event.model_dump(mode="json")) if isinstance(value, str))
        assert not theirs.intersection(*[set().union(*map(runs, ours))]), event
