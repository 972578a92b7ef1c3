"""How many subjects of all indicators are at each level now."""

from dashboards.grafana.fields import field, lit_from_one
from dashboards.grafana.levels import SHOWN_LEVELS
from dashboards.grafana.panels import Panel, stat
from dashboards.grafana.sql import shown_level

# The worst first, and what is not known last.
_CALM, *_REACHED, _UNKNOWN = SHOWN_LEVELS
_ORDER = (*reversed(_REACHED), _CALM, _UNKNOWN)


def counts_by_level(title: str, whose: str, *, start: str = "", where: str = "true") -> Panel:
    """Return a panel of how many subjects are at each level; `start` and `where` are SQL around a row `c`."""
    counts = ", ".join(
        f"count(*) FILTER (WHERE {shown_level('c')} = '{level}') AS \"{level}\"" for level in _ORDER
    )
    return stat(
        title,
        f"How many {whose} are at each level now, whatever the time range. Unknown: calm when last heard of,"
        " on an input that is too old to say so still. From read.indicator_current.",
        f"{start}SELECT {counts} FROM read.indicator_current c WHERE {where}",
        fields="/.*/",
        defaults={"noValue": "0", "unit": "none", "color": {"mode": "thresholds"}},
        overrides=[field(level, lit_from_one(SHOWN_LEVELS[level])) for level in _ORDER],
        text_size=28,
        name_size=18,
    )
