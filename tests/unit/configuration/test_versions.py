"""Configuration versions: kept, compared, brought back; whole after an end at any moment; the spool left alone."""

import contextlib
import hashlib
import json
import os
import shutil
import subprocess
import sys
import textwrap

import pytest

from edge_agent.buffer.rows import Entry, NewBatch, Priority
from edge_agent.buffer.spool import Spool
from edge_agent.config import load_config
from edge_agent.configuration.rollback import plan_rollback
from edge_agent.configuration.source import open_source, record_files, record_start
from edge_agent.versions import pending
from edge_agent.versions.history import KEPT, History
from schemas.errors import ConfigError, InterlockError
from tests.support.agent_yaml import AGENT


def sheet(tmp_path, text):
    path = tmp_path / "given.csv"
    path.write_text(text, "utf-8")
    return path


def test_history_diff_and_rollback(edge, agent, tmp_path):
    assert "No version was recorded yet" in edge("config", "history")[1]
    given = sheet(tmp_path, "name,address\nx,holding:30\n")
    assert edge("import", given, "--connection", "press_1", "--apply", "--note", "oil sensor")[0] == 0
    given = sheet(tmp_path, "name,address\nx,holding:31\n")
    assert edge("import", given, "--connection", "press_1", "--apply")[0] == 0
    told = json.loads(edge("config", "history", "--json")[1])
    assert [(one["number"], one["note"]) for one in told] == [
        (1, "found before a change"), (2, "oil sensor"), (3, "import of given.csv"),
    ]  # fmt: skip
    assert told[2]["hash"] == load_config(agent).hash
    assert told[2]["author"]
    lines = edge("config", "diff", "2", "3")[1].splitlines()
    assert "-x,holding:30,float32,,," in lines
    assert "+x,holding:31,float32,,," in lines
    assert "+    tags_file: tags/press_1.csv" in edge("config", "diff", "1")[1]
    code, out, err = edge("config", "rollback", "2", "--note", "wrong register")
    assert code == 0, err
    assert "Written: tags/press_1.csv" in out
    assert "x,holding:30" in (tmp_path / "tags" / "press_1.csv").read_text("utf-8")
    assert edge("config", "rollback", "1")[0] == 0
    assert agent.read_text("utf-8") == AGENT
    assert "already" in edge("config", "rollback", "1")[1]
    notes = [one["note"] for one in json.loads(edge("config", "history", "--json")[1])]
    assert notes[3:] == ["wrong register", "rollback to version 1"]


def test_an_edit_by_hand_is_in_the_history_too(edge, agent, tmp_path):
    edge("import", sheet(tmp_path, "name,address\nx,holding:30\n"), "--connection", "press_2", "--apply")
    agent.write_text(agent.read_text("utf-8").replace("# small", "# tiny"), "utf-8")
    edge("import", sheet(tmp_path, "name,address\nx,holding:31\n"), "--connection", "press_2", "--apply")
    versions = History(load_config(agent).data_dir).versions()
    assert [one.note for one in versions][2] == "found before a change"
    assert "# tiny" in versions[2].files["agent.yaml"]


def test_the_start_records_and_the_same_again_does_not(agent):
    loaded = load_config(agent)
    for _ in range(3):
        record_files(agent, loaded, note="the agent's start")
    assert [one.number for one in History(loaded.data_dir).versions()] == [1]


def test_the_last_hundred_are_kept(tmp_path):
    history = History(tmp_path)
    for number in range(KEPT + 5):
        history.record({"agent.yaml": str(number)}, "h", author="a", note="n")
    numbers = [one.number for one in history.versions()]
    assert numbers == list(range(6, KEPT + 6))
    with pytest.raises(ConfigError, match="no version 3"):
        history.get(3)


def test_a_damaged_version_is_passed_over_and_a_newer_one_refused(tmp_path):
    history = History(tmp_path)
    for number in range(3):
        history.record({"agent.yaml": str(number)}, "h", author="a", note="n")
    (tmp_path / "config-versions" / "v00000002.json").write_text("{")
    assert [one.number for one in history.versions()] == [1, 3]
    (tmp_path / "config-versions" / "v00000002.json").write_text('{"format": 2}')
    with pytest.raises(ConfigError, match="newer program"):
        history.versions()


