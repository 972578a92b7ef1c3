"""Find the sums of money in a text: sign, figure and unit, a range of two, and the words around them."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, replace
from decimal import Decimal

from events.errors import short
from ouroboros.imports.amount_words import CURRENCIES, INDIAN, UNITS, any_of
from ouroboros.imports.parse import UnfitCell

MOST_DIGITS = 30
FIGURE = r"\d(?:[\d.,]*\d)?(?:e\+?\d{1,2}(?!\w))?"
_SPACED = r"\d{1,3}(?: \d{3})+(?![\d.,])"
_PLAIN = re.compile(
    r"(?:\d{1,3}(?:,\d{3})+|\d{1,2}(?:,\d{2})*,\d{3}|\d+)(?:\.\d+)?(?:e\+?\d{1,2})?", re.IGNORECASE
)

_LONG_UNIT = any_of([word for word in UNITS if len(word) > 2])
_UNIT = rf"(?:\s*({any_of(UNITS)})(?![a-z0-9])\.?|\s*-\s*({_LONG_UNIT})(?![a-z0-9])\.?)?"
_SIGNS = (
    "\u00a2-\u00a5\u058f\u060b\u09f2\u09f3\u0e3f\u17db\u20a0-\u20cf\ufdfc"  # all of Unicode but the dollar
)
_WORDS = any_of([word for word in CURRENCIES if word[-1].isalpha() or word == "rs."])
_SIGNED = any_of([word for word in CURRENCIES if len(word) > 1 and word[-1] in "$\u00a5"])
_BEFORE = rf"(?:(?<![a-z])(?:{_SIGNED}|(?-i:[A-Z]{{1,4}}\$)|(?!won\b)(?:{_WORDS})(?![a-z]))|[${_SIGNS}])"
_AFTER = rf"(?:[\s-]*(?:{_WORDS})(?![a-z])(?!\s*\d)|\$(?!\s*\d)|\s?[{_SIGNS}](?!\s*\d))"
_SUM = re.compile(
    rf"(?:({_BEFORE})\s*:?\s*|(?<![\w.,$])(?<!\d[-/]))({_SPACED}|{FIGURE}){_UNIT}(?:\+(?!\s*[$\d{_SIGNS}]))?"
    rf"(\s*(?:-|to\b)\s*({_BEFORE})?\s*{FIGURE.join('()')}{_UNIT}\+?(?!\w))?({_AFTER})?",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"(?:[~\u2248\u223c]|"
    r"\b(?:about|approx(?:\.|imately)?|around|roughly|circa|ca\.|nearly|almost|some|an estimated)\s)"
    rf"\s*(?={_BEFORE}|\d)",
    re.IGNORECASE,
)
_BETWEEN = re.compile(r"\bbetween\b([^;()]{1,40}?)\band\b", re.IGNORECASE)
_DASHES = str.maketrans(dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-"))
_SWAPPED = str.maketrans(",.", ".,")
_JOINT = re.compile(r"\+|&|\bplus\b|\band\b", re.IGNORECASE)
_PART_ENDS = re.compile(r"\+|&|;|,|\bplus\b|\band\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum of money in a text: what currency it may be in, its range, what stands before and after it."""

    start: int
    end: int
    currencies: tuple[str, ...]
    low: Decimal
    high: Decimal
    before: str = ""
    after: str = ""
    is_joined: bool = False

    @property
    def is_range(self) -> bool:
        """Return whether two ends are stated."""
        return self.low != self.high


def plain(text: str, decimal_comma: bool = False) -> str:
    """Return a text with one kind of dash and space, without "about", and "between" as a range."""
    text = unicodedata.normalize("NFKC", text).translate(_DASHES)
    if decimal_comma:
        text = re.sub(r"\d[\d.,]*\d", lambda found: found[0].translate(_SWAPPED), text)
    text = re.sub(r"(?<=\d)['\u2019](?=\d{3})", ",", text)
    text = _BETWEEN.sub(r" \1 to ", text)
    # Twice, for "about ~$5B".
    return _ABOUT.sub("", _ABOUT.sub("", " ".join(text.split())))


