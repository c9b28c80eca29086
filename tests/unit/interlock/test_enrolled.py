"""Users come and go at the real broker while a neighbour sends; it keeps its connection, nothing is lost."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from interlock.broker import prepare
from interlock.enrolled import FILE_NAME, EnrolledUser, Follower, read_enrolled
from tests.support.broker import Broker, start_broker
from tests.support.processes import Processes
from tests.support.waiting import wait_until
from tests.unit.interlock.test_broker import Client, connected, core, edge

TOPIC = "il/v1/factory/edge/line_1/b/0"


@pytest.fixture
def broker(processes: Processes, tmp_path: Path) -> Iterator[Broker]:
    return start_broker(processes, tmp_path)


class Enrolling:
    """The list and who follows it, as `interlock up` does."""

    def __init__(self, broker: Broker, folder: Path) -> None:
        self.path = folder / FILE_NAME
        self.broker = broker
        self.told: list[str] = []

        def renew() -> list[str]:
            return prepare(
                folder / "broker", broker.secret_folder, port=broker.port, tenant="factory", edges=["line_1"],
                enrolled=read_enrolled(self.path),
            )  # fmt: skip

        self.follower = Follower(self.path, renew, self.told.append)

    def write(self, *users: EnrolledUser) -> None:
        rows = [{"tenant": one.tenant, "edge": one.edge, "user": one.user, "password": one.password} for one in users]
        self.path.write_text(json.dumps({"version": 1, "users": rows}))
        self.look()

    def look(self) -> None:
        self.follower.look(self.broker.process.pid, lambda: None)


def let_in(broker: Broker, user: str, word: str) -> bool:
    client = Client(broker, user, word)
    try:
        return client.connected.get(timeout=5)
    finally:
        client.client.disconnect()
        client.client.loop_stop()


def new_user(name: str, word: str = "w" * 32) -> EnrolledUser:
    return EnrolledUser("factory", name, f"edge_{name}", word)


def test_a_neighbour_keeps_its_connection_and_loses_nothing(broker: Broker, tmp_path: Path) -> None:
    enrolling = Enrolling(broker, tmp_path)
    ends: list[int] = []
    stop = threading.Event()
    sent = 0
    with core(broker) as platform, edge(broker) as neighbour:
        neighbour.client.on_disconnect = lambda *_: ends.append(1)
        platform.client.on_disconnect = lambda *_: ends.append(2)

        def send() -> None:
            nonlocal sent
            while not stop.is_set():
                neighbour.client.publish(TOPIC, str(sent).encode())
                sent += 1
                time.sleep(0.002)

        sender = threading.Thread(target=send)
        sender.start()
        users: list[EnrolledUser] = []
        for n in range(8):
            users.append(new_user(f"line_{n + 10}", f"{n}" * 32))
            enrolling.write(*users)
            wait_until(lambda: let_in(broker, users[-1].user, users[-1].password), what="the new user is let in")
            wait_until(lambda: sent >= 25 * (n + 1), what="messages before and after each change")  # noqa: B023
        enrolling.write()
        wait_until(lambda: not let_in(broker, users[0].user, users[0].password), what="the revoked is refused")
        stop.set()
        sender.join()
        got = [int(platform.messages.get(timeout=5)[1]) for _ in range(sent)]
        assert ends == []
    assert got == list(range(sent))
    assert sent >= 200


def test_an_enrolled_edge_has_its_own_topics_alone_and_is_cut_when_revoked(broker: Broker, tmp_path: Path) -> None:
    enrolling = Enrolling(broker, tmp_path)
    enrolling.write(new_user("line_2"))
    wait_until(lambda: let_in(broker, "edge_line_2", "w" * 32), what="the new user is let in")
    with core(broker) as platform, connected(broker, "edge_line_2", "w" * 32) as agent:
        assert agent.subscribe("il/v1/factory/edge/line_2/cmd")
        assert not agent.subscribe("il/v1/factory/edge/line_1/cmd")
        agent.client.publish(TOPIC, b"forged")
        agent.client.publish("il/v1/factory/edge/line_2/b/0", b"mine")
        assert platform.messages.get(timeout=5)[1] == b"mine"
        assert platform.silent()
        cut = threading.Event()
        agent.client.on_disconnect = lambda *_: cut.set()
        enrolling.write()
        assert cut.wait(10)
        wait_until(lambda: not let_in(broker, "edge_line_2", "w" * 32), what="the revoked is refused")


def test_an_own_edge_cannot_be_replaced_by_an_enrolled_one(broker: Broker, tmp_path: Path) -> None:
    enrolling = Enrolling(broker, tmp_path)
    enrolling.write(new_user("line_1"), EnrolledUser("factory", "x", "core", "w" * 32), new_user("line_2"))
    wait_until(lambda: let_in(broker, "edge_line_2", "w" * 32), what="the new user is let in")
    assert not let_in(broker, "edge_line_1", "w" * 32)
    assert not let_in(broker, "core", "w" * 32)
    assert let_in(broker, "core", broker.core_password)


def test_a_damaged_list_changes_nothing_and_is_told(broker: Broker, tmp_path: Path) -> None:
    enrolling = Enrolling(broker, tmp_path)
    enrolling.write(new_user("line_2"))
    wait_until(lambda: let_in(broker, "edge_line_2", "w" * 32), what="the new user is let in")
    enrolling.path.write_text("{")
    enrolling.look()
    enrolling.look()
    assert len(enrolling.told) == 1
    assert let_in(broker, "edge_line_2", "w" * 32)
