"""The long version of tests/integration/test_publish_crash.py."""

import pytest

from tests.support.publish_crash import rounds

pytestmark = pytest.mark.chaos


@pytest.mark.timeout(1800)
@pytest.mark.parametrize("seed", [101, 202, 303])
def test_killed_forty_times(tmp_path, seed):
    assert rounds(tmp_path / "data", count=40, seed=seed, longest_s=1.5) > 10
