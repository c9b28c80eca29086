#!/usr/bin/env python3
"""Installs the Interlock edge agent from this folder, without the Internet: python3 install.py [--target DIR]

Every file is checked by its hash first, and pip checks the packages once more. An agent that is installed already is
replaced; its configuration and data lie elsewhere and stay.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import subprocess
import sys
import venv
from pathlib import Path

HERE = Path(__file__).resolve().parent
PYTHON = "@PYTHON@"
DEFAULT = Path(r"C:\Interlock" if os.name == "nt" else "/opt/interlock")


def main() -> int:
    """Checks, installs, says what to do next; the exit code."""
    parser = argparse.ArgumentParser(description="Installs the Interlock edge agent, without the Internet.")
    parser.add_argument("--target", type=Path, default=DEFAULT, help=f"folder to install into; left out: {DEFAULT}")
    target = parser.parse_args().target.resolve()
    found = ".".join(str(part) for part in sys.version_info[:2])
    if found != PYTHON:
        return _fail(f"These packages are for Python {PYTHON}, this is {found}. Run: python{PYTHON} install.py")
    if problems := wrong_files():
        return _fail("These files are not as they were made; get the bundle again:\n  " + "\n  ".join(problems))
    environment = target / "venv"
    say(f"Installing into {environment} ...")
    try:
        venv.EnvBuilder(with_pip=True, clear=True).create(environment)
        scripts = environment / ("Scripts" if os.name == "nt" else "bin")
        python = scripts / ("python.exe" if os.name == "nt" else "python")
        pip = [
            str(python),
            "-m",
            "pip",
            "--disable-pip-version-check",
            "--no-input",
            "install",
            "--quiet",
            "--no-index",
        ]
        where = ["--find-links", str(HERE / "wheels"), "--require-hashes", "-r", str(HERE / "requirements.txt")]
        subprocess.run([*pip, *where], check=True)
        agent = scripts / ("edge-agent.exe" if os.name == "nt" else "edge-agent")
        subprocess.run([str(agent), "--version"], check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        return _fail(f"The installation failed: {error}\nOn Debian and Ubuntu the package python3-venv is needed.")
    say(
        f"Done. Next: write agent.yaml, then\n  {agent} check -c agent.yaml\nREADME.txt tells how it becomes a service."
    )
    return 0


def wrong_files() -> list[str]:
    """Files that are missing or not as SHA256SUMS has them, and wheels that are not in it."""
    try:
        lines = (HERE / "SHA256SUMS").read_text("utf-8").splitlines()
    except OSError:
        return ["SHA256SUMS"]
    known = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
    problems = [f"wheels/{path.name}" for path in (HERE / "wheels").glob("*") if f"wheels/{path.name}" not in known]
    for name, digest in known.items():
        path = HERE / name
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            problems.append(name)
    return problems


def say(text: str) -> None:
    """One line, at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _fail(text: str) -> int:
    sys.stderr.write(text + "\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
