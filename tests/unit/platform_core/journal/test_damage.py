"""Torn tails, flipped bits, full disks: isolated, reported, never a crash loop, never silent."""

from __future__ import annotations

import errno
import random

import pytest

from platform_core.journal.errors import JournalFailed, JournalFull
from platform_core.journal.format import HEADER_BYTES, Record
from platform_core.journal.journal import Journal
from platform_core.journal.recovery import DAMAGED_FOLDER
from platform_core.journal.scan import Damage


def filled(folder, entry, count=10, size=100):
    journal = Journal(folder, floor_percent=0)
    journal.append([entry(seq, size=size) for seq in range(1, count + 1)])
    journal.close()
    (path,) = folder.glob("*.ilj")
    return path


def sound(journal):
    return [item.entry.seq for item in journal.records() if isinstance(item, Record)]


def reopened(folder):
    journal = Journal(folder, floor_percent=0)
    try:
        return sound(journal)
    finally:
        journal.close()


def test_every_possible_torn_tail_is_cut_and_reported(tmp_path, entry):
    path = filled(tmp_path, entry, count=3, size=30)
    whole = path.read_bytes()
    one = (len(whole) - HEADER_BYTES) // 3
    for size in range(len(whole) - 1, -1, -1):
        path.write_bytes(whole[:size])
        journal = Journal(tmp_path, floor_percent=0)
        kept = max(0, (size - HEADER_BYTES) // one)
        assert sound(journal) == list(range(1, kept + 1)), size
        assert journal.recovered.damage == []
        expected = size if size < HEADER_BYTES else size - HEADER_BYTES - kept * one
        assert journal.recovered.torn_bytes == expected, size
        journal.close()


def test_after_a_torn_tail_the_next_group_is_readable(tmp_path, entry):
    path = filled(tmp_path, entry)
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size - 7)
    journal = Journal(tmp_path, floor_percent=0)
    assert journal.append([entry(11)]) == 10
    journal.close()
    assert reopened(tmp_path) == [*range(1, 10), 11]


def test_a_flipped_bit_costs_one_record_and_says_which(tmp_path, entry):
    path = filled(tmp_path, entry)
    whole = path.read_bytes()
    rng = random.Random(7)
    one = (len(whole) - HEADER_BYTES) // 10
    for _ in range(300):
        at = rng.randrange(HEADER_BYTES, len(whole) - one)
        flipped = bytearray(whole)
        flipped[at] ^= 1 << rng.randrange(8)
        path.write_bytes(flipped)
        journal = Journal(tmp_path, floor_percent=0)
        hit = (at - HEADER_BYTES) // one + 1
        assert sound(journal) == [seq for seq in range(1, 11) if seq != hit]
        (damage,) = journal.recovered.damage
        assert damage.offset == HEADER_BYTES + (hit - 1) * one
        assert damage.head is None or (damage.head.no, damage.head.seq) == (hit, hit)
        assert damage.reason
        assert journal.last_no == 10
        journal.close()
    assert list((tmp_path / DAMAGED_FOLDER).iterdir())


def test_damage_in_an_older_segment_is_not_taken_for_a_torn_tail(tmp_path, entry):
    journal = Journal(tmp_path, floor_percent=0, segment_bytes=600)
    for seq in range(1, 9):
        journal.append([entry(seq, size=150)])
    journal.close()
    first = min(tmp_path.glob("*.ilj"))
    size = first.stat().st_size
    with first.open("r+b") as file:
        file.truncate(size - 20)
    again = Journal(tmp_path, floor_percent=0)
    assert len(again.recovered.damage) == 1
    assert again.recovered.torn_bytes == 0
    assert first.stat().st_size == size - 20
    assert sound(again) == [1, *range(3, 9)]
    again.close()


def test_a_damaged_header_does_not_hide_the_records(tmp_path, entry):
    path = filled(tmp_path, entry)
    with path.open("r+b") as file:
        file.write(b"\0" * 20)
    journal = Journal(tmp_path, floor_percent=0)
    assert sound(journal) == list(range(1, 11))
    assert [damage.offset for damage in journal.recovered.damage] == [0]
    journal.close()


def test_rubbish_files_neither_crash_nor_hang(tmp_path, entry):
    filled(tmp_path, entry)
    (tmp_path / "00000000000000000005.ilj").write_bytes(random.Random(3).randbytes(300_000) + b"ILJR" * 5000)
    journal = Journal(tmp_path, floor_percent=0)
    assert sound(journal) == list(range(1, 11))
    journal.close()


def test_bits_that_flip_while_running_are_met_as_damage_by_the_reader(tmp_path, entry):
    journal = Journal(tmp_path, floor_percent=0)
    journal.append([entry(seq, size=100) for seq in range(1, 4)])
    (path,) = tmp_path.glob("*.ilj")
    with path.open("r+b") as file:
        file.seek(HEADER_BYTES + 90)
        file.write(b"\xff")
    items = list(journal.records())
    assert [isinstance(item, Damage) for item in items] == [True, False, False]
    journal.close()


class FailingSync:
    """A disk whose sync fails when told to."""

    def __init__(self):
        self.failures = []

    def __call__(self, descriptor):
        if self.failures:
            raise OSError(self.failures.pop(0), "injected")


def test_a_failed_sync_moves_the_group_to_a_new_segment(tmp_path, entry):
    sync = FailingSync()
    journal = Journal(tmp_path, floor_percent=0, sync=sync)
    journal.append([entry(1)])
    sync.failures = [errno.EIO]
    assert journal.append([entry(2), entry(3)]) == 2
    assert journal.segment_count == 2
    assert sound(journal) == [1, 2, 3]
    journal.close()
    assert reopened(tmp_path) == [1, 2, 3]


@pytest.mark.parametrize(
    ("failures", "error"), [([errno.ENOSPC], JournalFull), ([errno.EIO, errno.EIO], JournalFailed)]
)
def test_a_group_that_is_not_durable_is_refused_and_its_numbers_are_burnt(tmp_path, entry, failures, error):
    sync = FailingSync()
    journal = Journal(tmp_path, floor_percent=0, sync=sync)
    journal.append([entry(1)])
    sync.failures = list(failures)
    with pytest.raises(error):
        journal.append([entry(2)])
    assert sound(journal) == [1]
    assert journal.last_no == 1, "what is not durable does not count"
    assert journal.append([entry(2)]) == 3
    assert [(item.no, item.entry.seq) for item in journal.records()] == [(1, 1), (3, 2)]
    journal.close()


def test_below_the_floor_nothing_is_taken_and_reading_goes_on(tmp_path, entry):
    filled(tmp_path, entry)
    journal = Journal(tmp_path, floor_percent=100.1)
    assert journal.is_at_floor()
    with pytest.raises(JournalFull) as caught:
        journal.append([entry(11)])
    assert caught.value.code == "journal.floor"
    assert sound(journal) == list(range(1, 11))
    journal.close()
