"""A power cut, by copying the image of a mounted disk in mid-write: what was synced is in the copy.

kill -9 cannot show a missing fsync (the kernel still writes the page cache), a copied image can.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

from platform_core.journal.format import Record
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
    """Write, copy the image in mid-write; returns what had been acknowledged before the copy began."""
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
        seqs = [item.entry.seq for item in journal.records() if isinstance(item, Record)]
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
