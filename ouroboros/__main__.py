"""`python -m ouroboros`."""

from ouroboros.cli import main

main()
