"""Every indicator that is judged: those that read events, and the one that is made of others."""

from projections.warning_signs.bubble_break import BUBBLE_BREAK
from projections.warning_signs.definition import Definition
from projections.warning_signs.indicators import INDICATORS
from projections.warning_signs.money import AnyIndicator

# What is made of others comes after them.
ALL: tuple[AnyIndicator, ...] = (*INDICATORS, BUBBLE_BREAK)
DEFINITIONS: dict[str, Definition] = {one.definition.id: one.definition for one in ALL}
