"""`component lint [FOLDER…]`: prints every problem as `file#pointer: what, what to do`; exit code 1 for any."""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from platform_core.component_lint.folder import lint_folders
from schemas.errors import ConfigError, Problem

ROOT = Path(__file__).resolve().parents[2]
WEB_SOURCES = ROOT / "app_designer"
WEB_BUILT = ROOT / "platform_core" / "web"
RENDER_TEST = "src/gallery/examples.test.tsx"

Say = Callable[[str], object]


def add_command(component: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Adds `lint` to the commands of `component`."""
    lint = component.add_parser("lint", help="everything wrong with the folders of blocks")
    lint.add_argument("folders", nargs="*", type=Path, metavar="FOLDER", help="default: every block of this repository")
    lint.add_argument("--render", action="store_true", help="also draw every example in every state (needs Node)")
    lint.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """The command; exit code 0 fine, 1 problems."""
    say = sys.stdout.write
    folders = [Path(folder) for folder in options.folders] or block_folders(WEB_SOURCES / "components")
    if missing := [str(folder) for folder in folders if not folder.is_dir()]:
        raise ConfigError("component.folder", f"There is no folder {', '.join(missing)}.")
    found = lint_folders([folder.resolve() for folder in folders], WEB_BUILT if WEB_BUILT.is_dir() else None)
    for folder, problems in found.items():
        for problem in problems:
            say(f"{line_of(folder, problem)}\n")
    total = sum(len(problems) for problems in found.values())
    say(f"{len(folders)} components, {total} problems\n")
    return 1 if total or (options.render and _render([folder.name for folder in folders])) else 0


def block_folders(root: Path) -> list[Path]:
    """The folders of blocks in a folder of blocks."""
    return sorted(path for path in root.iterdir() if path.is_dir())


def line_of(folder: Path, problem: Problem) -> str:
    """One problem for a terminal; the file is clickable where it lies below the present folder."""
    here = Path.cwd()
    shown = folder.relative_to(here) if folder.is_relative_to(here) else folder
    line = f":{problem.line}" if problem.line is not None else ""
    hint = f" {problem.hint}" if problem.hint else ""
    return f"{shown.as_posix()}/{problem.path}{line}: {problem.message}{hint} [{problem.code}]"


def _render(names: list[str]) -> int:
    npx = shutil.which("npx")
    if npx is None or not (WEB_SOURCES / "node_modules").is_dir():
        raise ConfigError("component.node", "Drawing the examples needs Node and the web packages.", hint="make setup")
    only = f"({'|'.join(names)}) "
    return subprocess.run([npx, "vitest", "run", RENDER_TEST, "-t", only], cwd=WEB_SOURCES, check=False).returncode
