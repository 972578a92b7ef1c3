import orjson
import pytest

from streams.dead_letters.blocked import BlockedKeys
from streams.dead_letters.record import DISCARD_HEADER, REDRIVE_HEADER, DeadLetter
from tests.events.documents import terminated
from tests.streams.given import (
    DEAL,
    POOR,
    WAIVER,
    House,
    deal_ids,
    discard,
    message,
    redrive,
    resolved,
)


@pytest.mark.asyncio
async def test_later_events_of_a_deal_wait_behind_its_dead_letter_and_other_deals_do_not() -> None:
    house = House()
    messages = [
        message("deals", 1, POOR),
        message("deals", 2, terminated("d1")),
        message("deals", 3, terminated("d2")),
        message("deals", 4, [terminated("d1", why="again"), terminated("d3")]),
    ]
    assert await house.take(*messages) == messages
    assert deal_ids(house.broker.journal) == ["d2", "d3"]
    assert house.waiting == ["deals/0/2/0", "deals/0/4/0"]
    assert all(
        "deals/0/1/0 of the same deal_id" in dead_letter.reason
        for dead_letter in house.broker.dead_letters[1:]
    )
    await house.take(message("deals", 5, terminated("d1", why="once more")))
    assert house.waiting == ["deals/0/2/0", "deals/0/4/0", "deals/0/5/0"]


@pytest.mark.asyncio
async def test_within_an_array_too_the_rest_of_a_deal_waits() -> None:
    house = House()
    await house.take(message("deals", 1, [POOR, terminated("d1"), terminated("d2")]))
    assert deal_ids(house.broker.journal) == ["d2"]
    assert house.waiting == ["deals/0/1/1"]


@pytest.mark.asyncio
async def test_on_unordered_topics_nothing_waits() -> None:
    house = House()
    poor = {**WAIVER, "kind": "gift"}
    await house.take(message("credit", 1, poor), message("credit", 2, WAIVER))
    assert [dead_letter.message_id for dead_letter in house.broker.dead_letters] == ["credit/0/1/0"]
    assert deal_ids(house.broker.journal) == ["d1"]


@pytest.mark.asyncio
async def test_a_dead_letter_of_another_topic_holds_nothing_up() -> None:
    house = House()
    await house.take(message("credit", 1, terminated("d1")), message("deals", 1, terminated("d1")))
    assert deal_ids(house.broker.journal) == ["d1"]


@pytest.mark.asyncio
async def test_a_mended_dead_letter_that_is_sent_again_lifts_the_wait() -> None:
    house = House()
    await house.take(message("deals", 1, POOR), message("deals", 2, terminated("d1")))
    await house.take(
        message("deals", 3, DEAL, headers=redrive("deals/0/1/0")),
        message("deals", 4, terminated("d1"), headers=redrive("deals/0/2/0")),
        message("deals", 5, terminated("d1", why="more")),
    )
    assert [event.event_type for event in house.broker.journal] == [
        "DealAnnounced",
        "DealTerminated",
        "DealTerminated",
    ]
    assert resolved(house.broker.dead_letters) == ["deals/0/1/0", "deals/0/2/0"]


@pytest.mark.asyncio
async def test_what_waits_does_not_overtake_a_dead_letter_that_was_sent_again_in_vain() -> None:
    house = House()
    await house.take(message("deals", 1, POOR), message("deals", 2, terminated("d1")))
    await house.take(
        message("deals", 3, POOR, headers=redrive("deals/0/1/0")),
        message("deals", 4, terminated("d1"), headers=redrive("deals/0/2/0")),
    )
    assert house.broker.journal == []
    assert resolved(house.broker.dead_letters) == []
    assert [dead_letter.message_id for dead_letter in house.broker.dead_letters] == [
        "deals/0/1/0",
        "deals/0/2/0",
    ] * 2
    # The topic tells the same story to the next sequencer.
    follower = BlockedKeys()
    for dead_letter in house.broker.dead_letters:
        follower.record(dead_letter)
    assert follower.first_of("deals", "d1") == "deals/0/1/0"


@pytest.mark.asyncio
async def test_a_dead_letter_that_turns_out_to_be_of_another_deal_does_not_wait_there() -> None:
    house = House()
    await house.take(message("deals", 1, b"{oops", key=b"other"), message("deals", 2, POOR))
    await house.take(message("deals", 3, terminated("d1"), headers=redrive("deals/0/1/0")))
    assert deal_ids(house.broker.journal) == ["d1"]
    assert house.blocked.first_of("deals", "other") is None
    assert house.blocked.first_of("deals", "d1") == "deals/0/2/0"


@pytest.mark.asyncio
async def test_a_message_with_an_unreadable_address_is_a_new_one(caplog: pytest.LogCaptureFixture) -> None:
    house = House()
    addresses = [b"\xff", b"nowhere", b"deals/0/x/0"]
    headers = [(name, address) for name in (REDRIVE_HEADER, DISCARD_HEADER) for address in addresses]
    for offset, header in enumerate(headers):
        await house.take(message("deals", offset, {}, headers=(header,)))
    assert [dead_letter.message_id for dead_letter in house.broker.dead_letters] == [
        f"deals/0/{offset}/0" for offset in range(6)
    ]
    assert all(dead_letter.is_open for dead_letter in house.broker.dead_letters)
    assert len(caplog.records) == 6


