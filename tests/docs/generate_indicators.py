"""Writes docs/indicators.md from the definitions: `python -m tests.docs.generate_indicators`.

The examples are what the fold makes of the facts of the sources.
"""

from datetime import timedelta

from events.ledger import ledger
from projections.base import Recorded, fold
from projections.warning_signs import WARNING_SIGNS
from projections.warning_signs.definition import LEVELS, Definition, Direction
from projections.warning_signs.registry import ALL
from projections.warning_signs.rows import IndicatorCurrentRow, SignalRow
from projections.warning_signs.words import count, day
from tests.docs.pages import ROOT

PAGE = ROOT / "docs" / "indicators.md"
SHOWN = 3

HEAD = """# Indicators

What each warning sign measures, who named it, and at which values it is `watch`, `warning` or `critical`.
This page is written from the definitions in [projections/warning_signs](../projections/warning_signs) by
`python -m tests.docs.generate_indicators`. The examples are what the rules make of the facts in
[events/ledger](../events/ledger).

A level is reached at its threshold and left when the value is back by a tenth of it. A watchlist can
set other thresholds, for an indicator or for one subject of it, and another window where there is one.
Thresholds of a subject win over those of its indicator, and of several watchlists the one that changed last
wins. See [docs/examples/watchlist.yaml](examples/watchlist.yaml).

A value is *stale* when its input is older than the time that is given here. `read.indicator_current` says
since when, in `stale_since`: a level of `calm` with `stale_since` set is not known to be calm.
"""


def page() -> str:
    """Write the whole page."""
    history = [Recorded(offset, 0, event.known_at, event) for offset, event in enumerate(ledger())]
    rows = fold(WARNING_SIGNS, WARNING_SIGNS.initial, history).rows
    current = {(row.indicator, row.subject): row for row in rows if isinstance(row, IndicatorCurrentRow)}
    signals = [row for row in rows if isinstance(row, SignalRow)]
    definitions = [one.definition for one in ALL]
    parts = [_part(one, list(current.values()), signals) for one in definitions]
    return "\n".join([HEAD, _overview(definitions), *parts])


def _overview(definitions: list[Definition]) -> str:
    lines = ["| indicator | unit | watch | warning | critical | named by |", "|---|---|---|---|---|---|"]
    for one in definitions:
        levels = " | ".join(_number(one.thresholds.of(level)) for level in LEVELS[1:])
        lines.append(f"| [`{one.id}`](#{one.id}) | {one.unit} | {levels} | {one.named_by} |")
    return "\n".join(lines) + "\n"


def _part(definition: Definition, current: list[IndicatorCurrentRow], signals: list[SignalRow]) -> str:
    levels = ", ".join(f"{level} {_number(definition.thresholds.of(level))}" for level in LEVELS[1:])
    stale = _days(definition.stale_after) if definition.stale_after else "never; silence is good news"
    trouble = "rises" if definition.direction is Direction.RISING else "falls"
    facts = [
        f"- **Formula:** {definition.formula}",
        f"- **Unit:** {definition.unit}; it gets worse as it {trouble}.",
        f"- **Thresholds:** {levels}.",
        f"- **Why:** {definition.why}",
        f"- **Named by:** {definition.named_by}.",
        f"- **Window:** {_days(definition.window)}." if definition.window else "",
        f"- **Stale after:** {stale}.",
        *_example(definition, current, signals),
    ]
    lines = "\n".join(one for one in facts if one)
    return f"## {definition.id}\n\n{definition.title}.\n\n{lines}\n"


def _example(
    definition: Definition, current: list[IndicatorCurrentRow], signals: list[SignalRow]
) -> list[str]:
    worse = 1 if definition.direction is Direction.RISING else -1
    mine = [row for row in current if row.indicator == definition.id]
    mine.sort(key=lambda row: (-LEVELS.index(row.level), -worse * row.value, row.subject))
    if not mine:
        return ["- **In the ledger:** no fact concerns it."]
    told = [f"  - `{row.subject}`, {row.level}: {row.text}." for row in mine[:SHOWN]]
    if len(mine) > SHOWN:
        told.append(f"  - and {count(len(mine) - SHOWN, 'subject')} more.")
    return [
        "- **At the end of the ledger:**",
        *told,
        f"- **Highest level on the way:** {_highest(definition, signals)}.",
    ]


def _highest(definition: Definition, signals: list[SignalRow]) -> str:
    mine = [row for row in signals if row.indicator == definition.id]
    if not mine:
        return "calm"
    worst = max(mine, key=lambda row: LEVELS.index(row.level))
    return f"{worst.level}, reached by `{worst.subject}` on {day(worst.known_at)} with {_number(worst.value)}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.6g}"


def _days(length: timedelta) -> str:
    return count(length.days, "day")


if __name__ == "__main__":
    PAGE.write_text(page())
