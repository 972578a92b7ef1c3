"""What each kind of panel must be given, and what is wrong with what it is given."""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import Any

import orjson

from tests.dashboards.answers import Answer

Panel = Mapping[str, Any]
Found = Mapping[str, Answer]


def complaints(panel: Panel, found: Found) -> Iterator[str]:
    """Say what is wrong with what a panel is given."""
    formats = {target["refId"]: target["format"] for target in panel.get("targets", [])}
    for ref, answer in found.items():
        names = [name for name, _ in answer.columns]
        if len(set(names)) < len(names):
            yield f"{ref}: two columns of one name: {names}"
        yield from (f"{ref}: {name} is of {kind}" for name, kind in answer.columns if kind.startswith("type"))
        for name in answer.numbers:
            if any(row[name] is not None and not math.isfinite(row[name]) for row in answer.rows):
                yield f"{ref}: {name} is not finite"
        if formats[ref] == "time_series":
            yield from (f"{ref}: {complaint}" for complaint in no_series(answer))
    yield from SHAPES[panel["type"]](panel, found)


def no_series(answer: Answer) -> Iterator[str]:
    """Say why Grafana could not make lines of rows."""
    if answer.columns[0] != ("time", "time"):
        yield f"the first column is {answer.columns[0]}, not time"
        return
    times = [row["time"] for row in answer.rows]
    if None in times or any(one > other for one, other in pairwise(times)):
        yield "rows are not in the order of time"
    if len(answer.of("text")) > 2 or not {*answer.of("text"), *answer.numbers} - {"metric"}:
        yield f"no metric and value: {answer.columns}"
    series = [(row["time"], row.get("metric")) for row in answer.rows]
    if len(set(series)) < len(series):
        yield "a line has two values at one time"
    if any(row.get("metric", "") is None for row in answer.rows):
        yield "a line has no name"


def numbers_over_time(_: Panel, found: Found) -> Iterator[str]:
    for ref, answer in found.items():
        if not answer.numbers:
            yield f"{ref}: nothing to draw: {answer.columns}"


def states_over_time(_: Panel, found: Found) -> Iterator[str]:
    for ref, answer in found.items():
        if "value" not in {*answer.of("text"), *answer.numbers}:
            yield f"{ref}: no state: {answer.columns}"


def values(panel: Panel, found: Found) -> Iterator[str]:
    (answer,) = found.values()
    reduce = panel["options"]["reduceOptions"]
    if not reduce["values"] and len(answer.rows) > 1:
        yield f"{len(answer.rows)} rows, of which one is shown"
    wanted = [name for name, _ in answer.columns if re.search(reduce["fields"].strip("/"), name)]
    if not wanted or not (reduce["fields"] or answer.numbers):
        yield f"nothing to show: {answer.columns}"


def bars(_: Panel, found: Found) -> Iterator[str]:
    (answer,) = found.values()
    if not answer.of("text") or not answer.numbers:
        yield f"no names and numbers: {answer.columns}"


def rows(panel: Panel, found: Found) -> Iterator[str]:
    """Say which columns a table speaks of that no query gives."""
    (answer,) = found.values()
    names = {name for name, _ in answer.columns}
    shown = set(names)
    for override in panel["fieldConfig"]["overrides"]:
        matcher, column = override["matcher"], override["matcher"]["options"]
        if matcher["id"] == "byName" and column not in names:
            yield f"there is no column {column}"
        shown |= {prop["value"] for prop in override["properties"] if prop["id"] == "displayName"}
    for column in panel["options"].get("sortBy", []):
        if column["displayName"] not in shown:
            yield f"there is no column {column['displayName']} to sort by"
    for column in re.findall(r"\$\{__data\.fields\.(\w+)", orjson.dumps(panel).decode()):
        if column not in shown:
            yield f"a link needs the column {column}"


def graph(_: Panel, found: Found) -> Iterator[str]:
    """Say what keeps companies and edges from being drawn."""
    nodes, edges = found["nodes"], found["edges"]
    arcs = [name for name, _ in nodes.columns if name.startswith("arc__")]
    if "id" not in nodes.of("text") or not {*arcs, "fixedx", "fixedy"} <= {*nodes.numbers}:
        yield f"nodes have {nodes.columns}"
    if not {"id", "source", "target"} <= {*edges.of("text")} or "thickness" not in edges.numbers:
        yield f"edges have {edges.columns}"
    ids = [row["id"] for row in nodes.rows]
    ways = [row["id"] for row in edges.rows]
    if len(set(ids)) < len(ids) or len(set(ways)) < len(ways):
        yield "an id is there twice"
    for row in nodes.rows:
        if edges.rows and not math.isclose(sum(row[arc] for arc in arcs), 1, abs_tol=1e-9):
            yield f"the ring of {row['id']} is {sum(row[arc] for arc in arcs)} round"
    for row in edges.rows:
        if not {row["source"], row["target"]} <= {*ids}:
            yield f"{row['source']} or {row['target']} is not drawn"


def nothing(_: Panel, found: Found) -> Iterator[str]:
    if found:
        yield "words and headings ask nothing"


SHAPES: dict[str, Callable[[Panel, Found], Iterator[str]]] = {
    "barchart": bars,
    "nodeGraph": graph,
    "row": nothing,
    "stat": values,
    "state-timeline": states_over_time,
    "table": rows,
    "text": nothing,
    "timeseries": numbers_over_time,
}


def has_unit(panel: Panel, column: str) -> bool:
    """Tell whether a number of a column is shown with a unit, is a level or a colour, or is not shown."""
    looks = panel["fieldConfig"]
    ids = {
        prop["id"]
        for override in looks["overrides"]
        if _names(override, column)
        for prop in override["properties"]
    }
    return "unit" in looks["defaults"] or bool(ids & {"unit", "custom.hidden"})


def _names(override: Mapping[str, Any], column: str) -> bool:
    matcher = override["matcher"]
    if matcher["id"] == "byRegexp":
        return bool(re.search(matcher["options"].strip("/"), column))
    return bool(matcher["options"] == column)


def shows_nothing(found: Found) -> bool:
    """Tell whether no query gives any value."""
    return all(value is None for answer in found.values() for row in answer.rows for value in row.values())


def says_so(panel: Panel) -> bool:
    """Tell whether a panel has words for having no value."""
    defaults = panel["fieldConfig"]["defaults"]
    words = [
        mapping["options"]["result"]["text"]
        for mapping in defaults.get("mappings", [])
        if mapping["type"] == "special"
    ]
    return bool(words or defaults.get("noValue"))
