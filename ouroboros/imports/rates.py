"""Amounts over a term: what a sum is a month or a year, for each gigawatt, or several times."""

import re
from decimal import Decimal

from ouroboros.imports.amount_words import ADVERBS, NUMBERS, PERIODS, any_of
from ouroboros.imports.money_text import Sum

_PERIOD = re.compile(
    rf"^\s*(?:/|per\b|an?\b|each\b|every\b)\s*({any_of(PERIODS)})(?![a-z])\.?(?!\s+(?:ago|earlier|later|of)\b)",
    re.IGNORECASE,
)
_ADVERB = re.compile(rf"(?<![a-z-])({any_of(ADVERBS)})(?![a-z])", re.IGNORECASE)
_PER_POWER = re.compile(r"^\s*(?:/|per)\s*(gw|mw|gigawatt|megawatt)(?![a-z])", re.IGNORECASE)
_EACH = re.compile(
    r"^\s*(?:each\b|apiece\b|/\s?(?:gpu|chip|card|unit|share|token|server|rack|site|node|customer|user|seat|kwh|mwh|"
    r"kw)(?![a-z])|per\s+(?-i:(?!the\b|reports?\b|sources?\b|filings?\b|compan(?:y|ies)\b)[a-z]))",
    re.IGNORECASE,
)
_TIMES_BEFORE = re.compile(
    rf"(?<![\w.,-])(\d{{1,4}}|{any_of(NUMBERS)})(?:\s*[x\u00d7*]|\s+(?:tranches|instal?lments|payments)\s+of)\s*$",
    re.IGNORECASE,
)
_COUNT_BEFORE = re.compile(
    rf"(?<![\w.,-])(\d{{1,3}}(?:,\d{{3}})+|\d{{1,9}}|{any_of(NUMBERS)})\s+(?!(?:{any_of(PERIODS)})\b)[a-z]+s\s+(?:at|@|of|for)\s*$",
    re.IGNORECASE,
)
_TIMES_AFTER = re.compile(
    rf"^\s*[x\u00d7*]\s*(\d{{1,4}})(?![\w.,%])(\s*-?\s*(?:{any_of(PERIODS)})(?![a-z]))?", re.IGNORECASE
)
_TIMES = re.compile(r"[\u00d7*]\s*$|(?<![a-z])x\s*$", re.IGNORECASE), re.compile(r"^\s*[x\u00d7*](?![a-z])")
_TERM = re.compile(
    r"(?<![\w.,$-])(?<!\bin )(?<!\bafter )(?<!\bwithin )(?<!\bevery )(?<!\beach )"
    r"(?<!\bfirst )(?<!\blast )(?<!\bnext )"
    rf"(\d{{1,3}}(?:\.\d{{1,2}})?|{any_of(NUMBERS)}|(?=decade))\s*-?\s*({any_of(PERIODS)})(?![a-z])"
    r"(?![-\s]*(?:ago|old|options?|notice|extensions?|warrants?|later|earlier)\b)",
    re.IGNORECASE,
)
_CEILING = re.compile(
    r"(?<!adds )(?<!add )(?<!adding )\bup\s*to\b|\bas (?:much|high) as\b|\bat most\b|\bmax(?:imum)?\b|"
    r"\bno(?:t|thing)? more than\b|\bnot (?:to )?exceed(?:ing)?\b|"
    r"\b(?:capped at|cap of|ceiling of|limit of)\b|\bpotential(?:ly)?\b|\boption(?:al|s)?\b",
    re.IGNORECASE,
)
_BELOW = re.compile(
    r"(?:(?<!no )(?<!not )\b(?:less|fewer|lower) than|\bunder|\bbelow|\bshy of|<=?|[\u2264\u2a7d])\s*$",
    re.IGNORECASE,
)
_OR_LESS = re.compile(
    r"^\s*\(?\s*(?:max(?:imum)?\b|cap\b|ceiling\b|or (?:less|under|below)\b|at (?:the )?most\b|tops\b|"
    r"limit\b|option(?:s|al)?\b)",
    re.IGNORECASE,
)


class Open(Exception):
    """Says why a sum in a text is not the amount of a deal: a rate, a price of one, a share."""


def is_ceiling(money: Sum) -> bool:
    """Return whether a sum is the most that it can be."""
    return bool(_CEILING.search(money.before) or _BELOW.search(money.before) or _OR_LESS.match(money.after))


def term_of(text: str) -> int | None:
    """Return the months that a text names as a term; None where it names none, or two."""
    terms = set()
    for found in _TERM.finditer(text):
        of_period = PERIODS[found[2].lower()]
        if of_period is not None and found[2].lower() not in {"m", "q"}:
            terms.add(_count(found[1] or "1") * of_period)
    if len(terms) != 1:
        return None
    (months,) = terms
    return int(months) if months == int(months) and months > 0 else None


def valued(money: Sum, capacity_mw: float | None, term_months: int | None) -> tuple[Decimal, Decimal]:
    """Return the low and the high end of what a sum comes to. Raises Open where a factor is not stated."""
    factor = _times(money)
    per_power = _PER_POWER.match(money.after)
    if per_power:
        if capacity_mw is None:
            raise Open("is a price of capacity, and no capacity is stated")
        factor *= Decimal(str(capacity_mw)) / (1000 if per_power[1].lower().startswith("g") else 1)
    months, is_rate = _period(money)
    if is_rate:
        if months is None or term_months is None:
            raise Open("is a rate, and nothing says for how many months or years (write: for 5 years)")
        factor *= Decimal(term_months) / months
    return money.low * factor, money.high * factor


def _period(money: Sum) -> tuple[int | None, bool]:
    """Return the months in which a sum is due again, and whether it is due again at all."""
    if found := _PERIOD.match(money.after):
        return PERIODS[found[1].lower()], True
    if re.match(r"\s*pa\b", money.after):
        return PERIODS["annum"], True
    if found := _ADVERB.search(money.after) or _ADVERB.search(money.before):
        return ADVERBS[found[1].lower()], True
    return None, False


def _times(money: Sum) -> Decimal:
    """Return how often a sum is meant."""
    if found := _TIMES_BEFORE.search(money.before):
        return _count(found[1])
    if found := _TIMES_AFTER.match(money.after):
        # What is paid a year, times so many years, is the term of a rate.
        return Decimal(1) if found[2] and _period(money)[1] else _count(found[1])
    is_each = (
        _EACH.match(money.after) and not _PERIOD.match(money.after) and not _PER_POWER.match(money.after)
    )
    if is_each:
        if found := _COUNT_BEFORE.search(money.before):
            return _count(found[1])
        raise Open("is a price of one, and not of all")
    if _TIMES[0].search(money.before) or _TIMES[1].match(money.after):
        raise Open("is a product, of which one factor is not clear")
    return Decimal(1)


def _count(text: str) -> Decimal:
    return Decimal(NUMBERS.get(text.lower(), 0)) or Decimal(text.replace(",", ""))
