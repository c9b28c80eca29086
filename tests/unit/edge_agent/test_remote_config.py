"""What may come from afar, what never may, and that a kill leaves the old configuration or the new one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from edge_agent.config import load_config
from edge_agent.remote_config.changes import changes
from edge_agent.remote_config.compose import check_scope, composed
from edge_agent.remote_config.load import load_effective, renamed_back
from edge_agent.versions.kept import FOLDER, STATE_FILE, Holding, Kept
from schemas.errors import ConfigError, WireError
from schemas.wire.config_push import ConfigPart, ConfigReport, cut, hash_of, is_report, join, read_told, told
from tests.support.processes import ROOT

OWN = """version: 1
edge: line_1
broker: {url: 'mqtt://127.0.0.1:1'}
remote_config: true
connections:
  - id: plc
    driver: modbus_tcp
    config: {host: 127.0.0.1}
    tags:
      - {name: a, address: 'holding:1', type: uint16}
      - {name: s, address: 'holding:2', type: uint16, write: {min: 0, max: 5, roles: [operator]}}
  - id: rest
    driver: http_json
    config: {base_url: 'http://127.0.0.1:1', username: u, password_file: own.txt}
    tags: []
"""
CHANGED = OWN.partition("connections:")[1] + OWN.partition("connections:")[2].replace("name: a,", "name: b, was: a,")


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "agent.yaml"
    path.write_text(OWN)
    (tmp_path / "own.txt").write_text("x")
    return path


def problems(own: Path, text: str) -> list[tuple[str, int | None]]:
    try:
        found = check_scope(load_config(own), composed(own, text), text)
    except ConfigError as error:
        found = list(error.problems)
    return [(one.code, one.line) for one in found]


def test_connections_may_change_and_the_rest_stays_the_machines(own: Path) -> None:
    assert problems(own, CHANGED) == []
    new = composed(own, CHANGED)
    assert [tag.name for tag in new.config.connections[0].tags] == ["b", "s"]
    assert (new.config.edge, new.config.broker.url) == ("line_1", "mqtt://127.0.0.1:1")
    assert new.path == own


@pytest.mark.parametrize(
    "line", ["broker: {url: 'mqtt://evil'}", "edge: x", "data_dir: /", "remote_config: false", "tenant: t", "spool: {}"]
)
def test_who_it_is_and_where_it_sends_never_comes_from_afar(own: Path, line: str) -> None:
    assert problems(own, f"{line}\n{CHANGED}") == [("remote.scope", 1)]
    assert problems(own, "{connections: [], " + line + "}") == [("remote.scope", 1)]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("max: 5", "max: 500"),
        ("holding:2', type: uint16, write", "holding:3', type: uint16, write"),
        ("host: 127.0.0.1}", "host: 127.0.0.2}"),
        ("holding:1', type: uint16}", "holding:1', type: uint16, write: {min: 0, max: 1, roles: [operator]}}"),
    ],
)
def test_what_may_be_written_never_changes_from_afar(own: Path, old: str, new: str) -> None:
    assert old in CHANGED
    assert [code for code, line in problems(own, CHANGED.replace(old, new))] == ["remote.write"]


def test_a_file_of_the_machine_cannot_be_sent_away_from_afar(own: Path) -> None:
    stolen = CHANGED.replace("own.txt", "/etc/passwd")
    assert problems(own, stolen) == [("remote.file", 10)]
    sheet = CHANGED.replace("    tags: []", "    tags_file: /etc/passwd")
    assert problems(own, sheet) == [("remote.file", 11)]
    header = CHANGED.replace("password_file: own.txt", "password_file: own.txt, header_files: {x: /etc/passwd}")
    assert problems(own, header) == [("remote.file", 10)]


def test_a_trial_that_was_not_lived_through_is_taken_back_at_the_next_start(own: Path) -> None:
    kept = Kept(own.parent / "data")
    assert load_effective(own).config == load_config(own).config
    kept.put(CHANGED)
    kept.hold(Holding(hash_of(CHANGED)))
    assert load_effective(own).config.connections[0].tags[0].name == "b"
    worse = CHANGED.replace("name: b, was: a", "name: c, was: b")
    kept.put(worse)
    kept.hold(Holding(hash_of(worse), hash_of(CHANGED), "push"))
    back = load_effective(own)
    assert back.config.connections[0].tags[0].name == "b"
    assert back.renamed == {"plc/b": "plc/c"} == renamed_back(composed(own, worse))
    report = ConfigReport.unpack(kept.holding().report)
    assert (report.state, report.hash, report.active) == ("rolled_back", hash_of(worse), hash_of(CHANGED))
    assert load_effective(own).renamed == {}


def test_the_machines_own_connections_hold_again_where_it_says_so(own: Path) -> None:
    kept = Kept(own.parent / "data")
    kept.put(CHANGED)
    kept.hold(Holding(hash_of(CHANGED)))
    own.write_text(OWN.replace("remote_config: true", "remote_config: false"))
    assert load_effective(own).config.connections[0].tags[0].name == "a"


def test_a_changed_text_gives_way_to_the_machines_own(own: Path, caplog: pytest.LogCaptureFixture) -> None:
    kept = Kept(own.parent / "data")
    kept.put(CHANGED)
    kept.hold(Holding(hash_of(CHANGED)))
    (own.parent / "data" / FOLDER / f"{hash_of(CHANGED)}.yaml").write_text("connections: []")
    assert load_effective(own).config.connections[0].tags[0].name == "a"
    assert "was changed" in caplog.text
    (own.parent / "data" / FOLDER / STATE_FILE).write_text("{")
    with pytest.raises(ConfigError, match="cannot be read"):
        load_effective(own)


_KILLED = """
import sys
from pathlib import Path
from edge_agent.versions.kept import Holding, Kept
from schemas.wire.config_push import hash_of
kept = Kept(Path(sys.argv[1]))
text = "connections: []\\n"
n = 0
while True:
    n += 1
    old, new = f"# {n}\\n{text}", f"# {n + 1}\\n{text}"
    kept.put(new)
    before = kept.holding().active
    kept.hold(Holding(hash_of(new), before, "p"))
    kept.hold(Holding(hash_of(new)))
    print(n, flush=True)
