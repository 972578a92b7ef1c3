"""A page as a browser reads it: its tables, its texts, its elements, the data of its charts."""

import json
from html.parser import HTMLParser
from typing import Any

EMPTY = {"meta", "input", "br"}


class Page(HTMLParser):
    """What `html.parser` makes of a page; raises AssertionError where elements do not close as they open."""

    def __init__(self, document: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.tables: dict[str, list[list[str]]] = {}
        self.text = ""
        self.data: dict[str, Any] = {}
        self._open: list[tuple[str, dict[str, str | None]]] = []
        self._table = ""
        self.feed(document)
        self.close()
        assert not self._open

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        attributes = dict(attrs)
        self.elements.append((tag, attributes))
        if tag not in EMPTY:
            self._open.append((tag, attributes))
        if "data-table" in attributes:
            self._table = str(attributes["data-table"])
            self.tables[self._table] = []
        if tag == "tbody":
            self._rows = self.tables[self._table]
        if tag == "tr" and self._inside("tbody"):
            self._rows.append([])
        if tag in {"td", "th"} and self._inside("tbody"):
            self._rows[-1].append("")

    def handle_endtag(self, tag: str) -> None:
        opened, _ = self._open.pop()
        assert opened == tag, f"<{opened}> is closed by </{tag}>"

    def handle_data(self, data: str) -> None:
        tag, attributes = self._open[-1] if self._open else ("", {})
        if tag == "script":
            if attributes.get("type") == "application/json":
                self.data[str(attributes["id"])] = json.loads(data)
            return
        self.text += data
        if self._inside("tbody") and (self._inside("td") or self._inside("th")):
            self._rows[-1][-1] += data

    def _inside(self, tag: str) -> bool:
        return any(opened == tag for opened, _ in self._open)
