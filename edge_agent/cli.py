"""Command line of the agent: run, check, read, catalog. Exit codes: 0 fine, 1 could not, 2 wrong use
or wrong configuration."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from edge_agent import __version__
from edge_agent.config import load_config
from edge_agent.configuration.source import record_start
from edge_agent.plain_words import counted
from schemas.errors import ConfigError, InterlockError, Problem

EXIT_FAILED, EXIT_CONFIG = 1, 2


def run_cli(arguments: Sequence[str]) -> int:
    """Runs one command; returns the exit code."""
    options = _parser(arguments[0] if arguments else "").parse_args(arguments)
    try:
        code: int = options.command(options)
    except ConfigError as error:
        print(report(error, getattr(options, "config", None)), file=sys.stderr)
        return EXIT_CONFIG
    except InterlockError as error:
        print(f"edge-agent: {error}", file=sys.stderr)
        return EXIT_FAILED
    except KeyboardInterrupt:
        return EXIT_FAILED
    return code


def _parser(first: str) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="edge-agent", description="Collects values from machines and hands every one to the platform."
    )
    parser.add_argument("--version", action="version", version=f"edge-agent {__version__}")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    run = commands.add_parser("run", help="collect until stopped")
    run.add_argument("-v", "--verbose", action="store_true", help="more in the log")
    run.add_argument("--log-format", choices=["text", "json"], default="text", help="json: one object a line")
    run.set_defaults(command=_run)
    check = commands.add_parser("check", help="find every problem of a configuration, without the network")
    check.add_argument("--json", action="store_true", help="problems as JSON")
    check.set_defaults(command=_check)
    for command in (run, check):
        command.add_argument("-c", "--config", type=Path, default=Path("agent.yaml"), metavar="FILE")
    if first not in ("run", "check"):
        from edge_agent.other_commands import add_others

        add_others(commands)
    catalog = commands.add_parser("catalog", help="the drivers of this agent, as JSON")
    catalog.set_defaults(command=_catalog)
    return parser


def report(error: ConfigError, path: Path | None) -> str:
    """A configuration error for people: one problem per paragraph, file and line first."""
    if not error.problems:
        return f"edge-agent: {error.message}." + (f"\n  {error.hint}" if error.hint else "")
    name = path.name if path is not None else "configuration"
    lines = [f"{name}: {error.message}."]
    lines += [_paragraph(problem, name) for problem in error.problems]
    return "\n".join(lines)


def _paragraph(problem: Problem, name: str) -> str:
    place = f"{name}:{problem.line}" if problem.line is not None else name
    where = f" {problem.path}" if problem.path else ""
    hint = f"\n    {problem.hint}" if problem.hint else ""
    message = problem.message
    if problem.code != "tag.address":  # those begin with the name of the tag
        message = message[:1].upper() + message[1:]
    return f"  {place}{where}\n    {message.rstrip('.')}.{hint}"


def _run(options: argparse.Namespace) -> int:
    own = load_config(options.config)
    from edge_agent.diagnostics.hiding import hider, secret_values
    from edge_agent.diagnostics.log import set_up
    from edge_agent.remote_config.load import effective
    from edge_agent.running import run_until_signal

    hide = hider(secret_values(own))
    log = set_up(options.log_format, verbose=options.verbose, hide=hide, data_dir=own.data_dir)
    try:
        loaded = effective(own, options.config)
        record_start(options.config, own, pushed=loaded.pushed)
        return run_until_signal(loaded, log)
    finally:
        log.repeats.tell_repeats(everything=True)


def _check(options: argparse.Namespace) -> int:
    try:
        loaded = load_config(options.config)
    except ConfigError as error:
        if not options.json:
            raise
        rows = [
            {"code": p.code, "path": p.path, "line": p.line, "message": p.message, "hint": p.hint}
            for p in error.problems or [Problem(error.code, "", error.message, error.hint)]
        ]
        print(json.dumps({"ok": False, "problems": rows}, ensure_ascii=False, indent=1))
        return EXIT_CONFIG
    tags = sum(len(connection.tags) for connection in loaded.config.connections)
    if options.json:
        print(json.dumps({"ok": True, "problems": [], "hash": loaded.hash}))
    else:
        connections = counted(len(loaded.config.connections), "connection")
        print(f"{options.config.name}: fine. {connections}, {counted(tags, 'tag')}.")
    return 0


def _catalog(_: argparse.Namespace) -> int:
    from edge_agent.catalog import catalog_json

    print(catalog_json())
    return 0
