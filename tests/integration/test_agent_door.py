"""What a swinging door holds back survives a kill -9: the next run sends it."""

from __future__ import annotations

import time
from pathlib import Path

import yaml

from tests.integration.agent_rig import Rig
from tests.support.waiting import wait_until

KEEP_S = 5.0


def test_a_stretch_that_a_kill_cuts_has_its_end(tmp_path: Path) -> None:
    rig = Rig(tmp_path, tags=2, period_ms=50)
    try:
        plant = yaml.safe_load((tmp_path / "plant.yaml").read_text("utf-8"))
        for tag in plant["templates"][0]["tags"]:
            tag["swinging_door"] = 1000
        (tmp_path / "plant.yaml").write_text(yaml.safe_dump(plant), "utf-8")
        rig.write_config()
        rig.peer.start()
        agent = rig.agent()
        wait_until(lambda: len(rig.peer.values("dev_0000/tick")) == 1, what="the first value")
        time.sleep(KEEP_S + 1.5)
        before = rig.peer.values("dev_0000/tick")
        killed_us = time.time_ns() // 1000
        agent.kill()
        assert len(before) == 1, "the door is wide: all of the ramp is held back"
        agent = rig.agent()
        wait_until(lambda: len(rig.peer.values("dev_0000/tick")) >= 3, what="the end of the stretch, and a new one")
        (start, end, again) = rig.peer.values("dev_0000/tick")[:3]
        assert start[0] < end[0] < killed_us < again[0]
        assert killed_us - end[0] < (KEEP_S + 0.5) * 1e6
        ticks_per_s = (end[1] - start[1]) / ((end[0] - start[0]) / 1e6)
        assert 15 < ticks_per_s < 25, "a value that was read at that moment"
        agent.terminate()
        wait_until(lambda: len(rig.peer.values("dev_0000/tick")) >= 4, what="what was held at the end")
        count = len(rig.peer.values("dev_0000/tick"))
        agent = rig.agent()
        wait_until(lambda: len(rig.peer.values("dev_0000/tick")) > count, what="the first of the next run")
        assert max(rig.peer.memory.stored_times.values()) == 1
        agent.terminate()
    finally:
        rig.close()
