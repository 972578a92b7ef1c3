"""A lease on the partitions: whoever was stalled for too long no longer has them, and must not write.

A process that stood still (a suspended machine, a stop signal) wakes up with open bars of
partitions that were given to another sequencer meanwhile, and would close them before it hears
of that. So a thread keeps a pulse, beside the one in which Kafka's heartbeats are sent, and
a gap in it stops the process before anything is written: what was not acknowledged is read
again by whoever has the partition now. A long fold in the event loop is no such gap.
"""

import threading
import time

from events.errors import Stalled

PULSE_SECONDS = 0.1
# Where it is known, the clock that goes on while the machine is suspended.
_CLOCK = getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC)


class Lease:
    """Knows whether this process has been awake, and is checked before anything is written."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._pulse = time.clock_gettime(_CLOCK)
        self._longest_gap = 0.0
        self._released = threading.Event()

    def keep(self) -> None:
        """Start the pulse in a thread of its own, until it is released."""
        threading.Thread(target=self._beat, name="lease", daemon=True).start()

    def release(self) -> None:
        """Stop the pulse."""
        self._released.set()

    def check(self) -> None:
        """Raise Stalled when the pulse ever stood still for longer than the lease runs."""
        gap = max(self._longest_gap, time.clock_gettime(_CLOCK) - self._pulse)
        if gap > self._seconds:
            raise Stalled(
                f"The sequencer stood still for {gap:.0f} seconds; its partitions may be another one's now.",
                "Nothing was written. The worker stops; whatever supervises it should start it again.",
            )

    def _beat(self) -> None:
        while not self._released.wait(PULSE_SECONDS):
            now = time.clock_gettime(_CLOCK)
            # The gap is set before the pulse: in between, a check sees one or the other.
            self._longest_gap = max(self._longest_gap, now - self._pulse)
            self._pulse = now
