"""Watchlist files: what to watch and how closely.

The file becomes a `WatchlistChanged` event, so that a replay knows which thresholds held when.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any
from uuid import uuid5

import orjson
from pydantic import Field, ValidationError

from events.base import EVENT_ID_NAMESPACE, Certainty, Name, Value
from events.codec import explain
from events.errors import UsageError, short
from events.families.desk import Days, Threshold, ThresholdOverride, Watched, WatchlistChanged
from ouroboros.yaml_file import Address, describe, in_words, keys_at, read_yaml, unknown
from projections.definition import Direction, in_direction
from projections.indicators import DEFINITIONS

EARLIEST = datetime(1990, 1, 2, tzinfo=UTC)
LEVELS = ("watch", "warning", "critical")


class Levels(Value):
    """Thresholds in the unit of the indicator, getting worse in this order."""

    watch: Threshold
    """From this value on it is watched."""
    warning: Threshold
    """From this value on it is a warning."""
    critical: Threshold
    """From this value on it is critical."""


class IndicatorLevels(Value):
    """Thresholds of an indicator: all three levels, or none and only those of some subjects."""

    watch: Threshold | None = None
    """From this value on it is watched."""
    warning: Threshold | None = None
    """From this value on it is a warning."""
    critical: Threshold | None = None
    """From this value on it is critical."""
    subjects: dict[Name, Levels] = Field(default={})
    """Thresholds of single subjects, such as `borrower:CoreWeave`; they win over those of the indicator."""


class Watchlist(Watched):
    """A watchlist as it stands in a file; what is left out is as the release has it."""

    thresholds: dict[str, IndicatorLevels] = Field(default={})
    """Thresholds in place of the defaults, by indicator."""
    windows: dict[str, Days] = Field(default={})
    """The days over which an indicator counts in place of the default, by indicator."""


def read_watchlist(path: Path, now: datetime) -> WatchlistChanged:
    """Read a watchlist file into the event that publishes it.

    The id comes from what the file says and from when it was last written: the same file twice
    is one event, and a file that is put back to what it said before is another.
    Raises UsageError that names file and line of everything that is wrong.
    """
    watchlist = read_yaml(path).validated(
        Watchlist.model_validate, _describe, _wrong, "Nothing was published."
    )
    written_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return _event(path, watchlist, written_at, now)


def schema() -> dict[str, Any]:
    """Return the JSON Schema 2020-12 of the file, for editors."""
    described = Watchlist.model_json_schema()
    windows = [name for name, definition in DEFINITIONS.items() if definition.window]
    described["properties"]["thresholds"]["propertyNames"] = {"enum": list(DEFINITIONS)}
    described["properties"]["windows"]["propertyNames"] = {"enum": windows}
    levels = described["$defs"]["IndicatorLevels"]
    levels["dependentRequired"] = {name: [other for other in LEVELS if other != name] for name in LEVELS}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **described}


def _event(path: Path, watchlist: Watchlist, written_at: datetime, now: datetime) -> WatchlistChanged:
    content = watchlist.model_dump(mode="json", exclude={"thresholds", "windows"})
    content["thresholds"] = [override.model_dump(mode="json") for override in _overrides(watchlist)]
    content["windows"] = [
        {"indicator": name, "days": days} for name, days in sorted(watchlist.windows.items())
    ]
    identity = orjson.dumps([content, written_at], option=orjson.OPT_SORT_KEYS).decode()
    try:
        return WatchlistChanged.model_validate(
            {
                "event_id": uuid5(EVENT_ID_NAMESPACE, f"watchlist\n{identity}"),
                # Copies of files come with times of all kinds.
                "occurred_at": min(max(written_at, EARLIEST), now),
                "known_at": now,
                "source": "desk",
                "certainty": Certainty.STATED,
                **content,
            }
        )
    except ValidationError as error:
        raise UsageError(f"{path}: {explain(error)}.", "Split it into several watchlists.") from None


def _overrides(watchlist: Watchlist) -> Iterator[ThresholdOverride]:
    for indicator, levels in sorted(watchlist.thresholds.items()):
        if all_levels := levels.model_dump(include=set(LEVELS), exclude_none=True):
            yield ThresholdOverride(indicator=indicator, **all_levels)
        for subject, own in sorted(levels.subjects.items()):
            yield ThresholdOverride(indicator=indicator, subject=subject, **own.model_dump())


def _wrong(watchlist: Watchlist) -> Iterator[tuple[Address, str]]:
    """Yield what no type can find: indicators that are not there, levels that are missing or out of order."""
    for indicator, levels in watchlist.thresholds.items():
        address: Address = ("thresholds", indicator)
        if indicator not in DEFINITIONS:
            yield address, unknown("indicator", indicator, DEFINITIONS)
            continue
        given = [(name, value) for name in LEVELS if (value := getattr(levels, name)) is not None]
        missing = [name for name in LEVELS if name not in dict(given)]
        if given and missing:
            yield address, f"{indicator} lacks {' and '.join(missing)}. Give all of {', '.join(LEVELS)}."
        elif not given and not levels.subjects:
            yield address, f"{indicator} changes nothing. Give {', '.join(LEVELS)}, or subjects."
        elif given:
            yield from out_of_order(address, indicator, [value for _, value in given])
        for subject, own in levels.subjects.items():
            values = [own.watch, own.warning, own.critical]
            yield from out_of_order((*address, "subjects", subject), indicator, values)
    windows = [name for name, definition in DEFINITIONS.items() if definition.window]
    for indicator in watchlist.windows:
        if indicator not in windows:
            yield ("windows", indicator), unknown("indicator with a window", indicator, windows)


def out_of_order(address: Address, indicator: str, values: Sequence[float]) -> Iterator[tuple[Address, str]]:
    """Yield that thresholds do not get worse in their order, where they do not."""
    definition = DEFINITIONS[indicator]
    if not all(in_direction(definition, first, second) for first, second in pairwise(values)):
        order = "rise" if definition.direction is Direction.RISING else "fall"
        yield (
            address,
            f"watch, warning and critical of {indicator} must {order} in this order. Change their order.",
        )


def _describe(address: Address, problem: Any) -> tuple[Address, str]:
    match problem["type"]:
        case "extra_forbidden":
            return address, unknown("key", str(address[-1]), keys_at(Watchlist, address[:-1]))
        case "string_pattern_mismatch" if address[0] in {"symbols", "builders", "financiers", "neoclouds"}:
            given = short(problem["input"])
            where = in_words(address)
            return address, f"{where} is no symbol (given: {given}). Write it like CRWV or ENR.DE."
        case _:
            return describe(address, problem)