"""


def test_killed_at_any_moment_what_holds_is_whole(own: Path) -> None:
    data = own.parent / "data"
    for n in range(6):
        process = subprocess.Popen(
            [sys.executable, "-c", _KILLED, str(data)], stdout=subprocess.PIPE, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}
        )
        assert process.stdout is not None
        for _ in range(1 + n * 3):
            process.stdout.readline()
        process.kill()
        process.wait()
        process.stdout.close()
        holding = Kept(data).holding()
        assert Kept(data).text(holding.active)
        assert holding.before is None or holding.before == "" or Kept(data).text(holding.before)
        assert load_effective(own).config.edge == "line_1"


_ENDED = """
import os, sys
from pathlib import Path
from edge_agent.versions import kept
from schemas.wire.config_push import hash_of
at = [int(sys.argv[2])]
fsync = os.fsync
def ends(handle):
    at[0] -= 1
    if at[0] < 0:
        os._exit(9)
    fsync(handle)
os.fsync = ends
if sys.argv[3] == "in_place":
    def write_private(path, content):
        with open(path, "wb") as file:
            file.write(content[:len(content) // 2])
            file.flush()
            os.fsync(file.fileno())
            file.write(content[len(content) // 2:])
    kept.write_private = write_private
new = "connections: []\\n"
store = kept.Kept(Path(sys.argv[1]))
store.put(new)
store.hold(kept.Holding(hash_of(new), store.holding().active, "p"))
print("through")
"""


def ended(own: Path, at: int, how: str) -> tuple[bool, str]:
    """Whether it came through, and what holds after an end before the disk was told for the `at`th time."""
    line = [sys.executable, "-c", _ENDED, str(own.parent / "data"), str(at), how]
    done = subprocess.run(
        line, cwd=ROOT, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=60, check=False
    )
    assert "Error" not in done.stderr, done.stderr
    return "through" in done.stdout, Kept(own.parent / "data").held_text()


def test_an_end_at_any_step_of_the_change_leaves_the_old_or_the_new_text(own: Path) -> None:
    seen = []
    for at in range(12):
        kept = Kept(own.parent / "data")
        kept.put(CHANGED)
        kept.hold(Holding(hash_of(CHANGED)))
        through, held = ended(own, at, "whole")
        assert held in (CHANGED, "connections: []\n"), at
        seen.append(held != CHANGED)
        if through:
            break
    else:
        pytest.fail("it never came through")
    assert seen == sorted(seen)  # once new, always new
    assert False in seen


def test_written_in_place_an_end_would_leave_neither(own: Path) -> None:
    """Negative control: the same end while the state is written over itself."""
    kept = Kept(own.parent / "data")
    kept.put(CHANGED)
    kept.hold(Holding(hash_of(CHANGED)))
    with pytest.raises(ConfigError, match="cannot be read"):
        ended(own, 1, "in_place")


def test_a_text_travels_in_parts_and_a_changed_one_is_refused() -> None:
    text = "connections: []\n" + "".join(f"# {hash_of(str(n))}\n" for n in range(8000))
    push = ConfigPart("p", "c", "apply", "", 0, 1, b"", 5.0, "mona")
    parts = cut(text, push)
    assert len(parts) > 3
    assert all(len(part.pack()) < 70_000 for part in parts)
    again = [ConfigPart.unpack(part.pack()) for part in parts]
    assert join(again) == text
    with pytest.raises(WireError):
        join(again[::-1])
    with pytest.raises(WireError):
        join(again[:-1])
    with pytest.raises(WireError):
        cut("x" * (4 * 1024 * 1024 + 1), push)


def test_a_small_message_cannot_become_a_huge_text() -> None:
    import zstandard

    bomb = zstandard.ZstdCompressor().compress(b" " * 100_000_000)
    assert len(bomb) < 64 * 1024
    with pytest.raises(WireError, match="at most 4 MiB"):
        join([ConfigPart("p", "c", "apply", "0" * 64, 0, 1, bomb)])


@pytest.mark.parametrize("payload", [b"", b"\x80", b"\xc1", b"x" * 200_000, b"\x81\xa1v\x01"])
def test_what_is_no_message_is_refused(payload: bytes) -> None:
    for unpack in (ConfigPart.unpack, ConfigReport.unpack):
        with pytest.raises(WireError):
            unpack(payload)
    report = ConfigReport("p", "h", "kept")
    assert ConfigReport.unpack(report.pack()) == report
    assert is_report(report.pack())


def test_a_password_in_the_text_is_refused_at_its_line_and_never_repeated(own: Path) -> None:
    text = CHANGED.replace("password_file: own.txt", "password: hunter2")
    found = check_scope(load_config(own), load_config(own), text)
    assert [(one.code, one.line) for one in found] == [("remote.secret", 10)]
    assert "hunter2" not in repr(found)


def test_what_would_change_is_told_by_name_and_count_without_values(own: Path) -> None:
    old = load_config(own).config
    assert changes(old, old) == []
    new = composed(own, CHANGED.replace("driver: modbus_tcp", "driver: modbus_tcp\n    scan_ms: 500")).config
    assert changes(old, new) == [
        {"what": "changed", "connection": "plc", "fields": ["scan_ms"],
         "tags_added": 0, "tags_removed": 0, "tags_changed": 1},
    ]  # fmt: skip
    bare = composed(own, "connections: []").config
    assert [(row["what"], row["connection"], row["tags_removed"]) for row in changes(old, bare)] == [
        ("removed", "plc", 2),
        ("removed", "rest", 0),
    ]
    assert [(row["what"], row["tags_added"]) for row in changes(bare, old)] == [("added", 2), ("added", 0)]


def test_a_report_carries_the_text_that_runs_and_what_would_change() -> None:
    row = {"what": "added", "connection": "plc", "fields": [], "tags_added": 2, "tags_removed": 0, "tags_changed": 0}
    report = ConfigReport("p", "", "told", changes=[row], basis="b", data=told("connections: []\n"))
    back = ConfigReport.unpack(report.pack())
    assert (back.changes, back.basis, read_told(back)) == ([row], "b", "connections: []\n")
