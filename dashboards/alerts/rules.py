"""One rule for each indicator, made from its definition.

It judges all levels in one evaluation. Grafana spreads rules over their interval: were there one for
each level, an episode that is over could be reported as one that has eased, between two of them.
"""

from typing import Any

from dashboards.alerts import queries
from dashboards.boards import drawn_over_time
from dashboards.grafana.board import Board
from dashboards.grafana.panels import DATA_SOURCE, Panel, sql_query
from projections.facts.world import Thing
from projections.indicator import Indicator
from projections.indicators import INDICATORS

# Prices waver between two levels of one episode; facts do not.
KEPT_FOR_PRICES, KEPT_FOR_FACTS = "5m", "0s"

# It fires where a subject stands at the level, until it is below. What goes past the level in one step is
# reported at the higher level alone, and what rises from it stays an alert: it is no better.
AT_LEVEL = {"evaluator": {"type": "eq", "params": [0]}, "unloadEvaluator": {"type": "lt", "params": [0]}}


# What became of it: calm is only what is known to be calm.
OVER = (
    f'{{{{ with index $values "O" }}}}{{{{ if eq .Value {queries.UNKNOWN_NOW}.0 }}}}is no longer known'
    f"{{{{ else if eq .Value {queries.OLD_NOW}.0 }}}}is no longer new, and not known to be cured or over"
    "{{ else }}is over{{ end }}{{ end }}"
)


def indicator_groups() -> list[dict[str, Any]]:
    """Return the rules of all indicators, a group each."""
    drawn = drawn_over_time()
    return [
        group(indicator.definition.title, _rule(indicator, *drawn[indicator.definition.id]))
        for indicator in INDICATORS
    ]


def group(name: str, *rules: dict[str, Any]) -> dict[str, Any]:
    """Return rules that are evaluated together, at Grafana's smallest interval."""
    return {"orgId": 1, "name": name, "folder": "Ouroboros alerts", "interval": "10s", "rules": rules}


def rule(
    uid: str,
    title: str,
    condition: dict[str, Any],
    *,
    sql: dict[str, str],
    labels: dict[str, str],
    annotations: dict[str, str],
    waits: str = "0s",
    kept: str = "0s",
    without_data: str = "KeepLast",
    on_error: str = "KeepLast",
) -> dict[str, Any]:
    """Return a rule that fires where the number of query A is as the condition says.

    Of each query the answer has one number a row, and texts that become labels.
    """
    expression = {"type": "__expr__", "uid": "__expr__"}
    threshold = {"type": "threshold", "expression": "A", "conditions": [condition]}
    return {
        "uid": uid,
        "title": title,
        "condition": "C",
        "for": waits,
        "keepFiringFor": kept,
        # A row that is missing from one answer, while views are switched, is no all-clear.
        "missing_series_evals_to_resolve": 3,
        "noDataState": without_data,
        "execErrState": on_error,
        "labels": labels,
        "annotations": annotations,
        "data": [
            *(_query(ref, {**sql_query(ref, text), "datasource": DATA_SOURCE}) for ref, text in sql.items()),
            _query("C", {"refId": "C", "datasource": expression, **threshold}),
        ],
    }


def _query(ref: str, model: dict[str, Any]) -> dict[str, Any]:
    return {
        "refId": ref,
        "datasourceUid": model["datasource"]["uid"],
        "relativeTimeRange": {"from": 600, "to": 0},
        "model": model,
    }


def printed(ref: str, form: str) -> str:
    """Return the template that prints the number of a query, and nothing where there is none."""
    return f'{{{{ with index $values "{ref}" }}}}{{{{ printf "{form}" .Value }}}}{{{{ end }}}}'


def links(board: Board, panel: Panel) -> dict[str, str]:
    """Return the annotations by which people find the panel: in Grafana itself, and in messages."""
    uid, panel_id = board.uid, str(panel.id)
    # Grafana's own links, of the first two, cut the dashboard down to the hour of the alert.
    return {"__dashboardUid__": uid, "__panelId__": panel_id, "dashboard": f"d/{uid}", "panel": panel_id}


def _rule(indicator: Indicator, board: Board, panel: Panel) -> dict[str, Any]:
    definition = indicator.definition
    name, unit = definition.id, definition.unit
    # What moves with every bar, whatever family it belongs to.
    by_price = not {Thing.SHARE, Thing.GPU}.isdisjoint(indicator.reads)
    # The rule does not wait: the levels contain how long a value must last and by how much it must be back.
    # Who cannot see does not know that all is well. That nothing is seen, the pipeline's rules say.
    return rule(
        f"sign-{name}",
        definition.title,
        AT_LEVEL,
        kept=KEPT_FOR_PRICES if by_price else KEPT_FOR_FACTS,
        # The severity, like the subject, comes with the answer.
        labels={"family": definition.family, "indicator": name},
        annotations={
            "about": f"{definition.title} · {{{{ $labels.subject }}}}",
            "description": "{{ $labels.message }}",
            "value": printed("V", unit.printf),
            "threshold": printed("T", unit.printf),
            "since": '{{ with index $values "S" }}{{ humanizeTimestamp .Value }}{{ end }}',
            "evidence": "{{ $labels.evidence }}",
            "over": OVER,
            "formula": definition.formula,
            **links(board, panel),
        },
        sql={
            "A": queries.above(name),
            "V": queries.value(name, unit.factor),
            "T": queries.threshold(name, unit.factor),
            "S": queries.since(name),
            "O": queries.over(name),
        },
    )
