"""run.py: what is up to date is told by content, and a failed step shows its own output."""

from __future__ import annotations

import importlib.util
import os
import sys
import time
from pathlib import Path
from types import ModuleType

import pytest

ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script as a module, working on an empty project of its own."""
    spec = importlib.util.spec_from_file_location("interlock_run", ROOT / "run.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    # Every place it names, also one that is added later: `clean` would else take them from this project.
    for name, path in list(vars(module).items()):
        if isinstance(path, Path) and path.is_relative_to(ROOT):
            monkeypatch.setattr(module, name, tmp_path / path.relative_to(ROOT))
    return module


def test_a_change_of_content_or_name_is_noticed_and_a_new_date_is_not(run: ModuleType, tmp_path: Path) -> None:
    file = tmp_path / "a.lock"
    file.write_text("1")
    first = run.digest([file], "x")
    run.stamp("python", first)
    assert run.stamped("python", first)
    file.touch()
    assert run.digest([file], "x") == first
    assert run.digest([file], "y") != first
    file.write_text("2")
    assert not run.stamped("python", run.digest([file], "x"))
    moved = file.rename(tmp_path / "b.lock")
    moved.write_text("1")
    assert run.digest([moved], "x") != first


def test_sources_of_the_web_app_leave_out_what_it_is_not_built_from(run: ModuleType, tmp_path: Path) -> None:
    for name in ("src/a.ts", "src/a.test.ts", "node_modules/x/i.js", "components/v/View.tsx", "x.tsbuildinfo"):
        path = tmp_path / "app_designer" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    found = {path.relative_to(tmp_path / "app_designer").as_posix() for path in run.web_files()}
    assert found == {"src/a.ts", "components/v/View.tsx"}


def test_run_says_where_the_commands_are(
    run: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    started: list[list[str]] = []
    monkeypatch.setattr(run, "setup", lambda: None)
    monkeypatch.setattr(run, "call", lambda line: started.append(line) or 0)
    monkeypatch.setattr(run.os, "execv", lambda _program, line: started.append(line))
    run.run(["--port", "9000"])
    assert started[0][-3:] == ["up", "--port", "9000"]
    folder = r".venv\Scripts\activate" if os.name == "nt" else ". .venv/bin/activate"
    assert f"`{folder}` gives you the commands interlock and edge-agent." in capsys.readouterr().out


def test_a_failed_step_shows_its_own_last_lines(run: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    run.step("Fine", [sys.executable, "-c", "print('hidden')"])
    with pytest.raises(run.StepFailed, match="no such package") as caught:
        run.step("Broken", [sys.executable, "-c", "import sys; sys.exit('no such package')"])
    assert "hidden" not in str(caught.value)
    shown = capsys.readouterr().out
    assert "done: Fine" in shown
    assert "failed: Broken" in shown


def test_the_time_of_a_long_step_is_shown(run: ModuleType, capsys: pytest.CaptureFixture[str]) -> None:
    began = time.monotonic()
    run.step("Slow", [sys.executable, "-c", "import time; time.sleep(0.5)"])
    assert time.monotonic() - began >= 0.5
    assert "done: Slow (0." in capsys.readouterr().out


def test_a_node_that_does_not_run_is_no_node(run: ModuleType) -> None:
    assert run.node_version("no-such-node") < run.NODE_MIN
    assert run.node_version(sys.executable) < run.NODE_MIN


def test_clean_never_touches_data(run: ModuleType, tmp_path: Path) -> None:
    for name in ("interlock-data/platform/x", ".venv/bin/python", "platform_core/web/index.html", "dist/x.whl"):
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("")
    run.clean([])
    assert (tmp_path / "interlock-data/platform/x").exists()
    assert (tmp_path / ".venv/bin/python").exists()
    assert not (tmp_path / "platform_core/web").exists()
    assert not (tmp_path / "dist").exists()
    run.clean(["--all"])
    assert not (tmp_path / ".venv").exists()
    assert (tmp_path / "interlock-data/platform/x").exists()
