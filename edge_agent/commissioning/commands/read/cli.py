"""`edge-agent read`: all connections once, one tag before it is saved, or "what is this register?"."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from pydantic import ValidationError

from edge_agent.commissioning.register_forms import AddressForms, Form, locate
from edge_agent.commissioning.register_reading import RegisterReading, read_register
from edge_agent.commissioning.target import add_target, chosen_connection, line_of, unit_of
from edge_agent.config import load_config, make_driver
from edge_agent.one_shot import ConnectionRead, as_json, as_table, read_once
from edge_agent.plain_words import problems_of
from edge_agent.read_now import read_now
from schemas.errors import ConfigError, InterlockError, sentences
from schemas.models.connection import ConnectionConfig
from schemas.models.tag import TagConfig
from schemas.quality import BAD_FROM

EXIT_FAILED = 1
_MARKS = {"likely": "+", "possible": "", "unlikely": "-"}
_ABOUT = """
Without ADDRESS: every connection of the configuration once.
With ADDRESS (Modbus): what is this register? Its raw words beside every type and byte order.
With ADDRESS and --type, or --tag NAME: one tag as it would be collected, before it is saved.

  edge-agent read                                    everything in agent.yaml
  edge-agent read 40013 --host 192.168.0.10          what is register 40013?
  edge-agent read holding:12 --host 192.168.0.10 --type float32 --order CDAB --scale 0.1
  edge-agent read --connection press_1 --tag temperature --watch
"""


def add_read(commands: Any) -> None:
    """Adds the command to the parser's sub-commands."""
    read = commands.add_parser(
        "read", help="read everything once, or find out what a register holds", description=_ABOUT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )  # fmt: skip
    read.add_argument("address", nargs="*", metavar="ADDRESS", help="holding:12 (from 0), 40013 (from 1), holding:0x0C")
    read.add_argument(
        "--words", type=int, default=4, metavar="N", help="registers to look at; default 4, 20 for a text"
    )
    read.add_argument("--watch", type=float, nargs="?", const=1.0, metavar="S", help="again each second, or each S")
    read.add_argument("--times", type=int, metavar="N", help="end --watch after N times")
    read.add_argument("--json", action="store_true", help="values as JSON; with --watch one line each time")
    tag = read.add_argument_group("test a tag before it is saved")
    tag.add_argument("--tag", action="append", default=[], metavar="NAME", help="tag of the configuration")
    tag.add_argument("--type", metavar="TYPE", help="int16, float32, string …")
    tag.add_argument("--order", help="ABCD, CDAB, BADC or DCBA")
    tag.add_argument("--bit", type=int, help="bit of a register, 0 the lowest")
    tag.add_argument("--length", type=int, help="characters of a string")
    tag.add_argument("--scale", type=float, help="factor")
    tag.add_argument("--offset", type=float, help="added after the factor")
    add_target(read)
    read.set_defaults(command=_read)


def _read(options: argparse.Namespace) -> int:
    if options.tag and options.address:
        raise ConfigError("read.both", "give either addresses or --tag")
    if options.tag or (options.address and options.type):
        connection = chosen_connection(options)
        tags = _tags_of(connection, options.tag) if options.tag else _described_tags(options)
        return asyncio.run(_repeat(options, lambda: _test_tags(connection, tags, as_lines=options.json)))
    if options.address:
        connection = chosen_connection(options, modbus=True)
        addresses = [locate(text) for text in options.address]
        return asyncio.run(_repeat(options, lambda: _look(connection, addresses, options.words, options.json)))
    if options.host is not None:
        raise ConfigError("read.what", "which address of this device?", hint="For example: read holding:0 --host …")
    loaded = load_config(options.config)
    known = [connection.id for connection in loaded.config.connections]
    for name in options.connection:
        if name not in known:
            raise ConfigError("read.connection", f"there is no connection '{name}'", hint=f"Known: {', '.join(known)}.")
    results = asyncio.run(read_once(loaded, options.connection))
    print(as_json(results) if options.json else as_table(results))
    return 0 if all(result.error == "" for result in results) else EXIT_FAILED


async def _repeat(options: argparse.Namespace, once: Any) -> int:
    code, done = 0, 0
    while True:
        text, fine = await once()
        if options.watch and not options.json and sys.stdout.isatty():
            text = f"\x1b[2J\x1b[H{text}"
        print(text, flush=True)
        code, done = (0 if fine else EXIT_FAILED), done + 1
        if not options.watch or done == options.times:
            return code
        await asyncio.sleep(max(options.watch, 0.1))


