"""How single columns of a panel look: their unit, width, colour, link, or that they are not shown."""

from typing import Any

from dashboards.grafana.levels import LEVEL_MAPPINGS

Override = dict[str, Any]
Property = dict[str, Any]

# The step of numbers that are nothing to look at.
UNLIT: dict[str, Any] = {"color": "transparent", "value": None}


def field(name: str, *properties: Property) -> Override:
    """Return properties of the column of a name."""
    return {"matcher": {"id": "byName", "options": name}, "properties": list(properties)}


def fields(pattern: str, *properties: Property) -> Override:
    """Return properties of all columns whose name matches a regular expression, such as /_usd$/."""
    return {"matcher": {"id": "byRegexp", "options": pattern}, "properties": list(properties)}


def unit(name: str, decimals: int | None = None) -> tuple[Property, ...]:
    """Return how numbers are shown in one of Grafana's units."""
    properties: tuple[Property, ...] = ({"id": "unit", "value": name},)
    return properties if decimals is None else (*properties, {"id": "decimals", "value": decimals})


USD = unit("currencyUSD", 1)
# How all boards write dates and times, in UTC.
DAY = unit("time:YYYY-MM-DD")
MINUTE = unit("time:YYYY-MM-DD HH:mm")
SECOND = unit("time:YYYY-MM-DD HH:mm:ss")

# A number that is written in its colour.
COLORED: Property = {"id": "custom.cellOptions", "value": {"type": "color-text"}}
# Kept for links, and left out of the table.
HIDDEN: Property = {"id": "custom.hidden", "value": True}


def width(pixels: int) -> Property:
    """Return the fixed width of a table's column."""
    return {"id": "custom.width", "value": pixels}


def renamed(name: str) -> Property:
    """Return the name that a column is shown under."""
    return {"id": "displayName", "value": name}


def color(name: str) -> Property:
    """Return the one colour of a series."""
    return {"id": "color", "value": {"mode": "fixed", "fixedColor": name}}


def lit_from_one(color: str) -> Property:
    """Return the colour of a count from 1 on; none is nothing to look at."""
    return steps(UNLIT, {"color": color, "value": 1})


def steps(*values: dict[str, Any]) -> Property:
    """Return the colours of numbers: each from a value on, the first one from minus infinity."""
    return {"id": "thresholds", "value": {"mode": "absolute", "steps": list(values)}}


def link(title: str, url: str, *, new_tab: bool = False) -> Property:
    """Return a link of each value; `${__data.fields.name}` in the address is a column of the same row."""
    return {"id": "links", "value": [{"title": title, "url": url, "targetBlank": new_tab}]}


def as_level(pixels: int = 90) -> tuple[Property, ...]:
    """Return the looks of a level: a traffic light, in a column of a width."""
    return as_light(LEVEL_MAPPINGS, pixels)


def as_light(mappings: list[dict[str, Any]], pixels: int) -> tuple[Property, ...]:
    """Return the looks of a word on its colour, in a column of a width."""
    return (
        {"id": "mappings", "value": mappings},
        {"id": "custom.cellOptions", "value": {"type": "color-background", "mode": "basic"}},
        width(pixels),
    )
