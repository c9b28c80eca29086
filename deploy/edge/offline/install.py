#!/usr/bin/env python3
"""Installs or updates the Interlock edge agent from this folder, without the Internet: python3 install.py

Every file is checked by its hash first, and pip checks the packages once more. The new version is installed beside the
one that is there, whose place it takes only when it is whole and has found the configuration fine. With --service it is
then on trial: one that does worse than its predecessor gives the place back.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import venv
from pathlib import Path

from installer.bundle_check import Refused, check_bundle, check_python, check_signature
from installer.service import restart_commands
from installer.trial import Look, Trial
from installer.versions import Versions

HERE = Path(__file__).resolve().parent
PYTHON = "@PYTHON@"
VERSION = "@VERSION@"
DEFAULT = Path(r"C:\Interlock" if os.name == "nt" else "/opt/interlock")


def main(arguments: list[str] | None = None) -> int:
    """Installs, tries, says what to do next; 0 fine, 1 nothing has changed or the old version is back."""
    options = _options(arguments)
    versions = Versions(options.target.resolve())
    try:
        if options.back:
            return _go_back(versions, options)
        check_python(PYTHON)
        check_bundle(HERE)
        check_signature(HERE, versions.root, versions.current)
        versions.refuse_older(VERSION, allowed=options.allow_older)
        return _install(versions, options)
    except (Refused, OSError) as error:
        sys.stderr.write(f"{error}\n")
        return 1


def _options(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Installs or updates the Interlock edge agent, without the Internet.")
    parser.add_argument("--target", type=Path, default=DEFAULT, help=f"folder to install into; left out: {DEFAULT}")
    parser.add_argument("--config", type=Path, action="append", default=[], help="agent.yaml to be found fine first")
    parser.add_argument("--service", metavar="NAME", help="restart this service and watch the new version")
    parser.add_argument("--restart", metavar="COMMAND", help="restart by this command and watch the new version")
    parser.add_argument("--watch-s", type=float, default=60.0, help="how long the new version is watched, 60")
    parser.add_argument("--allow-older", action="store_true", help="install a version older than the one that is there")
    parser.add_argument("--no-way-back", action="store_true", help="also where it changes the form of the data folder")
    parser.add_argument("--back", action="store_true", help="go back to the version before this one, install nothing")
    options = parser.parse_args(arguments)
    if (options.service or options.restart) and not options.config:
        parser.error("--service and --restart need --config FILE: the agent is asked by it how it is")
    return options


def _install(versions: Versions, options: argparse.Namespace) -> int:
    place = versions.free_place(VERSION)
    say(f"Installing into {place} ...")
    try:
        _make(place)
        agent = versions.agent_of(place)
        for config in options.config:
            _must(agent, "check", "-c", str(config))
        before = versions.current
        if before is not None and not options.no_way_back:
            versions.refuse_new_form(before, place)
        looks = [Look(config, versions) for config in options.config] if before is not None else []
    except (OSError, subprocess.CalledProcessError, Refused) as error:
        versions.discard(place)
        hint = "" if isinstance(error, Refused) else "\nOn Debian and Ubuntu the package python3-venv is needed."
        raise Refused(f"{error}{hint}\nNothing has changed.") from None
    before = versions.take(place)
    commands = restart_commands(options.service, options.restart)
    if before is not None and commands:
        trial = Trial(commands, looks, options.watch_s, VERSION)
        if problem := trial.run():
            versions.take(before)
            trial.restart()
            raise Refused(f"Version {VERSION} was tried and given up: {problem}\nThe version before it runs again.")
    versions.tidy(keep=(place, before))
    _say_next(versions, is_update=before is not None, is_running=bool(commands))
    return 0


def _make(place: Path) -> None:
    venv.EnvBuilder(with_pip=True).create(place)
    python = Versions.python_of(place)
    pip = [str(python), "-m", "pip", "--disable-pip-version-check", "--no-input", "install", "--quiet", "--no-index"]
    where = ["--find-links", str(HERE / "wheels"), "--require-hashes", "-r", str(HERE / "requirements.txt")]
    subprocess.run([*pip, *where], check=True)
    subprocess.run([str(Versions.agent_of(place)), "--version"], check=True)


def _must(agent: Path, *arguments: str) -> None:
    done = subprocess.run([str(agent), *arguments], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Refused(f"Version {VERSION} does not find the configuration fine:\n{done.stdout}{done.stderr}".rstrip())


def _go_back(versions: Versions, options: argparse.Namespace) -> int:
    before, current = versions.previous(), versions.current
    if before is None or current is None:
        raise Refused(f"There is no earlier version in {versions.root}.")
    versions.refuse_new_form(before, current)
    versions.take(before)
    if commands := restart_commands(options.service, options.restart):
        Trial(commands, [], 0.0, "").restart()
    say(f"{before.name} is in place again{'' if commands else '; restart the service'}.")
    return 0


def _say_next(versions: Versions, *, is_update: bool, is_running: bool) -> None:
    agent = versions.agent_of(versions.link)
    if not is_update:
        say(f"Done. Next: write agent.yaml, then\n  {agent} check -c agent.yaml\nREADME.txt: how it becomes a service.")
    elif is_running:
        say(f"Done: version {VERSION} runs, no worse than the one before, which is kept for --back.")
    else:
        say(f"Done: version {VERSION} is in place, the one before it kept for --back. Restart the service now.")


def say(text: str) -> None:
    """One line, at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
