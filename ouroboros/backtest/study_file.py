"""A study as a file: read with the line of every mistake."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from events.errors import short
from ouroboros.backtest.bars import Priced
from ouroboros.backtest.study import AS_STATED, Study
from ouroboros.watchlist import out_of_order
from ouroboros.yaml_file import Address, Document, describe, in_words, keys_at, read_yaml, unknown
from projections.indicators import DEFINITIONS


def read_study(path: Path) -> tuple[Study, Document]:
    """Read a study and its document. Raises UsageError with file and line of everything that is wrong."""
    document = read_yaml(path)
    return document.validated(Study.model_validate, _describe, _wrong, "Nothing was run."), document


def _wrong(study: Study) -> Iterator[tuple[Address, str]]:
    """Yield what no type can find: names of things that are not there."""
    for name, rule in study.signals.items():
        for number, condition in enumerate(rule.of):
            if condition.indicator not in DEFINITIONS:
                address = ("signals", name, "of", number, "indicator")
                yield address, unknown("indicator", condition.indicator, DEFINITIONS)
    yield from _unpriced(study)
    if study.action and study.action.signal not in study.signals:
        key = "while_up" if study.action.while_up else "while_down"
        yield ("action", key), unknown("signal", study.action.signal, study.signals)
    yield from _wrong_variants(study)


def _wrong_variants(study: Study) -> Iterator[tuple[Address, str]]:
    names = {AS_STATED}
    windowed = [name for name, definition in DEFINITIONS.items() if definition.window]
    for number, variant in enumerate(study.variants):
        address: Address = ("variants", number)
        if variant.name in names:
            yield (
                (*address, "name"),
                f"a variant is called {short(variant.name)} already. Choose another name.",
            )
        names.add(variant.name)
        for signal in variant.levels:
            if signal not in study.signals:
                yield (*address, "levels", signal), unknown("signal", signal, study.signals)
        for at, override in enumerate(variant.thresholds):
            of_override = (*address, "thresholds", at)
            if override.indicator in DEFINITIONS:
                levels = (override.watch, override.warning, override.critical)
                yield from out_of_order(of_override, override.indicator, levels)
            else:
                yield of_override, unknown("indicator", override.indicator, DEFINITIONS)
        for at, window in enumerate(variant.windows):
            if window.indicator not in windowed:
                yield (
                    (*address, "windows", at),
                    unknown("indicator with a window", window.indicator, windowed),
                )


def _unpriced(study: Study) -> Iterator[tuple[Address, str]]:
    key = "symbol" if study.outcome.symbol else "model"
    named: list[tuple[Address, Priced]] = [(("outcome", key), study.outcome.priced)]
    if study.action:
        named += [(("action", "long", at), symbol) for at, symbol in enumerate(study.action.long)]
        named += [(("action", "short", at), symbol) for at, symbol in enumerate(study.action.short)]
    for address, priced in named:
        if priced not in study.universe:
            yield address, f"{priced} is not in the universe. Add it there, so that its prices are read."
    for at, priced in enumerate(study.universe):
        if priced in study.universe[:at]:
            yield ("universe", at), f"{priced} stands in the universe already. Take it out here."


def _describe(address: Address, problem: Any) -> tuple[Address, str]:
    if len(address) > 2 and address[0] == "universe":
        # Which of the two it was taken for, a share or a GPU, stands in no file.
        address = (*address[:2], *address[3:])
    where, given = in_words(address), short(problem["input"])
    match problem["type"]:
        case "extra_forbidden":
            return address, unknown("key", str(address[-1]), keys_at(Study, address[:-1]))
        case "timezone_aware":
            return address, f"{where} has no time zone (given: {given}). Write 2026-01-05T09:30:00-05:00."
        case "string_pattern_mismatch" if address[0] == "study":
            return address, f"study: {given} is no name. Use small letters, digits and hyphens."
        case "string_type" if address[0] in {"action", "outcome"}:
            return address, f"{where} is no symbol of a share (given: {given}). Write it like CRWV or ENR.DE."
        case "string_pattern_mismatch":
            return address, f"{where} is no symbol (given: {given}). Write it like CRWV or ENR.DE."
        case _:
            return describe(address, problem)
