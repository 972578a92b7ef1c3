import asyncio
import base64
from datetime import timedelta
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from events.codec import Headers, cloud_event_headers, decode, encode
from events.families.clock import tick
from events.families.prices import EquityBarClosed, EquityPriced
from events.topics import INGRESS
from streams.dead_letters.record import DeadLetter, MessageId
from streams.sequencer import sequencer as module
from streams.sequencer.sequencer import FUTURE_GRACE
from tests.events.documents import document, taken, terminated
from tests.streams.given import (
    DEAL,
    NOW,
    POOR,
    START,
    WAIVER,
    Broker,
    House,
    deal_ids,
    equity,
    message,
    redrive,
)


@pytest.mark.asyncio
async def test_facts_go_to_the_one_partition_of_the_journal_with_their_addresses() -> None:
    house = House()
    messages = [
        message("deals", 4, [terminated("d1"), terminated("d2")], partition=2),
        message("credit", 9, WAIVER),
    ]
    assert await house.take(*messages) == messages
    (sent,) = house.broker.sent
    assert (sent.topic, sent.partition, sent.key) == ("desk.journal", 0, None)
    assert [(run.source, run.offset, len(run.events)) for run in sent.runs] == [
        ("deals/2", 4, 2),
        ("credit/0", 9, 1),
    ]
    assert deal_ids(house.broker.journal) == ["d1", "d2", "d1"]
    assert (house.sequencer.journaled, house.sequencer.refused) == (3, 0)
    assert house.sequencer.last_event_at == NOW


@pytest.mark.asyncio
async def test_nothing_in_makes_nothing_out() -> None:
    house = House()
    assert await house.take() == []
    assert await house.sequencer.close_all() == []
    assert house.broker.sent == []
    assert house.sequencer.last_event_at is None


@pytest.mark.asyncio
@pytest.mark.parametrize("value", [b"{oops", None, b"", bytes(range(256))])
async def test_what_cannot_be_read_becomes_a_dead_letter_with_its_address_its_bytes_and_its_headers(
    value: bytes | None,
) -> None:
    house = House()
    headers = (("trace", b"\xff\x00"), ("content-type", b"application/json"))
    poor = message("deals", 7, value, partition=3, key=b"d1", headers=headers)
    assert await house.take(poor) == [poor]
    (sent,) = house.broker.sent
    assert (sent.topic, sent.partition, sent.key) == ("desk.dead-letters", 0, b"deals/3/7/0")
    assert sent.dead_letter.raw == (value or b"")
    assert (sent.dead_letter.message_id, sent.dead_letter.key, sent.dead_letter.at) == (
        "deals/3/7/0",
        "d1",
        NOW,
    )
    assert not sent.dead_letter.resolved
    assert sent.dead_letter.reason.startswith("The message is")
    assert [name for name, _ in sent.dead_letter.headers] == ["trace", "content-type"]
    assert house.sequencer.refused == 1


@pytest.mark.asyncio
async def test_a_dead_letter_holds_all_that_is_needed_to_send_the_message_again() -> None:
    house = House()
    headers: Headers = cloud_event_headers(taken(DEAL))
    await house.take(message("deals", 7, POOR, headers=(*headers, *redrive("deals/3/1/0"))))
    (one,) = house.broker.dead_letters
    assert [(name, base64.b64decode(value)) for name, value in one.headers] == list(headers)
    assert one.raw == orjson.dumps(POOR)


@pytest.mark.asyncio
async def test_an_event_on_a_foreign_topic_is_refused() -> None:
    house = House()
    await house.take(message("credit", 1, terminated()))
    (one,) = house.broker.dead_letters
    assert one.reason.startswith("DealTerminated belongs on the topic deals, not credit.")
    assert (one.key, one.raw) == ("d1", orjson.dumps(terminated()))
    assert house.broker.journal == []


@pytest.mark.asyncio
@pytest.mark.parametrize(("ahead", "dead_letters"), [(timedelta(0), 0), (timedelta(seconds=1), 1)])
async def test_what_could_not_be_known_yet_is_refused_with_some_grace_for_clocks(
    ahead: timedelta, dead_letters: int
) -> None:
    house = House()
    known_at = (NOW + FUTURE_GRACE + ahead).isoformat()
    await house.take(message("deals", 1, terminated(known_at=known_at)))
    assert len(house.broker.dead_letters) == dead_letters
    assert all("lies in the future" in dead_letter.reason for dead_letter in house.broker.dead_letters)
    assert len(house.broker.journal) == 1 - dead_letters


