"""A lease on the partitions: whoever was stalled for too long no longer has them, and must not write.

A process that stood still (a suspended machine, a stop signal) wakes up with open bars of
partitions that were given to another sequencer meanwhile, and would close them before it hears
of that. So a pulse is kept in the same event loop, and work that finds it too old stops the
process: what was not acknowledged is read again by whoever has the partition now.
"""

import asyncio

from events.errors import Stalled

PULSE_SECONDS = 0.1


class Lease:
    """Tells whether this process has been awake; it is asked before anything is written."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._pulse: float | None = None

    async def keep(self) -> None:
        """Let the pulse beat, for ever."""
        loop = asyncio.get_running_loop()
        while True:
            self._pulse = loop.time()
            await asyncio.sleep(PULSE_SECONDS)

    def check(self) -> None:
        """Raise Stalled when the pulse stood still for longer than the lease runs."""
        if self._pulse is None:
            return
        since = asyncio.get_running_loop().time() - self._pulse
        if since > self._seconds:
            raise Stalled(
                f"The sequencer stood still for {since:.0f} seconds;"
                " its partitions may be another one's now.",
                "Nothing was written. The worker stops; whatever supervises it should start it again.",
            )