def _tags_of(connection: ConnectionConfig, names: Sequence[str]) -> list[TagConfig]:
    by_name = {tag.name: tag for tag in connection.tags}
    for name in names:
        if name not in by_name:
            listed = ", ".join(list(by_name)[:20]) or "none"
            raise ConfigError("read.tag", f"{connection.id} has no tag '{name}'", hint=f"Known: {listed}.")
    return [by_name[name] for name in names]


def _described_tags(options: argparse.Namespace) -> list[TagConfig]:
    given = {key: getattr(options, key) for key in ("type", "order", "bit", "length", "scale", "offset")}
    given = {key: value for key, value in given.items() if value is not None}
    try:
        return [
            TagConfig.model_validate({"name": f"test_{number}", "address": text, **given})
            for number, text in enumerate(options.address, 1)
        ]
    except ValidationError as error:
        raise ConfigError(
            "read.tag", "such a tag is not possible", problems=problems_of(error, TagConfig, "")
        ) from error


async def _test_tags(connection: ConnectionConfig, tags: Sequence[TagConfig], *, as_lines: bool) -> tuple[str, bool]:
    driver = make_driver(connection)
    result = ConnectionRead(connection.id)
    problems = driver.plan(tags).problems
    if problems:
        raise ConfigError("tag.address", problems[0].message, hint=problems[0].hint)
    try:
        await driver.connect()
        result.values = await read_now(driver, tags)
    except InterlockError as error:
        result.error = sentences(error.message, error.hint)
    finally:
        await driver.close()
    fine = not result.error and all(one.quality < BAD_FROM for one in result.values)
    text = json.dumps(json.loads(as_json([result])), ensure_ascii=False) if as_lines else as_table([result])
    if not fine and not as_lines:
        text += "\n  edge-agent doctor says what to do next."
    return text, fine


async def _look(
    connection: ConnectionConfig, addresses: Sequence[AddressForms], words: int, as_lines: bool
) -> tuple[str, bool]:
    unit = unit_of(connection)
    async with line_of(connection) as line:
        found = [await read_register(line, unit, one, words) for one in addresses]
    fine = all(one.answer.outcome == "data" for one in found)
    if as_lines:
        return json.dumps([reading_json(one) for one in found], ensure_ascii=False), fine
    return "\n\n".join(_shown(one) for one in found), fine


def reading_json(reading: RegisterReading) -> dict[str, Any]:
    """One register with its forms, for programs."""
    address = reading.address
    return {
        "address": {
            "tag": address.tag, "five_digits": address.five_digits, "six_digits": address.six_digits,
            "hex": address.hex, "from_0": address.address,
        },
        "error": "" if reading.answer.outcome == "data" else str(reading.answer),
        "elapsed_ms": round(reading.answer.elapsed_ms, 3),
        "words": [f"{word:04x}" for word in reading.words], "bits": list(reading.bits),
        "forms": [asdict(form) | {"value": _exact(form.value)} for form in reading.forms],
    }  # fmt: skip


def _exact(value: float | int | str | None) -> float | int | str | None:
    """JSON has no infinity, and its integers end at 2^53."""
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else str(value)
    return str(value) if isinstance(value, int) and abs(value) > 2**53 else value


def _shown(reading: RegisterReading) -> str:
    lines = [str(reading.address)]
    if reading.answer.outcome != "data":
        return "\n".join([*lines, f"  {reading.answer}. edge-agent doctor says what to do next."])
    ms = f"answered in {reading.answer.elapsed_ms:.1f} ms"
    if reading.bits:
        return "\n".join([*lines, f"  bits {' '.join(str(int(bit)) for bit in reading.bits)}   {ms}"])
    lines.append(f"  raw  {' '.join(f'{word:04x}' for word in reading.words)}   {ms}")
    if reading.shortened:
        lines.append(f"  The device gives no more than {len(reading.words)} of these registers in one piece.")
    rows = [("type", "order", "value", "", "")] + [_row(form) for form in reading.forms]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines += ["  " + "  ".join([*(row[i].ljust(widths[i]) for i in range(4)), row[4]]).rstrip() for row in rows]
    return "\n".join([*lines, "  + a usual size for a machine   - hardly. Compare with the machine's own display."])


def _row(form: Form) -> tuple[str, str, str, str, str]:
    value = "." if form.value is None else f"{form.value:.9g}" if isinstance(form.value, float) else str(form.value)
    return form.type, form.order, value, _MARKS[form.mark], form.note
