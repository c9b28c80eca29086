"""Soon after a first start every tag has its value, also those that do not change."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from schemas.errors import WireError
from schemas.quality import UNCERTAIN_FROM
from schemas.wire.batch import decode_columns, encode_columns
from schemas.wire.columns import columns, concat
from tests.integration.agent_rig import Rig
from tests.integration.ingest_platform import Platform, running_platform
from tests.support.processes import Processes
from tests.support.stack import Stack
from tests.support.waiting import wait_until

LINE_TAGS = 126
HOUR_MS = 3_600_000
SCAN_MS = (1000, 1100, 1200, 1300, 1400, 1500, 1600)


def test_every_tag_of_the_line_is_good_within_5_s_of_the_first_heartbeat(processes: Processes, tmp_path: Path) -> None:
    stack = Stack(processes, tmp_path / "data")
    status = tmp_path / "data" / "platform" / "status.json"

    def is_heard() -> bool:
        try:
            edges = json.loads(status.read_text("utf-8"))["edges"]
        except (OSError, ValueError):
            return False
        return any(edge["online"] for edge in edges)

    wait_until(is_heard, timeout_s=60, what="the first heartbeat")
    heard_s = time.monotonic()
    client = stack.client  # making its token may take a while; then it has to be so at the first look

    def good() -> bool:
        ids = [tag["id"] for tag in client.tags().values()]
        values = client.call("POST", "/values/latest", {"ids": ids})["values"] if ids else []
        return len([value for value in values if value["q"] < UNCERTAIN_FROM]) == LINE_TAGS

    wait_until(good, timeout_s=max(0.5, heard_s + 5 - time.monotonic()), what="every tag has a good value")
    assets = {asset["id"]: asset["name"] for asset in client.call("GET", "/assets")}
    assert assets == {"stamping_line": "Stamping line"} | {f"press_{n}": f"Press {n}" for n in (1, 2, 3)}
    (state,) = [tag for key, tag in client.tags().items() if key == "press_1/state"]
    assert state["meta"]["texts_i18n"]["zh-CN"]["2"] == "运行"


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    """A device whose values stay as they are, read in more scan classes than there are kinds of values."""
    made = Rig(tmp_path, tags=42, period_ms=HOUR_MS)
    plant = yaml.safe_load((tmp_path / "plant.yaml").read_text("utf-8"))
    for number, tag in enumerate(plant["templates"][0]["tags"]):
        tag["scan_ms"] = SCAN_MS[number % len(SCAN_MS)]
    (tmp_path / "plant.yaml").write_text(yaml.safe_dump(plant), "utf-8")
    made.write_config()
    yield made
    made.close()


def test_a_platform_that_comes_later_gets_the_values_of_all_scan_classes(rig: Rig, tmp_path: Path) -> None:
    rig.agent()
    wait_until(lambda: rig.metrics()["accepted_points_total"] >= 43, what="everything was read once")
    with running_platform(tmp_path / "platform", rig.broker) as platform:
        # What was read before the platform came is backlog, which is never current: only a snapshot tells.
        wait_until(lambda: _good(platform) == 43, timeout_s=5, what="the snapshot is current")
        counters = platform.service.counters
        assert counters.snapshots >= 1
        assert counters.refused == 0


def _good(platform: Platform) -> int:
    places = platform.catalog.tags()
    ids = np.array([place.tag_id for place in places], dtype=np.uint32)
    return int(np.count_nonzero(platform.latest.read(ids).q < UNCERTAIN_FROM)) if len(ids) else 0


def test_one_group_per_scan_class_would_be_refused() -> None:
    """Negative control: a snapshot that is not joined by kind cannot be read, and no value is current."""
    groups: list[Any] = [columns("f", [number], [1], [0], [1.0]) for number in range(1, len(SCAN_MS) + 1)]
    with pytest.raises(WireError):
        decode_columns(encode_columns(groups), "zstd")
    (joined,) = decode_columns(encode_columns(concat(groups)), "zstd")
    assert joined.id.tolist() == list(range(1, len(SCAN_MS) + 1))
