"""Where prices first fall to a level."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ouroboros.backtest.outcomes import first_at_most

PRICES = st.integers(1, 8).map(float)


@settings(deadline=None, max_examples=300)
@given(st.lists(st.tuples(PRICES, PRICES), max_size=40))
def test_it_is_the_first_later_price_that_is_no_higher(course: list[tuple[float, float]]) -> None:
    prices = [price for price, _ in course]
    wanted = [
        next((later for later in range(at + 1, len(prices)) if prices[later] <= level), len(prices))
        for at, (_, level) in enumerate(course)
    ]
    found = first_at_most(np.array(prices), np.array([level for _, level in course]))
    assert found == wanted
