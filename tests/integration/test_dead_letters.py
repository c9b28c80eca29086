"""A running agent whose platform refuses batches for good: they are listed, and sent again once that is mended."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from edge_agent.cli import run_cli
from tests.integration.agent_rig import Rig
from tests.support.waiting import wait_until


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    made = Rig(tmp_path, tags=20, period_ms=50)
    try:
        yield made
    finally:
        made.close()


def test_refused_batches_are_listed_and_sent_again(rig: Rig, capsys: pytest.CaptureFixture[str]) -> None:
    letters = ["spool", "dead-letters", "-c", str(rig.config)]

    def listed() -> list[dict[str, Any]]:
        capsys.readouterr()
        assert run_cli([*letters, "--json"]) == 0
        rows: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
        return rows

    rig.peer.refusing = 2
    rig.peer.start()
    agent = rig.agent()
    wait_until(lambda: len(listed()) == 2, timeout_s=60, what="two dead letters")
    assert {(one["code"], one["kind"]) for one in listed()} == {("wire.body", "data")}
    assert run_cli([*letters, "--send-again"]) == 2
    assert "stop it for this" in capsys.readouterr().err
    agent.terminate()
    assert run_cli([*letters, "--send-again"]) == 0
    rig.device.kill()
    agent = rig.agent()
    wait_until(lambda: rig.metrics()["pending_points"] == 0, timeout_s=60, what="drained")
    wait_until(lambda: rig.peer.total() == rig.metrics()["accepted_points_total"], what="all is stored")
    metrics = rig.metrics()
    agent.terminate()
    assert metrics["dead_points_total"] == 0
    assert rig.peer.total() == metrics["accepted_points_total"]
    assert max(rig.peer.memory.stored_times.values()) == 1
    assert [gap["reason"] for gap in rig.peer.memory.gaps].count("wire.body") == 2
