"""The words that amounts of deals are written with: units, currencies, periods, bounds."""

import re
from collections.abc import Iterable

UNITS: dict[str, int] = {
    **dict.fromkeys(("k", "thousand", "thousands"), 10**3),
    **dict.fromkeys(("lakh", "lakhs", "lac", "lacs"), 10**5),
    **dict.fromkeys(
        ("m", "mn", "mm", "mil", "mill", "mln", "mio", "million", "millions", "millionen"), 10**6
    ),
    **dict.fromkeys(("cr", "crore", "crores"), 10**7),
    "hundred million": 10**8,
    **dict.fromkeys(("b", "bn", "bns", "bln", "bil", "bi", "billion", "billions"), 10**9),
    **dict.fromkeys(
        ("mrd", "mld", "mdr", "mia", "milliard", "milliards", "milliarden", "thousand million"), 10**9
    ),
    **dict.fromkeys(("t", "tn", "trn", "tril", "trillion", "trillions", "thousand billion"), 10**12),
    **dict.fromkeys(("lakh crore", "lakh crores", "lac crore"), 10**12),
}
INDIAN = frozenset(word for word in UNITS if word.startswith(("lakh", "lac", "cr")))

DOLLARS = ("USD", "AUD", "CAD", "HKD", "NZD", "SGD", "TWD")
# What a sign or word may mean; what several currencies share means the one that the mapping names.
CURRENCIES: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("$", "dollar", "dollars"), DOLLARS),
    **dict.fromkeys(("us$", "us $", "u.s.$", "u.s. $", "usd", "usd$", "usd $"), ("USD",)),
    **dict.fromkeys(("us dollar", "us dollars", "u.s. dollar", "u.s. dollars"), ("USD",)),
    **dict.fromkeys(("a$", "au$", "au $", "aud$", "australian dollars"), ("AUD",)),
    **dict.fromkeys(("c$", "ca$", "ca $", "can$", "cdn$", "cad$", "canadian dollars"), ("CAD",)),
    **dict.fromkeys(("nt$", "nt $", "ntd", "taiwan dollars"), ("TWD",)),
    **dict.fromkeys(("hk$", "hk $", "hkd$", "hong kong dollars"), ("HKD",)),
    **dict.fromkeys(("s$", "sg$", "sgd$", "singapore dollars"), ("SGD",)),
    **dict.fromkeys(("nz$", "nz $", "new zealand dollars"), ("NZD",)),
    **dict.fromkeys(("r$", "reais"), ("BRL",)),
    **dict.fromkeys(("mx$", "mex$"), ("MXN",)),
    **dict.fromkeys(("\u20ac", "euro", "euros"), ("EUR",)),
    **dict.fromkeys(("\u00a3", "pound", "pounds", "pounds sterling", "sterling"), ("GBP",)),
    "\u00a5": ("JPY", "CNY"),
    "yen": ("JPY",),
    **dict.fromkeys(("yuan", "renminbi", "rmb", "cnh", "cn\u00a5", "rmb\u00a5"), ("CNY",)),
    **dict.fromkeys(("\u20a9", "won"), ("KRW",)),
    "\u20b9": ("INR",),
    **dict.fromkeys(("rs", "rs.", "rupee", "rupees"), ("INR", "PKR", "LKR")),
    **dict.fromkeys(("kr", "kronor", "krona", "kroner", "krone"), ("SEK", "NOK", "DKK", "ISK")),
    **dict.fromkeys(("franc", "francs"), ("CHF",)),
    **dict.fromkeys(("dirham", "dirhams"), ("AED", "MAD")),
    **dict.fromkeys(("riyal", "riyals"), ("SAR", "QAR")),
    **dict.fromkeys(("shekel", "shekels", "\u20aa"), ("ILS",)),
    **dict.fromkeys(("peso", "pesos"), ("MXN", "ARS", "CLP", "COP", "PHP")),
    **dict.fromkeys(("rand",), ("ZAR",)),
}
_CODES = (
    "AED ARS AUD BRL CAD CHF CLP CNY CZK DKK EGP EUR GBP HKD HUF IDR ILS INR JPY KRW KWD MXN MYR NGN NOK"
    " NZD PHP PKR PLN QAR RON RUB SAR SEK SGD THB TWD UAH VND ZAR"
)
CURRENCIES |= {code.lower(): (code,) for code in _CODES.split()}

PERIODS: dict[str, int | None] = {
    **dict.fromkeys(("month", "months", "mo", "mos", "mth", "mths", "m"), 1),
    **dict.fromkeys(("quarter", "quarters", "qtr", "qtrs", "q"), 3),
    **dict.fromkeys(("half-year", "half year", "semester"), 6),
    **dict.fromkeys(("year", "years", "yr", "yrs", "y", "annum"), 12),
    **dict.fromkeys(("decade", "decades"), 120),
    # Months have no whole number of these.
    **dict.fromkeys(("week", "weeks", "wk", "w", "day", "days", "d", "hour", "hours", "hr", "hrs", "h")),
}
ADVERBS: dict[str, int | None] = {
    **dict.fromkeys(("monthly", "mrr"), 1),
    "quarterly": 3,
    **dict.fromkeys(("semiannual", "semi-annual", "half-yearly"), 6),
    **dict.fromkeys(("annual", "annually", "annualized", "annualised", "yearly", "p.a.", "pa", "arr"), 12),
    **dict.fromkeys(("run rate", "run-rate", "annual run rate", "annual run-rate", "per-year"), 12),
    **dict.fromkeys(("weekly", "biweekly", "bi-weekly", "daily", "hourly", "bimonthly", "biennial")),
}
_NUMBERS = "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
NUMBERS = {word: number for number, word in enumerate(_NUMBERS.split(), start=1)} | {"twenty": 20}


def any_of(words: Iterable[str]) -> str:
    """Return a pattern of any of some words, the longest first."""
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))
