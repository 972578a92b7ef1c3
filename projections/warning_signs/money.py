"""Indicators that read announced money: one graph of it, kept up once for all of them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Generic

from events.base import Event
from projections.base import JournaledEvent
from projections.circularity.fold import Change, Circularity
from projections.warning_signs.definition import Definition, Indicator, Measured, S, never


def unchanged(state: S, _now: datetime, _money: Circularity) -> Measured[S]:
    """Let time pass without any change."""
    return state, ()


@dataclass(frozen=True, slots=True)
class MoneyIndicator(Generic[S]):
    """What `Indicator` is, where the functions are also given announced money.

    `apply` is told what the event did to it, `elapse` and `with_window` how it stands after that.
    """

    definition: Definition
    initial: S
    reads: tuple[type[Event], ...]
    apply: Callable[[S, JournaledEvent, Change], Measured[S]]
    due: Callable[[S], datetime | None] = never
    elapse: Callable[[S, datetime, Circularity], Measured[S]] = unchanged
    with_window: Callable[[S, timedelta, datetime, Circularity], Measured[S]] | None = None

    def on(self, change: Change) -> Indicator[S]:
        """Give the indicator for one event, which made this change to announced money."""
        with_window = self.with_window
        return Indicator(
            self.definition,
            self.initial,
            self.reads,
            apply=lambda state, journaled: self.apply(state, journaled, change),
            due=self.due,
            elapse=lambda state, now: self.elapse(state, now, change.after),
            with_window=with_window
            and (lambda state, window, now: with_window(state, window, now, change.after)),
        )


AnyIndicator = Indicator[Any] | MoneyIndicator[Any]


def on(indicators: tuple[AnyIndicator, ...], change: Change) -> tuple[Indicator[Any], ...]:
    """Give indicators for one event, whether they read announced money or not."""
    return tuple(one.on(change) if isinstance(one, MoneyIndicator) else one for one in indicators)
