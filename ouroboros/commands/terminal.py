"""What all commands share: the terminal, its log, the settings."""

import logging

from pydantic import ValidationError
from rich.console import Console
from rich.logging import RichHandler

from events.errors import UsageError
from streams.settings import Settings

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)

OURS = ("ouroboros", "streams", "projections")
# These tell of every leader and coordinator that moves; what matters reaches us as exceptions.
TALKATIVE = ("aiokafka", "faust", "mode")


def settings() -> Settings:
    """Read the settings from the environment. Raises UsageError naming the one that cannot be used."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = f"OUROBOROS_{str(first['loc'][0]).upper()}"
        raise UsageError(f"The setting {name} cannot be used: {first['msg']}.", f"Correct {name}.") from None


def log_to_stderr(level: int) -> None:
    """Show what we log from a level on."""
    logging.basicConfig(
        level=logging.WARNING,
        format="%(message)s",
        handlers=[RichHandler(console=err, show_path=False, rich_tracebacks=False)],
    )
    for name in OURS:
        logging.getLogger(name).setLevel(level)
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.CRITICAL)
