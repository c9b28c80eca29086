from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from platform_core.journal import format as journal_format
from platform_core.journal.format import HEADER_BYTES, Record, encode_header
from platform_core.journal.journal import Journal
from platform_core.journal.segment import segment_path
from schemas.errors import ConfigError


def seqs(journal: Journal, from_no: int = 0) -> list[int]:
    return [item.entry.seq for item in journal.records(from_no) if isinstance(item, Record)]


def test_what_is_appended_comes_back_with_its_number_after_reopening(tmp_path, entry):
    journal = Journal(tmp_path, floor_percent=0)
    given = [entry(seq) for seq in range(1, 6)]
    assert journal.append(given[:3]) == 1
    assert journal.append(given[3:]) == 4
    journal.close()
    again = Journal(tmp_path, floor_percent=0)
    assert [(item.no, item.entry) for item in again.records()] == list(enumerate(given, start=1))
    assert seqs(again, from_no=4) == [4, 5]
    assert again.append([entry(6)]) == 6
    again.close()


def test_a_reader_may_stop_anywhere(tmp_path, entry):
    journal = Journal(tmp_path, floor_percent=0)
    journal.append([entry(seq) for seq in range(1, 6)])
    reader = journal.records()
    assert next(reader).no == 1
    reader.close()
    journal.close()


def test_one_group_is_synced_once(tmp_path, entry):
    calls = []
    journal = Journal(tmp_path, floor_percent=0, sync=calls.append)
    journal.append([entry(1)])
    before = len(calls)
    journal.append([entry(seq) for seq in range(2, 200)])
    assert len(calls) == before + 1
    journal.close()


def test_numbers_go_on_where_the_store_is_even_with_an_empty_journal(tmp_path, entry):
    journal = Journal(tmp_path, floor_percent=0, next_no_min=91)
    assert journal.append([entry(1)]) == 91
    journal.close()


def test_segments_rotate_and_only_wholly_applied_ones_are_removed(tmp_path, entry):
    journal = Journal(tmp_path, floor_percent=0, segment_bytes=1000)
    for seq in range(1, 31):
        journal.append([entry(seq, size=200)])
    assert journal.segment_count > 5
    first_before = journal.first_no
    removed = journal.remove_through(10)
    assert removed >= 2
    assert first_before < journal.first_no <= 11
    assert seqs(journal, from_no=11) == list(range(11, 31))
    journal.remove_through(30)
    assert journal.segment_count == 1  # the growing one stays
    journal.close()
    again = Journal(tmp_path, floor_percent=0)
    assert again.append([entry(31)]) == 31
    again.close()


def test_a_second_process_is_refused_while_the_first_lives(tmp_path):
    journal = Journal(tmp_path, floor_percent=0)
    with pytest.raises(ConfigError) as caught:
        Journal(tmp_path, floor_percent=0)
    assert caught.value.code == "journal.in_use"
    journal.close()
    Journal(tmp_path, floor_percent=0).close()


def test_a_removed_number_never_comes_again_because_the_store_says_how_far_it_is(tmp_path, entry):
    journal = Journal(tmp_path, floor_percent=0)
    journal.append([entry(seq) for seq in range(1, 8)])
    journal.close()
    again = Journal(tmp_path, floor_percent=0)
    again.remove_through(7)
    assert again.append([entry(8)]) == 8
    again.close()


def test_a_segment_of_a_newer_program_is_refused_and_left_alone(tmp_path, entry, monkeypatch):
    journal = Journal(tmp_path, floor_percent=0)
    journal.append([entry(1)])
    journal.close()
    path = next(tmp_path.glob("*.ilj"))
    monkeypatch.setattr(journal_format, "VERSION", 2)
    newer = encode_header(1, 0) + path.read_bytes()[HEADER_BYTES:]
    monkeypatch.undo()
    path.write_bytes(newer)
    with pytest.raises(ConfigError) as caught:
        Journal(tmp_path, floor_percent=0)
    assert caught.value.code == "journal.newer"
    assert path.read_bytes() == newer


WRITER = """
import sys
from pathlib import Path
from uuid import UUID
from platform_core.journal.format import Entry
from platform_core.journal.journal import Journal
journal = Journal(Path(sys.argv[1]), floor_percent=0, segment_bytes=200_000)
seq = journal.last_no
while True:
    group = [Entry("factory", "line_1", UUID(int=7), seq + i, "data", False, 0, b"%d;" % (seq + i) * 50)
             for i in range(1, 8)]
    journal.append(group)
    seq += 7
    sys.stdout.write(f"{seq}\\n")
    sys.stdout.flush()
"""


def test_nothing_reported_is_lost_by_kill_9(tmp_path):
    reported = 0
    for _ in range(5):
        child = subprocess.Popen([sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True)
        assert child.stdout is not None
        with child.stdout:
            for _ in range(60):
                reported = int(child.stdout.readline())
            os.kill(child.pid, signal.SIGKILL if hasattr(signal, "SIGKILL") else signal.SIGTERM)
            child.wait()
    journal = Journal(tmp_path, floor_percent=0)
    items = [item for item in journal.records() if isinstance(item, Record)]
    assert journal.recovered.damage == []
    assert [item.no for item in items] == list(range(1, len(items) + 1))
    assert len(items) >= reported
    assert all(item.entry.body == b"%d;" % item.entry.seq * 50 for item in items)
    journal.close()


def test_the_name_of_a_segment_sorts_by_number():
    assert segment_path(Path("x"), 9).name < segment_path(Path("x"), 10).name
