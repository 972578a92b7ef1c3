"""What the demo leaves behind, in tables: from the read models that anyone can query."""

from typing import Any

import psycopg
from rich.console import Console
from rich.table import Table
from rich.text import Text

from events.words import count, short_dollars
from ouroboros.demo.story import STYLES, measured
from streams.settings import Settings

Connection = psycopg.Connection[tuple[Any, ...]]

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
        out.print()
        out.print(_signs(connection))
        out.print(_loops(connection))
        out.print(_circularity(connection))
        ((events, deals, credit, sites, bars, signals, dead_letters),) = connection.execute(_TOTALS)
    out.print(
        f"{events} events, {deals} deals, {credit} credit events, {sites} power sites, {bars} price bars,"
        f" {signals} steps of signals, {count(dead_letters, 'dead letter')}."
    )
    out.print(
        "[dim]Separate contracts do not prove that the same dollars travel: a loop says what share could.[/]"
    )


def _signs(connection: Connection) -> Table:
    table = _table("Warning signs that are up", "sign", "about", "value", "level", "since", "evidence")
    for title, subject, value, unit, level, since, evidence in connection.execute(_SIGNS):
        shown = Text(level, style=STYLES[level])
        cited = count(evidence, "event")
        table.add_row(title, subject, measured(value, unit), shown, f"{since:%Y-%m-%d}", cited)
    return table


def _loops(connection: Connection) -> Table:
    table = _table("Loops of money", "basis", "loop", "bottleneck")
    for basis, path, dollars in connection.execute(_LOOPS):
        table.add_row(basis, path, short_dollars(dollars))
    return table


def _circularity(connection: Connection) -> Table:
    table = _table("Circularity", "basis", "announced", "at most circulating", "balanced estimate")
    for basis, announced, maximum, balanced, share_max, share_balanced in connection.execute(_CIRCULARITY):
        table.add_row(
            basis,
            short_dollars(announced),
            f"{short_dollars(maximum)} ({share_max:.1%})",
            f"{short_dollars(balanced)} ({share_balanced:.1%})",
        )
    return table


def _table(title: str, *columns: str) -> Table:
    return Table(*columns, title=title, title_justify="left")
