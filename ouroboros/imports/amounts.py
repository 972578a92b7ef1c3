"""Amounts of deals in free text: "Up to $100B", "$30-50B", "~$300B / 5 yrs", "10+ GW of systems".

What is money has a dollar sign or a unit. A ceiling, a range and a capacity are kept as what they
are; "about" and "or more" are read as the figure that is stated. Text without a figure is no amount.
"""

import re
from dataclasses import dataclass
from decimal import Decimal

from events.errors import short
from ouroboros.imports.parse import UnfitCell

_UNITS = {"k": 10**3, "thousand": 10**3, "m": 10**6, "mn": 10**6, "mm": 10**6, "million": 10**6}
_UNITS |= {"b": 10**9, "bn": 10**9, "billion": 10**9, "t": 10**12, "tn": 10**12, "trillion": 10**12}
PLAIN_UNITS = {"one": 1, "thousand": 10**3, "million": 10**6, "billion": 10**9}
LONGEST = 500

_FIGURE = r"(\d{1,3}(?:,\d{3})+(?:\.\d{1,9})?|\d{1,15}(?:\.\d{1,9})?)"
_UNIT = r"(?:\s*(trillion|billion|million|thousand|tn|bn|mn|mm|[tbmk])\b)?"
_DASH = r"\s*(?:-|\u2013|\u2014|\bto\b)\s*"
_POWER = re.compile(_FIGURE + r"\s*\+?\s*-?\s*(gigawatts?|megawatts?|gw|mw)\b", re.IGNORECASE | re.ASCII)
_MONEY = re.compile(
    r"(?:us)?\$\s*" + _FIGURE + _UNIT + rf"\+?(?:{_DASH}(?:us)?\$?\s*{_FIGURE}{_UNIT})?",
    re.IGNORECASE | re.ASCII,
)
_IN_WORDS = re.compile(
    _FIGURE + r"\s*(trillion|billion|million|bn|tn)\b\s*(?:us\s*)?(?:dollars|usd)", re.IGNORECASE | re.ASCII
)
_BARE = re.compile(r"[~\u2248]?\s*" + _FIGURE + _UNIT + r"\+?", re.IGNORECASE | re.ASCII)
_CEILING = re.compile(r"up\s+to|as\s+much\s+as|at\s+most|max(?:imum)?\b", re.IGNORECASE)
_FOREIGN = re.compile(r"[\u20ac\u00a3\u00a5\u20a9\u20b9]|\b(?:EUR|GBP|JPY|CNY|KRW|AED|SAR)\b")


@dataclass(frozen=True, slots=True)
class Amount:
    """What a text says of money, in units of its currency, and of capacity in MW."""

    amount: Decimal | None = None
    low: Decimal | None = None
    up_to: bool = False
    capacity_mw: float | None = None


def amount(text: str, plain_unit: int = 1) -> Amount:
    """Read an amount. Raises UnfitCell for an amount in another currency, or one that makes no sense."""
    if len(text) > LONGEST:
        raise UnfitCell(f"the amount has {len(text):,} characters")
    if _FOREIGN.search(text):
        raise UnfitCell(f"the amount {short(text)} is in another currency (convert it to dollars)")
    powered = _POWER.search(text)
    capacity = _megawatts(powered) if powered else None
    rest = _POWER.sub(" ", text)
    if found := _MONEY.search(rest):
        return _money(rest, found, capacity)
    if found := _IN_WORDS.search(rest):
        value = _decimal(found[1]) * _UNITS[found[2].lower()]
        return Amount(value, up_to=_is_ceiling(rest, found), capacity_mw=capacity)
    if found := _BARE.fullmatch(rest.strip()):
        factor = _UNITS[found[2].lower()] if found[2] else plain_unit
        return Amount(_decimal(found[1]) * factor, capacity_mw=capacity)
    return Amount(capacity_mw=capacity)


def _money(text: str, found: re.Match[str], capacity: float | None) -> Amount:
    first, unit, second, second_unit = found.groups()
    up_to = _is_ceiling(text, found)
    # In "$30B - 5 years" the second figure is no money.
    if second is None or (second_unit is None and found[0].count("$") < 2):
        return Amount(_scaled(first, unit), up_to=up_to, capacity_mw=capacity)
    # In $30-50B the unit stands once, for both.
    low, high = _scaled(first, unit or second_unit), _scaled(second, second_unit or unit)
    if low > high:
        raise UnfitCell(f"the amount {short(text.strip())} is a range that falls")
    return Amount(high, low=low, up_to=up_to, capacity_mw=capacity)


def _is_ceiling(text: str, found: re.Match[str]) -> bool:
    return _CEILING.search(text[: found.start()]) is not None


def _scaled(figure: str, unit: str | None) -> Decimal:
    return _decimal(figure) * (_UNITS[unit.lower()] if unit else 1)


def _decimal(figure: str) -> Decimal:
    return Decimal(figure.replace(",", ""))


def _megawatts(found: re.Match[str]) -> float:
    return float(_decimal(found[1])) * (1000.0 if found[2].lower().startswith("g") else 1.0)
