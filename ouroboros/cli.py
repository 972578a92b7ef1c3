"""The command line: what a person types, and the sentences they get when it cannot be done."""

import asyncio
import errno
import json
import logging
import sys
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import Annotated

import psycopg
import typer
from aiokafka.errors import KafkaError
from pydantic import ValidationError
from rich.console import Console
from rich.logging import RichHandler

from events.errors import OuroborosError, UsageError
from events.schema import asyncapi, json_schema
from streams.settings import Settings

app = typer.Typer(
    name="ouroboros",
    help="Watch the loop in which companies finance the customers who then buy from them.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
letters_app = typer.Typer(help="What could not be read: look at it, send it again.", no_args_is_help=True)
app.add_typer(letters_app, name="dead-letters")
watchlist_app = typer.Typer(help="What to watch and how closely, from one file.", no_args_is_help=True)
app.add_typer(watchlist_app, name="watchlist")

out = Console(highlight=False)
err = Console(stderr=True, highlight=False)


Place = Annotated[str, typer.Argument(help="As listed: TOPIC/PARTITION/OFFSET/INDEX.")]
Places = Annotated[list[str] | None, typer.Argument(help="As listed; all open ones if none is named.")]
Mended = Annotated[
    Path | None, typer.Option("--with", help="Send this file's content instead of the original bytes.")
]


@app.command()
def demo(
    keep: Annotated[bool, typer.Option("--keep", help="Leave everything running until Ctrl-C.")] = False,
) -> None:
    """Run everything on local servers, with the facts of the sources, and show what comes of it."""
    from ouroboros.demo import run_demo  # noqa: PLC0415  only the demo needs the embedded servers

    _log_to_stderr(logging.ERROR)
    run_demo(_settings(), out, keep=keep)


@app.command()
def worker(
    only: Annotated[
        list[str] | None,
        typer.Option(
            help="sequencer, projector, dead-letters, signals, webhooks, or a projection; may be repeated."
        ),
    ] = None,
) -> None:
    """Take events in, keep the projections, raise the signals, until stopped."""
    from ouroboros.running import run_worker  # noqa: PLC0415  OR-tools and Faust take a second to load

    _log_to_stderr(logging.INFO)
    asyncio.run(run_worker(_settings(), only or []))


@app.command()
def publish(files: Annotated[list[Path], typer.Argument(help="JSONL or CSV files of events.")]) -> None:
    """Publish events from files to their topics; lines that are no events are told with their place."""
    from ouroboros.publish import publish_files  # noqa: PLC0415

    _log_to_stderr(logging.ERROR)
    raise typer.Exit(asyncio.run(publish_files(_settings(), files, out, err)))


@app.command()
def schema(
    event_type: Annotated[str | None, typer.Argument(help="An event type, such as DealAnnounced.")] = None,
) -> None:
    """Print an event type as JSON Schema, or all topics and their messages as AsyncAPI."""
    document = json_schema(event_type) if event_type else asyncapi(installed_version("ouroboros"))
    typer.echo(json.dumps(document, indent=2))


@app.command()
def migrate() -> None:
    """Create or bring up to date the topics, the database and its read-only role."""
    from ouroboros.preparation import prepare  # noqa: PLC0415

    asyncio.run(prepare(_settings(), lambda sentence: out.print(sentence, markup=False)))


@app.command()
def status(
    check: Annotated[
        bool, typer.Option("--check", help="Print nothing; fail unless every component is alive.")
    ] = False,
) -> None:
    """Show how far everything is: lag, checkpoints, dead letters."""
    from ouroboros.status import healthy, show_status  # noqa: PLC0415

    _log_to_stderr(logging.ERROR)
    if check:
        raise typer.Exit(0 if healthy(_settings()) else 1)
    asyncio.run(show_status(_settings(), out))


@app.command()
def version() -> None:
    """Print the version."""
    typer.echo(installed_version("ouroboros"))


@letters_app.command("list")
def list_letters(
    resolved: Annotated[bool, typer.Option("--all", help="Show those that were resolved as well.")] = False,
) -> None:
    """List dead letters, the oldest first."""
    from ouroboros.letters import list_dead_letters  # noqa: PLC0415

    list_dead_letters(_settings(), out, with_resolved=resolved)


@letters_app.command("show")
def show_letter(place: Place) -> None:
    """Show one dead letter: the reason, the headers, the original bytes."""
    from ouroboros.letters import show_dead_letter  # noqa: PLC0415

    show_dead_letter(_settings(), out, place)


@letters_app.command("redrive")
def redrive_letters(places: Places = None, mended: Mended = None) -> None:
    """Send dead letters to their topics again, in the order in which they came."""
    from ouroboros.letters import redrive  # noqa: PLC0415

    _log_to_stderr(logging.ERROR)
    raise typer.Exit(asyncio.run(redrive(_settings(), out, places or [], mended)))


WatchlistFile = Annotated[Path, typer.Argument(help="A YAML file; docs/examples/watchlist.yaml is one.")]


@watchlist_app.command("check")
def check_watchlist_file(file: WatchlistFile) -> None:
    """Read a watchlist and say what it would change; what is wrong is told with its line."""
    from ouroboros.watchlist import check_watchlist  # noqa: PLC0415

    check_watchlist(file, out)


@watchlist_app.command("publish")
def publish_watchlist_file(file: WatchlistFile) -> None:
    """Make a watchlist hold from now on; the same file again changes nothing."""
    from ouroboros.watchlist import publish_watchlist  # noqa: PLC0415

    _log_to_stderr(logging.ERROR)
    asyncio.run(publish_watchlist(_settings(), file, out))


@watchlist_app.command("schema")
def watchlist_schema() -> None:
    """Print the JSON Schema of a watchlist file, for editors."""
    from ouroboros.watchlist import schema as describe  # noqa: PLC0415

    typer.echo(json.dumps(describe(), indent=2))


def main() -> None:
    """Run the command line; what a person can mend is told in a sentence."""
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
    err.print(message, markup=False, soft_wrap=True)
    if remedy:
        err.print(remedy, markup=False, soft_wrap=True)
    sys.exit(1)


def _settings() -> Settings:
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        name = f"OUROBOROS_{str(first['loc'][0]).upper()}"
        raise UsageError(f"The setting {name} cannot be used: {first['msg']}.", f"Correct {name}.") from None


def _log_to_stderr(level: int) -> None:
    logging.basicConfig(
        level=logging.WARNING,
        format="%(message)s",
        handlers=[RichHandler(console=err, show_path=False, rich_tracebacks=False)],
    )
    for name in ("ouroboros", "streams", "projections"):
        logging.getLogger(name).setLevel(level)
    # These tell of every leader and coordinator that moves; what matters reaches us as exceptions.
    for name in ("aiokafka", "faust", "mode"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
