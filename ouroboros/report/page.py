"""The page of a report: what its templates show, besides the facts as they were read."""

from collections import defaultdict
from collections.abc import Hashable, Iterable
from typing import Any, NamedTuple

from ouroboros.html.charts import Figure
from ouroboros.html.page import render
from ouroboros.report import curves, money_map, signs
from ouroboros.report.reading import DRAWDOWNS, NEWEST_SIGNALS, Facts
from projections.indicators.bubble_break import DEFINITION as COMPOSITE
from projections.indicators.bubble_break import SIGNS as FIVE

BASES = {"all": "All money", "firm": "Firm money only"}
GPU_PRICES = {
    "resale": "GPUs, resold",
    "rental_hour": "GPUs, rented by the hour",
    "list": "GPUs, asking prices",
}


class Graph(NamedTuple):
    """The money on one basis; without companies there is no map, without deals no newest circularity."""

    basis: str
    title: str
    edges: list[Any]
    nodes: list[Any]
    loops: list[Any]
    map: Figure | None
    newest: Any


class PriceGroup(NamedTuple):
    """Prices that share a chart, by the names of their series; without any there is no figure."""

    key: str
    title: str
    series: dict[str, list[Any]]
    not_drawn: list[str]
    figure: Figure | None


def page(facts: Facts) -> str:
    """Return the whole document."""
    worst = signs.worst_of_each(facts.definitions, facts.signs)
    subjects = signs.every_subject([row.definition for row in worst], facts.signs)
    titles = {definition.id: definition.title for definition in facts.definitions}
    evidence = _grouped(facts.evidence, lambda row: (row.signal_id, row.step_number))
    legs = _grouped(facts.legs, lambda leg: leg.deal_id)
    return render(
        "report.html",
        "Ouroboros report",
        facts=facts,
        worst=worst,
        summary=signs.summary(worst),
        composite=next((row for row in worst if row.definition.id == COMPOSITE.id), None),
        cards=[row for row in worst if row.definition.id in FIVE],
        subjects=subjects,
        stale=sorted(
            (row for row in subjects if row.sign.stale_since),
            key=lambda row: (row.sign.indicator, row.sign.subject),
        ),
        title_of=lambda indicator: titles.get(indicator, indicator),
        signals_are_cut=len(facts.signals) == NEWEST_SIGNALS,
        evidence_of=lambda signal: evidence[signal.signal_id, signal.step_number],
        legs_of=lambda deal: legs[deal.deal_id],
        graphs=[_graph(facts, basis) for basis in BASES],
        legend=money_map.LEGEND,
        most_companies=money_map.MOST_COMPANIES,
        circularity=curves.circularity_chart(facts),
        round_trips=sorted(
            facts.round_trips, key=lambda trip: (-trip.round_trip_usd, trip.vendor, trip.basis)
        ),
        price_groups=_price_groups(facts),
        drawdowns=_drawdowns(facts),
        sites=sorted(
            facts.sites,
            key=lambda site: (
                site.status != "promised",
                -site.overdue_days,
                -(site.slip_days or 0),
                site.site_id,
            ),
        ),
        in_unit=signs.in_unit,
        in_words=signs.in_words,
        shown_level=signs.shown_level,
        shown_value=signs.shown_value,
        thresholds=signs.thresholds,
    )


def _graph(facts: Facts, basis: str) -> Graph:
    edges, nodes, loops = (
        [row for row in rows if row.basis == basis] for rows in (facts.edges, facts.nodes, facts.loops)
    )
    newest = [row for row in facts.circularity if row.basis == basis][-1:]
    return Graph(
        basis,
        BASES[basis],
        sorted(edges, key=lambda edge: (-edge.amount_usd, edge.source, edge.target)),
        money_map.by_money(nodes),
        sorted(loops, key=lambda loop: loop.rank),
        money_map.money_map(nodes, edges) if nodes else None,
        newest[0] if newest else None,
    )


def _price_groups(facts: Facts) -> list[PriceGroup]:
    groups = [("shares", "Shares", facts.share_prices)] + [
        (f"gpu-{basis}", title, [row for row in facts.gpu_prices if row.basis == basis])
        for basis, title in GPU_PRICES.items()
    ]
    price_groups = []
    for key, title, rows in groups:
        series = curves.by_series(rows)
        figure = curves.price_chart(series, facts.signals) if series else None
        price_groups.append(PriceGroup(key, title, series, curves.not_drawn(series, facts.signals), figure))
    return price_groups


def _drawdowns(facts: Facts) -> list[tuple[Any, Figure]]:
    """Return the definition and the chart of each drawdown that was ever measured."""
    rows = _grouped(facts.drawdowns, lambda row: row.indicator)
    by_id = {definition.id: definition for definition in facts.definitions}
    return [
        (by_id[indicator], curves.drawdown_chart(rows[indicator], by_id[indicator]))
        for indicator in DRAWDOWNS
        if indicator in rows and indicator in by_id
    ]


def _grouped(rows: Iterable[Any], key: Any) -> defaultdict[Hashable, list[Any]]:
    groups: defaultdict[Hashable, list[Any]] = defaultdict(list)
    for row in rows:
        groups[key(row)].append(row)
    return groups
