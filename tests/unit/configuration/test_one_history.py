"""One history for what the machine made, what the platform pushed and what went back by itself; any of it can hold."""

import json
import os
import subprocess
import sys
import textwrap

import pytest

from edge_agent.config import load_config
from edge_agent.configuration.rollback import HELD, compared, plan_rollback
from edge_agent.configuration.source import open_source, record_start
from edge_agent.remote_config.load import load_effective
from edge_agent.remote_config.past import Reason, record_gone_back, record_pushed
from edge_agent.versions.history import MACHINE, History, Origin
from edge_agent.versions.kept import FOLDER, STATE_FILE, Holding, Kept
from schemas.errors import ConfigError
from schemas.wire.config_push import ConfigPart, ConfigReport, hash_of
from tests.support.agent_yaml import AGENT
from tests.support.processes import ROOT

ALLOWED = AGENT.replace("data_dir: data", "data_dir: data\nremote_config: true")
BAD = "more connections than before are bad: press_3"
PUSHED = """connections:
- id: press_3
  driver: modbus_tcp
  config: {host: 127.0.0.1, unit: 3}
  tags:
  - {name: a, address: 'holding:0'}
"""


@pytest.fixture
def remote(agent):
    """The configuration, which may be changed from afar; the machine's start is its first version."""
    agent.write_text(ALLOWED, "utf-8")
    record_start(agent, load_config(agent))
    return agent


def push(path, text, no, note=""):
    """What the desk leaves on the disk of a push that was kept."""
    kept = Kept(load_config(path).data_dir)
    kept.put(text)
    kept.hold(Holding(hash_of(text)))
    sent = ConfigPart("p", "c", "apply", hash_of(text), 0, 1, b"", by="mona", no=no, note=note)
    record_pushed(path, text, load_effective(path).hash, sent)


def ids(path):
    return [conn.id for conn in load_effective(path).config.connections]


def history(path):
    return History(load_config(path).data_dir).versions()


def test_each_version_says_where_it_came_from(edge, remote):
    push(remote, PUSHED, 7, "third press")
    record_gone_back(remote, "", load_config(remote).hash, Reason("remote.bad", BAD, {"names": "press_3"}))
    told = json.loads(edge("config", "history", "--json")[1])
    assert [(one["origin"], one["pushed_no"], one["note"]) for one in told] == [
        ("machine", 0, "the agent's start"), ("platform", 7, "third press"), ("rollback", 0, ""),
    ]  # fmt: skip
    assert told[1]["author"] == "mona"
    lines = edge("config", "history")[1].splitlines()
    assert "mona  from the platform, its version 7  third press" in lines[1]
    assert f"went back by itself: {BAD}" in lines[2]
    assert history(remote)[2].origin == Origin("rollback", 0, BAD, "remote.bad", {"names": "press_3"})


def test_a_rollback_by_command_goes_over_both(edge, remote):
    push(remote, PUSHED, 1)
    push(remote, PUSHED.replace("press_3", "press_4"), 2)
    assert ids(remote) == ["press_4"]
    code, out, err = edge("config", "rollback", "2")
    assert (code, err) == (0, "")
    assert "those that the platform pushed then" in out
    assert ids(remote) == ["press_3"]
    assert "already" in edge("config", "rollback", "2")[1]
    assert "the machine's own" in edge("config", "rollback", "1")[1]
    assert ids(remote) == ["press_1", "press_2"]
    assert remote.read_text("utf-8") == ALLOWED
    newest = history(remote)[-1]
    assert (newest.origin, newest.pushed, newest.note) == (MACHINE, "", "rollback to version 1")
    holding = Kept(load_config(remote).data_dir).holding()
    assert holding.taken_by == newest.author
    assert holding.taken_ts > 0
    assert edge("config", "rollback", "3")[0] == 0
    assert ids(remote) == ["press_4"]
    push(remote, PUSHED, 3)
    assert Kept(load_config(remote).data_dir).holding().taken_by == "", "what is pushed is not the machine's choice"


def test_an_import_says_that_it_waits_while_the_platforms_connections_hold(edge, remote, tmp_path):
    push(remote, PUSHED, 1)
    (tmp_path / "given.csv").write_text("name,address\nx,holding:30\n", "utf-8")
    code, out, _ = edge("import", tmp_path / "given.csv", "--connection", "press_1", "--apply")
    assert (code, ids(remote)) == (0, ["press_3"])
    assert "these wait" in out
    newest = history(remote)[-1]
    assert (newest.origin, newest.pushed) == (MACHINE, PUSHED)
    assert edge("config", "rollback", "1")[0] == 0
    assert "next start" in edge("import", tmp_path / "given.csv", "--connection", "press_1", "--apply")[1]


