"""Variables: what a viewer of a dashboard may choose."""

from collections.abc import Sequence
from typing import Any

from grafanalib import core

from dashboards.grafana.panels import DATA_SOURCE

# Indicators are chosen by their titles; queries and addresses have their names.
INDICATORS = "SELECT title AS __text, id AS __value FROM read.indicator_definition"

# The shares that have a price, from one to the next along the index: all bars would be read from end to end.
PRICED_SHARES = """WITH RECURSIVE found AS (
  (SELECT symbol FROM read.equity_bar ORDER BY symbol LIMIT 1)
  UNION ALL
  SELECT (SELECT b.symbol FROM read.equity_bar b WHERE b.symbol > found.symbol ORDER BY b.symbol LIMIT 1)
  FROM found WHERE found.symbol IS NOT NULL
)
SELECT symbol FROM found WHERE symbol IS NOT NULL"""

# What is chosen is put into the SQL before Grafana looks for macros, whatever quotes stand around it: a name
# that holds one would break every query of its dashboard, also where all is chosen.
MACRO = r"\$\w+\("


def chosen_from(
    name: str, label: str, sql: str, *, many: bool = True, default: str = "All"
) -> dict[str, Any]:
    """Return a variable that is chosen among what a query gives; several and all of them where `many`.

    Names that Grafana would take for a macro are left out. What may be chosen depends on the time range.
    """
    query = f"SELECT offered.* FROM ({sql}) AS offered WHERE offered::text !~ '{MACRO}'"
    value = "$__all" if default == "All" else default
    return {
        **_variable("query", name, label, query, many=many),
        "current": {"text": default, "value": [value] if many else value},
        "datasource": DATA_SOURCE,
        # The editor of the data source takes its query as text.
        "definition": query,
        "options": [],
        "refresh": core.REFRESH_ON_TIME_RANGE_CHANGE,
    }


def one_of(name: str, label: str, values: Sequence[str], default: str) -> dict[str, Any]:
    """Return a variable that is one of fixed values."""
    options = [{"selected": value == default, "text": value, "value": value} for value in values]
    return {
        **_variable("custom", name, label, ",".join(values), many=False),
        "current": {"selected": True, "text": default, "value": default},
        "options": options,
        "refresh": core.REFRESH_ON_DASHBOARD_LOAD,
    }


def _variable(kind: str, name: str, label: str, query: str, *, many: bool) -> dict[str, Any]:
    choice = {"includeAll": many, "multi": many, "sort": core.SORT_ALPHA_ASC, "hide": core.SHOW}
    return {"type": kind, "name": name, "label": label, "query": query, **choice}
