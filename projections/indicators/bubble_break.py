"""The composite: how many of the five signs of a breaking bubble are up, always shown with its parts.

It reads no facts but the active periods of the other indicators, so that its parts are what they are,
whatever thresholds they have.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

from events.units import Unit
from events.words import day
from projections.definition import LEVELS, S2, Definition, Passage, Thresholds
from projections.facts.world import World
from projections.indicator import EVIDENCE_LIMIT, ActivePeriod, Indicator, Measurement, View

ALL = "all"

# The five signs by their ids, in the order in which S2 names them; not all need be computed.
SIGNS = {
    "gpu_resale_drawdown": "falling GPU prices",
    "contract_renegotiations": "renegotiated contracts",
    "credit_waivers": "credit waivers and defaults",
    "power_delay": "late power",
    "revenue_coverage": "revenue far below commitments",
}

DEFINITION = Definition(
    id="bubble_break",
    title="Signs of a breaking bubble",
    unit=Unit.SIGNS,
    thresholds=Thresholds(watch=1.0, warning=2.0, critical=3.0),
    formula=(
        "How many of the five signs " + ", ".join(SIGNS) + " have had a subject at warning or critical"
        " at any time of the last 90 days."
    ),
    why="Any of these signs alone may be chance; several at once are how a bubble breaks.",
    family="composite",
    board="bubble_watch",
    named_in=(Passage(S2, "the five signs that the boom is ending, taken together"),),
    window=timedelta(days=90),
    # A count does not waver: back below a threshold it has left it.
    hysteresis=0.0,
)


class Sign(NamedTuple):
    """The worst subject of a sign, and its period at warning or above."""

    indicator: str
    subject: str
    period: ActivePeriod


def measure(view: View, subject: str) -> Measurement | None:
    """Count the signs that have had a subject at warning or above in the window."""
    # The worst subject of each sign: the highest level, rather still up than over, the longest.
    worst: dict[str, tuple[tuple[int, bool, datetime, str], ActivePeriod]] = {}
    for (sign, name), period in view.periods.items():
        if period.ended_at is not None and period.ended_at <= view.window_starts:
            continue
        rank = (-LEVELS.index(period.level), period.ended_at is not None, period.since, name)
        if sign in SIGNS and (sign not in worst or rank < worst[sign][0]):
            worst[sign] = rank, period
    counted = [Sign(sign, worst[sign][0][-1], worst[sign][1]) for sign in SIGNS if sign in worst]
    lost = _lost(view, worst.keys())
    # Each sign gets its share, so that no part goes without evidence.
    share = EVIDENCE_LIMIT // max(1, len(counted))
    evidence = dict.fromkeys(event_id for sign in counted for event_id in sign.period.evidence[:share])
    return Measurement(
        subject=subject,
        value=float(len(counted)),
        evidence=tuple(evidence),
        text=_text(counted, lost, view.last),
        # None is up as far as is known, and of some nothing is known: that is not calm.
        is_unknown=not counted and bool(lost),
    )


def due(view: View, _: str) -> datetime | None:
    """Return when the next period that has ended leaves the window."""
    ends = (period.ended_at for (sign, _), period in view.periods.items() if sign in SIGNS)
    counting = (ended_at for ended_at in ends if ended_at is not None and ended_at > view.window_starts)
    oldest = min(counting, default=None)
    return oldest + view.window if oldest else None


def subjects(_: World) -> Iterable[str]:
    """Return the one subject."""
    return (ALL,)


def _lost(view: View, counted: Collection[str]) -> dict[str, datetime]:
    """Return the signs that do not count and of which nothing is known since they were up: since when."""
    lost: dict[str, datetime] = {}
    for (sign, _), period in view.periods.items():
        if sign in SIGNS and sign not in counted and period.is_lost and period.ended_at:
            lost[sign] = max(period.ended_at, lost.get(sign, period.ended_at))
    return lost


def _text(counted: list[Sign], lost: dict[str, datetime], last: str) -> str:
    unknown = "".join(f"; not known since {day(lost[sign])}: {SIGNS[sign]}" for sign in SIGNS if sign in lost)
    if not counted:
        been = "is known to have been" if lost else "has been"
        return f"none of the {len(SIGNS)} signs {been} at warning or above {last}{unknown}"
    parts = ", ".join(map(_part, counted))
    have = "has" if len(counted) == 1 else "have"
    return f"{len(counted)} of {len(SIGNS)} signs {have} been at warning or above {last}: {parts}{unknown}"


def _part(sign: Sign) -> str:
    period = sign.period
    until = ""
    if period.ended_at:
        until = f"{', not known since' if period.is_lost else ' until'} {day(period.ended_at)}"
    return f"{SIGNS[sign.indicator]} (worst {sign.subject}: {period.level}, since {day(period.since)}{until})"


INDICATOR = Indicator(DEFINITION, {}, measure, due, subjects, reads_signals=frozenset(SIGNS))