def test_a_text_that_was_forgotten_comes_back_from_the_history(edge, remote):
    push(remote, PUSHED, 1)
    assert edge("config", "rollback", "1")[0] == 0
    (load_config(remote).data_dir / FOLDER / f"{hash_of(PUSHED)}.yaml").unlink()
    assert edge("config", "rollback", "2")[0] == 0
    assert ids(remote) == ["press_3"]


def test_the_difference_shows_what_held(edge, remote):
    push(remote, PUSHED, 1)
    lines = edge("config", "diff", "1", "2")[1].splitlines()
    assert f"--- {HELD} before" in lines
    assert "+- id: press_3" in lines
    assert "-- id: press_1" in lines
    assert edge("config", "diff", "2")[1].strip() == "No difference."
    secret = PUSHED.replace("unit: 3", "password: hunter2")
    push(remote, secret, 2)
    assert "hunter2" not in "\n".join(compared(open_source(remote), history(remote)[0]))


def test_while_a_push_is_on_trial_nothing_is_chosen(edge, remote):
    push(remote, PUSHED, 1)
    kept = Kept(load_config(remote).data_dir)
    kept.put("connections: []\n")
    kept.hold(Holding(hash_of("connections: []\n"), hash_of(PUSHED), "p"))
    for number in "1", "2":
        assert "on trial" in edge("config", "rollback", number)[2]
    assert kept.holding().on_trial


def test_a_start_after_a_trial_says_why_it_went_back_and_the_next_adds_nothing(remote):
    push(remote, PUSHED, 1)
    kept = Kept(load_config(remote).data_dir)
    kept.put("connections: []\n")
    kept.hold(Holding(hash_of("connections: []\n"), hash_of(PUSHED), "p", b"", "mia", 5))
    for _ in range(2):
        loaded = load_effective(remote)
        record_start(remote, load_config(remote), pushed=loaded.pushed)
    last = history(remote)[-1]
    assert (last.origin, last.pushed, last.hash) == (
        Origin("rollback", 0, "the agent ended while it was on trial", "remote.ended"), PUSHED, loaded.hash,
    )  # fmt: skip
    assert len(history(remote)) == 3
    report = ConfigReport.unpack(kept.holding().report)
    assert (report.state, report.code) == ("rolled_back", "remote.ended")
    assert (kept.holding().taken_by, kept.holding().taken_ts) == ("mia", 5), "the machine's choice before it stands"


def test_an_edit_by_hand_beside_pushed_connections_is_the_machines(edge, remote):
    push(remote, PUSHED, 1)
    remote.write_text(ALLOWED + "# by hand\n", "utf-8")
    record_start(remote, load_config(remote), pushed=load_effective(remote).pushed)
    assert [(one.origin.kind, one.pushed) for one in history(remote)][2:] == [("machine", PUSHED)]
    assert edge("config", "rollback", "2")[0] == 0
    assert remote.read_text("utf-8") == ALLOWED
    assert ids(remote) == ["press_3"], "who holds did not change"


def test_a_version_that_may_not_hold_any_longer_is_refused(remote):
    push(remote, PUSHED, 1)
    push(remote, "connections: []\n", 2)
    bad = PUSHED.replace("modbus_tcp", "modbus_tpc")
    record_pushed(remote, bad, "h", ConfigPart("p", "c", "apply", hash_of(bad), 0, 1, b"", no=3))
    source, versions = open_source(remote), history(remote)
    with pytest.raises(ConfigError, match="problem"):
        plan_rollback(source, versions[-1])
    forbids = {"agent.yaml": ALLOWED.replace("remote_config: true", "remote_config: false")}
    History(load_config(remote).data_dir).record(forbids, "h", author="a", note="", pushed=PUSHED)
    with pytest.raises(ConfigError, match="does not allow them"):
        plan_rollback(source, history(remote)[-1])


#: As versions 1 and 2, and the state beside them, lie in data folders from before the two histories became one.
OLD_VERSION = {"format": 1, "time_us": 1_790_000_000_000_000, "hash": "0123456789abcdef", "author": "root"}
OLD_STATE = {"version": 1, "active": hash_of(PUSHED), "before": None, "push": "", "report": ""}


