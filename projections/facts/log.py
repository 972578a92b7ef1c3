"""The log of one kind of facts: each filed under the things that it is about, those known first first."""

from bisect import bisect_right
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Generic, NamedTuple, TypeVar
from uuid import UUID

from rpds import HashTrieMap, HashTrieSet

from events.base import Report as ReportEvent
from projections.facts.reports import Fact, Report, fact_of, is_amendment, report_of
from projections.persistent import PersistentMap, PersistentSet, items_of

V = TypeVar("V")

# So far apart sources date one thing.
NEAR = timedelta(days=10)
# What sources write that know no name.
UNNAMED = frozenset(("", "unknown", "unnamed", "not named", "not stated", "n/a", "none", "-"))


@dataclass(frozen=True, slots=True)
class Kind(Generic[V]):
    """How facts of a kind are filed: `things` names what one is about, first where it is looked for.

    `same` tells whether two values may be of one thing. With `most` only so many facts of a thing are
    kept, the first and the newest; with `kept_for` a fact is forgotten so long after it was known.
    """

    name: str
    things: Callable[[Fact[V]], tuple[str, ...]]
    same: Callable[[V, V], bool]
    most: int | None = None
    kept_for: timedelta | None = None


class Log(NamedTuple, Generic[V]):
    """Facts by thing, the newest last, and the sources that were ever heard on each.

    `homes` says under which thing a fact of an id is filed first, `joined` leads from an id to that of the
    fact which it was joined with. Reports whose ids are `void` were corrected or retracted, whenever they
    come.
    """

    facts: PersistentMap[str, tuple[Fact[V], ...]] = HashTrieMap()
    sources: PersistentMap[str, tuple[str, ...]] = HashTrieMap()
    homes: PersistentMap[str, str] = HashTrieMap()
    joined: PersistentMap[str, str] = HashTrieMap()
    void: PersistentSet[UUID] = HashTrieSet()

    def of(self, thing: str) -> tuple[Fact[V], ...]:
        """Return the facts about a thing, the newest last."""
        return self.facts.get(thing, ())


class Change(NamedTuple, Generic[V]):
    """A log after a change: the facts that are new or other than before, and those that they replace."""

    log: Log[V]
    kind: Kind[V]
    made: tuple[Fact[V], ...] = ()
    gone: tuple[Fact[V], ...] = ()

    @property
    def things(self) -> tuple[str, ...]:
        """Return all things that the change is about."""
        changed = (*self.gone, *self.made)
        return tuple(dict.fromkeys([thing for fact in changed for thing in self.kind.things(fact)]))


def record(
    log: Log[V],
    kind: Kind[V],
    new: Report[V],
    *,
    fact_id: str | None = None,
    corrects: UUID | None = None,
    now: datetime | None = None,
) -> Change[V]:
    """Record a report with the fact that it is of, or as a new fact."""
    if log.void and new.event_id in log.void:
        return Change(log, kind)
    if corrects is not None:
        log = log._replace(void=log.void.insert(corrects))
    alone = Fact(fact_id or str(new.event_id), (new,), new.known_at)
    home = kind.things(alone)[0]
    heard = log.sources.get(home, ())
    if new.source not in heard:
        log = log._replace(sources=log.sources.insert(home, (*heard, new.source)))
    only_source = heard in {(), (new.source,)} and not is_amendment(new.source)
    found = None
    # Nearly always nobody else has said anything of it.
    if fact_id is not None or corrects is not None or not only_source:
        found = _found(log, kind, alone, home, corrects)
    if found is None:
        if log.joined:
            log = log._replace(joined=log.joined.discard(alone.fact_id))
        return _filed(log, kind, (alone,), (), now=now)
    kept = (old for old in found.reports if old.event_id != corrects)
    after = fact_of(found.fact_id, (*kept, new), is_parted=found.is_parted)
    if fact_id is not None and named(log, fact_id) is None:
        log = log._replace(joined=log.joined.insert(fact_id, found.fact_id))
    return _filed(log, kind, (after,), (found,), now=now)


def record_event(
    log: Log[V], kind: Kind[V], event: ReportEvent, value: V, now: datetime | None = None
) -> Change[V]:
    """Record what an event reports, with the fact that it names or corrects."""
    return record(log, kind, report_of(event, value), fact_id=event.fact_id, corrects=event.corrects, now=now)


