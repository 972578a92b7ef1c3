"""What all pages have around them, with whatever is put into it."""

import re
from base64 import b64encode
from hashlib import sha256

from ouroboros.pages.charts import chart
from ouroboros.pages.markup import Html, element
from ouroboros.pages.shell import document
from tests.report.parsed import Page

HOSTILE = "</title></script><script>alert(1)</script>"


def written(title: str = "A page") -> str:
    drawing = '{"data": [], "layout": {"title": "</script>"}}'
    return document(
        title,
        [element("h1", title)],
        [chart("one", title, drawing)],
        style=".own { color: red; }",
        plotly="var Plotly;",
        script="var own;",
    )


def test_only_the_scripts_of_the_page_may_run() -> None:
    html = written(HOSTILE)
    scripts = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    assert (scripts[0], scripts[-1], len(scripts)) == ("var Plotly;", "var own;", 3)
    (policy,) = (
        attributes["content"]
        for tag, attributes in Page(html).elements
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy
    allowed = re.findall(r"'sha256-([^']+)'", policy)
    assert allowed == [b64encode(sha256(one.encode()).digest()).decode() for one in scripts]
    assert "default-src 'none'" in policy


def test_texts_end_nothing_that_they_stand_in() -> None:
    read = Page(written(HOSTILE))
    assert HOSTILE in read.text
    assert [tag for tag, _ in read.elements].count("script") == 4


def test_a_style_of_its_own_comes_after_that_of_all_pages() -> None:
    html = written()
    assert 0 < html.index("@media print") < html.index(".own {") < html.index("</style>")


def test_markup_is_written_as_it_is() -> None:
    assert "<b>bold</b>" in document("A page", [], [Html("<b>bold</b>")], style="", plotly="var Plotly;")
