"""Markup, layout and words of a report, without a database."""

import json
import subprocess
import sys
from datetime import UTC, datetime
from html import unescape
from itertools import combinations
from types import SimpleNamespace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.errors import UsageError
from ouroboros.report.command import read_time
from ouroboros.report.layout import WIDTH, box_of, lay_out, short_name
from ouroboros.report.signs import in_unit, thresholds
from tests.docs.pages import ROOT
from tests.report.parsed import Page
from tests.report.templates import written

NAMES = st.lists(st.text(min_size=1, max_size=30), min_size=1, max_size=40, unique=True)


LINK = '{% from "parts.html" import link %}{{ link(address, text) }}'
CHART = '{% from "parts.html" import chart %}{{ chart("one", "A chart", figure) }}'
LOANS = """{% from "parts.html" import table %}
{% call(loan) table("loans", "Loans", {"Loan": "", "Size": "number"}, loans) %}
<th scope="row">{{ loan }}</th><td class="number">1</td>
{% endcall %}"""


@given(st.text())
@settings(deadline=None)
def test_a_text_comes_back_as_it_was_and_as_nothing_else(text: str) -> None:
    html = written('<p title="{{ text }}">{{ text }}</p>', text=text)
    assert html.count("<") == 2
    assert unescape(html.removesuffix("</p>").split('">', 1)[1]) == text
    assert unescape(html.removeprefix('<p title="').split('">', 1)[0]) == text


@given(st.recursive(st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
@settings(deadline=None)
def test_data_never_ends_the_element_that_it_stands_in(value: object) -> None:
    html = written(CHART, figure=value)
    data = html.split('id="one-data">', 1)[1].split("</script>", 1)[0]
    assert not {"<", ">", "&", "\u2028", "\u2029"} & set(data)
    assert json.loads(data) == value


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "//example.com", "http://[", "http:", "", None]
)
def test_only_addresses_of_the_web_become_links(address: str | None) -> None:
    assert written(LINK, address=address, text="<here>") == "&lt;here&gt;"
    html = written(LINK, address="https://example.com/?a=1&b=2", text="here")
    assert html.startswith('<a href="https://example.com/?a=1&amp;b=2"')


def test_a_table_names_its_rows_and_columns_for_screen_readers() -> None:
    read = Page(written(LOANS, loans=["<one>"]))
    assert read.tables["loans"] == [["<one>", "1"]]
    assert [attributes.get("scope") for tag, attributes in read.elements if tag == "th"] == [
        "col",
        "col",
        "row",
    ]


def test_a_table_without_rows_says_so() -> None:
    read = Page(written(LOANS, loans=[]))
    assert read.tables["loans"] == []
    assert "Loans: none." in read.text


@given(NAMES, st.data())
@settings(deadline=None, max_examples=60)
def test_no_company_stands_on_another_and_none_outside(names: list[str], data: st.DataObject) -> None:
    radii = {name: data.draw(st.floats(5, 17), label=name) for name in names}
    pairs = data.draw(st.lists(st.tuples(st.sampled_from(names), st.sampled_from(names)), max_size=60))
    boxes = {name: box_of(name, radius) for name, radius in radii.items()}
    positions, height = lay_out(boxes, pairs)
    assert lay_out(dict(reversed(boxes.items())), reversed(pairs)) == (positions, height)
    for name, position in positions.items():
        assert boxes[name].half_width - 1 <= position.x <= WIDTH - boxes[name].half_width + 1
        assert boxes[name].half_height - 1 <= position.y <= height - boxes[name].half_height + 1
    for one, other in combinations(names, 2):
        apart_x = abs(positions[one].x - positions[other].x) - boxes[one].half_width - boxes[other].half_width
        apart_y = (
            abs(positions[one].y - positions[other].y) - boxes[one].half_height - boxes[other].half_height
        )
        assert max(apart_x, apart_y) > -0.5


def test_a_long_name_is_cut() -> None:
    assert short_name("x" * 100) == "x" * 21 + "…"


@pytest.mark.parametrize(
    ("value", "unit", "told"),
    [
        (0.314, "share", "31.4 %"),
        (2.5e9, "USD", "$2.5B"),
        (2.333, "ratio", "2.33 times"),
        (1.0, "companies", "1 company"),
        (40.0, "days", "40 days"),
        (0.5, "weighted count", "0.5"),
        (-0.19, "share", "-19.0 %"),
    ],
)
def test_a_value_is_told_in_its_unit(value: float, unit: str, told: str) -> None:
    assert in_unit(value, unit) == told


@pytest.mark.parametrize(
    ("values", "unit", "text"),
    [
        ((0.1, 0.2, 0.35), "share", "10.0 / 20.0 / 35.0 %"),
        ((1.0, 1.5, 2.0), "ratio", "1.00 / 1.50 / 2.00 times"),
        ((1e9, 5e9, 20e9), "USD", "$1B / $5B / $20B"),
        ((1.0, 2.0, 3.0), "signs", "1 / 2 / 3 signs"),
        ((0.5, 2.0, 4.0), "weighted count", "0.5 / 2 / 4"),
    ],
)
def test_thresholds_name_their_unit_once(values: tuple[float, float, float], unit: str, text: str) -> None:
    watch, warning, critical = values
    definition = SimpleNamespace(unit=unit, watch=watch, warning=warning, critical=critical)
    assert thresholds(definition) == text


def test_a_day_is_meant_to_its_end_and_a_time_in_utc() -> None:
    assert read_time("2026-01-31") == datetime(2026, 1, 31, 23, 59, 59, 999_999, UTC)
    assert read_time("2026-01-31T09:30") == datetime(2026, 1, 31, 9, 30, tzinfo=UTC)
    assert read_time("2026-01-31T09:30:00+02:00") == datetime(2026, 1, 31, 7, 30, tzinfo=UTC)
    with pytest.raises(UsageError, match="is no time"):
        read_time("yesterday")


@pytest.mark.parametrize("package", ["plotly", "scipy", "jinja2"])
def test_without_what_draws_one_is_told_how_to_get_it(package: str) -> None:
    run = f"import sys; sys.modules[{package!r}] = None; from ouroboros.cli import main; main()"
    answer = subprocess.run(
        [sys.executable, "-c", run, "report"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert answer.returncode == 1
    assert f"Reports need {package}, which is not installed." in answer.stderr
    assert "ouroboros[research]" in answer.stderr


def test_markup_is_not_escaped_twice() -> None:
    assert written('{% from "parts.html" import badge %}{{ badge("calm") }}').startswith("<span class=")
