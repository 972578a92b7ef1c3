"""What all pages have around them, with whatever is put into it."""

import re
from base64 import b64encode
from hashlib import sha256

from plotly.offline import get_plotlyjs

from ouroboros.html.page import render
from tests.report.parsed import Page

HOSTILE = "</title></script><script>alert(1)</script>"


def written(title: str = "A page") -> str:
    return render("page.html", title)


def test_only_the_scripts_of_the_page_may_run() -> None:
    html = written(HOSTILE)
    scripts = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    assert len(scripts) == 2
    assert scripts[0] == get_plotlyjs()
    (policy,) = (
        attributes["content"]
        for tag, attributes in Page(html).elements
        if tag == "meta" and attributes.get("http-equiv") == "Content-Security-Policy"
    )
    assert policy
    allowed = re.findall(r"'sha256-([^']+)'", policy)
    assert allowed == [b64encode(sha256(script.encode()).digest()).decode() for script in scripts]
    assert "default-src 'none'" in policy


def test_texts_end_nothing_that_they_stand_in() -> None:
    read = Page(written(HOSTILE))
    assert HOSTILE in read.text
    assert [tag for tag, _ in read.elements].count("script") == 2
