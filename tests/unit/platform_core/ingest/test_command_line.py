"""Who is told how a command ended: only who asked, only by the edge that was asked, and nothing is kept for later."""

import threading
from uuid import UUID

import pytest

from platform_core.ingest.command_line import WAITING_MAX, CommandLine
from platform_core.services.write_stop import STOP_FILE, WriteStop
from schemas.errors import WriteRejected
from schemas.wire.command import Command, CommandResult


def command(name="one"):
    return Command(name, "conn", UUID(int=1), 1.0, 5000, "anna", "operator")


class Edge:
    """What is sent lies in `sent`; `answers` come at once, as (topic, result)."""

    def __init__(self, *answers, is_up=True):
        self.sent, self.answers, self.is_up = [], answers, is_up
        self.line = CommandLine(self.publish, lambda _tenant, _edge: "conn")

    def publish(self, tenant, topic, payload):
        if self.is_up:
            self.sent.append((topic, Command.unpack(payload).id))
            for where, payload in self.answers:
                self.line.hear(f"il/v1/{where}/re", payload)
        return self.is_up

    def send(self, wait_s=0.0, last_look=lambda: None):
        return self.line.send("factory", "line_1", command(), wait_s, last_look)


DONE = CommandResult("one", "done", after=1.0).pack()


def test_the_answer_of_the_edge_that_was_asked_counts_and_no_other():
    edge = Edge(("factory/edge/line_1", DONE))
    assert edge.send().outcome == "done"
    assert edge.sent == [("il/v1/factory/edge/line_1/cmd", "one")]
    for where in ("factory/edge/line_2", "other/edge/line_1", "factory/core"):
        assert Edge((where, DONE)).send() is None
    other = CommandResult("two", "done").pack()
    assert Edge(("factory/edge/line_1", other), ("factory/edge/line_1", b"damaged")).send() is None


def test_the_first_answer_holds():
    late = CommandResult("one", "refused").pack()
    assert Edge(("factory/edge/line_1", DONE), ("factory/edge/line_1", late)).send().outcome == "done"


def test_without_a_connection_nothing_is_sent_and_nothing_waits():
    edge = Edge(is_up=False)
    with pytest.raises(WriteRejected) as error:
        edge.send()
    assert error.value.code == "write.offline"
    edge.is_up = True
    assert edge.sent == []


def test_the_last_look_is_right_before_the_command_goes_out(tmp_path):
    stop = WriteStop(tmp_path)
    stop.check("factory")
    (tmp_path / STOP_FILE).symlink_to("nowhere")  # whatever it is, it is there
    edge = Edge(("factory/edge/line_1", DONE))
    with pytest.raises(WriteRejected) as error:
        edge.send(last_look=lambda: stop.check("factory"))
    assert error.value.code == "write.stopped"
    assert edge.sent == []
    (tmp_path / STOP_FILE).unlink()
    assert edge.send(last_look=lambda: stop.check("factory")).outcome == "done"


def test_no_more_than_so_many_wait_at_once():
    edge = Edge()
    waiting = [
        threading.Thread(target=edge.line.send, args=("factory", "line_1", command(str(n)), 5.0, lambda: None))
        for n in range(WAITING_MAX)
    ]
    for thread in waiting:
        thread.start()
    while len(edge.sent) < WAITING_MAX:
        threading.Event().wait(0.005)
    with pytest.raises(WriteRejected) as error:
        edge.send()
    assert error.value.code == "write.busy"
    for n in range(WAITING_MAX):
        edge.line.hear("il/v1/factory/edge/line_1/re", CommandResult(str(n), "done").pack())
    for thread in waiting:
        thread.join(5)
    assert edge.send() is None, "their places are free again"
