"""Writes that nobody may make, tried at the platform's door and past it: the device gets no frame."""

from __future__ import annotations

import asyncio
import http.client
import json
import os
import queue
import random
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import paho.mqtt.client as mqtt

from connectors.peers.modbus_peer import ModbusPeer, RegisterUnit
from schemas.wire.command import TTL_MAX_MS, Command
from schemas.wire.topics import birth_topic, cmd_topic
from tests.integration.test_write_to_device import ASKED, Way
from tests.support.processes import Processes
from tests.support.stack import create_token
from tests.support.waiting import wait_until

ATTEMPTS = int(os.environ.get("INTERLOCK_ATTEMPTS", "200"))
THREADS = 4
COUNTER = {"name": "counter", "address": "holding:3", "type": "uint16", "asset": "press_1", "asset_type": "press",
           "role": "stroke_count"}  # fmt: skip
#: Ways of asking that the platform refuses before it prepares anything.
ASKINGS: list[tuple[str, dict[str, Any]]] = [
    ("viewer", {}),
    ("nobody", {}),
    ("operator", {"value": 71}),
    ("operator", {"value": -0.1}),
    ("operator", {"value": 1e308}),
    ("operator", {"value": "20"}),
    ("operator", {"value": True}),
    ("operator", {"value": None}),
    ("operator", {"value": [20]}),
    ("operator", {"release": 2}),
    ("operator", {"release": 0}),
    ("operator", {"app": "line_overview"}),
    ("operator", {"app": "../speed"}),
    ("operator", {"page": "other"}),
    ("operator", {"element": "el_bbbbbbbb"}),
    ("operator", {"event": "hover"}),
    ("operator", {"step": 1}),
    ("operator", {"event": None, "write": "target"}),
    ("operator", {"asset": "press_2"}),
    ("operator", {"role": "stroke_count"}),
    ("operator", {"role": "speed"}),
    ("operator", {"tag": 1}),
    ("admin", {"tenant": "other"}),
]


class Attacker:
    """One connection to the platform and a token of each role; tells by which word an attempt was refused."""

    def __init__(self, way: Way, tokens: Mapping[str, str], seed: int) -> None:
        self.random, self.ends = random.Random(seed), Counter[str]()
        self._host = urlsplit(way.url).netloc
        self._tokens = tokens
        self._connection = http.client.HTTPConnection(self._host, timeout=60)

    def call(self, role: str, path: str, body: Any) -> tuple[int, Any]:
        while True:
            headers = {"Content-Type": "application/json"}
            if role in self._tokens:
                headers["Authorization"] = f"Bearer {self._tokens[role]}"
            self._connection.request("POST", f"/api/v1{path}", json.dumps(body), headers)
            answer = self._connection.getresponse()
            content = json.loads(answer.read())
            # Asked again, so that the guard itself answers: too many requests, or a database that is busy with them.
            if answer.status != 503 and not (answer.status == 429 and "request.rate" in json.dumps(content)):
                return answer.status, content
            threading.Event().wait(float(answer.headers.get("Retry-After", "1")))

    def close(self) -> None:
        self._connection.close()

    def attempt(self) -> None:
        """One attempt; AssertionError where it was let through."""
        kind = self.random.random()
        if kind < 0.85:
            role, changed = self.random.choice(ASKINGS)
            body = {name: value for name, value in (ASKED | {"value": 20} | changed).items()
                    if value is not None or name == "value"}  # fmt: skip
            self._refused(self.call(role, "/writes/prepare", body))
        elif kind < 0.95:
            token = "".join(self.random.choices("abcdefghijklmnopqrstuvwxyz0123456789_-", k=43))
            self._refused(self.call("operator", f"/writes/{token}", {"confirmed": "dialog"}))
        else:
            self._with_a_token()

    def _with_a_token(self) -> None:
        """What is prepared is allowed; what is made of it is not."""
        status, told = self.call("operator", "/writes/prepare", ASKED | {"value": 60})
        if status != 200:
            return self._refused((status, told))
        way = self.random.choice(["other", "wrong", "agent"])
        role = "admin" if way == "other" else "operator"
        confirmed = "none" if way == "wrong" else told["confirm"]
        status, answer = self.call(role, f"/writes/{told['token']}", {"confirmed": confirmed})
        if way != "agent":
            return self._refused((status, answer))
        # 60 is further from 10 than the agent lets it change at once.
        assert (status, answer["outcome"], answer["code"]) == (200, "refused", "command.change"), answer
        self.ends["command.change"] += 1
        return None

    def _refused(self, answer: tuple[int, Any]) -> None:
        status, content = answer
        assert 400 <= status < 500, content
        self.ends[content["errors"][0]["code"] if "errors" in content else str(status)] += 1


