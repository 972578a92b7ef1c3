"""Markup, layout and words of a report, without a database."""

import json
import sys
from datetime import UTC, datetime
from html import unescape
from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.errors import UsageError
from ouroboros.pages.charts import as_data
from ouroboros.pages.markup import Column, Html, element, link, table
from ouroboros.report.command import moment_named
from ouroboros.report.figures import graph_objects
from ouroboros.report.layout import WIDTH, box_of, lay_out, short_name
from ouroboros.report.words import in_unit, limits
from tests.report.parsed import Page

NAMES = st.lists(st.text(min_size=1, max_size=30), min_size=1, max_size=40, unique=True)


@given(st.text())
@settings(deadline=None)
def test_a_text_comes_back_as_it_was_and_as_nothing_else(text: str) -> None:
    written = element("p", text, title=text)
    assert written.count("<") == 2
    assert unescape(written.removeprefix("<p").removesuffix("</p>").split('">', 1)[1]) == text


@given(st.recursive(st.text(), lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner)))
@settings(deadline=None)
def test_data_never_ends_the_element_that_it_stands_in(value: object) -> None:
    written = as_data(json.dumps(value, ensure_ascii=False))
    assert not {"<", ">", "&", "\u2028", "\u2029"} & set(written)
    assert json.loads(written) == value


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "data:text/html,x", "//example.com", "http://[", "http:", "", None]
)
def test_only_addresses_of_the_web_become_links(address: str | None) -> None:
    assert link(address, "<here>") == "&lt;here&gt;"
    assert link("https://example.com/?a=1&b=2", "here").startswith(
        '<a href="https://example.com/?a=1&amp;b=2"'
    )


def test_a_table_names_its_rows_and_columns_for_screen_readers() -> None:
    read = Page(table("Loans", [Column("Loan"), Column("Size", number=True)], [("<one>", "1")], "loans"))
    assert read.tables["loans"] == [["<one>", "1"]]
    assert [attributes.get("scope") for tag, attributes in read.elements if tag == "th"] == [
        "col",
        "col",
        "row",
    ]


@given(NAMES, st.data())
@settings(deadline=None, max_examples=60)
def test_no_company_stands_on_another_and_none_outside(names: list[str], data: st.DataObject) -> None:
    radii = {name: data.draw(st.floats(5, 17), label=name) for name in names}
    pairs = data.draw(st.lists(st.tuples(st.sampled_from(names), st.sampled_from(names)), max_size=60))
    boxes = {name: box_of(name, radius) for name, radius in radii.items()}
    places, height = lay_out(boxes, pairs)
    assert lay_out(dict(reversed(boxes.items())), reversed(pairs)) == (places, height)
    for name, place in places.items():
        assert boxes[name].half_width - 1 <= place.x <= WIDTH - boxes[name].half_width + 1
        assert boxes[name].half_height - 1 <= place.y <= height - boxes[name].half_height + 1
    for one, other in combinations(names, 2):
        apart_x = abs(places[one].x - places[other].x) - boxes[one].half_width - boxes[other].half_width
        apart_y = abs(places[one].y - places[other].y) - boxes[one].half_height - boxes[other].half_height
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


def test_thresholds_name_their_unit_once() -> None:
    assert limits((0.1, 0.2, 0.35), "share") == "10 / 20 / 35 %"
    assert limits((1.00001, 1.5, 2), "ratio") == "1.00001 / 1.5 / 2 times"
    assert limits((1e9, 5e9, 20e9), "USD") == "$1B / $5B / $20B"


def test_a_day_is_meant_to_its_end_and_a_time_in_utc() -> None:
    assert moment_named("2026-01-31") == datetime(2026, 1, 31, 23, 59, 59, 999_999, UTC)
    assert moment_named("2026-01-31T09:30") == datetime(2026, 1, 31, 9, 30, tzinfo=UTC)
    assert moment_named("2026-01-31T09:30:00+02:00") == datetime(2026, 1, 31, 7, 30, tzinfo=UTC)
    with pytest.raises(UsageError, match="is no time"):
        moment_named("yesterday")


@pytest.mark.parametrize(
    ("package", "module"), [("plotly", "plotly.graph_objects"), ("scipy", "scipy.optimize")]
)
def test_without_what_draws_one_is_told_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, package: str, module: str
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(UsageError, match=f"need {package}, which is not installed") as refused:
        graph_objects()
    assert "ouroboros[research]" in refused.value.remedy


def test_markup_is_not_escaped_twice() -> None:
    assert element("p", Html("<b>x</b>")) == "<p><b>x</b></p>"
