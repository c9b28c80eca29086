"""The hand-shake: restored images, copied machines, restored platforms."""

from __future__ import annotations

import shutil
from pathlib import Path

from edge_agent.buffer.reconcile import reconcile
from edge_agent.buffer.spool import Spool
from tests.unit.edge_agent.spool_making import entry, open_at


def bodies(spool: Spool) -> list[bytes]:
    return [batch.body for batch in spool.read_pending(0, 10_000, 10_000, prio=2)]


def image_of(folder: Path, name: str) -> Path:
    copy = folder.parent / name
    shutil.copytree(folder, copy)
    return copy


def test_a_platform_that_agrees_changes_nothing(tmp_path: Path) -> None:
    spool = open_at(tmp_path)
    spool.append([entry(at=1), entry(at=2)], alive=1)
    reconcile(spool, [], 0)
    stream = spool.stream
    result = reconcile(spool, [(1, 1)], 1)
    assert (result.forked, result.revived_batches, spool.stream) == (False, 0, stream)
    assert [b.seq for b in spool.read_pending(0, 99, 9, prio=2)] == [2]


def test_a_platform_restored_from_backup_gets_again_what_is_still_kept(tmp_path: Path) -> None:
    spool = open_at(tmp_path)
    reconcile(spool, [], 0)
    spool.append([entry(at=n) for n in (1, 2, 3)], alive=1)
    spool.ack([(1, 3)])
    result = reconcile(spool, [(1, 1)], 1)
    assert (result.forked, result.revived_batches) == (False, 2)
    assert [b.seq for b in spool.read_pending(0, 99, 9, prio=2)] == [2, 3]
    assert spool.counters.balanced
    assert spool.audit() == spool.counters


def test_a_restored_image_forks_and_keeps_what_it_made_under_used_numbers(tmp_path: Path) -> None:
    """The image was taken at 2; its other life reached 5; the restored one made 3 and 4 anew."""
    first = tmp_path / "first"
    first.mkdir()
    spool = open_at(first)
    reconcile(spool, [], 0)
    spool.append([entry(at=n) for n in (1, 2)], alive=1)
    spool.ack([(1, 1)])
    spool.db.close()
    restored = open_at(image_of(first, "image"))
    restored.append([entry(at=n) for n in (103, 104)], alive=1)
    stream = restored.stream
    assert reconcile(restored, [(1, 5)], 5).forked
    assert restored.stream != stream
    assert bodies(restored) == [entry(at=n).batches[0].body for n in (103, 104)]
    assert [b.seq for b in restored.read_pending(0, 99, 9, prio=2)] == [1, 2]
    assert (restored.counters.acked, restored.counters.pending) == (20, 20)
    assert not reconcile(restored, [], 0).forked


def test_a_restored_image_that_overtook_its_other_life_is_still_found_out(tmp_path: Path) -> None:
    """Offline over several starts until its own numbers are higher than the platform's."""
    first = tmp_path / "first"
    first.mkdir()
    spool = open_at(first)
    reconcile(spool, [], 0)
    spool.append([entry(at=n) for n in (1, 2)], alive=1)
    spool.db.close()
    folder = image_of(first, "image")
    for start in range(3):
        restored = open_at(folder)
        restored.append([entry(at=100 + start * 10 + n) for n in range(3)], alive=1)
        restored.db.close()
    restored = open_at(folder)
    assert restored.max_seq == 11
    assert reconcile(restored, [(1, 5)], 5).forked
    assert len(bodies(restored)) == 9


def test_without_the_floor_the_same_image_would_lose_batches(tmp_path: Path) -> None:
    """Negative control: judged by the highest number alone, 3 … 5 would count as acked."""
    spool = open_at(tmp_path)
    reconcile(spool, [], 0)
    spool.append([entry(at=n) for n in (1, 2)], alive=1)
    spool.db.close()
    restored = open_at(tmp_path)
    restored.append([entry(at=n) for n in range(103, 109)], alive=1)
    with restored.transaction():
        restored.set_meta("floor", restored.max_seq)  # the guard taken out
    assert not reconcile(restored, [(1, 5)], 5).forked
    assert len(bodies(restored)) == 3  # three batches of this life are gone


def test_a_copied_machine_begins_a_new_stream(tmp_path: Path) -> None:
    first = tmp_path / "first"
    first.mkdir()
    spool = open_at(first)
    spool.append([entry(at=1), entry(at=2)], alive=1)
    spool.ack([(1, 1)])
    spool.close()
    clone = open_at(image_of(first, "clone"), machine="m2")
    assert clone.cloned
    assert clone.stream != spool.stream
    assert len(bodies(clone)) == 1
    original = open_at(first)
    assert original.stream == spool.stream


def test_a_second_writer_of_the_same_stream_is_found_out_while_running(tmp_path: Path) -> None:
    spool = open_at(tmp_path)
    reconcile(spool, [], 0)
    spool.append([entry(at=1), entry(at=2)], alive=1)
    assert reconcile(spool, [(1, 7)], 7).forked
    assert len(bodies(spool)) == 2  # whose 1 and 2 the platform has is not known: sent again
