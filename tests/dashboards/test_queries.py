"""Every query of the files for Grafana, asked of the demo's data, gives what shows it needs."""

import math
import re
from collections.abc import Callable
from functools import partial
from typing import Any

import orjson
import pytest
import yaml

from dashboards.grafana.board import chosen_from
from ouroboros.commands.dashboards import SHIPPED_WATCHLIST, generated_for
from tests.dashboards.alert_models import File, Rule
from tests.dashboards.answers import Answer, ask, may_be
from tests.dashboards.grafana import (
    HOSTILE,
    Choice,
    Written,
    as_asked,
    choices,
    queries,
    takes_several,
)
from tests.dashboards.shapes import complaints, has_unit, says_so, shows_nothing

pytestmark = pytest.mark.integration

FILES = generated_for([SHIPPED_WATCHLIST])
BOARDS: dict[str, Written] = {
    name: orjson.loads(content) for name, content in FILES.items() if name.endswith(".json")
}
RULES = [
    rule
    for group in File.model_validate(yaml.safe_load(FILES["alerting/rules.yaml"])).groups or ()
    for rule in group.rules
]
EXPRESSION = "__expr__"

# PostgreSQL adds counts up to what it also makes of measures.
COUNTED = {("What needs somebody", name) for name in ("Behind", "Posts failing", "Posts given up")}

# What the demo's facts leave empty, and why.
NO_COUNT = "no loan says how many GPUs of which model secure it"
NO_BASKET = "Siemens Energy has no price in dollars to compare"
NO_PRICE = "the newest price is older than a week"
EMPTY = {
    ("credit.json", "Fall of pledged shares"): NO_PRICE,
    ("equities.json", "Builders against financiers"): NO_PRICE,
    ("equities.json", "Builders against financiers, over time"): NO_BASKET,
    ("equities.json", "Fall of a followed share"): NO_PRICE,
    ("equities.json", "Fall of a pledged share"): NO_PRICE,
    ("equities.json", "Worst day of a neocloud"): NO_PRICE,
    ("power.json", "Generators to permits"): "the newest count is older than half a year",
    ("credit.json", "LTV of GPU loans"): NO_COUNT,
    ("credit.json", "Loan-to-value of GPU loans, over time"): NO_COUNT,
    ("equities.json", "Gain made by one share"): NO_BASKET,
    ("equities.json", "Gain made by one share, over time"): NO_BASKET,
    ("gpu-prices.json", "Fall of used GPUs"): "the newest price is old, and it fell by less than a tenth",
    ("gpu-prices.json", "Highest LTV of their loans"): NO_COUNT,
    ("money-map.json", "Likely doubles, now"): "no deal of the demo is told twice",
}


def found_in(database: str) -> Callable[[str], list[str]]:
    """Ask what a variable may be."""
    return partial(may_be, database)


def telling(found: list[str]) -> Callable[[str], list[str]]:
    """Tell every variable the same."""
    return lambda _: found


def answers(database: str, panel: dict[str, Any], chosen: Choice) -> dict[str, Answer]:
    """Give what each query of a panel finds, by its name in the panel."""
    asked = {target["refId"]: as_asked(target["rawSql"], chosen) for target in panel.get("targets", [])}
    return dict(zip(asked, ask(database, *asked.values()), strict=True))


@pytest.mark.parametrize("name", BOARDS)
def test_panels_are_given_what_they_can_show(demo: str, name: str) -> None:
    board = BOARDS[name]
    chosen = choices(board, found_in(demo))
    wrong = {
        panel["title"]: said
        for panel in board["panels"]
        if (said := [*complaints(panel, answers(demo, panel, chosen))])
    }
    assert wrong == {}


@pytest.mark.parametrize("name", BOARDS)
def test_names_of_any_letters_can_be_chosen_and_none(demo: str, name: str) -> None:
    board = BOARDS[name]
    chosen = choices(board, found_in(demo))
    columns = {
        panel["id"]: {ref: answer.columns for ref, answer in answers(demo, panel, chosen).items()}
        for panel in board["panels"]
    }
    # Where one is chosen alone it is the first of them all.
    alone = [variable["name"] for variable in board["templating"]["list"] if not takes_several(variable)]
    for found in ([*HOSTILE], [], *([one] for one in HOSTILE if alone)):
        chosen = choices(board, telling(found))
        for panel in board["panels"]:
            given = answers(demo, panel, chosen)
            assert [*complaints(panel, given)] == [], panel["title"]
            assert {ref: answer.columns for ref, answer in given.items()} == columns[panel["id"]]
        ask(demo, *(as_asked(sql, chosen) for _, sql in queries(board)))


def test_a_name_that_grafana_would_take_for_a_macro_cannot_be_chosen(demo: str) -> None:
    known = "unnest(ARRAY['Pay $5', 'Pay $__timeTo() now', 'A$b(c)', 'A $ b(c)', '$(x)'])"
    offered = chosen_from("name", "Name", f"SELECT {known} AS name")
    assert may_be(demo, offered["query"]) == ["Pay $5", "A $ b(c)", "$(x)"]


@pytest.mark.parametrize("name", BOARDS)
def test_panels_that_have_nothing_to_show_say_so(unused: str, name: str) -> None:
    board = BOARDS[name]
    chosen = choices(board, found_in(unused))
    silent = {
        panel["title"]
        for panel in board["panels"]
        for found in [answers(unused, panel, chosen)]
        if found and shows_nothing(found) and not says_so(panel)
    }
    assert silent == set()