class Wire:
    """The broker, spoken to past the platform."""

    def __init__(self, way: Way, user: str, password: str) -> None:
        self._births: queue.Queue[bytes] = queue.Queue()
        self.client = mqtt.Client(mqtt.CallbackAPIVersion.VERSION2)
        self.client.username_pw_set(user, password)
        self.client.on_message = lambda _client, _data, message: self._births.put(message.payload)
        parts = urlsplit(way.broker.url)
        self.client.connect(parts.hostname or "", parts.port or 0)
        self.client.loop_start()

    def connection(self) -> str:
        """The agent's present connection, from its retained birth."""
        self.client.subscribe(birth_topic("factory", "line_1"))
        told: str = json.loads(self._births.get(timeout=20))["conn_id"]
        return told

    def command(self, connection: str, tag: UUID, value: float) -> None:
        """What the platform itself would send."""
        command = Command(uuid4().hex, connection, tag, value, TTL_MAX_MS, "intruder", "admin")
        self.client.publish(cmd_topic("factory", "line_1"), command.pack(), qos=1).wait_for_publish(10)

    def close(self) -> None:
        self.client.disconnect()
        self.client.loop_stop()


def past_the_platform(way: Way, frames: list[Any]) -> None:
    """Sound commands laid straight on the broker: an agent's key may not publish there, the platform's may."""
    with sqlite3.connect(f"file:{way.data / 'platform.db'}?mode=ro", uri=True) as database:
        query = "SELECT uuid FROM tag WHERE key = 'press_1/speed_setpoint'"
        tag = UUID(database.execute(query).fetchone()[0])
    core = Wire(way, way.broker.core_user, way.broker.core_password)
    connection = core.connection()
    intruder = Wire(way, way.broker.edge_user(), way.broker.edge_password())
    for value in range(20):
        intruder.command(connection, tag, 10.0 + value)
    intruder.close()
    threading.Event().wait(1.0)
    assert frames == []
    core.command(connection, tag, 12.0)
    wait_until(lambda: frames == [(0, [120])], timeout_s=10, what="the same command, where it may be sent")
    core.close()
    frames.clear()


async def test_forbidden_attempts_send_no_frame(tmp_path: Path, processes: Processes) -> None:
    frames: list[tuple[int, list[int]]] = []

    def on_write(address: int, words: Sequence[int]) -> bool:
        frames.append((address, list(words)))
        return True

    unit = RegisterUnit(1, [(0, 10)], on_write=on_write)
    async with ModbusPeer([unit]) as peer:
        unit.put(0, [100])
        way = await asyncio.to_thread(Way, tmp_path, processes, peer.port, [COUNTER])
        try:
            await asyncio.to_thread(_attack, way, frames)
        finally:
            await asyncio.to_thread(processes.close)


def _attack(way: Way, frames: list[tuple[int, list[int]]]) -> None:
    way.switch.turn_on("tester")
    tokens = {"viewer": create_token(way.folder), "operator": way.operator.token, "admin": way.admin.token}
    attackers = [Attacker(way, tokens, 7 + number) for number in range(THREADS)]

    def attack(one: Attacker) -> Counter[str]:
        for _ in range(ATTEMPTS // THREADS):
            one.attempt()
        one.close()
        return one.ends

    began = time.monotonic()
    with ThreadPoolExecutor(THREADS) as pool:
        ends = sum(pool.map(attack, attackers), Counter[str]())
    print(f"{ends.total()} attempts in {time.monotonic() - began:.0f} s: {dict(ends.most_common())}")
    assert ends.total() == ATTEMPTS // THREADS * THREADS
    assert {"auth.forbidden", "auth.needed", "write.limit", "write.token", "write.declared", "write.release",
            "write.element", "write.asset"} <= set(ends)  # fmt: skip
    assert frames == []
    past_the_platform(way, frames)
    # The same rig writes what is allowed: the silence above was not that of a broken line.
    threading.Event().wait(10.5)  # the count of writes to the tag is of the last 10 s
    assert way.confirm(way.prepare(20))["outcome"] == "done"
    assert frames == [(0, [200])]
