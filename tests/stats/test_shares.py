"""The plain-Python share agrees with the vectorised one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidegate.spine.errors import InputError
from tidegate.spine.estimate import Estimate, NotMeasured
from tidegate.stats.intervals import proportion
from tidegate.stats.shares import share


@given(
    st.integers(0, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.sampled_from([0.8, 0.95, 0.99])
)
def test_it_is_wilsons_interval(counts: tuple[int, int], level: float) -> None:
    mine, other = share(*counts, level=level), proportion(counts, level=level)
    if counts[1] == 0:
        assert isinstance(mine, NotMeasured)
        assert isinstance(other, NotMeasured)
        return
    assert isinstance(mine, Estimate)
    assert isinstance(other, Estimate)
    assert (mine.value, mine.n) == (other.value, other.n)
    assert mine.low == pytest.approx(other.low, abs=1e-12)
    assert mine.high == pytest.approx(other.high, abs=1e-12)


def test_more_successes_than_trials_are_refused() -> None:
    with pytest.raises(InputError, match="3 of 2"):
        share(3, 2)
