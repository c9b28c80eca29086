"""`interlock app …` as a program: readable answers, exit codes, all problems at once; no server, no network."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
LINE = ROOT / "tests" / "fixtures" / "apps" / "0.1" / "line_overview"
COMPONENTS = ("--components", ROOT / "app_designer" / "components")


@pytest.fixture
def run(tmp_path):
    def called(*words, module="platform_core"):
        line = [sys.executable, "-m", module, "app", *map(str, words)]
        env = {**os.environ, "PYTHONPATH": str(ROOT)}
        return subprocess.run(line, cwd=tmp_path, env=env, capture_output=True, text=True, timeout=60)

    return called


@pytest.fixture
def folder(tmp_path):
    return Path(shutil.copytree(LINE, tmp_path / "line"))


def change(folder, name, **members):
    path = folder / name
    path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), **members}), "utf-8")


def test_validate_tells_all_problems(run, folder):
    assert run("validate", folder, *COMPONENTS).returncode == 0
    change(folder, "app.json", engine=">=99")
    told = run("validate", folder, *COMPONENTS)
    assert told.returncode == 1
    assert "needs Interlock >=99; this is Interlock " in told.stdout
    change(folder, "app.json", home="nowhere", more=1)
    change(folder, "pages/press.json", id="other")
    told = run("validate", folder, *COMPONENTS)
    assert told.returncode == 1
    for text in ("/app.json/more", "/pages~1press.json/id", "[reference.page_id]", "2 errors"):
        assert text in told.stdout, told.stdout
    chinese = run("validate", folder, "--language", "zh-CN", *COMPONENTS)
    assert "未知的项" in chinese.stdout
    found = json.loads(run("validate", folder, "--json", *COMPONENTS).stdout)
    assert found["errors"] == 2
    assert {one["code"] for one in found["findings"]} >= {"structure.extra_forbidden", "reference.page_id"}


def test_pack_sign_verify_import_diff(run, folder, tmp_path):
    assert "not signed" in run("pack", folder, "-o", "a.lego.zip", *COMPONENTS).stdout
    assert run("pack", folder, "-o", "b.lego.zip", *COMPONENTS).returncode == 0
    assert (tmp_path / "a.lego.zip").read_bytes() == (tmp_path / "b.lego.zip").read_bytes()
    assert run("keygen", "acme").returncode == 0
    if os.name == "posix":
        assert (tmp_path / "acme.key").stat().st_mode & 0o777 == 0o600
    assert run("keygen", "acme").returncode == 2
    assert run("verify", "a.lego.zip").returncode == 1
    assert run("sign", "a.lego.zip", "--key", "acme.key").returncode == 0
    assert run("verify", "a.lego.zip").returncode == 1  # by a key that was not named
    told = json.loads(run("verify", "a.lego.zip", "--trust", "acme.pub", "--json").stdout)
    assert told["signature"] == "trusted"
    assert run("import", "a.lego.zip", "--into", "x", *COMPONENTS).returncode == 0
    assert "No differences." in run("diff", folder, "x", *COMPONENTS).stdout
    assert run("import", "a.lego.zip", "--into", "x", *COMPONENTS).returncode == 2  # not over something
    mapped = run("import", "a.lego.zip", "--into", "y", "--as", "hall", "--asset", "press_1=press_9", *COMPONENTS)
    assert mapped.returncode == 0
    changes = run("diff", "x", "y", *COMPONENTS).stdout
    assert "binding value changed from press_1.temperature to press_9.temperature" in changes
    (tmp_path / "a.lego.zip").write_bytes((tmp_path / "a.lego.zip").read_bytes()[:-9])
    broken = run("verify", "a.lego.zip")
    assert (broken.returncode, "error:" in broken.stderr) == (2, True)


def test_pack_refuses_what_is_not_right(run, folder, tmp_path):
    change(folder, "app.json", home="nowhere")
    told = run("pack", folder, "-o", "a.lego.zip", *COMPONENTS)
    assert (told.returncode, (tmp_path / "a.lego.zip").exists()) == (1, False)
    assert "There is no page nowhere" in told.stdout


def test_tests_of_an_app(run, folder):
    page = json.loads((folder / "pages" / "overview.json").read_text("utf-8"))
    element = next(name for name, one in page["elements"].items() if one["type"] == "value")
    bound = page["elements"][element]["bind"]["/value"]
    test = {
        "format": 1,
        "id": "shows",
        "name": "Shows it",
        "page": "overview",
        "given": [{"asset": bound["asset"], "role": bound["role"], "v": 5}],
        "expect": [{"kind": "input", "element": element, "name": "value", "v": 5}],
    }
    (folder / "tests").mkdir()
    (folder / "tests" / "shows.json").write_text(json.dumps(test))
    assert run("test", folder, *COMPONENTS).returncode == 0
    test["expect"][0]["v"] = 6
    (folder / "tests" / "shows.json").write_text(json.dumps(test))
    told = run("test", folder, *COMPONENTS)
    assert told.returncode == 1
    assert "expected 6" in told.stdout
    assert json.loads(run("test", folder, "--json", *COMPONENTS).stdout)[0]["ok"] is False
    assert run("pack", folder, *COMPONENTS).returncode == 1


def test_migrate(run, folder, tmp_path):
    components = tmp_path / "components"
    shutil.copytree(ROOT / "app_designer" / "components", components)
    manifest = json.loads((components / "value" / "component.json").read_text("utf-8"))
    version = manifest["props_version"]
    manifest["props_version"] = version + 1
    manifest.setdefault("migrations", []).append(
        {"from": version, "to": version + 1, "ops": [{"op": "remove", "path": "/nothing"}],
         "example": {"before": {}, "after": {}}}
    )  # fmt: skip
    (components / "value" / "component.json").write_text(json.dumps(manifest))
    before = (folder / "pages" / "overview.json").read_text("utf-8")
    dry = run("migrate", folder, "--dry-run", "--components", components)
    assert "would change: pages/overview.json" in dry.stdout
    assert (folder / "pages" / "overview.json").read_text("utf-8") == before
    assert run("migrate", folder, "--components", components).returncode == 0
    page = json.loads((folder / "pages" / "overview.json").read_text("utf-8"))
    assert {one["props_version"] for one in page["elements"].values() if one["type"] == "value"} == {version + 1}
    assert run("validate", folder, "--components", components).returncode == 0


def test_the_launcher_hands_over(run, folder):
    assert run("validate", folder, *COMPONENTS, module="interlock").returncode == 0
    assert run("validate", "nowhere", *COMPONENTS, module="interlock").returncode == 2


def test_symbolic_links_are_not_followed(run, folder, tmp_path):
    (tmp_path / "secret.json").write_text("{}")
    (folder / "pages" / "link.json").symlink_to(tmp_path / "secret.json")
    assert run("pack", folder, *COMPONENTS).returncode == 2
