"""A power cut, for real: the spool lies on a loop-mounted ext4 image; the image is copied while the
writer commits, and the copy, which holds only what was fsynced, is opened again. kill -9 cannot show
a missing fsync, because the page cache outlives the process."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from edge_agent.buffer.spool import Spool
from tests.support.processes import ROOT
from tests.unit.edge_agent.spool_making import MIB, open_at

WRITER = """
import sys
from pathlib import Path
from tests.unit.edge_agent.spool_making import entry, open_at
spool = open_at(Path(sys.argv[1]), synchronous=sys.argv[2])
n = 0
while n < 100_000:
    n += 1
    stored = spool.append([entry(at=n, size=4_000)], alive=n)
    sys.stdout.write(f"{stored[0].seq}\\n")
    sys.stdout.flush()
"""


def may_mount() -> bool:
    tools = all(shutil.which(tool) for tool in ("mkfs.ext4", "mount", "umount"))
    return hasattr(os, "geteuid") and os.geteuid() == 0 and tools


pytestmark = pytest.mark.skipif(not may_mount(), reason="needs root, mount and mkfs.ext4 for a loop-mounted image")


@contextlib.contextmanager
def mounted(image: Path, point: Path) -> Iterator[Path]:
    point.mkdir()
    done = subprocess.run(["mount", "-o", "loop", image, point], capture_output=True, text=True)
    if done.returncode:
        pytest.skip(f"loop mount not allowed here: {done.stderr.strip()}")
    try:
        yield point
    finally:
        subprocess.run(["umount", "-l", point], check=True)


def cut_power(folder: Path, synchronous: str) -> tuple[int, Spool]:
    """Commits until some 150 are reported, copies the image meanwhile, opens the copy.

    Returns the last number reported before the copy began, and the spool found in it.
    """
    image = folder / "disk.img"
    with image.open("wb") as stream:
        stream.truncate(64 * MIB)
    subprocess.run(["mkfs.ext4", "-q", image], check=True)
    with mounted(image, folder / "disk") as disk:
        writer = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(disk), synchronous], cwd=ROOT, text=True, stdout=subprocess.PIPE
        )
        try:
            assert writer.stdout is not None
            reported = 0
            while reported < 150:
                reported = int(writer.stdout.readline())
            # Stopped, so that the copy is one moment: a copy torn over time is no power cut.
            writer.send_signal(signal.SIGSTOP)
            shutil.copyfile(image, folder / "after.img")
        finally:
            writer.kill()
            writer.communicate()
    with mounted(folder / "after.img", folder / "after") as disk:
        shutil.copytree(disk, folder / "spool", ignore=shutil.ignore_patterns("lost+found"))
    time.sleep(0.05)
    return reported, open_at(folder / "spool")


def survivors(spool: Spool) -> set[int]:
    return {batch.seq for batch in spool.read_pending(0, 10**9, 10**6, prio=2, bytes_max=10**9)}


def test_nothing_committed_is_lost_when_the_power_goes(tmp_path: Path) -> None:
    for attempt in range(3):
        folder = tmp_path / str(attempt)
        folder.mkdir()
        reported, spool = cut_power(folder, "FULL")
        assert set(range(1, reported + 1)) <= survivors(spool)
        assert spool.counters.balanced
        assert spool.audit() == spool.counters
        spool.close()


def test_negative_control_without_fsync_committed_batches_are_gone(tmp_path: Path) -> None:
    reported, spool = cut_power(tmp_path, "OFF")
    assert not set(range(1, reported + 1)) <= survivors(spool)
    spool.close()
