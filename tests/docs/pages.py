"""The pages of the documentation, and what stands in them."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
README = ROOT / "README.md"
PAGES = (README, ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").glob("*.md")))

_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_ROW = re.compile(r"^\|(.+)\|$", re.MULTILINE)
_MARKUP = re.compile(r"[^\w\- ]")


def blocks(page: Path, language: str) -> list[str]:
    """Give the code blocks of a language."""
    return [text for found, text in _BLOCK.findall(page.read_text()) if found == language]


def section(page: Path, heading: str) -> str:
    """Give what stands under a heading, up to the next one of any level."""
    text = page.read_text()
    start = re.search(rf"^#+ {re.escape(heading)}$", text, re.MULTILINE)
    assert start, f"{page.name} has no heading {heading!r}"
    rest = text[start.end() :]
    end = re.search(r"^#+ ", rest, re.MULTILINE)
    return rest[: end.start()] if end else rest


def rows(text: str) -> list[list[str]]:
    """Give the cells of the tables' rows, without their headings."""
    cells = [[cell.strip() for cell in row.split("|")] for row in _ROW.findall(f"{text}\n")]
    rules = [number for number, row in enumerate(cells) if set("".join(row)) <= set("-| ")]
    headings = {number - 1 for number in rules} | set(rules)
    return [row for number, row in enumerate(cells) if number not in headings]


def anchors(page: Path) -> set[str]:
    """Name the places of a page that a link may lead to, as GitHub does."""
    outside = _BLOCK.sub("", page.read_text())
    headings = re.findall(r"^#+ (.+)$", outside, re.MULTILINE)
    return {_MARKUP.sub("", heading.lower()).replace(" ", "-") for heading in headings}
