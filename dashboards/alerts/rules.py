"""One rule for each indicator, made from its definition.

It judges all levels in one evaluation. Grafana spreads rules over their interval: were there one for
each level, an episode that is over could be reported as one that has eased, between two of them.
"""

from typing import Any

from dashboards.alerts import queries
from dashboards.alerts.models import Group, Query, Rule
from dashboards.boards import drawn_over_time
from dashboards.grafana.board import Board
from dashboards.grafana.panels import DATA_SOURCE, Panel, sql_query
from projections.facts.world import Thing
from projections.indicator import Indicator
from projections.indicators import INDICATORS

FOLDER = "Ouroboros alerts"
# Grafana's smallest.
INTERVAL = "10s"
# A row that is missing from one answer, while views are switched, is no all-clear.
MISSING_EVALUATIONS = 3
# Prices waver between two levels of one episode; facts do not.
KEPT_FOR_PRICES, KEPT_FOR_FACTS = "5m", "0s"

CONDITION = "C"


def indicator_groups() -> tuple[Group, ...]:
    """Return the rules of all indicators, a group each."""
    drawn = drawn_over_time()
    rules = (_rule(indicator, *drawn[indicator.definition.id]) for indicator in INDICATORS)
    return tuple(Group(name=rule.title, folder=FOLDER, interval=INTERVAL, rules=(rule,)) for rule in rules)


def query(ref: str, sql: str) -> Query:
    """Return a query of the database; the answer has one number a row, and texts that become labels."""
    model = {**sql_query(ref, sql), "datasource": DATA_SOURCE}
    return Query(ref_id=ref, datasource_uid=DATA_SOURCE["uid"], model=model)


def printed(ref: str, form: str) -> str:
    """Return the template that prints the number of a query, and nothing where there is none."""
    return f'{{{{ with index $values "{ref}" }}}}{{{{ printf "{form}" .Value }}}}{{{{ end }}}}'


def links(board: Board, panel: Panel) -> dict[str, str]:
    """Return the annotations by which people find the panel: in Grafana itself, and in messages."""
    uid, panel_id = board.uid, str(panel.id)
    # Grafana's own links, of the first two, cut the dashboard down to the hour of the alert.
    return {"__dashboardUid__": uid, "__panelId__": panel_id, "dashboard": f"d/{uid}", "panel": panel_id}


def more_than(limit: float) -> Query:
    """Return the condition: it fires where the number of query A is above a limit."""
    return _condition({"evaluator": {"type": "gt", "params": [limit]}})


def _at_level() -> Query:
    """Return the condition: it fires where a subject stands at the level, until it is below.

    What goes past the level in one step is reported at the higher level alone, and what
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


def _rule(indicator: Indicator, board: Board, panel: Panel) -> Rule:
    definition = indicator.definition
    name, unit = definition.id, definition.unit
    # What moves with every bar, whatever family it belongs to.
    by_price = not {Thing.SHARE, Thing.GPU}.isdisjoint(indicator.reads)
    return Rule(
        uid=f"sign-{name}",
        title=definition.title,
        condition=CONDITION,
        # The levels contain how long a value must last and by how much it must be back.
        for_="0s",
        keep_firing_for=KEPT_FOR_PRICES if by_price else KEPT_FOR_FACTS,
        missing_series_evals_to_resolve=MISSING_EVALUATIONS,
        # Who cannot see does not know that all is well. That nothing is seen, the pipeline's rules say.
        no_data_state="KeepLast",
        exec_err_state="KeepLast",
        # The severity, like the subject, comes with the answer.
        labels={"family": definition.family, "indicator": name},
        annotations={
            "about": f"{definition.title} · {{{{ $labels.subject }}}}",
            "description": "{{ $labels.message }}",
            "value": printed("V", unit.printf),
            "threshold": printed("T", unit.printf),
            "since": '{{ with index $values "S" }}{{ humanizeTimestamp .Value }}{{ end }}',
            "evidence": "{{ $labels.evidence }}",
            "formula": definition.formula,
            **links(board, panel),
        },
        data=(
            query("A", queries.above(name)),
            query("V", queries.value(name, unit.factor)),
            query("T", queries.threshold(name, unit.factor)),
            query("S", queries.since(name)),
            _at_level(),
        ),
    )
