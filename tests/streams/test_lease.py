import time

import pytest

from events.errors import Stalled
from streams.sequencer.lease import Lease


def test_a_lease_whose_pulse_beats_lasts() -> None:
    lease = Lease(1)
    lease.keep()
    time.sleep(1.5)
    lease.check()
    lease.release()


def test_a_lease_without_a_pulse_runs_out() -> None:
    lease = Lease(0.05)
    time.sleep(0.1)
    with pytest.raises(Stalled, match="stood still"):
        lease.check()


def test_a_gap_is_remembered_when_the_pulse_beats_again() -> None:
    lease = Lease(0.5)
    time.sleep(0.6)
    lease.keep()
    time.sleep(0.3)
    for _ in range(2):
        with pytest.raises(Stalled, match="stood still"):
            lease.check()
    lease.release()
