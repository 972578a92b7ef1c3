"""What the demo leaves behind, in tables: from the read models that anyone can query."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import psycopg
from rich.console import Console
from rich.table import Table
from rich.text import Text

from events.words import count, short_dollars
from ouroboros.demo.story import STYLES, measured
from streams.settings import Settings

_SIGNS = """
SELECT d.title, subject, value, d.unit, level, since, cardinality(evidence)
FROM read.indicator_current JOIN read.indicator_definition d ON d.id = indicator
WHERE level <> 'calm'
ORDER BY array_position(ARRAY['critical', 'warning', 'watch'], level), indicator, subject
"""
_LOOPS = "SELECT basis, path, bottleneck_usd FROM read.loop WHERE rank <= 5 ORDER BY basis, rank"
_CIRCULARITY = """
SELECT DISTINCT ON (basis) basis, announced_usd, ci_max_usd, ci_bff_usd, ci_max, ci_bff
FROM read.circularity ORDER BY basis, journal_offset DESC, journal_index DESC
"""
_TOTALS = """
SELECT (SELECT count(*) FROM read.journal_event), (SELECT count(*) FROM read.deal),
       (SELECT count(*) FROM read.credit_event), (SELECT count(*) FROM read.power_site),
       (SELECT count(*) FROM read.equity_bar) + (SELECT count(*) FROM read.gpu_bar),
       (SELECT count(*) FROM read.signal),
       (SELECT count(*) FROM read.dead_letter)
"""


def show_summary(settings: Settings, out: Console) -> None:
    """Print the warning signs that are up, the loops, the circularity and the totals."""
    with psycopg.connect(settings.database_url) as connection:

        def rows(query: str) -> list[tuple[Any, ...]]:
            return connection.execute(query).fetchall()

        out.print()
        out.print(_signs(rows))
        out.print(_loops(rows))
        out.print(_circularity(rows))
        events, deals, credit, sites, bars, signals, dead_letters = rows(_TOTALS)[0]
    out.print(
        f"{events} events, {deals} deals, {credit} credit events, {sites} power sites, {bars} price bars,"
        f" {signals} steps of signals, {count(dead_letters, 'dead letter')}."
    )
    out.print(
        "[dim]Separate contracts do not prove that the same dollars travel: a loop says what share could.[/]"
    )


def _signs(rows: Callable[[str], list[tuple[Any, ...]]]) -> Table:
    table = Table("sign", "about", "value", "level", "since", "evidence", title="Warning signs that are up")
    table.title_justify = "left"
    for title, subject, value, unit, level, since, evidence in rows(_SIGNS):
        shown = Text(level, style=STYLES[level])
        table.add_row(
            title,
            subject,
            measured(value, unit),
            shown,
            f"{since:%Y-%m-%d}",
            count(evidence, "event"),
        )
    return table


def _loops(rows: Callable[[str], list[tuple[Any, ...]]]) -> Table:
    table = Table("basis", "loop", "bottleneck", title="Loops of money")
    table.title_justify = "left"
    for basis, path, dollars in rows(_LOOPS):
        table.add_row(basis, path, _short(dollars))
    return table


def _circularity(rows: Callable[[str], list[tuple[Any, ...]]]) -> Table:
    table = Table("basis", "announced", "at most circulating", "balanced estimate", title="Circularity")
    table.title_justify = "left"
    for basis, announced, maximum, balanced, share_max, share_balanced in rows(_CIRCULARITY):
        table.add_row(
            basis,
            _short(announced),
            f"{_short(maximum)} ({share_max:.1%})",
            f"{_short(balanced)} ({share_balanced:.1%})",
        )
    return table


def _short(dollars: Any) -> str:
    return short_dollars(Decimal(dollars))