@pytest.mark.asyncio
@pytest.mark.parametrize("fast", ["known_at", "occurred_at"])
async def test_a_price_of_a_fast_clock_is_told_and_the_right_ones_around_it_count(fast: str) -> None:
    house = House()
    now = {"occurred_at": NOW.isoformat(), "known_at": NOW.isoformat()}

    def priced(price_usd: float, **times: str) -> dict[str, Any]:
        return document("EquityPriced", symbol="AAA", price_usd=price_usd, **{**now, **times})

    ahead = {"known_at": (NOW + timedelta(minutes=110)).isoformat()}
    ahead |= {"occurred_at": ahead["known_at"]} if fast == "occurred_at" else {}
    soon = {name: (NOW + timedelta(minutes=1)).isoformat() for name in now}
    for offset, tick_ in enumerate((priced(9.5), priced(10, **ahead), priced(9), priced(8, **soon))):
        await house.take(message("equity.prices", offset, tick_))
    await house.sequencer.close_all()
    (letter,) = house.broker.dead_letters
    assert letter.reason.startswith(
        "known_at 2026-01-02T13:50:00+00:00 lies in the future. Correct the sender"
    )
    bars = [event for event in house.broker.journal if isinstance(event, EquityBarClosed)]
    assert {bar.low_usd for bar in bars} | {bar.close_usd for bar in bars} >= {9, 8}
    assert max(bars, key=lambda bar: bar.last_at).close_usd == 8
    assert max(bar.high_usd for bar in bars) == 9.5


@pytest.mark.asyncio
async def test_poison_in_an_array_keeps_its_index_and_its_neighbours_go_on() -> None:
    house = House()
    array = [terminated("a"), 7, terminated("b", certainty="sure"), WAIVER, terminated("c")]
    await house.take(message("deals", 5, array))
    assert deal_ids(house.broker.journal) == ["a", "c"]
    dead_letters = house.broker.dead_letters
    assert [dead_letter.message_id for dead_letter in dead_letters] == [
        "deals/0/5/1",
        "deals/0/5/2",
        "deals/0/5/3",
    ]
    assert [orjson.loads(dead_letter.raw) for dead_letter in dead_letters[:2]] == [7, array[2]]
    assert decode(dead_letters[2].raw) == [taken(WAIVER)]
    assert [dead_letter.key for dead_letter in dead_letters] == [None, "b", "d1"]


@pytest.mark.asyncio
async def test_the_dead_letter_of_an_event_out_of_an_array_does_not_have_the_id_of_the_message() -> None:
    house = House()
    headers = (("CE_ID", b"42"), ("ce_source", b"/desk"))
    await house.take(message("credit", 5, [7, 8], headers=headers), message("credit", 6, 7, headers=headers))
    assert [[name for name, _ in dead_letter.headers] for dead_letter in house.broker.dead_letters] == [
        ["ce_source"],
        ["ce_source"],
        ["CE_ID", "ce_source"],
    ]


@pytest.mark.asyncio
async def test_an_array_that_is_nested_too_deep_is_one_letter_of_all_its_bytes() -> None:
    house = House()
    deep = orjson.dumps(terminated(why="here")).replace(b'"here"', b"[" * 500 + b"]" * 500)
    value = b"[" + encode(taken(terminated("good"))) + b"," + deep + b"]"
    await house.take(message("deals", 5, value, key=b"d1"))
    (one,) = house.broker.dead_letters
    assert (one.message_id, one.key, one.raw) == ("deals/0/5/0", "d1", value)


@pytest.mark.asyncio
async def test_what_the_journal_has_is_passed_over() -> None:
    house = House()
    house.sequencer.restore({"deals/0": 5, "credit/0": 2})
    house.sequencer.restore({"deals/0": 3})
    old = [message("deals", 4, terminated("a")), message("deals", 5, b"{oops")]
    assert await house.take(*old) == old
    assert house.broker.sent == []
    await house.take(message("deals", 6, terminated("b")), message("deals", 5, terminated("c"), partition=1))
    assert deal_ids(house.broker.journal) == ["b", "c"]


