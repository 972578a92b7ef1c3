"""A study as a file: read with the line of every mistake."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from events.desk import ThresholdOverride
from events.errors import short
from ouroboros.backtest.priced import Priced
from ouroboros.backtest.study import AS_STATED, Study
from ouroboros.yaml_lines import Lines, Place, read_yaml
from ouroboros.yaml_problems import refusal, told, unknown
from projections.warning_signs.definition import Direction
from projections.warning_signs.desk import in_direction
from projections.warning_signs.registry import DEFINITIONS

CONSEQUENCE = "Nothing was run."


def read_study(path: Path) -> tuple[Study, Lines]:
    """Read a study, and where everything in it stands.

    Raises UsageError that names file and line of everything that is wrong.
    """
    document = read_yaml(path)
    try:
        study = Study.model_validate(document.content)
    except ValidationError as error:
        found = error.errors(include_url=False)
        # A list whose items are wrong is said to be too short as well, which it is not.
        kept = [one for one in found if one["type"] != "too_short" or not one["input"]]
        raise refusal(path, [_told(document, one) for one in kept], CONSEQUENCE) from None
    problems = [(document.line(place), text) for place, text in _wrong(study)]
    if problems:
        raise refusal(path, problems, CONSEQUENCE)
    return study, document


def _wrong(study: Study) -> Iterator[tuple[Place, str]]:
    """Find what no type can: names of things that are not there."""
    for name, rule in study.signals.items():
        for number, one in enumerate(rule.of):
            if one.indicator not in DEFINITIONS:
                yield (
                    ("signals", name, "of", number, "indicator"),
                    unknown("indicator", one.indicator, DEFINITIONS),
                )
    yield from _unpriced(study)
    if study.action and study.action.signal not in study.signals:
        key = "while_up" if study.action.while_up else "while_down"
        yield ("action", key), unknown("signal", study.action.signal, study.signals)
    yield from _wrong_variants(study)


def _wrong_variants(study: Study) -> Iterator[tuple[Place, str]]:
    names = {AS_STATED}
    windowed = [name for name, one in DEFINITIONS.items() if one.window]
    for number, variant in enumerate(study.variants):
        place: Place = ("variants", number)
        if variant.name in names:
            yield (*place, "name"), f"a variant is called {short(variant.name)} already. Choose another name."
        names.add(variant.name)
        for signal in variant.levels:
            if signal not in study.signals:
                yield (*place, "levels", signal), unknown("signal", signal, study.signals)
        for at, override in enumerate(variant.thresholds):
            if wrong := _wrong_thresholds(override):
                yield (*place, "thresholds", at), wrong
        for at, window in enumerate(variant.windows):
            if window.indicator not in windowed:
                yield (*place, "windows", at), unknown("indicator with a window", window.indicator, windowed)


def _wrong_thresholds(override: ThresholdOverride) -> str | None:
    definition = DEFINITIONS.get(override.indicator)
    if definition is None:
        return unknown("indicator", override.indicator, DEFINITIONS)
    if in_direction(definition, override.watch, override.critical):
        return None
    order = "rise" if definition.direction is Direction.RISING else "fall"
    return f"watch, warning and critical of {override.indicator} must {order} in this order. Change them."


def _unpriced(study: Study) -> Iterator[tuple[Place, str]]:
    key = "symbol" if study.outcome.symbol else "model"
    places: list[tuple[Place, Priced]] = [(("outcome", key), study.outcome.priced)]
    if study.action:
        places += [(("action", "long", at), one) for at, one in enumerate(study.action.long)]
        places += [(("action", "short", at), one) for at, one in enumerate(study.action.short)]
    for place, priced in places:
        if priced not in study.universe:
            yield place, f"{priced} is not in the universe. Add it there, so that its prices are read."
    for at, priced in enumerate(study.universe):
        if priced in study.universe[:at]:
            yield ("universe", at), f"{priced} stands in the universe already. Take it out here."


def _told(document: Lines, problem: Any) -> tuple[int, str]:
    """Say what pydantic found in words of the file, and on which line."""
    place: Place = tuple(step for step in problem["loc"] if step != "[key]")
    if len(place) > 2 and place[0] == "universe":
        # Which of the two it was taken for, a share or a GPU, stands in no file.
        place = (*place[:2], *place[3:])
    line, where = document.line(place), ".".join(map(str, place)) or "the file"
    given = short(problem["input"])
    match problem["type"]:
        case "extra_forbidden":
            return line, unknown("key", str(place[-1]), _keys(place[:-1]))
        case "timezone_aware":
            return (
                line,
                f"{where} has no time zone (given: {given}). Write 2026-01-05T09:30:00-05:00.",
            )
        case "string_pattern_mismatch" if place[0] == "study":
            return line, f"study: {given} is no name. Use small letters, digits and hyphens."
        case "string_type" if place[0] in {"action", "outcome"}:
            return line, f"{where} is no symbol of a share (given: {given}). Write it like CRWV or ENR.DE."
        case "string_pattern_mismatch":
            return line, f"{where} is no symbol (given: {given}). Write it like CRWV or ENR.DE."
        case _:
            return line, told(where, problem)


def _keys(place: Place) -> Sequence[str]:
    """Name the keys that may stand at a place."""
    model: Any = Study
    for step in place:
        if isinstance(step, int) or not (isinstance(model, type) and issubclass(model, BaseModel)):
            continue
        # What is no field is a name that the file gives, such as that of a signal.
        if step in model.model_fields:
            model = _model_in(model.model_fields[step].annotation)
    return list(model.model_fields) if isinstance(model, type) and issubclass(model, BaseModel) else []


def _model_in(annotation: Any) -> Any:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    found = [_model_in(one) for one in getattr(annotation, "__args__", ())]
    return next((one for one in found if one is not None), None)
