"""The indicators, a file each, found by being here: to add one, copy a file.

Each file has one `INDICATOR`. A new one measures from the next event on; a replay that is promoted gives
it its history. Those that read the signals of others come last.
"""

import pkgutil
from importlib import import_module

from projections.definition import Definition
from projections.indicator import Indicator


def _found() -> list[Indicator]:
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    indicators: list[Indicator] = [import_module(f"{__name__}.{name}").INDICATOR for name in names]
    return sorted(indicators, key=lambda indicator: bool(indicator.reads_signals))


INDICATORS: tuple[Indicator, ...] = tuple(_found())
DEFINITIONS: dict[str, Definition] = {
    indicator.definition.id: indicator.definition for indicator in INDICATORS
}
