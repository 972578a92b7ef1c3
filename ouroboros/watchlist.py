"""`ouroboros watchlist`: one file says what to watch and how closely.

The file becomes a `WatchlistChanged` event, so that a replay knows which thresholds held when.
"""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal
from uuid import uuid5

import orjson
from pydantic import Field, ValidationError
from rich.console import Console

from events.base import EVENT_ID_NAMESPACE, Certainty, Name, Value
from events.codec import explain
from events.desk import Days, Names, Symbols, Threshold, ThresholdOverride, WatchlistChanged
from events.errors import UsageError, cut, short
from ouroboros.yaml_lines import Lines, Place, read_yaml
from ouroboros.yaml_problems import refusal, told, unknown
from projections.warning_signs.definition import Direction
from projections.warning_signs.desk import in_direction
from projections.warning_signs.registry import DEFINITIONS
from streams.kafka import check_topics, producing
from streams.publishing import Publisher
from streams.settings import Settings

CONSEQUENCE = "Nothing was published."
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


class Watchlist(Value):
    """A watchlist as it stands in a file; what is left out is as the release has it."""

    watchlist: Name
    """Its name; the newest of one name holds."""
    symbols: Symbols = ()
    """Shares to watch."""
    companies: Names = ()
    """Companies to watch."""
    lenders: Names = ()
    """Lenders to watch."""
    sites: Names = ()
    """Sites to watch."""
    gpu_models: Names = ()
    """GPU models to watch."""
    builders: Symbols = ()
    """The basket of those who sell what is built with."""
    financiers: Symbols = ()
    """The basket of those who lend for it."""
    neoclouds: Symbols = ()
    """Shares whose one-day moves are shocks."""
    gigawatt_assumption: Literal["low", "mid", "high"] | None = None
    """Which dollar value of a gigawatt stands in where a deal states power alone."""
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
    document = read_yaml(path)
    try:
        watchlist = Watchlist.model_validate(document.content)
    except ValidationError as error:
        problems = [_told(document, one) for one in error.errors(include_url=False)]
        raise refusal(path, problems, CONSEQUENCE) from None
    problems = [(document.line(place), text) for place, text in _wrong(watchlist)]
    if problems:
        raise refusal(path, problems, CONSEQUENCE)
    written_at = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    return _event(path, watchlist, written_at, now)


def schema() -> dict[str, Any]:
    """Describe the file as JSON Schema 2020-12, for editors."""
    described = Watchlist.model_json_schema()
    windows = [name for name, one in DEFINITIONS.items() if one.window]
    described["properties"]["thresholds"]["propertyNames"] = {"enum": list(DEFINITIONS)}
    described["properties"]["windows"]["propertyNames"] = {"enum": windows}
    levels = described["$defs"]["IndicatorLevels"]
    levels["dependentRequired"] = {one: [other for other in LEVELS if other != one] for one in LEVELS}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **described}


def check_watchlist(path: Path, out: Console) -> None:
    """Say what a file would change. Raises UsageError as `read_watchlist` does."""
    _summarise(read_watchlist(path, datetime.now(UTC)), out)


async def publish_watchlist(settings: Settings, path: Path, out: Console) -> None:
    """Publish a watchlist; the same file again changes nothing. Raises UsageError and KafkaError."""
    changed = read_watchlist(path, datetime.now(UTC))
    await check_topics(settings)
    async with producing(settings) as producer:
        publisher = Publisher(settings, producer)
        await publisher.publish([changed])
        await publisher.flush()
    _summarise(changed, out)
    out.print("Published.")


def _summarise(changed: WatchlistChanged, out: Console) -> None:
    watched = {
        "share": changed.symbols,
        "company": changed.companies,
        "lender": changed.lenders,
        "site": changed.sites,
        "GPU model": changed.gpu_models,
    }
    named = ", ".join(f"{what} {', '.join(names)}" for what, names in watched.items() if names)
    out.print(f"Watchlist {changed.watchlist}: {named or 'it names nothing'}.", markup=False, soft_wrap=True)
    for one in changed.thresholds:
        whose = f" of {one.subject}" if one.subject else ""
        levels = ", ".join(f"{level} {getattr(one, level):,.12g}" for level in LEVELS)
        unit = DEFINITIONS[one.indicator].unit
        out.print(f"{one.indicator}{whose}: {levels} ({unit}).", markup=False, soft_wrap=True)
    for window in changed.windows:
        out.print(f"{window.indicator}: counts over {window.days} days.", markup=False, soft_wrap=True)


