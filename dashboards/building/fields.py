"""How single columns of a panel look: their unit, width, colour, link, or that they are not shown."""

from typing import Any

from dashboards.building.levels import level_mappings

Override = dict[str, Any]
Property = dict[str, Any]


def field(name: str, *properties: Property) -> Override:
    """Set properties of the column of a name."""
    return {"matcher": {"id": "byName", "options": name}, "properties": list(properties)}


def fields(pattern: str, *properties: Property) -> Override:
    """Set properties of all columns whose name matches a regular expression, such as /_usd$/."""
    return {"matcher": {"id": "byRegexp", "options": pattern}, "properties": list(properties)}


def unit(name: str, decimals: int | None = None) -> tuple[Property, ...]:
    """Show numbers in one of Grafana's units."""
    properties: tuple[Property, ...] = ({"id": "unit", "value": name},)
    return properties if decimals is None else (*properties, {"id": "decimals", "value": decimals})


# How all boards write dates and times, in UTC.
DAY = unit("time:YYYY-MM-DD")
MINUTE = unit("time:YYYY-MM-DD HH:mm")
SECOND = unit("time:YYYY-MM-DD HH:mm:ss")


def width(pixels: int) -> Property:
    """Fix the width of a table's column."""
    return {"id": "custom.width", "value": pixels}


def renamed(name: str) -> Property:
    """Show a column under another name."""
    return {"id": "displayName", "value": name}


def color(name: str) -> Property:
    """Draw a series in one colour."""
    return {"id": "color", "value": {"mode": "fixed", "fixedColor": name}}


def hidden() -> Property:
    """Keep a column for links and leave it out of the table."""
    return {"id": "custom.hidden", "value": True}


def wrapped() -> Property:
    """Break long text into lines instead of cutting it off."""
    return {"id": "custom.cellOptions", "value": {"type": "auto", "wrapText": True}}


def lit_from_one(color: str) -> Property:
    """Colour a count from 1 on; none is nothing to look at."""
    steps = [{"color": "transparent", "value": None}, {"color": color, "value": 1}]
    return {"id": "thresholds", "value": {"mode": "absolute", "steps": steps}}


def link(title: str, url: str, *, new_tab: bool = False) -> Property:
    """Make values links; `${__data.fields.name}` in the address is a column of the same row."""
    return {"id": "links", "value": [{"title": title, "url": url, "targetBlank": new_tab}]}


def as_level(pixels: int = 90) -> tuple[Property, ...]:
    """Show a level as a traffic light, in a column of a width."""
    return (
        {"id": "mappings", "value": level_mappings()},
        {"id": "custom.cellOptions", "value": {"type": "color-background", "mode": "basic"}},
        width(pixels),
    )
