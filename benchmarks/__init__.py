"""What the pipeline costs, measured on this machine: run by `make bench`.

    make bench                          everything, in about five minutes
    make bench ARGS="replay latency"    some of it

Each benchmark prints what it measured beside the goal, and the ratio of the two, turned so
that 1 or more means that the goal is reached. A shared machine is noisy: the same run gives
figures that differ by a tenth or more, and a busy neighbour halves them. So compare ratios
that were measured side by side in one run, such as that to the hand-written loop, before
figures of two days; and look at the line that says how busy the machine was. What is done,
and with which seed, stands in the notes under each table.

Broker and database are the embedded ones and share the cores with what is measured.
"""

import ouroboros  # noqa: F401  sets how many threads the numerics take, before anything loads them