@pytest.mark.asyncio
async def test_what_was_journaled_is_passed_over_when_it_is_delivered_again() -> None:
    house = House()
    await house.take(message("deals", 1, terminated()))
    again = message("deals", 1, terminated())
    assert await house.take(again) == [again]
    assert len(house.broker.sent) == 1


@pytest.mark.asyncio
async def test_ticks_are_held_back_until_their_bar_is_in_the_journal() -> None:
    house = House()
    first, second = message("equity.prices", 1, equity(10, 5)), message("equity.prices", 2, equity(20, 7))
    assert await house.take(first, second) == []
    assert (house.broker.sent, house.sequencer.waiting) == ([], 2)
    house.now = START + timedelta(seconds=59)
    assert await house.sequencer.close_ended(10) == []
    house.now = START + timedelta(seconds=60)
    assert await house.sequencer.close_ended(10) == [first, second]
    (bar,) = house.broker.journal
    assert isinstance(bar, EquityBarClosed)
    assert (bar.open_usd, bar.close_usd) == (5, 7)
    assert house.sequencer.high_water_marks == {"equity.prices/0#NVDA": 2}
    assert house.sequencer.waiting == 0


@pytest.mark.asyncio
async def test_ticks_are_passed_over_by_the_mark_of_their_own_series() -> None:
    house = House()
    house.sequencer.restore({"equity.prices/0#NVDA": 5})
    known = message("equity.prices", 5, equity(10))
    half_known = message("equity.prices", 4, [equity(10), equity(10, symbol="AMD")])
    new = message("equity.prices", 6, equity(20, size=3))
    assert await house.take(half_known, known, new) == [known]
    assert await house.sequencer.close_all() == [half_known, new]
    assert {(bar.key, getattr(bar, "volume", 0)) for bar in house.broker.journal} == {("NVDA", 3), ("AMD", 1)}


@pytest.mark.asyncio
async def test_a_bar_that_a_feed_sends_itself_hides_no_tick_of_its_partition() -> None:
    bar = document(
        "EquityBarClosed", symbol="AMD", interval_seconds=60, bucket=START, first_at=START, last_at=START,
        open_usd=5, high_usd=5, low_usd=5, close_usd=5,
    )  # fmt: skip
    house = House()
    poor = {**_plain(equity(30)), "price_usd": -1}
    ticks = message("equity.prices", 1, equity(10))
    mixed = message("equity.prices", 2, [bar, _plain(equity(20)), poor])
    assert await house.take(ticks, mixed) == []
    assert len(house.broker.dead_letters) == 1
    assert [event.key for event in house.broker.journal] == ["AMD"]
    # The sequencer dies; another one reads the partition from its beginning.
    heir = House()
    heir.sequencer.restore(house.sequencer.high_water_marks)
    assert await heir.take(ticks, mixed) == []
    assert heir.broker.sent == []
    assert await heir.sequencer.close_all() == [ticks, mixed]
    assert [(event.key, getattr(event, "volume", 0)) for event in heir.broker.journal] == [("NVDA", 2)]


def _plain(event: EquityPriced) -> Any:
    return orjson.loads(encode(event))


@pytest.mark.asyncio
async def test_a_poor_tick_becomes_a_dead_letter_at_once_while_its_neighbours_wait() -> None:
    house = House()
    mixed = message("equity.prices", 1, [_plain(equity(10)), {**_plain(equity(11)), "price_usd": -1}])
    assert await house.take(mixed) == []
    assert [dead_letter.message_id for dead_letter in house.broker.dead_letters] == ["equity.prices/0/1/1"]
    assert await house.sequencer.close_all() == [mixed]


@pytest.mark.asyncio
async def test_partitions_that_were_lost_are_let_go() -> None:
    house = House()
    kept = message("equity.prices", 1, equity(10), partition=12)
    await house.take(message("equity.prices", 1, equity(10), partition=1), kept)
    house.sequencer.forget(["equity.prices/1"])
    assert await house.sequencer.close_all() == [kept]
    assert [run.source for run in house.broker.runs] == ["equity.prices/12#NVDA"]


