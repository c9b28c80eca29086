"""Values people type, on a platform that is killed again and again: what was answered is there, once."""

from __future__ import annotations

import json
import os
import random
import signal
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest

from tests.support.platform_client import PlatformClient
from tests.support.processes import Processes, free_port
from tests.support.stack import create_token
from tests.support.waiting import wait_until

KILLS = 6


class Killed:
    """A platform without broker that is started again after each kill."""

    def __init__(self, processes: Processes, folder: Path) -> None:
        self.data = folder / "data"
        self.url = f"http://127.0.0.1:{free_port()}"
        line = ["serve", "--data", self.data / "platform", "--listen", self.url.removeprefix("http://")]
        line += ["--broker", "mqtt://127.0.0.1:1", "--no-built-in-apps"]
        self.process = processes.module("platform_core", *line, name="platform")
        wait_until(lambda: (self.data / "platform" / "status.json").exists(), timeout_s=60, what="it serves")
        self.builder = PlatformClient(self.url, create_token(self.data, "builder"))

    def kill(self) -> None:
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.popen.wait()  # type: ignore[union-attr]

    def start(self) -> None:
        (self.data / "platform" / "status.json").unlink(missing_ok=True)
        self.process.start()
        wait_until(self.builder.reachable, timeout_s=60, what="it serves again")


@pytest.fixture
def platform(processes: Processes, tmp_path: Path) -> Killed:
    return Killed(processes, tmp_path)


def _send(platform: Killed, body: dict[str, Any]) -> dict[str, Any] | None:
    """The answer; None when there was none."""
    request = urllib.request.Request(
        f"{platform.url}/api/v1/values/manual", data=json.dumps(body).encode(), method="POST"
    )
    request.add_header("Authorization", f"Bearer {platform.builder.token}")
    request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            told: dict[str, Any] = json.loads(answer.read())
            return told
    except (OSError, ValueError):
        return None


def test_what_was_answered_is_stored_once_however_often_it_is_killed(platform: Killed) -> None:
    builder = platform.builder
    builder.call("PUT", "/assets/shop", {"id": "shop", "name": "Shop", "level": "area"})
    tag = builder.call("POST", "/tags/manual", {"asset": "shop", "role": "pieces", "kind": "i"})["id"]
    answered: dict[int, int] = {}
    sent = 0
    stop = threading.Event()

    def type_values() -> None:
        """As a browser does: the same key again until there is an answer."""
        nonlocal sent
        while not stop.is_set():
            sent += 1
            body = {"key": f"entry-{sent:06d}", "values": [{"id": tag, "v": sent}]}
            while (answer := _send(platform, body)) is None and not stop.is_set():
                time.sleep(0.05)
            if answer is not None:
                answered[sent] = answer["stored"][0]["ts"]

    typist = threading.Thread(target=type_values)
    typist.start()
    chance = random.Random(7)
    try:
        for _ in range(KILLS):
            goal = len(answered) + 5
            wait_until(lambda goal=goal: len(answered) >= goal, timeout_s=60, what="values are answered")  # type: ignore[misc]
            time.sleep(chance.random() * 0.05)
            platform.kill()
            platform.start()
    finally:
        stop.set()
        typist.join(60)
    wait_until(lambda: len(builder.raw(tag)) >= len(answered), timeout_s=30, what="the store has them")
    rows = builder.raw(tag)
    values = [value for _, value, _ in rows]
    assert len(values) == len(set(values)), "stored twice"
    assert {value: ts for ts, value, _ in rows if value in answered} == answered
    assert set(values) <= set(range(1, sent + 1))
    assert all(quality == 1 for _, _, quality in rows)
    (latest,) = builder.call("POST", "/values/latest", {"ids": [tag]})["values"]
    assert (latest["v"], latest["fresh"]) == (values[-1], 0)
    assert builder.health()["edges"] == []


def test_the_audit_cannot_be_changed_and_a_change_made_by_force_is_found(platform: Killed) -> None:
    import sqlite3

    builder = platform.builder
    for n in range(3):
        builder.call("PUT", f"/assets/a{n}", {"id": f"a{n}", "name": "A"})
    admin = PlatformClient(platform.url, create_token(platform.data, "admin"))
    chain = admin.call("GET", "/audit/verify")
    assert chain["broken_at"] is None
    assert chain["rows"] >= 3
    with sqlite3.connect(platform.data / "platform" / "platform.db", timeout=20) as database:
        for statement in ("UPDATE audit SET actor = 'nobody' WHERE n = 2", "DELETE FROM audit WHERE n = 2"):
            with pytest.raises(sqlite3.IntegrityError, match="only ever added"):
                database.execute(statement)
        database.execute("DROP TRIGGER audit_no_update")
        database.execute("UPDATE audit SET actor = 'nobody' WHERE n = 2")
    database.close()
    assert admin.call("GET", "/audit/verify")["broken_at"] == 2
