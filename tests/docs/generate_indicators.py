"""Writes docs/indicators.md from the definitions: `python -m tests.docs.generate_indicators`.

The examples are what the fold makes of the facts of the sources.
"""

from datetime import UTC, datetime, time, timedelta

from events.base import Event
from events.ledger import ledger
from events.prices import GpuBarClosed, GpuPriced
from projections.base import JournaledEvent, fold
from projections.warning_signs import WARNING_SIGNS
from projections.warning_signs.definition import LEVELS, Definition, Direction
from projections.warning_signs.named_in import named_in
from projections.warning_signs.registry import ALL
from projections.warning_signs.rows import IndicatorCurrentRow, SignalRow
from projections.warning_signs.words import count, day
from tests.docs.pages import ROOT

PAGE = ROOT / "docs" / "indicators.md"
SHOWN = 3
# What the head of the page says of all that say nothing else.
USUAL = 0.1

HEAD = """# Indicators

What each warning sign measures, who named it, and at which values it is `watch`, `warning` or `critical`.
This page is written from the definitions in [projections/warning_signs](../projections/warning_signs) by
`python -m tests.docs.generate_indicators`. The examples are what the rules make of the facts in
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

An event that comes late counts in the window that it belongs to: a favour of 80 days ago counts for 10 more
days, a price of 200 days ago can be the high of the year. It changes what stands from now on, and no row of
the past.

A value is *stale* when its input is older than the time that is given here. `read.indicator_current` says
since when, in `stale_since`: a level of `calm` with `stale_since` set is not known to be calm. It is the
input that counts which has to be fresh: a repayment makes no price newer, a deal no report of revenue. What
is settled, such as a loan that is paid back, never goes stale.
"""


def page() -> str:
    """Write the whole page."""
    facts = map(_as_journaled, ledger())
    history = [JournaledEvent(offset, 0, event.known_at, event) for offset, event in enumerate(facts)]
    rows = fold(WARNING_SIGNS, WARNING_SIGNS.initial, history).rows
    current = {(row.indicator, row.subject): row for row in rows if isinstance(row, IndicatorCurrentRow)}
    signals = [row for row in rows if isinstance(row, SignalRow)]
    definitions = [one.definition for one in ALL]
    parts = [_part(one, list(current.values()), signals) for one in definitions]
    return "\n".join([HEAD, _overview(definitions), *parts])


def _as_journaled(fact: Event) -> Event:
    """Make the bar of a day out of a GPU's price, as it comes into the journal of the demo."""
    if not isinstance(fact, GpuPriced):
        return fact
    return GpuBarClosed(
        **fact.model_dump(include=Event.model_fields.keys() - {"event_type", "schema_version"}),
        model=fact.model,
        basis=fact.basis,
        quantity=fact.quantity,
        interval_seconds=86_400,
        bucket=datetime.combine(fact.occurred_at.date(), time(), UTC),
        open_usd=fact.price_usd,
        high_usd=fact.price_usd,
        low_usd=fact.price_usd,
        close_usd=fact.price_usd,
        first_at=fact.occurred_at,
        last_at=fact.occurred_at,
    )


def _overview(definitions: list[Definition]) -> str:
    lines = ["| indicator | unit | watch | warning | critical | named by |", "|---|---|---|---|---|---|"]
    for one in definitions:
        levels = " | ".join(_number(one.thresholds.of(level)) for level in LEVELS[1:])
        lines.append(f"| [`{one.id}`](#{one.id}) | {one.unit} | {levels} | {one.named_by} |")
    return "\n".join(lines) + "\n"


def _part(definition: Definition, current: list[IndicatorCurrentRow], signals: list[SignalRow]) -> str:
    levels = ", ".join(f"{level} {_number(definition.thresholds.of(level))}" for level in LEVELS[1:])
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
        f"- **Named in:** {named_in(definition.id)}.",
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
