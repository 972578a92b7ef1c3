"""One history out of several: facts of one place with prices of another, and what stands in both."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from events.base import Event
from events.codec import encode
from events.errors import UsageError
from ouroboros.backtest.result_json import result_json
from ouroboros.backtest.run import Result, run_file
from ouroboros.history.manifest import Format
from ouroboros.history.source import Entry
from ouroboros.history.writing import writing
from streams.settings import Settings
from tests.backtest.cases import at, bars, gpu_bar, random_history, source_of, waiver, written

UNTIL = at("2025-06-01", 0)
STEADY = bars("CRWV", "2025-03-03", [(100.0, 100.0 + number % 3) for number in range(40)])
TABLE = "Date,Open,Close\n" + "".join(
    f"2025-03-{on:02},{100 + on},{101 + on}\n" for on in (3, 4, 5, 6, 7, 10, 11, 12, 13, 14)
)
PERIOD = {"starts": "2025-03-01", "ends": "2025-03-15"}


def exported(folder: Path, events: Sequence[Event], format_: Format = "parquet") -> Path:
    with writing(folder, "import", format_) as (writer, _):
        for number, one in enumerate(events):
            writer.add(Entry(number, 0, one))
        writer.finish()
    return folder


def studied(folder: Path, history: list[dict[str, str]], **changes: Any) -> Result:
    return run_file(Settings(), written(folder, **{"history": history, "period": PERIOD, **changes}))


def a_table(folder: Path, name: str, text: str = TABLE) -> str:
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(text)
    return str(path)


def test_two_files_with_other_prices_of_one_day_are_told_with_both_lines(tmp_path: Path) -> None:
    one = a_table(tmp_path / "one", "CRWV.csv")
    # Newest first, as some vendors write.
    header, *rows = TABLE.splitlines()
    other = "\n".join([header, *reversed(rows)]).replace("2025-03-06,106,107", "2025-03-06,106,107.5")
    two = a_table(tmp_path / "two", "CRWV.csv", other)
    with pytest.raises(UsageError) as caught:
        studied(tmp_path, [{"read": one}, {"read": two}])
    assert caught.value.message == (
        f"CRWV of 2025-03-06 21:00 UTC opened at 106 and closed at 107 USD in {one}, line 5,"
        f" but at 106 and 107.5 USD in {two}, line 8."
    )
    assert "`take: facts`" in caught.value.remedy


def test_a_bar_of_a_folder_is_told_with_its_file_place_and_source(tmp_path: Path) -> None:
    folder = exported(tmp_path / "folder", STEADY)
    table = a_table(tmp_path, "CRWV.csv")
    with pytest.raises(UsageError) as caught:
        studied(tmp_path, [{"read": str(folder)}, {"read": table}])
    assert f"{folder}/month=2025-03/part-0.parquet, event 0/0 (source: test)" in caught.value.message
    assert f"{table}, line 2" in caught.value.message


def test_a_share_whose_opening_prices_differ_is_told_with_both(tmp_path: Path) -> None:
    lines = tmp_path / "bars.jsonl"
    lines.write_bytes(b"\n".join(map(encode, STEADY)))
    closes_only = a_table(tmp_path, "CRWV.csv", "Date,Close\n2025-03-04,101\n2025-03-05,102\n")
    with pytest.raises(UsageError, match=r"opened at 100 and closed at 101 .*bars.jsonl, line 2, but at 101"):
        studied(tmp_path, [{"read": str(lines)}, {"read": closes_only}])


def test_facts_of_one_place_go_with_the_prices_of_another(tmp_path: Path) -> None:
    archive = exported(tmp_path / "archive", [*STEADY[:3], waiver(at("2025-03-05", 22)), *STEADY[3:]])
    prices = a_table(tmp_path, "CRWV.csv")
    history = [{"read": str(archive), "take": "facts"}, {"read": prices, "take": "prices"}]
    result = studied(tmp_path, history)
    assert [one.close_usd for one in result.hindsight.bars][:3] == [104, 105, 106]
    assert len(result.trials[0].active_periods["waivers"]) == 1
    sources = json.loads(result_json(result))["sources"]
    assert [(one["read"], one["take"], one["events"]) for one in sources] == [
        (str(archive), "facts", 1),
        (prices, "prices", 10),
    ]
    assert list(sources[0]["sha256"]) == ["month=2025-03/part-0.parquet", "month=2025-04/part-0.parquet"]
    assert list(sources[1]["sha256"]) == ["CRWV.csv"]
    assert sources[1]["first_known_at"] == "2025-03-03T21:00:00+00:00"


def test_what_stands_in_two_places_counts_once_and_is_told() -> None:
    another_id = waiver(at("2025-03-01")).event_id
    nearly = {"event_id": another_id, "close_usd": 102.00001, "high_usd": 102.00001}
    source = source_of(UNTIL, STEADY, [*STEADY[:4], STEADY[5].model_copy(update=nearly)])
    assert sum(map(len, source.batches())) == len(STEADY)
    assert list(source.notes(["CRWV"])) == [
        "part 1 repeats 4 events of another part of the history; each counts once.",
        "part 1 has the prices of another part of the history for 1 bar; each counts once.",
    ]


def test_two_prices_of_one_gpu_are_refused_and_the_same_price_counts_once() -> None:
    known_at = at("2025-03-05", 0)
    one = gpu_bar(known_at, 2.0)
    same = one.model_copy(update={"event_id": waiver(known_at).event_id})
    assert sum(map(len, source_of(UNTIL, [one], [same, gpu_bar(known_at, 3.0, basis="list")]).batches())) == 2
    with pytest.raises(
        UsageError, match=r"H100 \(rental_hour\) of 2025-03-05 .* but at 3 and 3 USD in part 1"
    ):
        list(source_of(UNTIL, [one], [gpu_bar(known_at, 3.0)]).batches())


def test_another_price_is_found_behind_many_bars_of_one_place_and_across_chunks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ouroboros.backtest.sources.EVENTS_AT_ONCE", 2)
    # The other vendor tells of the day an hour later.
    late = bars("CRWV", "2025-04-07", [(100.0, 150.0)])[0]
    late = late.model_copy(update={"known_at": at("2025-04-07", 22)})
    with pytest.raises(UsageError, match="CRWV of 2025-04-07"):
        list(source_of(UNTIL, STEADY, [late]).batches())


def test_a_table_whose_name_begins_with_another_share_is_told(tmp_path: Path) -> None:
    tables = [a_table(tmp_path, name) for name in ("CRWV.csv", "daily_MSFT.csv")]
    result = studied(tmp_path, [{"read": one} for one in tables])
    assert f"{tables[1]} has no price of the universe, but of MSFT." in result.notes
    assert not any("CRWV.csv has no price" in note and "daily" not in note for note in result.notes)


def test_single_prices_are_told(tmp_path: Path) -> None:
    tick = {"event_type": "GpuPriced", "model": "H100", "basis": "resale", "price_usd": 2, "source": "x"}
    times = {"occurred_at": "2025-03-04T21:00:00Z", "known_at": "2025-03-04T21:00:00Z"}
    ticks = tmp_path / "ticks.jsonl"
    ticks.write_text(json.dumps({**tick, **times, "certainty": "reported"}))
    result = studied(tmp_path, [{"read": str(ticks)}, {"read": a_table(tmp_path, "CRWV.csv")}])
    assert any("has 1 bar of single prices: signals rest on them" in note for note in result.notes)


@pytest.mark.parametrize("seed", range(5))
def test_columns_and_lines_give_the_same_result(tmp_path: Path, seed: int) -> None:
    events = random_history(seed, 60)
    changes = {
        "period": {"starts": "2025-03-01", "ends": "2025-05-02"},
        "action": {"while_down": "waivers", "long": ["CRWV"], "costs_bps": 10},
        "large_moves_are_real": True,
    }
    found = []
    formats: tuple[Format, ...] = ("parquet", "jsonl")
    for format_ in formats:
        folder = exported(tmp_path / format_, events, format_)
        document = json.loads(result_json(studied(tmp_path, [{"read": str(folder)}], **changes)))
        del document["sources"], document["study"]
        found.append(document)
    assert found[0] == found[1]
    assert found[0]["trials"][0]["action"]["trades"]
