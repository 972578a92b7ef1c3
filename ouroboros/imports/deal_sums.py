"""Which of the sums in a text is what a deal is about: no valuation, no part of it, the total of a sum."""

import re
from dataclasses import replace

from events.errors import short
from ouroboros.imports.money_text import Sum
from ouroboros.imports.parse import UnfitCell
from ouroboros.imports.rates import Open, is_ceiling

_VALUATION = re.compile(r"(?:valuation|market cap\w*)\s*(?:of|at|is|:)?\s*$", re.IGNORECASE)
_OF_VALUATION = re.compile(
    r"^\s*(?:valuation|(?:pre|post)[- ]money|market (?:cap|value)|enterprise value)", re.IGNORECASE
)
_PART = re.compile(r"(?:\bincl(?:uding|udes|\.)?|\bof which|\bthereof)\s*$", re.IGNORECASE)
_TOTAL = re.compile(r"(?:=|\btotal(?:l?ing)?(?: of)?)\s*:?\s*$", re.IGNORECASE)
_OF_TOTAL = re.compile(r"^\s*(?:in all|in total|total\b|altogether|combined|overall)", re.IGNORECASE)


def of_deal(found: list[Sum], rest: str, currency: str, text: str) -> list[Sum]:
    """Return the sums that the deal is about: no valuations, parts, and the same in another currency.

    Raises UnfitCell for what is in another currency or negative, Open where there is a valuation only.
    """
    about = [
        money for money in found if not (_VALUATION.search(money.before) or _OF_VALUATION.match(money.after))
    ]
    if not about:
        raise Open("names a valuation only")
    if len(about) > 1:
        about = [money for money in about if not _PART.search(money.before)] or about
    most = max(money.high for money in about)
    whole = [money for money in about if _TOTAL.search(money.before) or _OF_TOTAL.match(money.after)]
    whole = [money for money in whole if money.high == most]
    about = whole[:1] or _without_remarks(about, rest, currency, text)
    for money in about:
        if resolved(money, currency) is None:
            raise UnfitCell(
                f"the amount {short(text.strip())} is in another currency (convert it to dollars, or import"
                " such rows by a mapping with their currency and usd_per_unit)"
            )
        if re.search(r"(?:^|[\s(])-$", money.before):
            raise UnfitCell(f"the amount {short(text.strip())} is below 0")
    return about


def _without_remarks(about: list[Sum], rest: str, currency: str, text: str) -> list[Sum]:
    """Leave out what stands in brackets beside an amount: the same in another currency, or a part of it."""
    spans = [found.span() for found in re.finditer(r"\([^()]*\)", rest)]
    inside = [money for money in about if any(start <= money.start < end for start, end in spans)]
    outside = [money for money in about if money not in inside]
    if not outside:
        return inside
    if all(resolved(money, currency) is None for money in outside):
        return [money for money in inside if resolved(money, currency)] or outside
    added, of_outside = [], {resolved(money, currency) for money in outside}
    for money in inside:
        if resolved(money, currency) not in of_outside:
            continue
        if re.search(r"\(\s*(?:\+|plus\b|and\b)\s*$", rest[: money.start], re.IGNORECASE):
            added.append(replace(money, is_joined=True))
        elif money.high > sum(other.high for other in outside) or is_ceiling(money):
            raise several(text)
    return [*outside, *added]


def resolved(money: Sum, currency: str) -> str | None:
    """Return the currency of a sum: that of the table, or the US dollar; None for any other."""
    if currency in money.currencies:
        return currency
    return "USD" if "USD" in money.currencies else None


def several(text: str) -> UnfitCell:
    """Return what to say of a text with more than one sum."""
    return UnfitCell(
        f"the amount {short(text.strip())} names several (write a sum as $5B + $3B, or give each a row)"
    )
