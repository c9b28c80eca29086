"""Row numbers across kills: each row once, or in a not_sampled gap with its exact count."""

from __future__ import annotations

import random
import time
from pathlib import Path

from tests.integration.agent_rig import Rig
from tests.support.waiting import wait_until


def test_every_row_is_stored_once_or_lies_in_a_gap(tmp_path: Path) -> None:
    rig = Rig(tmp_path, tags=4, period_ms=40, sequence=True)
    try:
        rig.peer.start()
        rng = random.Random(3)
        agent = rig.agent()
        for _ in range(4):
            time.sleep(rng.uniform(0.4, 0.9))
            agent.kill()
            agent = rig.agent()
        time.sleep(1.0)
        rig.device.kill()
        wait_until(lambda: rig.metrics()["pending_points"] == 0, what="drained")
        time.sleep(0.5)
        rows = [v for _, v, q in rig.peer.values("dev_0000/tick") if q < 128]
        gaps = [g for g in rig.peer.memory.gaps if g["count_of"] == "rows"]
        covered = [row for g in gaps for row in range(g["seq_from"], g["seq_to"] + 1)]
        assert all(g["n"] == g["seq_to"] - g["seq_from"] + 1 for g in gaps)
        assert rows == sorted(rows)
        assert sorted([*rows, *covered]) == list(range(1, max(rows) + 1))
        assert sum(g["reason"] == "agent_down" for g in gaps) >= 4
        values = [v for _, v, q in rig.peer.values("dev_0000/t00001") if q < 128]
        assert len(values) == len(rows)
    finally:
        rig.close()
