"""Write docs/indicators.md from the definitions: `python -m tests.docs.generate_indicators`.

The examples are what the fold makes of the facts of the sources.
"""

from datetime import timedelta

from events.words import count, day
from ouroboros.history.batches import batches
from ouroboros.history.event_files import Ledger
from ouroboros.history.source import Order
from projections.definition import LEVELS, Definition, Direction
from projections.episodes.rows import IndicatorCurrentRow, SignalRow
from projections.indicators import DEFINITIONS
from projections.kernel import project_history
from projections.warning_signs import WARNING_SIGNS
from tests.docs.pages import ROOT

PAGE = ROOT / "docs" / "indicators.md"
SHOWN = 3
# What the head of the page says of all that say nothing else.
USUAL = 0.1

HEAD = """# Indicators

What each warning sign measures, who named it, and at which values it is `watch`, `warning` or `critical`.
This page is written from the definitions in [projections/indicators](../projections/indicators), a file each,
by `python -m tests.docs.generate_indicators`. The examples are what the rules make of the facts in
[events/ledger](../events/ledger).

A level is reached at its threshold. It is *taken* at once, or where a time is given here, once the value has
stayed there for so long without a break; a value that falls back before then leaves no trace. What must last
is judged by the clock of the events: by `ClockTicked`, or by whatever else comes once the time is up. Easing
and clearing wait for nothing.

A level is *left* when the value is back by a tenth of its threshold, so that a value that hovers about it
does not ring all day. Counts do not hover: where it is said here, a level is left as soon as the value lies
below its threshold. A threshold of 0, which a watchlist may set, is left by a tenth of the smallest of the
others.

A watchlist can set other thresholds, for an indicator or for one subject of it, and another window where
there is one. Thresholds of a subject win over those of its indicator, and of several watchlists the one that
changed last wins. A level that was about to be taken waits anew when its thresholds change. See
[docs/examples/watchlist.yaml](examples/watchlist.yaml).

An event that comes late counts in the window that it belongs to: a waiver of 80 days ago counts for 10 more
days, a price of 200 days ago can be the high of the year. It changes what holds from now on, and no row of
the past.

A value is *stale* when its input is older than the time that is given here. `read.indicator_current` says
since when, in `stale_since`. From then on nothing is known of it, whatever its level was: it is unknown,
and an open episode ends with the words "no longer known". A new input opens a new one where it is still bad.
It is the input that counts which has to be fresh: a repayment makes no price newer, a deal no report of
revenue. What is settled, such as a loan that is paid back, never goes stale.

A value is *unknown* when it could not be measured: no day was promised to a site, no price of its collateral
is known, or its input is stale. `is_unknown` says so in `read.indicator` and `read.indicator_current`; the
value beside it is 0, and says nothing.
"""


def page() -> str:
    """Return the whole page."""
    rows = list(project_history(WARNING_SIGNS, batches(Ledger(), Order.JOURNAL)))
    current = {(row.indicator, row.subject): row for row in rows if isinstance(row, IndicatorCurrentRow)}
    signals = [row for row in rows if isinstance(row, SignalRow)]
    definitions = list(DEFINITIONS.values())
    parts = [_part(definition, list(current.values()), signals) for definition in definitions]
    return "\n".join([HEAD, _overview(definitions), *parts])


def _overview(definitions: list[Definition]) -> str:
    lines = ["| indicator | unit | watch | warning | critical | named by |", "|---|---|---|---|---|---|"]
    for definition in definitions:
        levels = " | ".join(_number(definition.thresholds.of(level)) for level in LEVELS[1:])
        name = f"[`{definition.id}`](#{definition.id})"
        lines.append(f"| {name} | {definition.unit} | {levels} | {definition.named_by} |")
    return "\n".join(lines) + "\n"


def _part(definition: Definition, current: list[IndicatorCurrentRow], signals: list[SignalRow]) -> str:
    levels = ", ".join(f"{level} {_number(definition.thresholds.of(level))}" for level in LEVELS[1:])
    if definition.above:
        levels += "; watch is reached above its threshold, not on it"
    stale = (
        _days(definition.stale_after)
        if definition.stale_after
        else "never; silence says that nothing has happened"
    )
    trouble = "rises" if definition.direction is Direction.RISING else "falls"
    facts = [
        f"- **Formula:** {definition.formula}",
        f"- **Unit:** {definition.unit}; it gets worse as it {trouble}.",
        f"- **Thresholds:** {levels}.",
        f"- **Taken:** {_taken(definition)}." if definition.for_at_least else "",
        f"- **Left:** {_left(definition)}." if definition.hysteresis != USUAL else "",
        f"- **Why:** {definition.why}",
        f"- **Named in:** {'; '.join(map(str, definition.named_in))}.",
        f"- **Window:** {_days(definition.window)}." if definition.window else "",
        f"- **Stale after:** {stale}.",
        _moment(definition),
        *_example(definition, current, signals),
    ]
    lines = "\n".join(fact for fact in facts if fact)
    return f"## {definition.id}\n\n{definition.title}.\n\n{lines}\n"


def _moment(definition: Definition) -> str:
    if definition.moment is None:
        return ""
    what, stands_for = definition.moment
    return f"- **Stands for:** {_days(stands_for)}; then the {what} is over by itself, as no longer new."


def _example(
    definition: Definition, current: list[IndicatorCurrentRow], signals: list[SignalRow]
) -> list[str]:
    worse = 1 if definition.direction is Direction.RISING else -1
    mine = [row for row in current if row.indicator == definition.id]
    mine.sort(key=lambda row: (-LEVELS.index(row.level), row.is_unknown, -worse * row.value, row.subject))
    if not mine:
        return ["- **In the ledger:** no fact concerns it."]
    levels = ("unknown" if row.is_unknown else row.level for row in mine)
    shown = zip(mine[:SHOWN], levels, strict=False)
    lines = [f"  - `{row.subject}`, {level}: {row.text}." for row, level in shown]
    if len(mine) > SHOWN:
        lines.append(f"  - and {count(len(mine) - SHOWN, 'subject')} more.")
    return [
        "- **At the end of the ledger:**",
        *lines,
        f"- **Highest level on the way:** {_highest(definition, signals)}.",
    ]


def _highest(definition: Definition, signals: list[SignalRow]) -> str:
    mine = [row for row in signals if row.indicator == definition.id]
    if not mine:
        return "calm"
    worst = max(mine, key=lambda row: LEVELS.index(row.level) if row.level in LEVELS else 0)
    return f"{worst.level}, reached by `{worst.subject}` on {day(worst.known_at)} with {_number(worst.value)}"


def _number(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.6g}"


def _taken(definition: Definition) -> str:
    minutes = definition.for_at_least // timedelta(minutes=1)
    return f"once the value has stayed there for {count(minutes, 'minute')}"


def _left(definition: Definition) -> str:
    if not definition.hysteresis:
        return "as soon as the value is back past the threshold"
    return f"when the value is back by {definition.hysteresis * 100:g} % of the threshold"


def _days(length: timedelta) -> str:
    return count(length.days, "day")


if __name__ == "__main__":
    PAGE.write_text(page())
