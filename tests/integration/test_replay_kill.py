"""Replays that are killed go on where they were, and come to the same rows."""

import asyncio
import random
import signal
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest

from ouroboros.replay import register
from ouroboros.replay.plan import Plan
from streams.settings import Settings
from tests.integration.pipeline import environment, ouroboros, query
from tests.integration.replays import DAILY, differing, exported, live, replayed
from tests.replay.months import SENT, month, with_the_desk

pytestmark = [pytest.mark.integration, pytest.mark.asyncio]

SEED = 21


async def killed(settings: Settings, *arguments: str, after: int) -> int | None:
    """Run a replay that dies after so many commits."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.integration.dying_replay", "replay", *arguments),
        env={**environment(settings), "DIE_AFTER": str(after)},
        stderr=asyncio.subprocess.DEVNULL,
    )
    return await asyncio.wait_for(process.wait(), 60)


@pytest.mark.parametrize("source", ["journal", "archive", "parquet"])
async def test_a_replay_killed_again_and_again_comes_to_the_same_rows(
    settings: Settings, tmp_path: Path, source: str
) -> None:
    # Snapshots are few, so that the states are behind the rows when it dies.
    settings = settings.model_copy(update={**DAILY, "snapshot_events": 35})
    chance = random.Random(SEED)
    events = with_the_desk(chance, month(chance, 90, SENT))
    await live(settings, events[:40], events[40:80], events[80:])
    where = str(exported(settings, tmp_path / "export")) if source == "parquet" else source
    reached = [-1]
    for after in (1, 3, 2):
        died = await killed(settings, "--source", where, "--into", "again", after=after)
        assert died == -signal.SIGKILL
        ((offset,),) = query(settings, "SELECT min(journal_offset) FROM again.checkpoint")
        reached.append(offset)
    assert reached == sorted(set(reached)), f"seed {SEED}"
    status, out, err = await ouroboros(settings, "replay", "--source", where, "--into", "again")
    assert (status, "a second" in out) == (0, True), err
    assert differing(settings, "again") == [], f"seed {SEED}"


async def test_two_replays_into_one_schema_are_not_run_at_once(settings: Settings) -> None:
    await live(settings, month(random.Random(SEED), 30, SENT))
    await replayed(settings, "again", Plan("archive"))
    with register.holding(settings.database_url, "again"):
        status, _, err = await ouroboros(settings, "replay", "drop", "again")
    assert status == 1
    assert "A replay into again is running." in err


async def test_what_an_ended_replay_still_holds_for_a_moment_is_waited_for(settings: Settings) -> None:
    with ExitStack() as ended:
        ended.enter_context(register.holding(settings.database_url, "again"))
        released = asyncio.get_running_loop().call_later(0.5, ended.close)
        await asyncio.to_thread(hold_and_release, settings.database_url)
        assert released.when() <= asyncio.get_running_loop().time()


def hold_and_release(database: str) -> None:
    with register.holding(database, "again"):
        pass
