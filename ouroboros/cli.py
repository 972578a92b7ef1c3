"""The command line: all commands, and the sentences that people get when something cannot be done."""

import errno
import pkgutil
import sys
from importlib import import_module

import psycopg
import typer
from aiokafka.errors import KafkaError

from events.errors import OuroborosError
from ouroboros import commands
from ouroboros.terminal import err, say


def command_line() -> typer.Typer:
    """Gather the commands: each module of `commands` has an `app` with a command or a group of them."""
    gathered = typer.Typer(
        name="ouroboros",
        help="Watch the loop in which companies finance the customers who then buy from them.",
        no_args_is_help=True,
        add_completion=False,
        pretty_exceptions_enable=False,
        rich_markup_mode=None,
    )
    for module in pkgutil.iter_modules(commands.__path__, f"{commands.__name__}."):
        gathered.add_typer(import_module(module.name).app)
    return gathered


app = command_line()


def main() -> None:
    """Run the command line; say in a sentence what a person can mend."""
    try:
        app()
    except OuroborosError as error:
        _fail(error.message, error.remedy)
    except psycopg.OperationalError as error:
        reason = str(error).strip().splitlines()[-1]
        _fail(
            f"The database cannot be used: {reason}",
            "Start it, or name another one in OUROBOROS_DATABASE; `ouroboros demo` brings its own.",
        )
    except (psycopg.errors.UndefinedTable, psycopg.errors.InvalidSchemaName):
        _fail("The database has not been prepared.", "Run `ouroboros migrate`.")
    except KafkaError as error:
        _fail(f"Kafka did not do its part: {error!r}.", "Is it still running? Its log tells more.")
    except BrokenPipeError:
        sys.exit(141)
    except KeyboardInterrupt:
        sys.exit(130)
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        _fail("The disk is full.", "Make room, or name another folder in OUROBOROS_HOME.")


def _fail(message: str, remedy: str) -> None:
    err.print("[bold red]Error:[/] ", end="")
    say(message, err)
    if remedy:
        say(remedy, err)
    sys.exit(1)