@pytest.mark.asyncio
async def test_when_too_many_messages_wait_all_bars_are_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_WAITING", 3)
    house = House()
    ticks = [message("equity.prices", offset, equity(offset)) for offset in range(4)]
    assert await house.take(*ticks[:3]) == []
    assert await house.take(ticks[3]) == ticks


async def settled() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


@pytest.mark.asyncio
async def test_dead_letters_are_safe_before_the_journal_is_written_and_resolutions_come_last() -> None:
    house = House(Broker(holding=True))
    house.blocked.record(DeadLetter(message_id="deals/0/1/0", key="d9", at=NOW))
    messages = [
        message("deals", 4, terminated("d9"), headers=redrive("deals/0/1/0")),
        message("deals", 5, terminated("d2")),
        message("deals", 6, POOR),
    ]
    taking = asyncio.create_task(house.take(*messages))
    stages = []
    for _ in range(3):
        await settled()
        stages.append(house.broker.topics)
        assert not taking.done()
        house.broker.confirm()
    assert await taking == messages
    dead_letters, journal = "desk.dead-letters", "desk.journal"
    assert stages == [[dead_letters], [dead_letters, journal], [dead_letters, journal, dead_letters]]
    assert [dead_letter.resolved for dead_letter in house.broker.dead_letters] == [False, True]


@pytest.mark.asyncio
async def test_nothing_is_done_before_the_broker_has_it() -> None:
    house = House(Broker(holding=True))
    taking = asyncio.create_task(house.take(message("deals", 1, terminated())))
    await settled()
    assert house.broker.topics == ["desk.journal"]
    assert not taking.done()
    assert (house.sequencer.high_water_marks, house.sequencer.journaled) == ({}, 0)
    house.broker.confirm()
    assert len(await taking) == 1
    assert (house.sequencer.high_water_marks, house.sequencer.journaled) == ({"deals/0": 1}, 1)


@pytest.mark.asyncio
async def test_what_the_broker_refuses_is_not_done() -> None:
    house = House(Broker(holding=True))
    taking = asyncio.create_task(house.take(message("deals", 1, terminated())))
    await settled()
    house.broker.refuse(ConnectionError("gone"))
    with pytest.raises(ConnectionError):
        await taking
    assert (house.sequencer.high_water_marks, house.sequencer.journaled) == ({}, 0)


@pytest.mark.asyncio
async def test_the_journal_is_not_written_when_the_dead_letters_could_not_be() -> None:
    house = House(Broker(holding=True))
    taking = asyncio.create_task(house.take(message("deals", 1, [7, terminated()])))
    await settled()
    house.broker.refuse(ConnectionError("gone"))
    with pytest.raises(ConnectionError):
        await taking
    assert house.broker.topics == ["desk.dead-letters"]


@pytest.mark.asyncio
async def test_the_clock_goes_the_way_of_all_facts() -> None:
    house = House()
    await house.take(message("clock", 0, tick(NOW)))
    assert [event.known_at for event in house.broker.journal] == [NOW.replace(microsecond=0)]


@settings(max_examples=300, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from([topic.name for topic in INGRESS]),
            st.sampled_from(
                [DEAL, POOR, WAIVER, terminated("d1"), terminated("d2"), [7, DEAL], {}, b"", None]
            )
            | st.binary(max_size=30),
            st.none() | st.sampled_from(["deals/0/0/0", "deals/0/1/0", "x"]),
        ),
        max_size=12,
    )
)
def test_every_event_of_any_input_ends_in_the_journal_or_in_a_dead_letter(
    contents: list[tuple[str, Any, str | None]],
) -> None:
    async def run() -> None:
        house = House()
        messages = [
            message(topic, offset, content, headers=redrive(address) if address else ())
            for offset, (topic, content, address) in enumerate(contents)
        ]
        assert await house.take(*messages) == messages
        expected = sum(len(decode(message.value)) for message in messages)
        dead_letters = [dead_letter for dead_letter in house.broker.dead_letters if not dead_letter.resolved]
        assert len(house.broker.journal) + len(dead_letters) == expected
        assert all(MessageId.parse(dead_letter.message_id) for dead_letter in dead_letters)
        assert all(dead_letter.reason.endswith(".") for dead_letter in dead_letters)

    asyncio.run(run())