@pytest.mark.skipif(os.name != "posix", reason="rights of files")
def test_versions_are_for_the_owner_alone(agent):
    loaded = load_config(agent)
    record_files(agent, loaded, note="")
    for path in (loaded.data_dir / "config-versions").iterdir():
        assert path.stat().st_mode & 0o077 == 0


def test_a_version_that_is_wrong_today_is_not_brought_back(edge, agent):
    history = History(load_config(agent).data_dir)
    history.record({"agent.yaml": AGENT.replace("modbus_tcp", "modbus_tpc")}, "h", author="a", note="n")
    history.record({"agent.yaml": AGENT.replace("data_dir: data", "data_dir: other")}, "h", author="a", note="n")
    history.record({"other.yaml": AGENT}, "h", author="a", note="n")
    assert "here is no driver 'modbus_tpc'" in edge("config", "rollback", "1")[2]
    assert "would not be sent" in edge("config", "rollback", "2")[2]
    assert "has no agent.yaml" in edge("config", "rollback", "3")[2]
    assert "no version 9" in edge("config", "rollback", "9")[2]
    assert agent.read_text("utf-8") == AGENT


def test_secrets_are_not_in_a_diff(edge, agent):
    history = History(load_config(agent).data_dir)
    for word in ("hunter2", "hunter3"):
        text = AGENT + f"# password: {word}\n# api_key: {word}\n# Authorization: {word}\n# mqtt://u:{word}@host\n"
        history.record({"agent.yaml": text}, "h", author="a", note="n")
    out = edge("config", "diff", "1", "2")[1]
    assert "password: …" in out
    assert "hunter" not in out


def test_rollback_leaves_the_spool_alone(edge, agent, tmp_path):
    given = sheet(tmp_path, "name,address\nx,holding:30\n")
    edge("import", given, "--connection", "press_1", "--apply")
    data = load_config(agent).data_dir
    spool = Spool(data / "spool.db", machine="m", size_max_bytes=1 << 26)
    batch = NewBatch(
        kind="data", prio=Priority.DATA, conn="press_1", wall=1, mono=1, rev="r", z="none", points=10,
        t_first=1, t_last=11, body=b"x" * 100,
    )  # fmt: skip
    spool.append([Entry([batch])], alive=1)
    spool.close()
    before = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in data.glob("spool.db*")}
    assert edge("config", "rollback", "1")[0] == 0
    after = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in data.glob("spool.db*")}
    assert after == before
    assert before
    spool = Spool(data / "spool.db", machine="m", size_max_bytes=1 << 26)
    assert spool.counters.pending == 10
    spool.close()


# -- ends at any moment ----------------------------------------------------------------------------

KILLED = textwrap.dedent(
    """
    import os, signal, sys
    from pathlib import Path
    from edge_agent.configuration.rollback import plan_rollback
    from edge_agent.configuration.source import open_source
    from edge_agent.versions.history import History

    path, steps = Path(sys.argv[1]), int(sys.argv[2])
    done = 0

    def counted(call):
        def step(*words, **more):
            global done
            if done == steps:
                os.kill(os.getpid(), signal.SIGKILL)
            done += 1
            return call(*words, **more)
        return step

    source = open_source(path)
    plan = plan_rollback(source, History(source.loaded.data_dir).get(1))
    for name in ("replace", "fsync", "unlink", "link"):
        setattr(os, name, counted(getattr(os, name)))
    plan.apply(note="rolled back")
    print("through")
    """
)


def contents(agent):
    return open_source(agent).files