def old_folder(agent):
    agent.write_text(ALLOWED, "utf-8")
    data = load_config(agent).data_dir
    (data / "config-versions").mkdir(parents=True)
    for number, text in enumerate((ALLOWED.replace("# small", "# tiny"), ALLOWED), 1):
        content = OLD_VERSION | {"note": "the agent's start", "files": {"agent.yaml": text}}
        (data / "config-versions" / f"v{number:08d}.json").write_text(json.dumps(content, indent=1))
    (data / FOLDER).mkdir()
    (data / FOLDER / f"{hash_of(PUSHED)}.yaml").write_text(PUSHED)
    (data / FOLDER / STATE_FILE).write_text(json.dumps(OLD_STATE, indent=1) + "\n")
    return data


def test_a_folder_from_before_goes_on(edge, agent):
    data = old_folder(agent)
    assert [(one.origin, one.pushed) for one in history(agent)] == [(MACHINE, "")] * 2
    record_start(agent, load_config(agent), pushed=load_effective(agent).pushed)
    assert [(one.number, one.pushed) for one in history(agent)] == [(1, ""), (2, ""), (3, PUSHED)]
    assert edge("config", "rollback", "1")[0] == 0
    assert "# tiny" in agent.read_text("utf-8")
    assert ids(agent) == ["press_1", "press_2"]
    assert edge("config", "rollback", "3")[0] == 0
    assert ids(agent) == ["press_3"]
    state = json.loads((data / FOLDER / STATE_FILE).read_text())
    assert (state["version"], state["active"]) == (1, hash_of(PUSHED)), "an agent from before reads it too"


def test_what_the_machine_made_is_stored_as_before(agent):
    """So that an agent from before reads a folder that this one has written to."""
    record_start(agent, load_config(agent))
    (path,) = (load_config(agent).data_dir / "config-versions").iterdir()
    assert set(json.loads(path.read_text())) == {"format", "time_us", "hash", "author", "note", "files"}


def test_a_change_that_was_begun_before_is_finished(agent):
    """Its file knows nothing of pushed connections."""
    from edge_agent.versions import pending

    data = old_folder(agent)
    recorded = {"data_dir": str(data), "hash": "h", "author": "a", "note": "begun"}
    content = {"format": 1, "files": {"agent.yaml": ALLOWED + "# new\n"}, "kept": {}, "recorded": recorded}
    content["sha256"] = pending._sum(content)
    (agent.parent / ".agent.yaml.pending").write_text(json.dumps(content))
    load_config(agent)
    assert agent.read_text("utf-8").endswith("# new\n")
    assert history(agent)[-1].note == "begun"
    assert Kept(data).holding().active == hash_of(PUSHED)


_ENDED_AT = textwrap.dedent("""
    import os, sys
    from pathlib import Path
    from edge_agent.configuration.rollback import plan_rollback
    from edge_agent.configuration.source import open_source
    from edge_agent.versions.history import History
    steps = [int(sys.argv[2])]
    replace = os.replace
    def counted(*names):
        steps[0] -= 1
        if steps[0] < 0:
            os._exit(9)
        replace(*names)
    os.replace = counted
    source = open_source(Path(sys.argv[1]))
    plan_rollback(source, History(source.loaded.data_dir).get(1)).apply(note="back", author="mia")
    print("through")
""")


@pytest.mark.skipif(os.name != "posix", reason="ends as a kill does")
def test_an_end_at_any_step_of_going_back_leaves_old_or_new(remote):
    seen = []
    for steps in range(20):
        push(remote, PUSHED, 1)
        remote.write_text(ALLOWED + "# by hand\n", "utf-8")
        ended = subprocess.run(
            [sys.executable, "-c", _ENDED_AT, str(remote), str(steps)],
            cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=60,
            check=False,
        )  # fmt: skip
        assert "Error" not in ended.stderr, ended.stderr
        load_config(remote)  # the next look finishes what was begun
        found = remote.read_text("utf-8") == ALLOWED, ids(remote) == ["press_1", "press_2"]
        assert found in ((False, False), (True, True)), f"a mixture after {steps} steps"
        seen.append(found[0])
        if "through" in ended.stdout:
            break
    else:
        pytest.fail("it never came through")
    assert seen == sorted(seen)  # once new, always new
    assert False in seen
    assert seen.count(True) > 2