@pytest.mark.asyncio
async def test_a_dead_letter_sent_again_and_delivered_twice_is_resolved_both_times() -> None:
    house = House()
    for _ in range(2):
        await house.take(message("deals", 3, DEAL, headers=redrive("deals/0/1/0")))
    assert len(house.broker.journal) == 1
    assert resolved(house.broker.dead_letters) == ["deals/0/1/0"] * 2


@pytest.mark.asyncio
async def test_what_waited_behind_a_discarded_dead_letter_is_taken_in_order_when_it_is_sent_again() -> None:
    house = House()
    waiting = [terminated("d1"), terminated("d1", why="again")]
    await house.take(
        message("deals", 1, POOR), *(message("deals", 2 + n, one) for n, one in enumerate(waiting))
    )
    assert await house.take(
        message("deals", 4, b"", headers=discard("deals/0/1/0", "Jo", "no deal")),
        message("deals", 5, waiting[0], headers=redrive("deals/0/2/0")),
        message("deals", 6, waiting[1], headers=redrive("deals/0/3/0")),
        message("deals", 7, terminated("d1", why="more")),
    )
    reasons = [getattr(event, "why", None) for event in house.broker.journal]
    assert reasons == [None, "again", "more"]
    (discarding,) = [dead_letter for dead_letter in house.broker.dead_letters if dead_letter.discarded_by]
    assert (discarding.message_id, discarding.discarded_by, discarding.discard_reason, discarding.at) == (
        "deals/0/1/0",
        "Jo",
        "no deal",
        house.now,
    )
    assert resolved(house.broker.dead_letters) == ["deals/0/2/0", "deals/0/3/0"]
    assert house.sequencer.refused == 3


@pytest.mark.asyncio
async def test_another_sequencer_learns_from_the_topic_that_a_dead_letter_was_discarded() -> None:
    house = House()
    await house.take(message("deals", 1, POOR), message("deals", 2, b"", headers=discard("deals/0/1/0")))
    follower = BlockedKeys()
    for dead_letter in house.broker.dead_letters:
        follower.record(dead_letter)
    assert follower.first_of("deals", "d1") is house.blocked.first_of("deals", "d1") is None


@pytest.mark.asyncio
async def test_a_discard_is_on_the_topic_before_what_it_lets_through_is_in_the_journal() -> None:
    house = House()
    await house.take(message("deals", 1, POOR), message("deals", 2, terminated("d1")))
    house.broker.sent.clear()
    await house.take(
        message("deals", 3, b"", headers=discard("deals/0/1/0")),
        message("deals", 4, terminated("d1"), headers=redrive("deals/0/2/0")),
    )
    assert house.broker.topics == ["desk.dead-letters", "desk.journal", "desk.dead-letters"]


@pytest.mark.asyncio
async def test_a_discard_that_is_delivered_again_after_a_crash_is_written_again() -> None:
    house = House()
    await house.take(message("deals", 1, POOR))
    # The journal has what comes behind it, as after a crash between writing and acknowledging.
    house.sequencer.restore({"deals/0": 9})
    discarding = message("deals", 2, b"", headers=discard("deals/0/1/0"))
    assert await house.take(discarding) == [discarding]
    assert house.broker.dead_letters[-1].discarded_by == "Jo"
    assert house.blocked.first_of("deals", "d1") is None


@pytest.mark.asyncio
async def test_a_discarded_letter_that_is_sent_again_in_vain_is_open_again_and_holds_up_its_deal() -> None:
    house = House()
    await house.take(
        message("deals", 1, POOR),
        message("deals", 2, b"", headers=discard("deals/0/1/0")),
        message("deals", 3, POOR, headers=redrive("deals/0/1/0")),
        message("deals", 4, terminated("d1")),
    )
    assert house.waiting == ["deals/0/4/0"]
    await house.take(message("deals", 5, DEAL, headers=redrive("deals/0/1/0")))
    assert deal_ids(house.broker.journal) == ["d1"]
    assert resolved(house.broker.dead_letters) == ["deals/0/1/0"]


@pytest.mark.asyncio
async def test_what_a_discard_says_is_kept_however_long_or_broken_it_is() -> None:
    house = House()
    headers = (
        (DISCARD_HEADER, b"deals/0/1/0"),
        ("discarded-by", b"\xff" * 999),
        ("discard-reason", b"x" * 9999),
    )
    await house.take(message("deals", 2, b"", headers=headers))
    await house.take(message("deals", 3, None, headers=headers[:1]))
    long, bare = house.broker.dead_letters
    assert len(long.discarded_by or "") == 200
    assert len(long.discard_reason or "") == 4000
    assert (bare.discarded_by, bare.discard_reason) == ("somebody", "")


@pytest.mark.asyncio
async def test_the_topic_names_the_id_of_a_message_as_it_always_has() -> None:
    house = House()
    await house.take(message("deals", 1, POOR))
    (sent,) = house.broker.sent
    document = orjson.loads(sent.value)
    assert document["place"] == "deals/0/1/0"
    assert DeadLetter.model_validate(document).message_id == "deals/0/1/0"
