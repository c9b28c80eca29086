"""`edge-agent import` and `export`: what would change, all problems at once, and a file that keeps its comments."""

import csv
import io
import json
import os
import subprocess
import sys
import time

import pytest

from edge_agent.config import load_config
from edge_agent.configuration.source import open_source
from edge_agent.configuration.tag_import import plan_import
from edge_agent.spreadsheet.csv_file import read_csv
from edge_agent.spreadsheet.tag_rows import parse_rows
from tests.support.agent_yaml import AGENT
from tests.support.processes import ROOT


def tags_of(agent, connection="press_1"):
    return {tag.name: tag for one in load_config(agent).config.connections if one.id == connection for tag in one.tags}


def sheet(tmp_path, text, name="tags.csv"):
    path = tmp_path / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_a_dry_run_tells_field_by_field_and_changes_nothing(edge, agent, tmp_path):
    given = sheet(
        tmp_path,
        "connection,name,address,type,scale,unit\n"
        "press_1,temperature,holding:0,int16,0.01,°C\n"
        "press_1,oil,holding:20,uint16,,%\n"
        "press_2,a,holding:0,float32,,\n",
    )
    code, out, _ = edge("import", given)
    assert code == 0
    assert "press_1: 1 added, 1 changed, 0 removed, 3 unchanged" in out
    assert "~ temperature  scale: 0.1 → 0.01" in out
    assert "+ oil  holding:20 uint16 %" in out
    assert "press_2: 0 added, 0 changed, 0 removed, 2 unchanged" in out
    assert agent.read_text("utf-8") == AGENT
    assert [path.name for path in tmp_path.iterdir() if path.name not in ("agent.yaml", "tags.csv")] == []


def test_applied_the_rest_of_the_file_stays_byte_for_byte(edge, agent, tmp_path):
    given = sheet(
        tmp_path,
        "name,address,type,scale,unit\ntemperature,holding:0,int16,0.01,°C\noil,holding:20,uint16,,%\n",
    )
    before = tags_of(agent)
    code, out, err = edge("import", given, "--connection", "press_1", "--apply")
    assert code == 0, err
    after = tags_of(agent)
    assert after["temperature"].scale == 0.01
    assert after["oil"].unit == "%"
    assert {name: after[name] for name in ("force", "pressure", "speed")} == {
        name: before[name] for name in ("force", "pressure", "speed")
    }
    wanted = AGENT.replace(
        "      - name: temperature   # PT100\n        address: holding:0\n        type: int16\n"
        "        scale: 0.1\n        unit: °C\n",
        "",
    ).replace("  - id: press_1\n", "  - id: press_1\n    tags_file: tags/press_1.csv\n")
    assert agent.read_text("utf-8") == wanted
    assert "move from agent.yaml to tags/press_1.csv" in out


def test_settings_without_a_column_stay(edge, agent, tmp_path):
    given = sheet(tmp_path, "name,address,hi\nspeed,holding:11,60\n")
    code, out, err = edge("import", given, "--connection", "press_1", "--apply")
    assert code == 0, err
    tag = tags_of(agent)["speed"]
    assert (tag.address, tag.type, tag.limits.lo, tag.limits.hi) == ("holding:11", "uint16", 1, 60)
    assert "~ speed  address: holding:10 → holding:11, hi: 70 → 60" in out


def test_replace_removes_and_merge_does_not(edge, agent, tmp_path):
    given = sheet(tmp_path, "connection,name,address\npress_2,b,holding:2\n")
    code, out, _ = edge("import", given, "--merge", "--apply")
    assert code == 0
    assert "Nothing would change" in out
    code, out, _ = edge("import", given, "--replace", "--apply")
    assert code == 0
    assert "- a  holding:0" in out
    assert set(tags_of(agent, "press_2")) == {"b"}
    assert "# small" in agent.read_text("utf-8")


def test_all_tags_of_a_list_may_go(edge, agent, tmp_path):
    given = sheet(tmp_path, "connection,name,address\npress_1,new,holding:50\npress_2,new,holding:50\n")
    code, _, err = edge("import", given, "--replace", "--apply")
    assert code == 0, err
    assert set(tags_of(agent)) == {"force", "new"}  # the template's tag stays
    assert set(tags_of(agent, "press_2")) == {"new"}
    for comment in ("# Line 1", "# the PC under", "# the big one", "# end of the tags", "# small", "# the end"):
        assert comment in agent.read_text("utf-8")


