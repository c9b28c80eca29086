"""`edge-agent status`, `tags`, `frames`: a look into the running agent."""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

from edge_agent.config import LoadedConfig, load_config
from edge_agent.plain_words import counted
from schemas.errors import ConfigError
from schemas.quality import UNCERTAIN_FROM, label


def add_diagnostics(commands: Any) -> None:
    """Adds the commands to the parser's sub-commands."""
    status = commands.add_parser("status", help="how the running agent and its connections are")
    status.set_defaults(command=_status)
    tags = commands.add_parser("tags", help="last value, quality, age and error of each tag of the running agent")
    tags.add_argument("connection", nargs="?", help="only this connection")
    tags.add_argument("--bad", action="store_true", help="only tags that are bad or uncertain")
    tags.set_defaults(command=_tags)
    for command in (status, tags):
        command.add_argument("--json", action="store_true", help="as JSON")
    frames = commands.add_parser("frames", help="the last frames between the running agent and a device")
    frames.add_argument("connection")
    frames.add_argument("--last", type=int, metavar="N", help="only the last N")
    frames.add_argument("--whole", action="store_true", help="every byte of long frames")
    frames.set_defaults(command=_frames)
    bundle = commands.add_parser("support-bundle", help="one zip with what support needs, without secrets")
    bundle.add_argument("-o", "--output", type=Path, metavar="FILE", help="left out: interlock-support-TIME.zip")
    bundle.add_argument("--values", action="store_true", help="with the last value of each tag")
    bundle.add_argument("--no-frames", action="store_true", help="without what was read from the devices")
    bundle.set_defaults(command=_bundle)
    for command in (status, tags, frames, bundle):
        command.add_argument("-c", "--config", type=Path, default=Path("agent.yaml"), metavar="FILE")


def _ask(loaded: LoadedConfig, *path: str, **query: str) -> str:
    # Not for the agent itself: the HTTP client of the standard library takes memory.
    from edge_agent.diagnostics.asking import ask_agent

    return ask_agent(loaded.data_dir, *path, **query)


def _known(loaded: LoadedConfig, name: str) -> None:
    known = [connection.id for connection in loaded.config.connections if connection.enabled]
    if name not in known:
        raise ConfigError("agent.connection", f"there is no connection '{name}'", hint=f"Known: {', '.join(known)}.")


def _status(options: argparse.Namespace) -> int:
    text = _ask(load_config(options.config), "status")
    if options.json:
        print(text)
        return 0
    status = json.loads(text)
    broker = "connected" if status["broker_connected"] else "NOT connected"
    platform = "takes data" if status["platform_ready"] else "does not take data"
    spool = status["spool"]
    print(f"Agent {status['version']}, running for {_span(status['uptime_s'])}. Broker {broker}, platform {platform}.")
    waiting = counted(spool["pending"], "point")
    print(f"Spool: {waiting} waiting, {spool['dropped']} dropped, {spool['dead']} dead.")
    if spool["dropped"]:
        print(f"  Dropped {', '.join(f'{n} of {name} priority' for name, n in spool['dropped_by_priority'].items())}.")
    if status["dead_letters"]:
        letters = counted(len(status["dead_letters"]), "dead letter")
        print(f"  {letters}: edge-agent spool dead-letters shows them.")
    if status["spool_failing"]:
        print(f"The spool cannot be written: {status['spool_failing']}")
    for one in status["connections"]:
        rtt = one["rtt_ms"]
        times = f"round trip {rtt['p50']:g} / {rtt['p95']:g} / {rtt['p99']:g} ms (p50 / p95 / p99)" if rtt else ""
        print(f"{one['id']} ({one['driver']}): {'up' if one['up'] else 'DOWN'} {one['error']}".rstrip())
        tags, requests = counted(one["tags"], "tag"), counted(one["requests"], "request")
        print(f"  {tags}, {one['bad_tags']} bad; {requests}, {one['timeouts']} timed out")
        print(f"  line busy {one['utilisation']:.1%}; {times}".rstrip("; "))
        for place in one["exceptions_by_address"][:5]:
            print(f"  exception {place['code']} at {place['address']}: {counted(place['count'], 'time')}")
    return 0


def _span(seconds: float) -> str:
    hours, rest = divmod(int(seconds), 3600)
    return f"{hours} h {rest // 60} min" if hours else f"{rest // 60} min {rest % 60} s"


def _tags(options: argparse.Namespace) -> int:
    loaded = load_config(options.config)
    if options.connection:
        _known(loaded, options.connection)
    path = ("tags", options.connection) if options.connection else ("tags",)
    rows = [row for row in json.loads(_ask(loaded, *path)) if not options.bad or row["quality"] >= UNCERTAIN_FROM]
    if options.json:
        print(json.dumps(rows, ensure_ascii=False, indent=1))
        return 0
    for row in rows:
        age = "never read" if row["read_age_s"] is None else f"read {row['read_age_s']:.1f} s ago"
        value = "-" if row["value"] is None else "".join(c if c.isprintable() else "�" for c in str(row["value"]))
        since = time.strftime("%H:%M:%S", time.localtime(row["ts"] / 1e6)) if row["ts"] else "-"
        error = f"  {row['error']}" if row["error"] else ""
        print(f"{row['connection']}/{row['tag']}  {value}  {label(row['quality'])}  since {since}  {age}{error}")
    return 0


def _frames(options: argparse.Namespace) -> int:
    loaded = load_config(options.config)
    _known(loaded, options.connection)
    query = {"last": str(options.last)} if options.last else {}
    query |= {"whole": "1"} if options.whole else {}
    print(_ask(loaded, "frames", options.connection, **query), end="")
    return 0


def _bundle(options: argparse.Namespace) -> int:
    from edge_agent.diagnostics.bundle import write_bundle

    target = options.output or Path(time.strftime("interlock-support-%Y%m%dT%H%M%SZ.zip", time.gmtime()))
    names = write_bundle(options.config, target, values=options.values, frames=not options.no_frames)
    print(f"{target}: {', '.join(names)}")
    print("Look into it before you send it: README.txt says what is in there.")
    return 0
