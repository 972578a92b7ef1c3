"""Variables: what a viewer of a dashboard may choose."""

from collections.abc import Sequence
from typing import Any

from grafanalib import core

from dashboards.building.panels import DATA_SOURCE

# Ask anew when the time range changes: what may be chosen depends on it.
ON_TIME_RANGE = core.REFRESH_ON_TIME_RANGE_CHANGE

# Signs are chosen by their titles; queries and addresses have their names.
SIGNS = "SELECT title AS __text, id AS __value FROM read.indicator_definition"

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
    """Let the viewer choose among what a query gives; several and all of them where `many`.

    Names that Grafana would take for a macro are left out.
    """
    query = f"SELECT offered.* FROM ({sql}) AS offered WHERE offered::text !~ '{MACRO}'"
    variable: dict[str, Any] = core.Template(
        name=name,
        label=label,
        query=query,
        dataSource=DATA_SOURCE,
        includeAll=many,
        multi=many,
        refresh=ON_TIME_RANGE,
        sort=core.SORT_ALPHA_ASC,
    ).to_json_data()
    value = "$__all" if default == "All" else default
    variable["current"] = {"text": default, "value": [value] if many else value}
    # The editor of the data source takes its query as text.
    variable["definition"] = query
    return variable


def one_of(name: str, label: str, values: Sequence[str], default: str) -> dict[str, Any]:
    """Let the viewer choose one of fixed values."""
    variable: dict[str, Any] = core.Template(
        name=name, label=label, type="custom", query=",".join(values), default=default
    ).to_json_data()
    return variable
