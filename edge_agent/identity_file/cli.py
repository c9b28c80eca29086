"""`edge-agent identity export | import | check`: the same tags go on when the machine under them is replaced."""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from edge_agent.buffer.identity import replace_file
from edge_agent.config import LoadedConfig, load_config
from edge_agent.identity_file import document
from edge_agent.machine import machine_id
from edge_agent.plain_words import counted
from schemas.errors import ConfigError

NAMED_MAX = 5


def add_identity(commands: Any) -> None:
    """Adds the commands to the parser's sub-commands."""
    identity = commands.add_parser("identity", help="carry the identity of the tags to another machine, or check it")
    parts = identity.add_subparsers(required=True, metavar="WHAT")
    export = parts.add_parser("export", help="write it to a file")
    export.add_argument("file", type=Path)
    export.set_defaults(command=_export)
    take = parts.add_parser("import", help="take over an exported one, on the machine that replaces the old")
    take.add_argument("file", type=Path)
    take.add_argument("--replace", action="store_true", help="also for tags that have begun a history here")
    take.set_defaults(command=_import)
    check = parts.add_parser("check", help="whether tags, spool, machine and, if given, an exported file agree")
    check.add_argument("file", type=Path, nargs="?")
    check.set_defaults(command=_check)
    for command in (export, take, check):
        command.add_argument("-c", "--config", type=Path, default=Path("agent.yaml"), metavar="FILE")


def _export(options: argparse.Namespace) -> int:
    loaded = load_config(options.config)
    tags = document.known_tags(loaded.data_dir)
    if not tags:
        raise ConfigError(
            "identity_none", f"{loaded.data_dir} has no identity yet", hint="it is made when the agent first runs"
        )
    content = document.make(loaded.config.tenant, loaded.config.edge, _facts(loaded), tags)
    replace_file(options.file, json.dumps(content, indent=1, ensure_ascii=False) + "\n")
    print(
        f"{options.file}: {counted(len(tags), 'tag')} of {loaded.config.edge}. Keep it with the backup of agent.yaml."
    )
    return 0


def _facts(loaded: LoadedConfig) -> document.SpoolFacts:
    facts = document.spool_facts(loaded.data_dir)
    if not facts.in_use:
        return facts
    # Not for the agent itself: the HTTP client of the standard library takes memory.
    from edge_agent.diagnostics.asking import ask_agent

    status = json.loads(ask_agent(loaded.data_dir, "status"))
    return replace(facts, stream=status["stream"], machine=machine_id())


def _import(options: argparse.Namespace) -> int:
    loaded = load_config(options.config)
    content = document.read(options.file)
    own = (loaded.config.tenant, loaded.config.edge)
    if (content["tenant"], content["edge"]) != own:
        raise ConfigError(
            "identity_other_edge",
            f"{options.file} is the identity of {content['edge']} of {content['tenant']}, this is {own[1]} of {own[0]}",
            hint="two edges must never share tags: set tenant and edge in agent.yaml to those of the old machine",
        )
    if document.spool_facts(loaded.data_dir).in_use:
        raise ConfigError("spool_in_use", "the agent is running", hint="stop it, import, and start it again")
    differing = document.differing(document.known_tags(loaded.data_dir), content["tags"])
    if differing and not options.replace:
        raise ConfigError(
            "identity_differs",
            f"{_named(differing)} began another history here",
            hint="--replace goes on with that of the file; what was collected here stays under the tag's old identity",
        )
    document.take_over(loaded.data_dir, content["tags"])
    print(
        f"Taken over: {counted(len(content['tags']), 'tag')}, with all history. The old machine must not run any more."
    )
    return 0


def _check(options: argparse.Namespace) -> int:
    loaded = load_config(options.config)
    tags, facts = document.known_tags(loaded.data_dir), document.spool_facts(loaded.data_dir)
    found = [*_machine(facts), *_spool(tags, facts), *_configured(loaded, tags)]
    if options.file is not None:
        found += _file(options.file, tags)
    for line in found:
        print(line)
    if facts.in_use:
        print("The agent is running: its spool was not looked into.")
    if not found:
        print(f"{counted(len(tags), 'tag')}: their identity is whole.")
    return 1 if found else 0


def _machine(facts: document.SpoolFacts) -> list[str]:
    if not facts.machine or facts.machine == machine_id():
        return []
    return [
        "This data folder was made on another machine. At its next start the agent begins a stream of its own and loses"
        " nothing. If that other machine still runs, give one of the two another name (edge) and a data folder of its"
        " own: two machines must not send the same tags."
    ]


def _spool(tags: Mapping[str, Mapping[str, str]], facts: document.SpoolFacts) -> list[str]:
    other = sorted(key for key, (uuid, _) in facts.tags.items() if key in tags and tags[key]["uuid"] != uuid)
    gone = sorted(key for key in facts.tags if key not in tags)
    lines = [f"{_named(other)}: the spool knows another UUID than identity.json."] if other else []
    lines += [f"{_named(gone)}: in the spool, but not in identity.json: restore it from a backup."] if gone else []
    return lines


def _configured(loaded: LoadedConfig, tags: Mapping[str, Mapping[str, str]]) -> list[str]:
    wanted = [
        (f"{conn.id}/{tag.name}", tag.was and f"{conn.id}/{tag.was}")
        for conn in loaded.config.connections
        for tag in conn.tags
    ]
    new = [key for key, was in wanted if key not in tags and loaded.renamed.get(key, was) not in tags]
    return [f"{_named(new)}: no history yet; it begins at the next start."] if new else []


def _file(path: Path, tags: Mapping[str, Mapping[str, str]]) -> list[str]:
    theirs: dict[str, dict[str, str]] = document.read(path)["tags"]
    differing, missing = document.differing(tags, theirs), sorted(set(theirs) - set(tags))
    lines = [f"{_named(differing)}: another UUID here than in {path.name}."] if differing else []
    return lines + ([f"{_named(missing)}: in {path.name}, but not here."] if missing else [])


def _named(keys: Sequence[str]) -> str:
    more = f" and {len(keys) - NAMED_MAX} more" if len(keys) > NAMED_MAX else ""
    return ", ".join(keys[:NAMED_MAX]) + more