def retract(log: Log[V], kind: Kind[V], report_id: UUID) -> Change[V]:
    """Take a report back; a fact without any report is gone."""
    log = log._replace(void=log.void.insert(report_id))
    fact = _with_report(log, report_id)
    if fact is None:
        return Change(log, kind)
    left = [old for old in fact.reports if old.event_id != report_id]
    made = (fact_of(fact.fact_id, left, is_parted=fact.is_parted),) if left else ()
    return _filed(log, kind, made, (fact,))


def join(log: Log[V], kind: Kind[V], fact_id: str, others: Iterable[str]) -> Change[V]:
    """Make one fact of several, under the id of the first."""
    found = [fact for name in (fact_id, *others) if (fact := named(log, name))]
    gone = tuple({fact.fact_id: fact for fact in found}.values())
    if len(gone) < 2 or gone[0] is not named(log, fact_id):
        return Change(log, kind)
    joined = log.joined.discard(gone[0].fact_id)
    for fact in gone[1:]:
        joined = joined.insert(fact.fact_id, gone[0].fact_id)
    after = fact_of(gone[0].fact_id, (report for fact in gone for report in fact.reports))
    return _filed(log._replace(joined=joined), kind, (after,), gone)


def part(log: Log[V], kind: Kind[V], fact_id: str, report_ids: Iterable[UUID]) -> Change[V]:
    """Make reports of a fact a fact of their own, named after the one known first.

    The report after which the whole fact is named cannot lend its id to a second one.
    """
    fact, wanted = named(log, fact_id), frozenset(report_ids)
    taken = [report for report in fact.reports if report.event_id in wanted] if fact else []
    left = [report for report in fact.reports if report.event_id not in wanted] if fact else []
    if fact is None or not taken or not left:
        return Change(log, kind)
    first = min(taken, key=lambda report: (report.known_at, report.event_id))
    stays = fact_of(fact.fact_id, left, is_parted=True)
    name = str(first.event_id)
    leaves = fact_of(name if name != fact.fact_id else f"{name} parted", taken, is_parted=True)
    log = log._replace(joined=log.joined.discard(leaves.fact_id))
    return _filed(log, kind, (stays, leaves), (fact,))


def refiled(log: Log[V], kind: Kind[V], change: Callable[[V], V]) -> Log[V]:
    """Change the values of all facts, file them anew, and join those that turn out to be one."""
    facts = sorted(all_facts(log), key=lambda fact: (fact.known_at, fact.fact_id))
    after: Log[V] = Log(joined=log.joined, void=log.void)
    for fact in facts:
        reports = [old._replace(value=change(old.value)) for old in fact.reports]
        after = _merged(after, kind, fact_of(fact.fact_id, reports, is_parted=fact.is_parted))
    return after


def replaced(log: Log[V], kind: Kind[V], before: Fact[V], after: Fact[V]) -> Change[V]:
    """Put a fact in the place of what it was."""
    return _filed(log, kind, (after,), (before,))


def is_close(known: float | Decimal, new: float | Decimal) -> bool:
    """Return whether two stated figures may be one: figures are rounded to a hundredth."""
    return abs(float(known) - float(new)) * 100 <= max(float(known), float(new))


def is_unnamed(name: str, *parties: str | None) -> bool:
    """Return whether a name leaves open what is meant: unknown, or no more than a party to it."""
    return name.casefold() in UNNAMED or name in parties


def named(log: Log[V], fact_id: str) -> Fact[V] | None:
    """Find a fact by its id, or by one that it was joined with."""
    while fact_id in log.joined:
        fact_id = log.joined[fact_id]
    home = log.homes.get(fact_id)
    return next((fact for fact in log.of(home) if fact.fact_id == fact_id), None) if home else None


def all_facts(log: Log[V]) -> list[Fact[V]]:
    """Return every fact once, in no order."""
    return list({fact.fact_id: fact for _, facts in items_of(log.facts) for fact in facts}.values())


def _found(log: Log[V], kind: Kind[V], alone: Fact[V], home: str, corrects: UUID | None) -> Fact[V] | None:
    """Find the fact that a report, a fact by itself, is of."""
    new = alone.surest
    if corrects is not None and (corrected := _with_report(log, corrects, home)):
        return corrected
    fact_id = None if alone.fact_id == str(new.event_id) else alone.fact_id
    if fact_id is not None and (fact := named(log, fact_id)):
        return fact
    candidates = [fact for fact in log.of(home) if _may_be(kind, fact, new, fact_id)]
    return min(candidates, key=lambda fact: _distance(fact, new), default=None)