def sums(text: str, plain_unit: int) -> list[Sum]:
    """Find the sums of money, in their order. Raises UnfitCell for a figure that could be two."""
    found = list(_sums(text, plain_unit))
    placed = []
    for number, money in enumerate(found):
        before = text[found[number - 1].end if number else 0 : money.start]
        after = text[money.end : found[number + 1].start if number + 1 < len(found) else len(text)]
        joined = number > 0 and _JOINT.search(before) is not None
        own, of_this = _PART_ENDS.split(before)[-1], _PART_ENDS.split(after)[0]
        placed.append(replace(money, before=own if number else before, after=of_this, is_joined=joined))
    return placed


def bare(text: str, plain_unit: int) -> Sum | None:
    """Return what a text without any currency is, if it is a figure or a range and nothing else."""
    found = _SUM.fullmatch(text)
    return _sum(found, text, plain_unit, is_bare=True) if found else None


def decimal(figure: str) -> Decimal:
    """Read a figure. Raises UnfitCell for one whose commas or points group nothing."""
    figure = figure.replace(" ", "")
    if len(figure) > MOST_DIGITS or not _PLAIN.fullmatch(figure):
        raise UnfitCell(
            f"the figure {short(figure)} could be two, or none"
            " (say decimal_comma: true if its comma is a point)"
        )
    return Decimal(figure.replace(",", ""))


def _sums(text: str, plain_unit: int) -> Iterator[Sum]:
    at = 0
    while found := _SUM.search(text, at):
        money = _sum(found, text, plain_unit, is_bare=False)
        if money is not None:
            yield money
        at = money.end if money else max(found.end(2), at + 1)


def _sum(found: re.Match[str], text: str, plain_unit: int, *, is_bare: bool) -> Sum | None:
    sign, first, unit, worded, range_, sign_too, second, unit_too, worded_too, behind = found.groups()
    unit, unit_too = unit or worded, unit_too or worded_too
    end = found.end()
    if range_ and not (sign_too or unit_too or (not unit and not re.match(r"\s*[-\w%/]", text[end:]))):
        # In "$30B - 5 years" the second figure is no money.
        range_ = second = behind = None
        end = found.start(5)
    indian = {(unit or "").lower(), (unit_too or "").lower()} & INDIAN
    if not is_bare and sign is None and behind is None and not indian:
        return None
    currencies = _currencies(sign, behind, text)
    if indian and sign is None and behind is None:
        currencies = CURRENCIES["rupees"]
    if second is None:
        value = decimal(first) * _factor(unit, plain_unit)
        return Sum(found.start(), end, currencies, value, value)
    # In $30-50B the unit stands once, for both.
    low = decimal(first) * _factor(unit or unit_too, plain_unit)
    high = decimal(second) * _factor(unit_too or unit, plain_unit)
    if low > high:
        raise UnfitCell(f"the amount {short(text.strip())} is a range that falls")
    return Sum(found.start(), end, currencies, low, high)


def _currencies(before: str | None, after: str | None, text: str) -> tuple[str, ...]:
    """Return what the signs of a sum may mean together."""
    meant = [_meanings(sign) for sign in (before, after) if sign is not None]
    if len(meant) < 2:
        return meant[0] if meant else ()
    both = tuple(code for code in meant[0] if code in meant[1])
    if not both:
        raise UnfitCell(f"the amount {short(text.strip())} names two currencies for one figure")
    return both


def _meanings(sign: str) -> tuple[str, ...]:
    sign = sign.strip(" -").lower()
    return CURRENCIES.get(sign, (sign.upper(),))


def _factor(unit: str | None, plain_unit: int) -> int:
    return UNITS[unit.lower()] if unit else plain_unit
