"""The traffic lights: the five signs of a breaking bubble and their count, then every other sign."""

from collections import Counter

from ouroboros.pages.markup import Column, Html, details, element, join, section, table
from ouroboros.report.rows import DefinitionRow, Facts, SignRow
from ouroboros.report.words import (
    RANKS,
    UNKNOWN,
    in_unit,
    light,
    limits,
    on_day,
    shown_level,
    spoken,
    told_value,
)
from projections.warning_signs.bubble_break import DEFINITION as COMPOSITE
from projections.warning_signs.bubble_break import SIGNS as FIVE

_COLUMNS = (
    Column("Sign"),
    Column("Level"),
    Column("Worst subject"),
    Column("Value", number=True),
    Column("Watch / warning / critical", number=True),
    Column("Since"),
    Column("What was measured", long=True),
)
_ALL_COLUMNS = (
    Column("Subject"),
    Column("Sign"),
    Column("Level"),
    Column("Value", number=True),
    Column("Since"),
)


def signs_section(facts: Facts) -> Html:
    """Show the level of every sign, by its worst subject, and all subjects on demand."""
    worst = {one.id: worst_subject(one, facts.standing.signs) for one in facts.definitions}
    ordered = in_reading_order(facts.definitions)
    by_id = {one.id: one for one in facts.definitions}
    cards = [_card(by_id[one], worst[one]) for one in FIVE if one in by_id]
    composite = by_id.get(COMPOSITE.id)
    return section(
        "signs",
        "Warning signs",
        element("p", _summary(list(worst.values()))),
        _composite(composite, worst[COMPOSITE.id]) if composite else Html(""),
        element("div", *cards, class_="cards"),
        table(
            "Every sign, by its worst subject",
            _COLUMNS,
            [_row(one, worst[one.id]) for one in ordered],
            "signs",
        ),
        details(
            f"All {len(facts.standing.signs):,} measured subjects",
            table("Every subject", _ALL_COLUMNS, _subjects(ordered, facts.standing.signs), "subjects"),
        ),
        details("What each sign measures, and why", *map(_explained, ordered)),
        _notes(facts),
    )


def in_reading_order(definitions: list[DefinitionRow]) -> list[DefinitionRow]:
    """Put the composite and its five signs first, then the others by title."""
    first = [COMPOSITE.id, *FIVE]
    return sorted(
        definitions,
        key=lambda one: (first.index(one.id) if one.id in first else len(first), one.title, one.id),
    )


def worst_subject(definition: DefinitionRow, signs: list[SignRow]) -> SignRow | None:
    """Choose the subject at the highest level, then with the worst value; what has no day speaks last."""
    rising = definition.direction == "rising"
    return min(
        (one for one in signs if one.indicator == definition.id),
        key=lambda one: (
            one.level == UNKNOWN,
            -RANKS[shown_level(one)],
            -one.value if rising else one.value,
            one.subject,
        ),
        default=None,
    )


def _summary(worst: list[SignRow | None]) -> str:
    levels = Counter(shown_level(one) if one else UNKNOWN for one in worst)
    told = ", ".join(f"{levels[level]} {level}" for level in reversed(RANKS) if levels[level])
    return f"Of {len(worst)} signs: {told}." if told else "There are no signs yet."


def _composite(definition: DefinitionRow, sign: SignRow | None) -> Html:
    level = shown_level(sign) if sign else UNKNOWN
    text = f"{sign.text}." if sign else "Nothing was measured yet."
    return element(
        "div",
        element("h3", definition.title, Html(" "), light(level)),
        element(
            "p", element("strong", in_unit(sign.value, definition.unit) if sign else UNKNOWN), ": ", text
        ),
        element("p", _thresholds(definition), _since(sign), class_="small"),
        class_=f"card composite edge-{level}",
        data_sign=definition.id,
    )


def _card(definition: DefinitionRow, sign: SignRow | None) -> Html:
    level = shown_level(sign) if sign else UNKNOWN
    return element(
        "div",
        element("h3", definition.title),
        element("p", light(level)),
        element(
            "p", element("strong", told_value(sign, definition.unit) if sign else "nothing measured yet")
        ),
        element("p", spoken(sign.subject) if sign else "", class_="subject"),
        element("p", _thresholds(definition), _since(sign), class_="small"),
        class_=f"card edge-{level}",
        data_sign=definition.id,
    )


def _row(definition: DefinitionRow, sign: SignRow | None) -> list[str]:
    if sign is None:
        return [definition.title, light(UNKNOWN), "", "", _limits(definition), "", "nothing was measured yet"]
    return [
        definition.title,
        light(shown_level(sign)),
        spoken(sign.subject),
        told_value(sign, definition.unit),
        _limits(definition),
        _dated(sign),
        sign.text,
    ]


def _subjects(definitions: list[DefinitionRow], signs: list[SignRow]) -> list[list[str]]:
    return [
        [
            spoken(one.subject),
            definition.title,
            light(shown_level(one)),
            told_value(one, definition.unit),
            _dated(one),
        ]
        for definition in definitions
        for one in sorted(signs, key=lambda one: (-RANKS[shown_level(one)], one.subject))
        if one.indicator == definition.id
    ]


def _dated(sign: SignRow) -> Html:
    since = on_day(sign.since)
    if sign.stale_since is None:
        return join([since])
    return join(
        [since, element("span", " (input too old since ", on_day(sign.stale_since), ")", class_="stale")]
    )


def _since(sign: SignRow | None) -> Html:
    if sign is None:
        return Html("")
    if sign.stale_since:
        stale = on_day(sign.stale_since)
        return join(
            [f" At {sign.level} since ", on_day(sign.since), "; its input is too old since ", stale, "."]
        )
    return join([" Since ", on_day(sign.since), "."])


def _limits(definition: DefinitionRow) -> str:
    values = (definition.watch, definition.warning, definition.critical)
    return limits(values, definition.unit)


def _thresholds(definition: DefinitionRow) -> str:
    way = "at or above" if definition.direction == "rising" else "at or below"
    return f"Watch, warning, critical {way} {_limits(definition)}."


def _explained(definition: DefinitionRow) -> Html:
    return element(
        "p",
        element("strong", f"{definition.title}. "),
        f"{definition.formula} {definition.why} Named by {definition.named_by}.",
    )


def _notes(facts: Facts) -> Html:
    notes = (
        "Unknown: nothing was measured yet, it was calm on an input that is too old to be trusted, or no day"
        " was promised to a site."
    )
    if facts.watchlists:
        notes += (
            f" Thresholds are those of the release; the watchlists {', '.join(facts.watchlists)} may set"
            " others, and levels are judged by those that hold."
        )
    return element("p", notes, class_="small")