def test_a_rename_by_was_is_a_change(edge, agent, tmp_path):
    given = sheet(tmp_path, "name,address,was\nspindle_speed,holding:10,speed\n")
    code, out, err = edge("import", given, "--connection", "press_1", "--apply")
    assert code == 0, err
    assert "~ spindle_speed" in out
    assert "name: speed → spindle_speed" in out
    assert "speed" not in tags_of(agent)
    assert tags_of(agent)["spindle_speed"].limits.hi == 70


def test_all_problems_at_once_with_row_column_reason_and_hint(edge, agent, tmp_path):
    given = sheet(
        tmp_path,
        "connection,name,address,type,scale,lo,hi\n"
        "press_1,x,holding:1,int99,,,\n"
        "press_9,y,holding:1,int16,,,\n"
        'press_1,z,holding:1,int16,"1,5",,\n'
        "press_1,u,holding:77777,int16,,,\n"
        "press_1,w,holding:2,int16,,9,3\n"
        "press_1,force,holding:91,uint16,,,\n"
        "press_1,z2,=1+1,int16,,,\n"
        "press_1,ok,holding:3,int16,,,\n"
        "press_1,ok,holding:4,int16,,,\n",
    )
    code, out, err = edge("import", given, "--apply")
    assert code == 2
    assert agent.read_text("utf-8") == AGENT
    for wanted in (
        "row 2, type: 'int99' is not a possible type. Did you mean 'int",
        "row 3, connection: there is no connection 'press_9'. Did you mean 'press_",
        "row 4, scale: '1,5' may mean two numbers. Write 1.5 or 15.",
        "row 6, lo_lo: limits must rise",
        "row 7, name: 'force' comes from the connection's template.",
        "row 8, address: the cell is a formula.",
        "row 10, name: the tag 'ok' is there twice (first in row 9).",
    ):
        assert wanted in err, err
    assert out == ""


def test_what_only_the_driver_knows_is_told_by_row_too(edge, tmp_path):
    given = sheet(tmp_path, "connection,name,address,type\npress_1,ok,holding:3,int16\npress_2,u,holding:77777,int16\n")
    code, _, err = edge("import", given)
    assert code == 2
    assert "row 3, address: u: 'holding:77777' is outside 0 to 65535." in err


def test_as_json(edge, tmp_path):
    given = sheet(tmp_path, "connection,name,address\npress_2,c,holding:4\npress_2,a,holding:8\n")
    code, out, _ = edge("import", given, "--json")
    told = json.loads(out)
    assert code == 0
    assert told["ok"] is True
    assert told["applied"] is False
    assert told["connections"][0]["added"] == [{"name": "c", "address": "holding:4", "type": "float32"}]
    assert told["connections"][0]["changed"] == [
        {"name": "a", "fields": [{"column": "address", "before": "holding:0", "after": "holding:8"}]}
    ]


@pytest.mark.parametrize("name", ["tags.csv", "tags.xlsx"])
def test_what_was_exported_changes_nothing(edge, agent, tmp_path, name):
    code, out, _ = edge("export", tmp_path / name)
    assert code == 0
    assert "6 tags" in out
    code, out, err = edge("import", tmp_path / name, "--replace", "--apply")
    assert code == 0, err
    assert "Nothing would change" in out
    assert agent.read_text("utf-8") == AGENT


def test_a_second_import_edits_the_file_of_tags_only(edge, agent, tmp_path):
    edge("import", sheet(tmp_path, "name,address\nx,holding:30\n"), "--connection", "press_2", "--apply")
    text = agent.read_text("utf-8")
    code, _, err = edge("import", sheet(tmp_path, "name,address\nx,holding:31\n"), "--connection", "press_2", "--apply")
    assert code == 0, err
    assert agent.read_text("utf-8") == text
    assert tags_of(agent, "press_2")["x"].address == "holding:31"


def test_columns_of_ones_own_stay(edge, agent, tmp_path):
    edge("import", sheet(tmp_path, "name,address\nx,holding:30\ny,holding:32\n"), "--connection", "press_2", "--apply")
    rows = "name;address;#who\nx;holding:30;Li\ny;holding:32;Müller\n"
    (tmp_path / "tags" / "press_2.csv").write_text(rows, "utf-8")
    given = sheet(tmp_path, "name,address,was\nz,holding:40,\ny2,holding:33,y\n")
    code, _, err = edge("import", given, "--connection", "press_2", "--apply")
    assert code == 0, err
    found = (tmp_path / "tags" / "press_2.csv").read_text("utf-8-sig").splitlines()
    ends = {line.split(",")[0]: line.rsplit(",", 1)[1] for line in found}
    assert ends == {"name": "#who", "x": "Li", "y2": "Müller", "z": ""}


