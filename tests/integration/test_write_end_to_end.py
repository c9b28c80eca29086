"""`interlock up`: a set-point is written by a published app, and the agent reads it back from the machine."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.platform_client import PlatformClient
from tests.support.processes import Processes
from tests.support.stack import Stack, create_token
from tests.support.waiting import wait_until

STEP = {
    "action": "write_tag", "asset": "press_1", "role": "speed_setpoint", "confirm": "dialog",
    "value": {"source": "param", "param": "speed"},
}  # fmt: skip
FILES: dict[str, Any] = {
    "app.json": {"format": 1, "id": "speed", "version": "1.0.0", "name": {"en": "Speed"}, "home": "main",
                 "roles": [{"role": "speed_setpoint"}]},
    "pages/main.json": {
        "format": 1, "id": "main", "title": {"en": "Main"}, "params": {"speed": {"type": "number"}},
        "elements": {"el_aaaaaaaa": {"type": "value", "props_version": 1, "events": {"press": [STEP]},
                                     "bind": {"/value": {"source": "tag", "asset": "press_1",
                                                         "role": "speed_setpoint"}}}},
        "layout": {"lg": {"kind": "grid", "items": {"el_aaaaaaaa": {"x": 0, "y": 0, "w": 3, "h": 3}}}},
    },
}  # fmt: skip


@pytest.fixture
def stack(processes: Processes, tmp_path: Path) -> Iterator[Stack]:
    made = Stack(processes, tmp_path / "data")
    yield made
    made.close()


def _publish(stack: Stack) -> None:
    """Write the draft and publish it."""
    builder = PlatformClient(stack.url, create_token(stack.data, "builder"))
    for path, document in FILES.items():
        request = urllib.request.Request(
            f"{stack.url}/api/v1/apps/speed/draft/files/{path}", data=json.dumps(document).encode(), method="PUT"
        )
        request.add_header("Authorization", f"Bearer {builder.token}")
        request.add_header("Content-Type", "application/json")
        request.add_header("If-None-Match", "*")
        urllib.request.urlopen(request, timeout=30).close()
    builder.call("POST", "/apps/speed/releases", {"note": ""})


def test_a_set_point_goes_to_the_machine_and_comes_back(stack: Stack) -> None:
    viewer = stack.client
    wait_until(lambda: "press_1/speed_setpoint" in viewer.tags("press_1"), timeout_s=60, what="the dictionary is there")
    assets = {asset["id"]: asset for asset in viewer.call("GET", "/assets")}
    assert {asset["type"] for asset in assets.values()} == {"press", "line"}
    assert assets["press_1"]["parent"] == "stamping_line"
    assert assets["stamping_line"]["level"] == "line"
    tag = viewer.tags("press_1")["press_1/speed_setpoint"]["id"]

    def shown() -> Any:
        (value,) = viewer.call("POST", "/values/latest", {"ids": [tag]})["values"]
        return value["v"]

    wait_until(lambda: shown() is not None, timeout_s=60, what="the set-point is shown")
    _publish(stack)
    operator = PlatformClient(stack.url, create_token(stack.data, "operator"))
    asked = {"app": "speed", "release": 1, "page": "main", "element": "el_aaaaaaaa", "event": "press", "step": 0,
             "asset": "press_1", "role": "speed_setpoint", "value": 33}  # fmt: skip
    with pytest.raises(AssertionError, match=r"auth\.forbidden"):
        viewer.call("POST", "/writes/prepare", asked)
    with pytest.raises(AssertionError, match=r"write\.limit"):
        operator.call("POST", "/writes/prepare", asked | {"value": 71})
    prepared = operator.call("POST", "/writes/prepare", asked)
    done = operator.call("POST", f"/writes/{prepared['token']}", {"confirmed": prepared["confirm"]})
    assert (done["outcome"], done["value"]) == ("done", 33)
    wait_until(lambda: shown() == 33, timeout_s=30, what="the agent has read it back")
