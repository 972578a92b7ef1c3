"""A worker: one process that plays some or all of the roles, until it is stopped or something breaks.

It never goes on after a bug: the first error stops everything, nothing is acknowledged that
was not committed, and whatever supervises the process starts it again.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from typing import Any

from aiokafka import AIOKafkaProducer

from events.errors import UsageError
from projections.base import Projection
from projections.registry import PROJECTIONS
from projections.warning_signs import WARNING_SIGNS
from streams.dead_letters.role import DeadLetterRole
from streams.faust_app import Failure
from streams.kafka import EndOffsets, check_topics, end_offsets, producing
from streams.projector import ProjectorRole
from streams.roles import Loop, Role, supervise
from streams.sequencer.role import SequencerRole
from streams.settings import Settings
from streams.signals import SignalRole
from streams.webhooks.role import WebhookRole

log = logging.getLogger(__name__)

SETTLE_SECONDS = 0.05

ROLES = ("sequencer", "projector", "dead-letters", "signals", "webhooks")


class Worker:
    """The roles that run in this process."""

    def __init__(self, roles: Sequence[Role], ends: EndOffsets, failure: Failure) -> None:
        self.roles = roles
        self._ends = ends
        self._failure = failure

    async def settle(self) -> None:
        """Wait until everything published so far is in the read models and its signals are sent.

        Where this worker sequences, no other one may: it waits until all partitions are its own.
        Raises whatever breaks meanwhile.
        """
        await self._until(self._is_idle)

    async def sequence(self) -> None:
        """Wait until all facts published so far are in the journal, and all prints at least in open bars.

        Raises whatever breaks meanwhile.
        """
        await self._until(self._has_sequenced)

    async def failed(self) -> BaseException:
        """Wait until something breaks."""
        return await self._failure.wait()

    async def _until(self, reached: Callable[[], Awaitable[bool]]) -> None:
        failed = asyncio.create_task(self.failed())
        try:
            while not await reached():
                await asyncio.wait({failed}, timeout=SETTLE_SECONDS)
                if failed.done():
                    raise failed.result()
        finally:
            failed.cancel()

    async def _is_idle(self) -> bool:
        # In the order of the flow: what one role has finished is there for the next to be asked about.
        for role in self.roles:
            if await role.lag(self._ends) != 0 or (isinstance(role, SequencerRole) and not role.settled):
                return False
        return True

    async def _has_sequenced(self) -> bool:
        sequencers = [role for role in self.roles if isinstance(role, SequencerRole)]
        return all([await role.lag(self._ends) == 0 for role in sequencers])


@asynccontextmanager
async def working(settings: Settings, only: Sequence[str] = ()) -> AsyncIterator[Worker]:
    """Run the roles named in `only`, or all that are set up, for as long as the context is open.

    The name of a projection stands for a projector that folds it alone. Raises UsageError
    for an unknown name, a missing broker, or a database that was not migrated.
    """
    failure = Failure()
    await check_topics(settings)
    async with AsyncExitStack() as stack:
        producer = await stack.enter_async_context(producing(settings))
        ends = await stack.enter_async_context(end_offsets(settings))
        roles = _roles(settings, only, producer, failure)
        for role in roles:
            stack.push_async_callback(role.close)
            await role.prepare()
        stack.push_async_callback(_stop_apps, roles)
        await asyncio.gather(*(role.app.start() for role in roles if role.app is not None))
        loops: list[Loop] = [loop for role in roles for loop in role.loops()]
        loops.append(partial(supervise, settings, roles, ends))
        tasks = [asyncio.create_task(failure.guard(loop)()) for loop in loops]
        stack.push_async_callback(_cancel, tasks)
        yield Worker(roles, ends, failure)
        for role in roles:
            await role.stop()


async def _stop_apps(roles: Sequence[Role]) -> None:
    await asyncio.gather(*(role.app.stop() for role in roles if role.app is not None))


async def _cancel(tasks: Sequence[asyncio.Task[None]]) -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


def _roles(
    settings: Settings, only: Sequence[str], producer: AIOKafkaProducer, failure: Failure
) -> list[Role]:
    committed = asyncio.Event()
    by_name: dict[str, Projection[Any]] = {projection.name: projection for projection in PROJECTIONS}
    if "projector" in only and by_name.keys() & set(only):
        raise UsageError(
            "The projector folds every projection already.", "Name either it or single projections."
        )
    roles: list[Role] = []
    for name in only or [role for role in ROLES if role != "webhooks" or settings.destinations]:
        match name:
            case "sequencer":
                roles.append(SequencerRole(settings, producer, failure))
            case "projector":
                roles.append(ProjectorRole(settings, PROJECTIONS, failure, committed))
            case "dead-letters":
                roles.append(DeadLetterRole(settings, failure))
            case "signals":
                roles.append(SignalRole(settings, WARNING_SIGNS, producer, committed))
            case "webhooks":
                roles.append(WebhookRole(settings, WARNING_SIGNS))
            case _ if name in by_name:
                alone = f"projector-{name}"
                roles.append(ProjectorRole(settings, [by_name[name]], failure, committed, alone))
            case _:
                known = ", ".join((*ROLES, *by_name))
                raise UsageError(f"There is no role or projection {name!r}.", f"Known are {known}.")
    return roles
