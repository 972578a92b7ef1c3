"""Write HTML: whatever is not markup of ours is text, and is escaped."""

from collections.abc import Iterable, Sequence
from html import escape
from typing import NamedTuple
from urllib.parse import urlsplit

_EMPTY = frozenset({"meta", "input", "br"})
# An empty cell.
NOTHING = "-"


class Html(str):
    """Markup. A plain `str` is text."""

    __slots__ = ()


class Column(NamedTuple):
    """A column of a table: numbers stand to the right, long texts get room."""

    name: str
    number: bool = False
    long: bool = False


def element(tag: str, *children: str, **attributes: str | bool | None) -> Html:
    """Write an element. `class_` is `class` and `data_key` is `data-key`; None and False leave one out."""
    written = "".join(_attribute(name, value) for name, value in attributes.items())
    if tag in _EMPTY:
        return Html(f"<{tag}{written}>")
    return Html(f"<{tag}{written}>{join(children)}</{tag}>")


def join(children: Iterable[str]) -> Html:
    """Write one after the other what is markup, and as text what is not."""
    return Html("".join(one if isinstance(one, Html) else escape(one) for one in children))


def link(address: str | None, text: str) -> Html:
    """Link a text to an address of the web; any other address is left out."""
    if not is_of_web(address):
        return join([text])
    return element("a", text, href=address, rel="noopener noreferrer")


def is_of_web(address: str | None) -> bool:
    """Tell whether an address leads to a page of the web; scripts hide in other ones."""
    try:
        parts = urlsplit(address or "")
    except ValueError:
        return False
    return parts.scheme in {"http", "https"} and bool(parts.hostname)


def table(caption: str, columns: Sequence[Column], rows: Sequence[Sequence[str]], key: str) -> Html:
    """Write a table whose rows are named by their first cell; where there are none, say so."""
    if not rows:
        return element("p", f"{caption}: none.", class_="none", data_table=key)
    head = [element("th", one.name, scope="col", class_=_class(one)) for one in columns]
    body = [element("tr", *_cells(columns, row)) for row in rows]
    written = element(
        "table",
        element("caption", caption),
        element("thead", element("tr", *head)),
        element("tbody", *body),
        data_table=key,
    )
    # Who has no mouse scrolls what is focused.
    return element("div", written, class_="scroll", tabindex="0", role="region", aria_label=caption)


def details(summary: str, *children: str) -> Html:
    """Write something that is opened on demand."""
    return element("details", element("summary", summary), *children)


def section(key: str, title: str, *children: str) -> Html:
    """Write a section under its heading."""
    heading = element("h2", title, id=f"{key}-title")
    return element("section", heading, *children, id=key, aria_labelledby=f"{key}-title")


def _cells(columns: Sequence[Column], row: Sequence[str]) -> list[Html]:
    first, *others = zip(columns, row, strict=True)
    named = element("th", first[1] or NOTHING, scope="row")
    return [named, *(element("td", text or NOTHING, class_=_class(column)) for column, text in others)]


def _class(column: Column) -> str | None:
    if column.number:
        return "number"
    return "long" if column.long else None


def _attribute(name: str, value: str | bool | None) -> str:
    name = name.rstrip("_").replace("_", "-")
    match value:
        case None | False:
            return ""
        case True:
            return f" {name}"
        case _:
            return f' {name}="{escape(value)}"'
