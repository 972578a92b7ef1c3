"""What all tests have in common."""

import ouroboros  # noqa: F401  sets how many threads the numerics take, before anything loads them
