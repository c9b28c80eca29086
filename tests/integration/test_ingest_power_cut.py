"""A power cut, by copying the image of a mounted disk in mid-write: what was synced is in the copy.

kill -9 cannot show a missing fsync (the kernel still writes the page cache), a copied image can.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from uuid import UUID

import pytest

from platform_core.journal.errors import JournalFull
from platform_core.journal.format import Entry, Record
from platform_core.journal.journal import Journal
from tests.support.processes import ROOT

WRITER = """
import sys
from pathlib import Path
from uuid import UUID
from platform_core.journal.durable import sync_file
from platform_core.journal.format import Entry
from platform_core.journal.journal import Journal
sync = sync_file if sys.argv[2] == "sync" else (lambda descriptor: None)
journal = Journal(Path(sys.argv[1]), floor_percent=0, segment_bytes=300_000, sync=sync)
seq = 0
while True:
    journal.append([Entry("factory", "e", UUID(int=1), seq + i, "data", False, 0, b"%09d" % (seq + i) * 30)
                    for i in range(1, 5)])
    seq += 4
    sys.stdout.write(f"{seq}\\n")
    sys.stdout.flush()
"""
WRITES = 120

needs_root = pytest.mark.skipif(
    not sys.platform.startswith("linux") or os.geteuid() != 0 or not shutil.which("mkfs.ext4"),
    reason="mounting a disk image needs Linux and root",
)


def run(*args: str) -> None:
    subprocess.run(args, check=True, capture_output=True)


@pytest.fixture
def image(tmp_path):
    """An ext4 disk in a file that writes back late, as disks under load do."""
    path, mount = tmp_path / "disk.img", tmp_path / "disk"
    mount.mkdir()
    with path.open("wb") as file:
        file.truncate(64 << 20)
    run("mkfs.ext4", "-q", str(path))
    mounted = subprocess.run(
        ["mount", "-o", "loop,commit=300", str(path), str(mount)], check=False, capture_output=True, text=True
    )
    if mounted.returncode != 0:
        pytest.skip(f"no loop mount here: {mounted.stderr.strip()}")
    yield path, mount
    run("umount", str(mount))


def cut_power(image: tuple[Path, Path], copy: Path, mode: str) -> int:
    """Write, copy the image in mid-write; returns what had been acknowledged a moment before."""
    path, mount = image
    child = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(mount / "journal"), mode], stdout=subprocess.PIPE, text=True, cwd=ROOT
    )
    try:
        assert child.stdout is not None
        with child.stdout:
            acked = 0
            while acked < 4 * WRITES:
                acked = int(child.stdout.readline())
            time.sleep(0.01)
            # Wherever it is; a copy that takes a while is one moment of the disk only while nobody writes.
            child.send_signal(signal.SIGSTOP)
            os.waitpid(child.pid, os.WUNTRACED)  # it stands
            shutil.copyfile(path, copy)
    finally:
        child.kill()
        child.wait()
    return acked


def survivors(copy: Path, tmp_path: Path) -> tuple[list[int], Journal]:
    """Sequence numbers in the copied disk, opened as after a power cut."""
    mount = tmp_path / "copy"
    mount.mkdir()
    run("mount", "-o", "loop", str(copy), str(mount))
    try:
        journal = Journal(mount / "journal", floor_percent=0)
        seqs = held(journal)
        journal.close()
    finally:
        run("umount", str(mount))
    return seqs, journal


@needs_root
def test_every_acknowledged_batch_survives_a_power_cut(image, tmp_path):
    acked = cut_power(image, tmp_path / "copy.img", "sync")
    seqs, journal = survivors(tmp_path / "copy.img", tmp_path)
    assert seqs == list(range(1, len(seqs) + 1))
    assert len(seqs) >= acked
    assert journal.recovered.damage == []


@needs_root
def test_without_fsync_the_same_power_cut_loses_acknowledged_batches(image, tmp_path):
    """The negative control: the test above can fail."""
    acked = cut_power(image, tmp_path / "copy.img", "no-sync")
    seqs, _ = survivors(tmp_path / "copy.img", tmp_path)
    assert len(seqs) < acked


@needs_root
@pytest.mark.parametrize("floor_percent", [5.0, 0.0])
def test_a_disk_that_really_fills_up_loses_nothing_acknowledged(image, floor_percent):
    """With the floor it stops in time; without it the disk itself says no, in the middle of a write."""
    _, mount = image
    ballast = mount / "ballast"
    ballast.write_bytes(b"\0" * (shutil.disk_usage(mount).free * 3 // 4))
    journal = Journal(mount / "journal", floor_percent=floor_percent, segment_bytes=1 << 20)
    acked = write_until_full(journal)
    assert acked > 50
    if floor_percent:
        assert journal.free_percent() > 3
    assert held(journal) == list(range(1, acked + 1)), "reading goes on"
    ballast.unlink()
    journal.append([Entry("factory", "e", UUID(int=1), acked + 1, "data", False, 0, b"after")])
    assert held(journal) == list(range(1, acked + 2))
    journal.close()
    again = Journal(mount / "journal", floor_percent=0)
    assert held(again)[-1] == acked + 1
    assert set(held(again)) >= set(range(1, acked + 2))
    again.close()


def write_until_full(journal: Journal) -> int:
    """Groups of three until the journal refuses one; returns how many records it took."""
    acked = 0
    while True:
        seqs = range(acked + 1, acked + 4)
        group = [Entry("factory", "e", UUID(int=1), seq, "data", False, 0, os.urandom(30_000)) for seq in seqs]
        try:
            journal.append(group)
        except JournalFull:
            return acked
        acked += 3


def held(journal: Journal) -> list[int]:
    return [item.entry.seq for item in journal.records() if isinstance(item, Record)]
