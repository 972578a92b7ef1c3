"""Topics that were made a moment ago."""

import pytest

from streams.kafka import until_listed

pytestmark = pytest.mark.asyncio


async def test_a_topic_that_the_broker_made_and_does_not_list_yet_is_waited_for() -> None:
    answers = iter([set[str](), {"deals"}, {"deals", "journal"}])

    async def listing() -> set[str]:
        return next(answers)

    assert not await until_listed(listing, ["deals", "journal"])
    assert next(answers, None) is None
