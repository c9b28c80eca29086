"""A clean end leaves nothing to be replayed; a crash leaves what the store had not sealed, and no more."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from platform_core.stores.embedded.options import StoreOptions
from platform_core.stores.embedded.store import EmbeddedStore
from tests.integration.hand_agent import HandAgent, entry, now_us
from tests.integration.ingest_platform import running_platform
from tests.support.broker import Broker, start_broker
from tests.support.processes import Processes
from tests.support.waiting import wait_until

BATCHES = 40


@pytest.fixture
def broker(processes: Processes, tmp_path: Path) -> Broker:
    return start_broker(processes, tmp_path)


@pytest.fixture
def agent(broker: Broker) -> Iterator[HandAgent]:
    made = HandAgent(broker).connect()
    yield made
    made.close()


def _fill(agent: HandAgent) -> None:
    agent.introduce()
    begin = now_us()
    sent = [agent.declare(entry(1, "flow"))]
    sent += [agent.floats(1, [(begin + number, float(number))]) for number in range(BATCHES)]
    agent.wait_acked(*sent)


@pytest.mark.parametrize("is_clean", [True, False])
def test_a_clean_end_seals_the_tail(tmp_path: Path, broker: Broker, agent: HandAgent, is_clean: bool) -> None:
    store = EmbeddedStore(tmp_path / "store")
    with running_platform(tmp_path, broker, store) as platform:
        _fill(agent)
        last_no = platform.service.journal.last_no
        assert platform.service.applier.wait_until_applied(last_no, 10)
        assert store.applied() == 0  # a young tail is in memory alone
    if is_clean:
        store.close()
    else:
        store._upkeep.stop()
        store._lock.release()  # as the system does it for a process that is killed
    with EmbeddedStore(tmp_path / "store") as again:
        assert again.applied() == (last_no if is_clean else 0)
        with running_platform(tmp_path, broker, again) as platform:
            assert platform.service.applier.first_no == (last_no + 1 if is_clean else 1)
            assert platform.service.applier.wait_until_applied(last_no, 10)
            (series,) = again.raw("factory", [platform.tag("flow")], 0, 2**60)
            assert series.v.tolist() == [float(number) for number in range(BATCHES)]


def test_a_tail_is_sealed_by_age_so_that_a_crash_replays_minutes_at_most(
    tmp_path: Path, broker: Broker, agent: HandAgent
) -> None:
    assert StoreOptions().seal_age_s <= 600
    with (
        EmbeddedStore(tmp_path / "store", StoreOptions(seal_age_s=0.5)) as store,
        running_platform(tmp_path, broker, store) as platform,
    ):
        _fill(agent)
        last_no = platform.service.journal.last_no
        wait_until(lambda: store.applied() == last_no, timeout_s=10, what="sealed by age")