def test_problems_in_the_file_of_tags_name_its_row(edge, agent, tmp_path):
    edge("import", sheet(tmp_path, "name,address\nx,holding:30\n"), "--connection", "press_2", "--apply")
    (tmp_path / "tags" / "press_2.csv").write_text(
        "name;address;type;scale\nx;holding:99999;int16;0,5\ny;holding:1;int17;\n"
    )
    code, _, err = edge("check")
    assert code == 2
    assert "ow 2 of tags/press_2.csv: x: 'holding:99999' is outside" in err
    assert "ow 3 of tags/press_2.csv: 'int17' is not a possible type" in err
    (tmp_path / "tags" / "press_2.csv").unlink()
    assert "ags/press_2.csv: No such file" in edge("check")[2]


@pytest.mark.parametrize("name", ["../x.csv", "/etc/x.csv", "C:/x.csv", "x.txt", "a//b.csv"])
def test_a_file_of_tags_lies_below_the_configuration(edge, agent, name):
    agent.write_text(
        AGENT.replace("    driver: modbus_tcp\n", f"    driver: modbus_tcp\n    tags_file: {name}\n"), "utf-8"
    )
    code, _, err = edge("check")
    assert code == 2
    assert "tags_file" in err


def test_windows_line_ends_stay(edge, agent, tmp_path):
    agent.write_bytes(AGENT.replace("\n", "\r\n").encode())
    code, _, err = edge("import", sheet(tmp_path, "name,address\nx,holding:30\n"), "--connection", "press_1", "--apply")
    assert code == 0, err
    assert agent.read_bytes().count(b"\n") == agent.read_bytes().count(b"\r\n") == AGENT.count("\n") + 1


def test_an_alias_is_not_edited_blindly(edge, agent, tmp_path):
    text = AGENT.replace("tags: [{name: a", "tags: &shared [{name: a") + ""
    text = text.replace("# the end", "  - {id: press_3, driver: modbus_tcp, config: {host: h}, tags: *shared}")
    agent.write_text(text, "utf-8")
    code, _, err = edge("import", sheet(tmp_path, "name,address\na,holding:30\n"), "--connection", "press_3", "--apply")
    assert code == 2
    assert "by hand" in err
    assert agent.read_text("utf-8") == text


@pytest.mark.parametrize("edit", ["remove_tags", "set_tags_file"])
def test_an_edit_that_misses_is_noticed(edge, agent, tmp_path, monkeypatch, edit):
    """The result is read again before anything is written."""
    from edge_agent.configuration.yaml_edit import YamlEdit

    monkeypatch.setattr(YamlEdit, edit, lambda *_: None)
    given = sheet(tmp_path, "name,address\nspeed,holding:30\n")
    code, _, _ = edge("import", given, "--connection", "press_1", "--apply")
    assert code == 2
    assert agent.read_text("utf-8") == AGENT


def test_ten_thousand_rows(edge, agent, tmp_path):
    rows = [["connection", "name", "address", "type", "scale", "unit", "description"]]
    rows += [["press_2", f"t{at}", f"holding:{at * 2}", "float32", "0.1", "°C", f"温度 {at}"] for at in range(10_000)]
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    given = sheet(tmp_path, out.getvalue())
    began = time.perf_counter()
    code, told, err = edge("import", given, "--apply")
    took = time.perf_counter() - began
    assert code == 0, err
    assert "10000 added" in told
    assert len(tags_of(agent, "press_2")) == 10_002
    print(f"10,000 rows compared, written and recorded in {took:.1f} s")
    assert took < 60  # no measure of speed: that nothing is quadratic


def test_an_old_console_does_not_end_it(agent, tmp_path):
    given = sheet(tmp_path, "connection,name,address\npress_1,speed,holding:11\npress_2,温度,holding:4\n")
    line = [sys.executable, "-m", "edge_agent", "import", str(given), "-c", str(agent)]
    env = {**os.environ, "PYTHONIOENCODING": "cp1252"}
    done = subprocess.run(line, capture_output=True, env=env, cwd=ROOT, timeout=60)
    assert done.returncode == 0, done.stderr
    assert b"address: holding:10 ? holding:11" in done.stdout


def test_a_change_meanwhile_is_not_overwritten(agent):
    source = open_source(agent)
    parsed = parse_rows(read_csv(b"connection,name,address\npress_2,x,holding:30\n"))
    plan = plan_import(source, parsed, connection=None, mode="merge")
    agent.write_text(AGENT.replace("# small", "# tiny"), "utf-8")
    with pytest.raises(Exception, match="changed meanwhile"):
        plan.draft.apply(note="")
    assert "# tiny" in agent.read_text("utf-8")
