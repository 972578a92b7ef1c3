"""All pages in a real browser: their colours on a screen and on paper, their charts, their switch."""

from datetime import date
from pathlib import Path

import pytest
from jinja2 import ChoiceLoader, DictLoader

from ouroboros.html.charts import figure, line
from ouroboros.html.page import environment, render
from tests.report.browser import CHROMIUM, Tab, tab

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed, so no page can be looked at"),
]

DARK, LIGHT = "rgb(18, 22, 28)", "rgb(255, 255, 255)"
PAPER = "getComputedStyle(document.body).backgroundColor"
INK = "getComputedStyle(document.body).color"
CHART_INK = "document.getElementById('first').layout.font.color"
DRAWN = "[...document.querySelectorAll('.chart:has(.main-svg)')].map(chart => chart.id)"
CHOOSE_SECOND = "document.querySelector('input[value=second]').click()"
# What is drawn on one basis is hidden while another one is chosen, as in a report.
PAGE = """{% extends "page.html" %}{% from "parts.html" import chart %}{% block content %}
{% for key in ("first", "second") %}
<input type="radio" name="basis" value="{{ key }}"{% if loop.first %} checked{% endif %}>
<div data-basis="{{ key }}">{{ chart(key, "A line that rises", figure) }}</div>
{% endfor %}
{% endblock %}"""


def written(path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    rising = figure([line("one", [(date(2026, 1, day), float(day)) for day in (1, 2, 3)], 0)])
    templates = environment()
    assert templates.loader
    monkeypatch.setattr(
        templates, "loader", ChoiceLoader([DictLoader({"test.html": PAGE}), templates.loader])
    )
    path.write_text(render("test.html", "A page", figure=rising), encoding="utf-8")
    return path


async def on_paper(opened: Tab, scheme: str) -> None:
    feature = {"name": "prefers-color-scheme", "value": scheme}
    await opened.call("Emulation.setEmulatedMedia", media="print", features=[feature])


@pytest.mark.asyncio
@pytest.mark.parametrize(("scheme", "paper"), [("dark", DARK), ("light", LIGHT)])
async def test_a_page_is_dark_or_light_on_a_screen_and_always_light_on_paper(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scheme: str, paper: str
) -> None:
    async with tab(
        written(tmp_path / "page.html", monkeypatch), 1000, scheme, tmp_path / "profile"
    ) as opened:
        assert await opened.value(PAPER) == paper
        await on_paper(opened, scheme)
        assert [await opened.value(PAPER), await opened.value(INK)] == [LIGHT, "rgb(0, 0, 0)"]
        await opened.call("Emulation.setEmulatedMedia", media="screen")
        await opened.value("document.getElementById('theme').click()")
        assert await opened.value("document.documentElement.dataset.theme") in {"dark", "light"}
        await on_paper(opened, scheme)
        assert await opened.value(PAPER) == LIGHT
        assert opened.complaints == []


@pytest.mark.asyncio
async def test_a_chart_is_drawn_when_it_is_first_shown_in_the_colours_of_the_page(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with tab(
        written(tmp_path / "page.html", monkeypatch), 1000, "dark", tmp_path / "profile"
    ) as opened:
        assert await opened.value(DRAWN) == ["first"]
        on_dark = await opened.value(CHART_INK)
        await opened.value(CHOOSE_SECOND)
        assert await opened.value(DRAWN) == ["first", "second"]
        await opened.value("document.getElementById('theme').click()")
        assert await opened.value(CHART_INK) != on_dark
        await opened.value("dispatchEvent(new Event('beforeprint'))")
        assert await opened.value(CHART_INK) == "#000000"
        assert opened.complaints == []
        assert {request.split(":")[0] for request in opened.requests} <= {"file", "data", "blob"}