def test_a_timeline_without_states_says_so_in_a_row_of_its_own(unused: str) -> None:
    rows = [
        answer.rows
        for board in BOARDS.values()
        for panel in board["panels"]
        if panel["type"] == "state-timeline"
        for answer in answers(unused, panel, choices(board, found_in(unused))).values()
    ]
    assert [[row["value"] for row in answer] for answer in rows] == [[None], [None]]


@pytest.mark.parametrize("name", BOARDS)
def test_measures_that_are_shown_have_units(demo: str, name: str) -> None:
    board = BOARDS[name]
    chosen = choices(board, found_in(demo))
    bare = {
        (panel["title"], column)
        for panel in board["panels"]
        for answer in answers(demo, panel, chosen).values()
        for column in answer.of("measure")
        if panel["type"] != "nodeGraph" and not has_unit(panel, column)
    }
    assert bare <= COUNTED


def test_rows_lead_to_dashboards_and_variables_that_are_there(demo: str) -> None:
    there = {
        board["uid"]: {f"var-{variable['name']}=" for variable in board["templating"]["list"]}
        for board in BOARDS.values()
    }
    followed = 0
    for board in BOARDS.values():
        chosen = choices(board, found_in(demo))
        for panel in board["panels"]:
            for row in (row for answer in answers(demo, panel, chosen).values() for row in answer.rows):
                if uid := row.get("uid"):
                    followed += 1
                    # What no dashboard lets anybody choose leads to the whole of it.
                    assert row["parameter"] in {*there[uid], "sign="}, panel["title"]
                    assert row["choice"], panel["title"]
    assert followed


def has_no_value(panel: dict[str, Any], found: dict[str, Answer]) -> bool:
    """Tell whether a panel shows nothing, or a number's words without the number."""
    numbers = [row[name] for answer in found.values() for name in answer.numbers for row in answer.rows]
    bare = panel["type"] == "stat" and any(answer.numbers for answer in found.values())
    return shows_nothing(found) or (bare and all(number is None for number in numbers))


def test_panels_of_the_demo_show_something_but_those_that_cannot(demo: str) -> None:
    empty = set()
    for name, board in BOARDS.items():
        chosen = choices(board, found_in(demo))
        for panel in board["panels"]:
            found = answers(demo, panel, chosen)
            if found and has_no_value(panel, found):
                empty.add((name, panel["title"]))
    assert sorted(empty) == sorted(EMPTY)


@pytest.mark.parametrize("name", BOARDS)
def test_annotations_say_when_and_what(demo: str, name: str) -> None:
    board = BOARDS[name]
    chosen = choices(board, found_in(demo))
    for annotation in board["annotations"]["list"]:
        (answer,) = ask(demo, as_asked(annotation["target"]["rawSql"], chosen))
        kinds = [("time", "time"), ("title", "text"), ("text", "text"), ("tags", "text")]
        assert [*answer.columns] == kinds, annotation["name"]
        assert all(row["time"] and row["title"] and row["text"] for row in answer.rows), annotation["name"]


def asked(rule: Rule) -> dict[str, str]:
    """Give the SQL of a rule by the name of its query."""
    asking = [query for query in rule.data if query.datasource_uid != EXPRESSION]
    return {query.ref_id: str(query.model["rawSql"]) for query in asking}


def test_rules_are_given_one_number_for_every_set_of_labels(demo: str) -> None:
    for rule in RULES:
        sql = asked(rule)
        assert not [query for query in sql.values() if "$" in query]
        found = dict(zip(sql, ask(demo, *sql.values()), strict=True))
        subjects = {row["subject"] for row in found["A"].rows}
        for ref, answer in found.items():
            where = f"{rule.uid}, {ref}: {answer.columns}"
            (number,) = answer.numbers
            labels = answer.of("text")
            assert len(labels) + 1 == len(answer.columns), where
            sets = [tuple(row[label] for label in labels) for row in answer.rows]
            assert len({*sets}) == len(sets), where
            assert all(labelled and all(labelled) for labelled in sets), where
            assert all(math.isfinite(row[number]) for row in answer.rows), where
            # What is asked of a subject beside its condition finds the subject there.
            assert {row["subject"] for row in answer.rows} <= subjects, where


def test_rules_see_every_subject_at_every_level(demo: str) -> None:
    (current,) = ask(demo, "SELECT indicator, subject FROM read.indicator_current ORDER BY 1, 2")
    for rule in RULES:
        if indicator := rule.labels.get("indicator"):
            (found,) = ask(demo, asked(rule)["A"])
            subjects = {row["subject"] for row in current.rows if row["indicator"] == indicator}
            levels = ("watch", "warning", "critical")
            seen = sorted((row["subject"], row["severity"]) for row in found.rows)
            assert seen == sorted((subject, level) for subject in subjects for level in levels), rule.uid


def test_no_query_names_a_variable_that_is_not_there() -> None:
    known = {"__timeFilter", "__timeFrom", "__timeTo", "__interval_ms"}
    for name, board in BOARDS.items():
        there = known | {variable["name"] for variable in board["templating"]["list"]}
        for title, sql in queries(board):
            assert {*re.findall(r"\$\{?(\w+)", sql)} <= there, f"{name}: {title}"
            # Formats quote otherwise than the data source does.
            assert not re.search(r"\$\{\w+:|\[\[", sql), f"{name}: {title}"