def _may_be(kind: Kind[V], fact: Fact[V], new: Report[V], fact_id: str | None) -> bool:
    if _distance(fact, new) > NEAR or not _is_same(kind, fact, new):
        return False
    # Two ids that sources gave are two facts.
    if fact_id is not None and all(fact.fact_id != str(old.event_id) for old in fact.reports):
        return False
    return is_amendment(new.source) or all(old.source != new.source for old in fact.reports)


def _is_same(kind: Kind[V], fact: Fact[V], new: Report[V]) -> bool:
    """Return whether a report says the same as a report of a fact, and as all that agree with this one.

    What leaves a thing unnamed agrees with every name, and must not bring two names together.
    """
    values = [old.value for old in fact.reports]
    return any(
        all(kind.same(other, new.value) for other in values if kind.same(other, value)) for value in values
    )


def _distance(fact: Fact[V], new: Report[V]) -> timedelta:
    return min(abs(old.occurred_at - new.occurred_at) for old in fact.reports)


def _with_report(log: Log[V], report_id: UUID, home: str | None = None) -> Fact[V] | None:
    """Find the fact of a report: where it is likely first, then everywhere."""
    likely = _among(log.of(home), report_id) if home else None
    return likely or _among(all_facts(log), report_id)


def _among(facts: Iterable[Fact[V]], report_id: UUID) -> Fact[V] | None:
    return next((fact for fact in facts if any(old.event_id == report_id for old in fact.reports)), None)


def _merged(log: Log[V], kind: Kind[V], fact: Fact[V]) -> Log[V]:
    home = kind.things(fact)[0]
    others = [] if fact.is_parted else [
        other
        for other in log.of(home)
        if not other.is_parted and all(_may_be(kind, other, report, None) for report in fact.reports)
    ]  # fmt: skip
    nearest = min(others, key=lambda other: _distance(other, fact.surest), default=None)
    if nearest is not None:
        joined = log.joined.discard(nearest.fact_id).insert(fact.fact_id, nearest.fact_id)
        fact = fact_of(nearest.fact_id, (*nearest.reports, *fact.reports))
        log = _filed(log._replace(joined=joined), kind, (fact,), (nearest,)).log
    else:
        log = _filed(log, kind, (fact,), ()).log
    sources = tuple(dict.fromkeys((*log.sources.get(home, ()), *(report.source for report in fact.reports))))
    return log._replace(sources=log.sources.insert(home, sources))


def _filed(
    log: Log[V],
    kind: Kind[V],
    made: tuple[Fact[V], ...],
    gone: tuple[Fact[V], ...],
    *,
    now: datetime | None = None,
) -> Change[V]:
    """File facts under their things, in the place of those that are gone."""
    facts, homes = log.facts, log.homes
    for fact in gone:
        homes = homes.discard(fact.fact_id)
        for thing in kind.things(fact):
            others = tuple(other for other in facts.get(thing, ()) if other.fact_id != fact.fact_id)
            facts = facts.insert(thing, others) if others else facts.discard(thing)
    for fact in made:
        things = kind.things(fact)
        homes = homes.insert(fact.fact_id, things[0])
        for thing in things:
            filed = _in_place(facts.get(thing, ()), fact)
            facts = facts.insert(thing, _within_bounds(kind, filed, now))
    return Change(Log(facts, log.sources, homes, log.joined, log.void), kind, made, gone)


def _in_place(facts: tuple[Fact[V], ...], fact: Fact[V]) -> tuple[Fact[V], ...]:
    if not facts or facts[-1].known_at <= fact.known_at:
        return (*facts, fact)
    earlier = bisect_right(facts, fact.known_at, key=lambda other: other.known_at)
    return (*facts[:earlier], fact, *facts[earlier:])


def _within_bounds(kind: Kind[V], facts: tuple[Fact[V], ...], now: datetime | None) -> tuple[Fact[V], ...]:
    if kind.most is not None and len(facts) > kind.most:
        facts = (facts[0], *facts[1 - kind.most :])
    if kind.kept_for is not None and now is not None and facts[0].known_at <= now - kind.kept_for:
        cut = now - kind.kept_for
        facts = tuple(fact for fact in facts if fact.known_at > cut)
    return facts
