"""One rule for each indicator, made from its definition.

It judges all levels in one evaluation. Grafana spreads rules over their interval: were there one for
each level, an episode that is over could be told of as one that has eased, between two of them.
"""

from typing import Any

from dashboards.alerting import queries
from dashboards.alerting.models import Group, Query, Rule
from dashboards.alerting.subjects import HOMES, PRICE_DRIVEN, Home
from dashboards.alerting.units import SHOWN
from dashboards.building.panels import DATA_SOURCE
from projections.warning_signs.definition import Definition
from projections.warning_signs.registry import DEFINITIONS

FOLDER = "Ouroboros alerts"
# Grafana's smallest.
INTERVAL = "10s"
# A row that is missing from one answer, while views are switched, is no all-clear.
MISSING_EVALUATIONS = 3
# Prices waver between two levels of one episode; facts do not.
KEPT_FOR_PRICES, KEPT_FOR_FACTS = "5m", "0s"

CONDITION = "C"


def sign_groups() -> tuple[Group, ...]:
    """Give the rules of all indicators, a group each."""
    return tuple(
        Group(name=one.title, folder=FOLDER, interval=INTERVAL, rules=(_rule(one),))
        for one in DEFINITIONS.values()
    )


def query(ref: str, sql: str) -> Query:
    """Ask the database; the answer has one number a row, and texts that become labels."""
    model = {
        "refId": ref,
        "datasource": DATA_SOURCE,
        "format": "table",
        "rawQuery": True,
        "editorMode": "code",
        "rawSql": sql,
    }
    return Query(ref_id=ref, datasource_uid=DATA_SOURCE["uid"], model=model)


def links(home: Home) -> dict[str, str]:
    """Give the annotations by which people find the panel: in Grafana itself, and in messages."""
    board, panel = home.board, str(home.panel_id)
    # Grafana's own links, of the first two, cut the dashboard down to the hour of the alert.
    return {"__dashboardUid__": board, "__panelId__": panel, "dashboard": f"d/{board}", "panel": panel}


def more_than(limit: float) -> Query:
    """Fire where the number of query A is above a limit."""
    return _condition({"evaluator": {"type": "gt", "params": [limit]}})


def _at_level() -> Query:
    """Fire where a subject stands at the level, until it is below.

    What goes past the level in one step is told of at the higher level alone, and what
    rises from it stays an alert: it is no better.
    """
    return _condition(
        {"evaluator": {"type": "eq", "params": [0]}, "unloadEvaluator": {"type": "lt", "params": [0]}}
    )


def _condition(compared: dict[str, Any]) -> Query:
    source = {"type": "__expr__", "uid": "__expr__"}
    model = {
        "refId": CONDITION,
        "datasource": source,
        "type": "threshold",
        "expression": "A",
        "conditions": [compared],
    }
    return Query(ref_id=CONDITION, datasource_uid=source["uid"], model=model)


def _rule(definition: Definition) -> Rule:
    indicator, home, shown = definition.id, HOMES[definition.id], SHOWN[definition.unit]
    return Rule(
        uid=f"sign-{indicator}",
        title=definition.title,
        condition=CONDITION,
        # The levels contain how long a value must last and by how much it must be back.
        for_="0s",
        keep_firing_for=KEPT_FOR_PRICES if indicator in PRICE_DRIVEN else KEPT_FOR_FACTS,
        missing_series_evals_to_resolve=MISSING_EVALUATIONS,
        # Who cannot see does not know that all is well. That nothing is seen, the pipeline's rules say.
        no_data_state="KeepLast",
        exec_err_state="KeepLast",
        # The severity, like the subject, comes with the answer.
        labels={"family": home.family, "indicator": indicator},
        annotations={
            "about": f"{definition.title} · {{{{ $labels.subject }}}}",
            "description": "{{ $labels.message }}",
            "value": shown.print("V"),
            "threshold": shown.print("T"),
            "since": '{{ with index $values "S" }}{{ humanizeTimestamp .Value }}{{ end }}',
            "evidence": "{{ $labels.evidence }}",
            "formula": definition.formula,
            **links(home),
        },
        data=(
            query("A", queries.above(indicator)),
            query("V", queries.value(indicator, shown.factor)),
            query("T", queries.threshold(indicator, shown.factor)),
            query("S", queries.since(indicator)),
            _at_level(),
        ),
    )
