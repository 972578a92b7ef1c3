import pytest

from streams.dead_letters import REDRIVE_HEADER, BlockedKeys
from tests.events.documents import terminated
from tests.streams.given import (
    DEAL,
    POOR,
    WAIVER,
    House,
    deal_ids,
    message,
    redrive,
    resolved,
)


@pytest.mark.asyncio
async def test_later_events_of_a_deal_wait_behind_its_letter_and_other_deals_do_not() -> None:
    house = House()
    messages = [
        message("deals", 1, POOR),
        message("deals", 2, terminated("d1")),
        message("deals", 3, terminated("d2")),
        message("deals", 4, [terminated("d1", why="again"), terminated("d3")]),
    ]
    assert await house.take(*messages) == messages
    assert deal_ids(house.broker.journal) == ["d2", "d3"]
    assert house.waiting_reasons == ["deals/0/2/0", "deals/0/4/0"]
    assert all("deals/0/1/0 of the same deal_id" in one.reason for one in house.broker.letters[1:])
    await house.take(message("deals", 5, terminated("d1", why="once more")))
    assert house.waiting_reasons == ["deals/0/2/0", "deals/0/4/0", "deals/0/5/0"]


@pytest.mark.asyncio
async def test_within_an_array_too_the_rest_of_a_deal_waits() -> None:
    house = House()
    await house.take(message("deals", 1, [POOR, terminated("d1"), terminated("d2")]))
    assert deal_ids(house.broker.journal) == ["d2"]
    assert house.waiting_reasons == ["deals/0/1/1"]


@pytest.mark.asyncio
async def test_on_unordered_topics_nothing_waits() -> None:
    house = House()
    poor = {**WAIVER, "kind": "gift"}
    await house.take(message("credit", 1, poor), message("credit", 2, WAIVER))
    assert [one.place for one in house.broker.letters] == ["credit/0/1/0"]
    assert deal_ids(house.broker.journal) == ["d1"]


@pytest.mark.asyncio
async def test_a_letter_of_another_topic_holds_nothing_up() -> None:
    house = House()
    await house.take(message("credit", 1, terminated("d1")), message("deals", 1, terminated("d1")))
    assert deal_ids(house.broker.journal) == ["d1"]


@pytest.mark.asyncio
async def test_a_mended_letter_that_is_sent_again_lifts_the_wait() -> None:
    house = House()
    await house.take(message("deals", 1, POOR), message("deals", 2, terminated("d1")))
    await house.take(
        message("deals", 3, DEAL, headers=redrive("deals/0/1/0")),
        message("deals", 4, terminated("d1"), headers=redrive("deals/0/2/0")),
        message("deals", 5, terminated("d1", why="more")),
    )
    assert [one.event_type for one in house.broker.journal] == [
        "DealAnnounced",
        "DealTerminated",
        "DealTerminated",
    ]
    assert resolved(house.broker.letters) == ["deals/0/1/0", "deals/0/2/0"]


@pytest.mark.asyncio
async def test_what_waits_does_not_overtake_a_letter_that_was_sent_again_in_vain() -> None:
    house = House()
    await house.take(message("deals", 1, POOR), message("deals", 2, terminated("d1")))
    await house.take(
        message("deals", 3, POOR, headers=redrive("deals/0/1/0")),
        message("deals", 4, terminated("d1"), headers=redrive("deals/0/2/0")),
    )
    assert house.broker.journal == []
    assert resolved(house.broker.letters) == []
    assert [one.place for one in house.broker.letters] == ["deals/0/1/0", "deals/0/2/0"] * 2
    # The topic tells the same story to the next sequencer.
    follower = BlockedKeys()
    for one in house.broker.letters:
        follower.learn(one)
    assert follower.first_of("deals", "d1") == "deals/0/1/0"


@pytest.mark.asyncio
async def test_a_letter_that_turns_out_to_be_of_another_deal_does_not_wait_there() -> None:
    house = House()
    await house.take(message("deals", 1, b"{oops", key=b"other"), message("deals", 2, POOR))
    await house.take(message("deals", 3, terminated("d1"), headers=redrive("deals/0/1/0")))
    assert deal_ids(house.broker.journal) == ["d1"]
    assert house.blocked.first_of("deals", "other") is None
    assert house.blocked.first_of("deals", "d1") == "deals/0/2/0"


@pytest.mark.asyncio
async def test_a_message_with_an_unreadable_place_is_a_new_one(caplog: pytest.LogCaptureFixture) -> None:
    house = House()
    for offset, place in enumerate([b"\xff", b"nowhere", b"deals/0/x/0"]):
        await house.take(message("deals", offset, {}, headers=((REDRIVE_HEADER, place),)))
    assert [one.place for one in house.broker.letters] == ["deals/0/0/0", "deals/0/1/0", "deals/0/2/0"]
    assert len(caplog.records) == 3


@pytest.mark.asyncio
async def test_a_letter_sent_again_and_delivered_twice_is_resolved_both_times() -> None:
    house = House()
    for _ in range(2):
        await house.take(message("deals", 3, DEAL, headers=redrive("deals/0/1/0")))
    assert len(house.broker.journal) == 1
    assert resolved(house.broker.letters) == ["deals/0/1/0"] * 2
