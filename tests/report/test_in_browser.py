"""A report in a real browser: it draws everything, without a word of complaint."""

from pathlib import Path

import pytest

from tests.report.browser import CHROMIUM, tab
from tests.report.filled import fill, history
from tests.report.test_report import HOSTILE, hostile_events, written

pytestmark = [
    pytest.mark.integration,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed, so no report can be looked at"),
]

OVERFLOW = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
NOT_DRAWN = (
    "[...document.querySelectorAll('.chart')].filter(one => one.offsetParent)"
    ".filter(one => !one.querySelector('.main-svg')).map(one => one.id)"
)
# Names of companies whose boxes share more than a pixel.
OVERLAPS = """
(() => {
  const names = [...document.querySelectorAll('.chart[id^=map-] .textpoint')].filter(one => one.textContent);
  const placed = names.map(one => [one.textContent, one.getBoundingClientRect()]);
  const boxes = placed.filter(([, box]) => box.width);
  const found = [];
  for (const [at, [one, a]] of boxes.entries())
    for (const [other, b] of boxes.slice(at + 1))
      if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1
          && Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1) found.push([one, other]);
  return {names: boxes.length, found};
})()
"""
CHOOSE_FIRM = "document.querySelector('input[value=firm]').click()"
INK = "getComputedStyle(document.body).color"
CHART_INK = "document.querySelector('#circularity-chart').layout.font.color"


@pytest.mark.asyncio
@pytest.mark.parametrize("databases", ["postgres"], indirect=True)
@pytest.mark.parametrize("scheme", ["dark", "light"])
async def test_a_report_is_drawn_whole_and_asks_for_nothing(
    database: str, tmp_path: Path, scheme: str
) -> None:
    await fill(database, history(one for name in HOSTILE for one in hostile_events(name)))
    file = tmp_path / "report.html"
    file.write_text(written(database))
    async with tab(file, 1280, scheme, tmp_path / "profile") as opened:
        assert await opened.value(OVERFLOW) <= 0
        assert await opened.value(NOT_DRAWN) == []
        drawn = await opened.value(OVERLAPS)
        assert drawn["names"] > 10
        assert drawn["found"] == []
        await opened.value(CHOOSE_FIRM)
        assert await opened.value(NOT_DRAWN) == []
        assert (await opened.value(OVERLAPS))["found"] == []
        before = await opened.value(f"[{INK}, {CHART_INK}]")
        await opened.value("document.getElementById('theme').click()")
        after = await opened.value(f"[{INK}, {CHART_INK}]")
        assert before[0] != after[0]
        assert before[1] != after[1]
        assert await opened.value("document.title") == "Ouroboros report"
        assert opened.complaints == []
        assert {one.split(":")[0] for one in opened.requests} <= {"file", "data", "blob"}
