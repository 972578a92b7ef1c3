"""The shell of all pages in a real browser: its colours on a screen and on paper, its charts, its switch."""

import json
from pathlib import Path

import pytest
from plotly.offline import get_plotlyjs

from ouroboros.pages.charts import LAYOUT, chart
from ouroboros.pages.markup import element
from ouroboros.pages.shell import document
from tests.report.browser import CHROMIUM, Tab, tab

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed, so no page can be looked at"),
]

DARK, LIGHT = "rgb(18, 22, 28)", "rgb(255, 255, 255)"
PAPER = "getComputedStyle(document.body).backgroundColor"
INK = "getComputedStyle(document.body).color"
CHART_INK = "document.getElementById('first').layout.font.color"
DRAWN = "[...document.querySelectorAll('.chart:has(.main-svg)')].map(one => one.id)"
HIDE = "document.getElementById('second').parentElement.hidden = true;"
SHOW = (
    "document.getElementById('second').parentElement.hidden = false;"
    " document.dispatchEvent(new Event('shown'))"
)


def written(path: Path) -> Path:
    drawing = json.dumps({"data": [{"y": [1, 2, 3]}], "layout": LAYOUT})
    charts = [chart(key, "A line that rises", drawing) for key in ("first", "second")]
    page = document("A page", [element("h1", "A page")], charts, style="", plotly=get_plotlyjs(), script=HIDE)
    path.write_text(page, encoding="utf-8")
    return path


async def on_paper(opened: Tab, scheme: str) -> None:
    feature = {"name": "prefers-color-scheme", "value": scheme}
    await opened.call("Emulation.setEmulatedMedia", media="print", features=[feature])


@pytest.mark.asyncio
@pytest.mark.parametrize(("scheme", "paper"), [("dark", DARK), ("light", LIGHT)])
async def test_a_page_is_dark_or_light_on_a_screen_and_always_light_on_paper(
    tmp_path: Path, scheme: str, paper: str
) -> None:
    async with tab(written(tmp_path / "page.html"), 1000, scheme, tmp_path / "profile") as opened:
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
async def test_a_chart_is_drawn_when_it_is_first_shown_in_the_colours_of_the_page(tmp_path: Path) -> None:
    async with tab(written(tmp_path / "page.html"), 1000, "dark", tmp_path / "profile") as opened:
        assert await opened.value(DRAWN) == ["first"]
        await opened.value(SHOW)
        assert await opened.value(DRAWN) == ["first", "second"]
        on_dark = await opened.value(CHART_INK)
        await opened.value("document.getElementById('theme').click()")
        assert await opened.value(CHART_INK) != on_dark
        await opened.value("dispatchEvent(new Event('beforeprint'))")
        assert await opened.value(CHART_INK) == "#000000"
        assert opened.complaints == []
        assert {one.split(":")[0] for one in opened.requests} <= {"file", "data", "blob"}
