"""The application: the command line, and what it composes out of streams, dashboards and projections."""

import os

# Before anything loads numpy. The systems of equations here are small: threads that wait for each
# other made them a hundred times slower on a busy machine, and their number decides how sums are
# rounded, so a replay elsewhere could differ in the last digit.
for _library in ("OPENBLAS", "MKL", "OMP"):
    os.environ.setdefault(f"{_library}_NUM_THREADS", "1")
