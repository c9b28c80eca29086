"""What the platform refuses for good is set aside within bounds, and can be listed, exported, sent again, discarded."""

from __future__ import annotations

import json
import sqlite3
from contextlib import nullcontext
from pathlib import Path

import pytest

from edge_agent.buffer import dead_letters, room
from edge_agent.buffer.rows import Entry, Priority
from edge_agent.buffer.spool import Spool
from edge_agent.cli import run_cli
from tests.unit.edge_agent.spool_making import MIB, data_batch, entry, open_at

CONFIG = """version: 1
edge: line_1
broker: {url: "mqtt://127.0.0.1:1"}
"""


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The data folder of a stopped agent: 1 acked, 2 and 3 dead, 4 pending."""
    (tmp_path / "agent.yaml").write_text(CONFIG)
    spool = open_at(tmp_path / "data")
    spool.append([entry(at=at, size=100 + at) for at in (1, 2, 3, 4)], alive=7)
    spool.ack([(1, 1)], [(2, "wire.body"), (3, "tag.kind")])
    spool.close(clean=False)
    return tmp_path / "data"


def letters(data: Path, *arguments: str) -> int:
    return run_cli(["spool", "dead-letters", *arguments, "-c", str(data.parent / "agent.yaml")])


def test_listed_with_their_reasons_and_exported_as_they_would_be_sent(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert letters(data) == 0
    said = capsys.readouterr().out
    assert "2  wire.body  data  c1  10 points" in said
    assert "2 dead letters." in said
    folder = data.parent / "out"
    assert letters(data, "3", "--export", str(folder)) == 0
    assert (folder / "3.body").read_bytes() == data_batch(at=3, size=103).body
    assert [one["code"] for one in json.loads((folder / "dead-letters.json").read_text())] == ["tag.kind"]
    assert letters(data, "9") == 2
    assert "no dead letter 9" in capsys.readouterr().err


def test_sent_again_as_new_batches_and_the_points_still_add_up(data: Path) -> None:
    assert letters(data, "2", "--send-again") == 0
    spool = open_at(data)
    assert (spool.last_alive, spool.ended_cleanly, spool.boot) == (7, False, 2), "a command is no run of the agent"
    pending = spool.read_pending(0, 99, 9, prio=Priority.DATA)
    assert [(batch.seq, batch.body) for batch in pending] == [
        (4, data_batch(at=4, size=104).body), (5, data_batch(at=2, size=102).body),
    ]  # fmt: skip
    assert (spool.counters.accepted, spool.counters.pending, spool.counters.dead) == (40, 20, 10)
    assert spool.audit() == spool.counters
    assert [letter.id for letter in dead_letters.listed(spool)] == [3]
    spool.close()


def doubled_by_a_crash(data: Path, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether a batch is both a letter and waiting after a crash between the two halves of sending again."""
    spool = open_at(data)

    def crash(*_: object) -> None:
        raise sqlite3.OperationalError("killed here")

    with monkeypatch.context() as patched:
        patched.setattr(dead_letters, "_delete", crash)
        with pytest.raises(sqlite3.OperationalError):
            dead_letters.send_again(spool, [2])
    spool.close(clean=False)
    again = open_at(data)
    waiting = {batch.body for batch in again.read_pending(0, 99, 9, prio=Priority.DATA)}
    kept = [dead_letters.body(again, letter.id) for letter in dead_letters.listed(again)]
    again.close(clean=False)
    return any(one in waiting for one in kept)


def test_a_crash_half_way_leaves_a_letter_or_a_batch_never_both(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert not doubled_by_a_crash(data, monkeypatch)


def test_control_without_one_transaction_a_crash_half_way_doubles(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Spool, "transaction", lambda _: nullcontext())
    assert doubled_by_a_crash(data, monkeypatch)


def test_discarded_they_stay_counted(data: Path) -> None:
    assert letters(data, "--discard") == 0
    spool = open_at(data)
    assert (spool.counters.dead, dead_letters.listed(spool)) == (20, [])
    spool.close()


def test_a_damaged_one_is_kept_and_not_sent(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    spool = open_at(data)
    spool.db.execute("UPDATE body SET body = zeroblob(length(body)) WHERE id = 4")
    assert spool.read_pending(0, 99, 9, prio=Priority.DATA) == []
    spool.close()
    assert letters(data, "4", "--send-again") == 1
    assert "Damaged, and kept: 4." in capsys.readouterr().out


def test_a_spool_in_use_whose_agent_does_not_answer_is_left_alone(
    data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    spool = open_at(data)
    assert letters(data, "--discard") == 2
    assert "the agent does not answer" in capsys.readouterr().err
    assert len(dead_letters.listed(spool)) == 2
    spool.close()
    assert letters(data, "--discard") == 0


def test_time_takes_settled_batches_but_no_letter_and_data_that_wait_do(tmp_path: Path) -> None:
    spool = open_at(tmp_path, size_max=2 * MIB)
    spool.append([entry(at=1), entry(at=2, size=50_000)], alive=1)
    spool.ack([(1, 1)], [(2, "wire.body")])
    with spool.transaction():
        assert room.delete_settled(spool, older_than_wall=10**9) == 1
    assert [letter.id for letter in dead_letters.listed(spool)] == [2]
    for at in range(3, 200):
        spool.append([entry(at=at, size=15_000)], alive=1)
    assert dead_letters.listed(spool) == []
    assert spool.counters.dead == 10
    spool.close()


def test_what_died_before_there_were_letters_goes_like_anything_settled(tmp_path: Path) -> None:
    spool = open_at(tmp_path)
    spool.append([entry(at=1), entry(at=2)], alive=1)
    spool.ack([], [(1, "wire.body"), (2, "wire.body")])
    spool.db.execute("DELETE FROM meta WHERE key = 'dead/00000000000000000001'")
    with spool.transaction():
        assert room.delete_settled(spool) == 1
    assert [letter.id for letter in dead_letters.listed(spool)] == [2]
    spool.close()


def test_bounded_the_oldest_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dead_letters, "LETTERS_MAX", 3)
    spool = open_at(tmp_path, size_max=8 * MIB)
    spool.append([entry(at=at) for at in range(1, 6)], alive=1)
    spool.ack([], [(seq, "wire.body") for seq in range(1, 6)])
    assert [letter.id for letter in dead_letters.listed(spool)] == [3, 4, 5]
    spool.append([Entry([data_batch(at=6, size=MIB + 1)])], alive=1)
    spool.ack([], [(6, "wire.body")])
    assert dead_letters.listed(spool) == [], "one of more than an eighth of the spool is not kept"
    assert spool.counters.dead == 60
    spool.close()