def _event(path: Path, watchlist: Watchlist, written_at: datetime, now: datetime) -> WatchlistChanged:
    content = watchlist.model_dump(mode="json", exclude={"thresholds", "windows"})
    content["thresholds"] = [one.model_dump(mode="json") for one in _overrides(watchlist)]
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
        if levels.watch is not None and levels.warning is not None and levels.critical is not None:
            yield ThresholdOverride(
                indicator=indicator, watch=levels.watch, warning=levels.warning, critical=levels.critical
            )
        for subject, own in sorted(levels.subjects.items()):
            yield ThresholdOverride(
                indicator=indicator,
                subject=subject,
                watch=own.watch,
                warning=own.warning,
                critical=own.critical,
            )


def _wrong(watchlist: Watchlist) -> Iterator[tuple[Place, str]]:
    """Find what no type can: indicators that are not there, levels that are missing or out of order."""
    for indicator, levels in watchlist.thresholds.items():
        place: Place = ("thresholds", indicator)
        if indicator not in DEFINITIONS:
            yield place, unknown("indicator", indicator, DEFINITIONS)
            continue
        given = [(name, value) for name in LEVELS if (value := getattr(levels, name)) is not None]
        missing = [name for name in LEVELS if name not in dict(given)]
        if given and missing:
            yield place, f"{indicator} lacks {' and '.join(missing)}. Give all of {', '.join(LEVELS)}."
        elif not given and not levels.subjects:
            yield place, f"{indicator} changes nothing. Give {', '.join(LEVELS)}, or subjects."
        elif given:
            yield from _out_of_order(place, indicator, [value for _, value in given])
        for subject, own in levels.subjects.items():
            values = [own.watch, own.warning, own.critical]
            yield from _out_of_order((*place, "subjects", subject), indicator, values)
    windows = [name for name, one in DEFINITIONS.items() if one.window]
    for indicator in watchlist.windows:
        if indicator not in windows:
            yield ("windows", indicator), unknown("indicator with a window", indicator, windows)


def _out_of_order(place: Place, indicator: str, values: list[float]) -> Iterator[tuple[Place, str]]:
    definition = DEFINITIONS[indicator]
    rises = definition.direction is Direction.RISING
    if not all(in_direction(definition, first, second) for first, second in pairwise(values)):
        order = "rise" if rises else "fall"
        yield (
            place,
            f"watch, warning and critical of {indicator} must {order} in this order. Change their order.",
        )


def _told(document: Lines, problem: Any) -> tuple[int, str]:
    """Say what pydantic found in words of the file, and on which line."""
    place: Place = tuple(step for step in problem["loc"] if step != "[key]")
    line, where = document.line(place), ".".join(map(str, place))
    match problem["type"]:
        case "extra_forbidden":
            return line, unknown("key", str(place[-1]), _keys(place[:-1]))
        case "missing" | "tuple_type" | "model_type" | "dict_type" | "model_attributes_type":
            return line, told(where or "the file", problem)
        case "string_pattern_mismatch" if place[0] in {"symbols", "builders", "financiers", "neoclouds"}:
            return (
                line,
                f"{where} is no symbol (given: {short(problem['input'])}). Write it like CRWV or ENR.DE.",
            )
        case _:
            return (
                line,
                f"{where}: {cut(problem['msg'], 200)} (given: {short(problem['input'])}). Correct it.",
            )


def _keys(place: Place) -> list[str]:
    match place:
        case ():
            return list(Watchlist.model_fields)
        case ("thresholds", _):
            return list(IndicatorLevels.model_fields)
        case _:
            return list(Levels.model_fields)
