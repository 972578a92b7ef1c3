"""The demo from start to end."""

import asyncio
import signal
import time
from pathlib import Path

import orjson
from pydantic import SecretStr
from rich.console import Console

from events.ledger import ledger
from ouroboros.commands.migrate import prepare
from ouroboros.demo.receiver import receiving
from ouroboros.demo.servers import Environment, servers, write_connection
from ouroboros.demo.story import publish_days
from ouroboros.demo.summary import show_summary
from ouroboros.demo.tour import take_tour
from ouroboros.terminal import say
from streams.settings import Settings
from streams.worker import working

# These reach even a process in the middle of starting something: nothing may be left behind.
_ENDINGS = (signal.SIGTERM, signal.SIGHUP)


def run_demo(settings: Settings, out: Console, *, keep: bool) -> None:
    """Start the servers, publish the ledger, show what follows, take a tour. Raises OuroborosError."""
    for number in _ENDINGS:
        signal.signal(number, _end)
    began = time.monotonic()
    # Daily quotes make daily bars; time moves with the facts instead of with today's clock.
    # History is nothing to ring anybody about.
    quiet = {"bar_seconds": 86_400, "clock_seconds": 0, "webhooks": None}
    settings = settings.model_copy(update=quiet)
    with servers(settings, out) as environment:
        asyncio.run(_play(environment, out, keep=keep, began=began))


async def _play(environment: Environment, out: Console, *, keep: bool, began: float) -> None:
    settings, facts = environment.settings, ledger()
    await prepare(settings, lambda sentence: out.print(f"[dim]{sentence}[/]"))
    async with (
        receiving() as receiver,
        working(settings) as worker,
        # Apart: it polls for signals once a second, and no day of the story is to wait for it.
        working(_posting_to(receiver.url, settings), ["webhooks"]) as poster,
    ):
        out.print("[dim]The worker runs; publishing what the sources said, in the order it was known.[/]")
        await publish_days(settings, worker, facts, out)
        await take_tour(settings, [worker, poster], receiver, facts[-1].known_at, out)
        show_summary(settings, out)
        out.print(f"[bold green]Done[/] in {time.monotonic() - began:.0f} seconds.")
        if keep:
            _print_how_to_connect(environment, out)
            raise await worker.failed()


def _posting_to(url: str, settings: Settings) -> Settings:
    webhook = orjson.dumps([{"name": "demo", "url": url}]).decode()
    return settings.model_copy(update={"webhooks": SecretStr(webhook)})


def _print_how_to_connect(environment: Environment, out: Console) -> None:
    example = Path(__file__).parents[2] / "docs" / "examples" / "what_if.jsonl"
    lines = [
        f". {write_connection(environment)}",
        "psql -c 'SELECT indicator, subject, value, level, text FROM read.indicator_current'",
        "kafka-console-consumer --topic signals --from-beginning",
        f"ouroboros publish {example}" if example.exists() else "ouroboros publish FILE.jsonl",
        "ouroboros status",
        "kcat -b $OUROBOROS_KAFKA -P -t credit < event.json",
    ]
    out.print(
        "\nEverything keeps running until Ctrl-C. Time stands still between events: send a ClockTicked to"
        " the topic clock to move it. In another terminal:"
    )
    for line in lines:
        say(f"  {line}", out)


def _end(number: int, _frame: object) -> None:
    raise SystemExit(128 + number)