@pytest.mark.skipif(os.name != "posix", reason="kill -9")
def test_killed_at_every_step_it_is_the_old_or_the_new_never_both(agent, tmp_path, edge):
    files = {"agent.yaml": AGENT.replace("    driver: modbus_tcp\n", "    driver: modbus_tcp\n    tags_file: a.csv\n"),
             "a.csv": "name,address\nx,holding:30\n", "b.csv": "name,address\ny,holding:40\n"}  # fmt: skip
    old = {**files, "agent.yaml": files["agent.yaml"].replace("unit: 2}", "unit: 2}, tags_file: b.csv")}
    new = {
        name: text.replace("holding:30", "holding:31").replace("holding:40", "holding:41") for name, text in old.items()
    }
    new["agent.yaml"] = new["agent.yaml"].replace("# small", "# tiny")
    seen = []
    for steps in range(60):
        for name, text in old.items():
            (tmp_path / name).write_text(text, "utf-8")
        shutil.rmtree(tmp_path / "data", ignore_errors=True)
        History(tmp_path / "data").record(new, "h", author="a", note="n")
        with contextlib.suppress(FileNotFoundError):
            (tmp_path / ".agent.yaml.pending").unlink()
        ended = subprocess.run([sys.executable, "-c", KILLED, str(agent), str(steps)], capture_output=True, text=True)
        assert "Error" not in ended.stderr, ended.stderr
        found = contents(agent)
        assert found in (old, new), f"a mixture after {steps} steps"
        assert not (tmp_path / ".agent.yaml.pending").exists()
        seen.append("new" if found == new else "old")
        if found == new:
            newest = History(tmp_path / "data").versions()[-1]
            assert dict(newest.files) == new
            assert newest.note == "rolled back"
        if "through" in ended.stdout:
            break
    else:
        pytest.fail("it never came through")
    assert seen == sorted(seen, reverse=True)  # once new, always new
    assert "old" in seen
    assert seen.count("new") > 3


def test_without_finishing_there_would_be_a_mixture(agent, tmp_path, monkeypatch):
    """Negative control: the same end between two files, and nobody finishes."""
    (tmp_path / "b.csv").write_text("name,address\ny,holding:40\n")
    done = []

    def write(path, content, **more):
        if done and not path.name.startswith("."):
            raise OSError(5, "pulled", str(path))
        done.append(path.name) if not path.name.startswith(".") else None
        real(path, content, **more)

    real = pending.write_whole
    monkeypatch.setattr(pending, "write_whole", write)
    recorded = pending.Recorded(str(tmp_path / "data"), "h", "a", "n")
    with pytest.raises(InterlockError, match="cannot be finished"):
        pending.change(agent, {"agent.yaml": AGENT + "# new\n", "b.csv": "name,address\n"}, {}, recorded)
    monkeypatch.undo()
    assert (tmp_path / "b.csv").read_text() != "name,address\n"
    assert agent.read_text("utf-8").endswith("# new\n")  # half done
    load_config(agent)
    assert (tmp_path / "b.csv").read_text() == "name,address\n"  # whole


def test_a_file_that_cannot_be_written_stops_it_before_it_begins(edge, agent, tmp_path):
    """On Windows a spreadsheet holds its file; a folder in its place is as unwritable everywhere."""
    edge("import", sheet(tmp_path, "name,address\nx,holding:30\n"), "--connection", "press_2", "--apply")
    before = contents(agent)
    plan = plan_rollback(open_source(agent), History(tmp_path / "data").get(1))
    files = {**plan.files, "tags/press_2.csv": "name,address\n", "a.csv": "x"}
    (tmp_path / "a.csv").mkdir()
    recorded = pending.Recorded(str(tmp_path / "data"), "h", "a", "n")
    with pytest.raises(InterlockError, match=r"a\.csv cannot be written"):
        pending.change(agent, files, {}, recorded)
    assert contents(agent) == before
    assert not (tmp_path / ".agent.yaml.pending").exists()


def test_a_history_that_cannot_be_written_does_not_keep_the_agent_from_running(agent, caplog):
    loaded = load_config(agent)
    loaded.data_dir.mkdir()
    (loaded.data_dir / "config-versions").write_text("not a folder")
    record_start(agent, loaded)
    assert "was not kept in the history" in caplog.text


def test_a_damaged_change_is_told_not_done(edge, agent, tmp_path):
    (tmp_path / ".agent.yaml.pending").write_text('{"format": 1, "files": {"agent.yaml": ""}, "sha256": "x"}')
    code, _, err = edge("check")
    assert code == 2
    assert "is damaged" in err
    assert agent.read_text("utf-8") == AGENT
    (tmp_path / ".agent.yaml.pending").write_text('{"format": 2}')
    assert "newer program" in edge("check")[2]


def test_a_change_writes_only_below_the_configuration(agent, tmp_path):
    recorded = pending.Recorded(str(tmp_path / "data"), "h", "a", "n")
    with pytest.raises(ConfigError, match="no file below"):
        pending.change(agent, {"../evil.csv": "x"}, {}, recorded)
    assert not (tmp_path.parent / "evil.csv").exists()
