"""`edge-agent doctor`: why a device or the platform does not answer, and the next step."""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from edge_agent.commissioning.findings import Finding
from edge_agent.commissioning.target import add_target, described
from edge_agent.config import LoadedConfig, load_config
from edge_agent.plain_words import counted
from schemas.errors import ConfigError
from schemas.models.connection import ConnectionConfig

EXIT_FAILED = 1
_ABOUT = """
Looks why values do not come and names the next step: network, port, protocol, unit, time-out, addresses,
byte order, certificates, users, broker and platform. It only reads.

  edge-agent doctor                                     everything in agent.yaml
  edge-agent doctor press_1                             one connection
  edge-agent doctor --host 192.168.0.10 --unit 3        a device not in the configuration
"""
_HEADS = {"ok": "  fine  ", "note": "  note  ", "problem": "  WRONG "}


def add_doctor(commands: Any) -> None:
    """Adds the command to the parser's sub-commands."""
    doctor = commands.add_parser(
        "doctor", help="why a device or the platform does not answer, and the next step", description=_ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    doctor.add_argument(
        "connection", nargs="*", metavar="CONNECTION", help="only these; 'broker' for the platform's way"
    )
    doctor.add_argument("--json", action="store_true", help="findings as JSON")
    add_target(doctor, connection=False)
    doctor.set_defaults(command=_doctor)


def _doctor(options: argparse.Namespace) -> int:
    given = described(options)
    if given is not None:
        return _report({given.id: asyncio.run(_all([given]))[0]}, as_json=options.json)
    loaded = load_config(options.config)
    known = {one.id: one for one in loaded.config.connections}
    wanted = options.connection or [*known, "broker"]
    for name in wanted:
        if name not in known and name != "broker":
            listed = ", ".join([*known, "broker"])
            raise ConfigError("doctor.connection", f"there is no connection '{name}'", hint=f"Known: {listed}.")
    chosen = [known[name] for name in wanted if name in known]
    found = dict(zip((one.id for one in chosen), asyncio.run(_all(chosen)), strict=True))
    if "broker" in wanted:
        found["broker"] = asyncio.run(_broker(loaded))
    return _report(found, as_json=options.json)


async def _all(connections: Sequence[ConnectionConfig]) -> list[Sequence[Finding]]:
    # Only this command needs the services of all drivers.
    from edge_agent.commissioning.doctor import examine

    # One after the other: several connections may lead through the same gateway.
    return [await examine(one) for one in connections]


async def _broker(loaded: LoadedConfig) -> Sequence[Finding]:
    from edge_agent.commissioning.doctor_broker import examine_broker

    return await examine_broker(loaded)


def _report(found: dict[str, Sequence[Finding]], *, as_json: bool) -> int:
    wrong = sum(one.severity == "problem" for findings in found.values() for one in findings)
    if as_json:
        rows = {name: [asdict(one) for one in findings] for name, findings in found.items()}
        print(json.dumps({"ok": not wrong, "findings": rows}, ensure_ascii=False, indent=1))
        return EXIT_FAILED if wrong else 0
    for name, findings in found.items():
        print(name)
        for one in findings:
            print("\n".join(_lines(one)))
    notes = sum(one.severity == "note" for findings in found.values() for one in findings)
    fine = f"Nothing is to be put right; {counted(notes, 'note')} above." if notes else "Everything looked at is fine."
    print(f"{wrong} to be put right." if wrong else fine)
    return EXIT_FAILED if wrong else 0


def _lines(one: Finding) -> list[str]:
    lines = [f"{_HEADS[one.severity]}{one.where}: {one.what}"]
    if one.evidence:
        lines.append(f"          seen: {one.evidence}")
    if one.next_step:
        lines.append(f"          next: {one.next_step}")
    return lines
