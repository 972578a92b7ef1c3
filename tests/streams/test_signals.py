import asyncio
from typing import Any

import pytest
from pydantic import SecretStr

from projections.warning_signs import WARNING_SIGNS
from streams.settings import Settings
from streams.signals import SignalRole

NOBODY_THERE = Settings(database=SecretStr("postgresql://nobody@127.0.0.1:1/nothing"))


@pytest.mark.asyncio
@pytest.mark.parametrize("turns", range(6))
async def test_being_woken_up_does_not_make_it_forget_that_it_was_told_to_end(turns: int) -> None:
    wake = asyncio.Event()
    producer: Any = None
    (send_for_ever,) = SignalRole(NOBODY_THERE, WARNING_SIGNS, producer, wake).loops()
    sending = asyncio.create_task(send_for_ever())
    await asyncio.sleep(0.01)
    wake.set()
    for _ in range(turns):
        await asyncio.sleep(0)
    sending.cancel()
    await asyncio.wait({sending}, timeout=3)
    assert sending.done()
