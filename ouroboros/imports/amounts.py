"""Amounts of deals in free text: "Up to $100B", "$30-50B", "$1.25B/mo for 5 years", "10+ GW of systems".

What is money has the sign or the name of a currency. A ceiling, a range and a capacity are kept as what
they are; "about" and "or more" are read as the figure that is stated. A rate is no total: without a term
the amount stays open, and a sentence says so. Text without a figure is no amount.
"""

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import pairwise

from events.errors import short
from ouroboros.imports.amount_words import NUMBERS, UNITS, any_of
from ouroboros.imports.deal_sums import of_deal, resolved, several
from ouroboros.imports.money_text import FIGURE, Sum, bare, decimal, plain, sums
from ouroboros.imports.parse import UnfitCell
from ouroboros.imports.rates import Open, is_ceiling, term_of, valued

PLAIN_UNITS = {"one": 1, "thousand": 10**3, "million": 10**6, "billion": 10**9}
LONGEST = 500

_POWER = re.compile(
    rf"(?:(?<![\w.,])(\d{{1,3}})\s*[x\u00d7*]\s*)?(?<![\w.,])({FIGURE})\s*\+?\s*-?\s*"
    r"(gigawatts?|megawatts?|gw|mw)(?![a-z])",
    re.IGNORECASE,
)
_SHARE = re.compile(r"%\s*(?:\w+\s+)?of\s*(?:the\s*)?$", re.IGNORECASE)
_BOUNDS = re.compile(
    r"up\s*to|as much as|at (?:most|least)|(?:more|less) than|over|under|max(?:imum)?\.?|or (?:more|less)|"
    r"\+(?!\d)|[<>\u2264\u2265()]",
    re.IGNORECASE,
)
_ADDED = re.compile(rf"^\s*\+\s*{FIGURE}\s*(?:{any_of(UNITS)})(?![a-z0-9])", re.IGNORECASE)
_NOT_MONEY = (
    r"(?:\w+[ -]){0,2}(?:users?|tokens?|gpus?|chips?|cards?|parameters?|customers?|people|shares?|hours?|"
    r"seats?|square|sq|homes|households|servers?|units?|accelerators?|instances?|jobs|acres|feet|subscribers?|"
    r"tons?|[a-z]{1,2}\d{2,4}s?)\b"
)
_UNCLEAR = re.compile(
    rf"(?:(?<![\w.,]){FIGURE}\s*-?\s*(?:{any_of(UNITS)})|"
    rf"\b(?:an?|half an?|{any_of(NUMBERS)})\s+[mbtr]+illions?)"
    rf"(?![\w%])(?!\s+{_NOT_MONEY})",
    re.IGNORECASE,
)
_NO_FIGURE_ALONE = re.compile(r"[%/]|\bper\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Amount:
    """What a text says of money, in units of `currency`, of capacity in MW, and of the months of its term.

    `left_open` says why there is no amount although the text names money.
    """

    amount: Decimal | None = None
    low: Decimal | None = None
    up_to: bool = False
    capacity_mw: float | None = None
    currency: str = "USD"
    term_months: int | None = None
    left_open: str | None = None


def amount(
    text: str,
    plain_unit: int = 1,
    *,
    currency: str = "USD",
    decimal_comma: bool = False,
    term_months: int | None = None,
) -> Amount:
    """Read an amount; `term_months` is what other cells say of its term.

    Raises UnfitCell for an amount in another currency than `currency` and the US dollar, for several that
    are not said to be a sum, and for money that makes no sense.
    """
    if len(text) > LONGEST:
        raise UnfitCell(f"the amount has {len(text):,} characters")
    readable = plain(text, decimal_comma)
    capacity, rest = _capacity(readable)
    said = Amount(capacity_mw=capacity, currency=currency, term_months=term_months or term_of(rest))
    found = sums(rest, plain_unit)
    if not found and not _NO_FIGURE_ALONE.search(rest):
        single = bare(_BOUNDS.sub(" ", rest).strip(), plain_unit)
        if single is not None:
            found = [replace(single, before=rest, currencies=(currency,))]
    if not found:
        return _without_money(said, rest, text)
    try:
        found = of_deal(found, rest, currency, text)
        return _added(said, found, rest, text)
    except Open as why:
        return replace(said, left_open=f"the amount {short(text.strip())} {why}: the leg has no amount")


def _without_money(said: Amount, rest: str, text: str) -> Amount:
    if _UNCLEAR.search(rest):
        why = (
            f"the amount {short(text.strip())} does not say of what (write it like $5 billion): the leg has"
            " no amount"
        )
        return replace(said, left_open=why)
    return said


def _added(said: Amount, about: list[Sum], rest: str, text: str) -> Amount:
    if not all(money.is_joined for money in about[1:]) or any(
        _ADDED.match(rest[money.end :]) for money in about
    ):
        raise several(text)
    currencies = {resolved(money, said.currency) for money in about}
    if len(currencies) > 1:
        raise UnfitCell(f"the amount {short(text.strip())} adds up two currencies (give each a row)")
    firm = whole = Decimal(0)
    for money in about:
        if _SHARE.search(money.before):
            raise Open("is a share of something (write what it comes to)")
        low, high = valued(money, said.capacity_mw, said.term_months)
        firm += 0 if is_ceiling(money) and not money.is_range else low
        whole += high
    only = currencies.pop() or said.currency
    is_open_above = firm < whole
    return replace(
        said,
        amount=whole,
        low=firm if is_open_above and firm else None,
        up_to=is_open_above and (not firm or any(map(is_ceiling, about))),
        currency=only,
    )


def _capacity(text: str) -> tuple[float | None, str]:
    """Return the capacity in MW, and the text without it; what is joined by a plus sign adds up."""
    found = list(_POWER.finditer(text))
    if not found:
        return None, text
    total = _megawatts(found[0])
    for before, power in pairwise(found):
        if re.search(r"\+|\bplus\b|\band\b", text[before.end() : power.start()], re.IGNORECASE):
            total += _megawatts(power)
        else:
            break
    return total, _POWER.sub(" ", text)


def _megawatts(found: re.Match[str]) -> float:
    factor = 1000 if found[3].lower().startswith("g") else 1
    return float(decimal(found[2]) * int(found[1] or 1) * factor)
