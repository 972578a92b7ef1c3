"""The Kafka topics, with their final partition counts: events are never moved to other partitions."""

from dataclasses import dataclass

from events.catalog import EVENT_TYPES

# Ticks scale out over partitions; facts are few, and four partitions let four sequencers share them.
FACT_PARTITIONS, PRICE_PARTITIONS = 4, 12


@dataclass(frozen=True)
class Topic:
    """A topic, what it carries, and over how many partitions."""

    name: str
    partitions: int
    carries: str
    # Whether later events of an entity wait while an earlier one lies in the dead letters.
    ordered: bool = False

    @property
    def event_types(self) -> tuple[str, ...]:
        """Return the event types that this ingress topic takes."""
        return tuple(kind.__name__ for kind in EVENT_TYPES if self.name == kind.TOPIC)


DEALS = Topic("deals", FACT_PARTITIONS, "deals between companies and what becomes of them", ordered=True)
CONTRACTS = Topic("contracts", FACT_PARTITIONS, "contracts renegotiated, resold, cut")
CREDIT = Topic("credit", FACT_PARTITIONS, "loans, waivers, defaults")
POWER = Topic("power", FACT_PARTITIONS, "power promised, delivered, withdrawn, generated")
EQUITY_PRICES = Topic("equity.prices", PRICE_PARTITIONS, "share prices")
GPU_PRICES = Topic("gpu.prices", PRICE_PARTITIONS, "GPU prices")
FINANCIALS = Topic("financials", FACT_PARTITIONS, "revenue, investment, utilisation, valuations")
HEADLINES = Topic("headlines", FACT_PARTITIONS, "what was written")
CLOCK = Topic("clock", 1, "time passing")
DESK = Topic("desk", 1, "what the desk decides: watchlists, acknowledgements, mutes, names, facts")

FACTS: tuple[Topic, ...] = (DEALS, CONTRACTS, CREDIT, POWER, FINANCIALS, HEADLINES, CLOCK, DESK)
PRICES: tuple[Topic, ...] = (EQUITY_PRICES, GPU_PRICES)
INGRESS: tuple[Topic, ...] = (*FACTS, *PRICES)

# One partition: the total order of facts.
JOURNAL = Topic("journal", 1, "every event that was taken in, in one order, for ever")
DEAD_LETTERS = Topic("dead-letters", 1, "what could not be read, with the reason and the original bytes")
SIGNALS = Topic("signals", 1, "episodes of warning signs: opened, escalated, eased, cleared")

ALL: tuple[Topic, ...] = (*INGRESS, JOURNAL, DEAD_LETTERS, SIGNALS)

ORDERED = frozenset(topic.name for topic in INGRESS if topic.ordered)
