"""Modbus: unit id, time-out, framing, addresses and their base, tables, byte order."""

from __future__ import annotations

import math
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from connectors import registry
from connectors.decode import ORDER_8, register_count
from connectors.modbus.address import BIT_TABLES, Table, parse_address
from edge_agent.commissioning.doctor_network import wrong_port
from edge_agent.commissioning.doctor_tags import bad_tags, examine_tags
from edge_agent.commissioning.findings import Finding, ok, problem
from edge_agent.commissioning.modbus_line import Answer, RawLine
from edge_agent.commissioning.range_scan import NO_UNIT, scan_units
from edge_agent.commissioning.register_forms import ORDERS, Mark, decode_number, mark_of
from edge_agent.commissioning.sunspec_place import sunspec_place
from edge_agent.commissioning.target import line_of
from schemas.models.connection import ConnectionConfig
from schemas.models.tag import TagConfig

__all__ = ["examine_modbus"]

#: Tags looked at one by one; more say nothing new about the connection.
TAGS_MAX = 100
_UNITS_LIKELY: Final = (*range(1, 11), 247, 255, 0)
_UNIT_WAIT_MS = 300
_SLOW_FACTOR, _SLOW_MAX_MS = 6, 10_000
_RTT_TIMES = 5
_OTHER_TABLE: Final[dict[Table, Table]] = {
    "holding": "input", "input": "holding", "coil": "discrete", "discrete": "coil",
}  # fmt: skip


@dataclass(slots=True)
class _Look:
    tag: TagConfig
    table: Table
    address: int
    count: int
    order: str
    answer: Answer | None = None


async def examine_modbus(connection: ConnectionConfig) -> list[Finding]:
    """What keeps a reachable device's values away. Raises ConnectError where the link cannot be opened."""
    config = registry.configure(connection.driver, connection.config).config
    if config.tls:  # what is wrong with certificates the driver itself says
        return await examine_tags(connection)
    looks, refused = _looks(connection, config), list[_Look]()
    where = f"{config.host}:{config.port} unit {config.unit}"
    first: tuple[Table, int, int] = (looks[0].table, looks[0].address, looks[0].count) if looks else ("holding", 0, 1)
    async with line_of(connection) as line:
        answer = await line.ask(config.unit, *first)
        if answer.outcome == "silent":
            return [await _silent(connection, line, config, where, first)]
        if answer.outcome in ("foreign", "closed"):
            return [await wrong_port(connection.driver, config.host, config.port) or _foreign(where, answer)]
        if answer.exception in NO_UNIT:
            return [await _no_unit(line, config, where, answer)]
        found = await _round_trip(line, config, where, first)
        for look in looks:
            look.answer = await line.ask(config.unit, look.table, look.address, look.count)
        refused = [one for one in looks if one.answer is not None and one.answer.outcome != "data"]
        if refused:
            found += await _refused(line, config.unit, connection.id, looks, refused)
        if not looks:
            found.insert(0, ok(where, "the unit answers", evidence=f"{first[0]}:{first[1]}: {answer}"))
            return found + await _sunspec(line, config, where)
    found += _byte_order(connection.id, looks)
    if not refused:
        found.insert(0, ok(where, "all tags looked at are answered", evidence=f"{len(looks)} looked at"))
    # An answer may still be no value: the device's own mark for it, text that is none, a factor that is not known.
    return found + await bad_tags(connection, {one.tag.name for one in refused})


async def _sunspec(line: RawLine, config: Any, where: str) -> list[Finding]:
    place = await sunspec_place(line, config.unit)
    if place is None:
        return []
    target = f"--host {config.host} --port {config.port} --unit {config.unit}"
    return [
        Finding(
            "modbus.sunspec", "note", where, f"the device says by itself what its registers are (SunSpec at {place})",
            next_step=f"edge-agent import sunspec {target} makes its tags.",
        )
    ]  # fmt: skip


def _looks(connection: ConnectionConfig, config: Any) -> list[_Look]:
    found = []
    for tag in connection.tags[:TAGS_MAX]:
        try:
            table, address = parse_address(tag.address)
        except ValueError:
            continue  # `edge-agent check` tells of it, with its line
        count = 1 if table in BIT_TABLES else register_count(tag.type, tag.length)
        order = tag.order or config.byte_order
        if count == 4:
            order = (None if tag.order else config.byte_order_8) or order
            order = ORDER_8.get(order, order)
        found.append(_Look(tag, table, address, count, order))
    return found


async def _silent(
    connection: ConnectionConfig, line: RawLine, config: Any, where: str, first: tuple[Table, int, int]
) -> Finding:
    slow_ms = max(line.timeout_ms, min(line.timeout_ms * _SLOW_FACTOR, _SLOW_MAX_MS))
    answer = await line.ask(config.unit, *first, timeout_ms=slow_ms)
    if answer.outcome in ("data", "exception"):
        wanted = math.ceil(answer.elapsed_ms * 2 / 100) * 100
        return problem(
            "modbus.timeout", where, "the device answers, but later than the time-out",
            evidence=f"{answer.elapsed_ms:.0f} ms for one request, timeout_ms is {config.timeout_ms}",
            next_step=f"Set timeout_ms: {wanted} or more, and a scan period that leaves time for it.",
        )  # fmt: skip
    other = await wrong_port(connection.driver, config.host, config.port)
    if other is not None:
        return other
    async for unit, answer in _answering(line, (one for one in _UNITS_LIKELY if one != config.unit)):
        return _wrong_unit(where, unit, answer, f"unit {config.unit} does not answer")
    return problem(
        "modbus.silent", where, "the port is open, but no Modbus answer comes",
        evidence=f"no answer within {slow_ms:.0f} ms, nor from units {', '.join(map(str, _UNITS_LIKELY))}",
        next_step="Check the unit id at the device, and behind a gateway its serial side: baud rate, parity, wiring. "
        "A device that allows one connection only may be taken by another program. "
        "edge-agent scan --units 1-247 asks every unit.",
    )  # fmt: skip


async def _no_unit(line: RawLine, config: Any, where: str, answer: Answer) -> Finding:
    async for unit, there in _answering(line, (one for one in range(1, 248) if one != config.unit)):
        return _wrong_unit(where, unit, there, f"unit {config.unit}: {answer}")
    return problem(
        "modbus.unit", where, f"the gateway answers, but not for unit {config.unit}", evidence=str(answer),
        next_step="No unit from 1 to 247 answers: check the gateway's serial side (baud rate, parity, wiring, power).",
    )  # fmt: skip


async def _answering(line: RawLine, units: Any) -> AsyncIterator[tuple[int, Answer]]:
    line.timeout_ms = min(line.timeout_ms, _UNIT_WAIT_MS)
    async for unit, there in scan_units(line, units, delay_ms=10):
        if there is not None:
            yield unit, there.answer


def _wrong_unit(where: str, unit: int, answer: Answer, evidence: str) -> Finding:
    return problem(
        "modbus.unit", where, f"the unit id is wrong: unit {unit} answers",
        evidence=f"{evidence}; unit {unit}: {answer}",
        next_step=f"Set unit: {unit}, if that is the device you mean; edge-agent scan --units 1-247 lists all.",
    )  # fmt: skip


def _foreign(where: str, answer: Answer) -> Finding:
    return problem(
        "modbus.foreign", where, "what answers does not speak Modbus as configured", evidence=str(answer),
        next_step="Check port and framing (tcp, or rtu behind a serial converter), and whether the device allows "
        "one more connection.",
    )  # fmt: skip


async def _round_trip(line: RawLine, config: Any, where: str, first: tuple[Table, int, int]) -> list[Finding]:
    times = [(await line.ask(config.unit, *first)).elapsed_ms for _ in range(_RTT_TIMES)]
    slowest = max(times)
    evidence = f"slowest of {_RTT_TIMES} requests {slowest:.1f} ms, timeout_ms is {config.timeout_ms}"
    if slowest * 2 <= config.timeout_ms:
        return [ok(where, "answers come well within the time-out", evidence=evidence)]
    return [
        Finding(
            "modbus.timeout_tight", "note", where, "answers take more than half of the time-out", evidence,
            f"Set timeout_ms: {math.ceil(slowest * 3 / 100) * 100} or more.",
        )
    ]  # fmt: skip


async def _refused(
    line: RawLine, unit: int, connection: str, looks: Sequence[_Look], refused: Sequence[_Look]
) -> list[Finding]:
    """One finding for a cause that all share, else one for each tag."""
    if any(one.answer is not None and one.answer.exception == 2 for one in refused):
        for shift, how in ((-1, "one too high"), (1, "one too low")):
            if await _all_answer(line, unit, looks, shift):
                return [_base(connection, looks, refused, shift, how)]
    return [await _one_refused(line, unit, connection, one) for one in refused]


async def _all_answer(line: RawLine, unit: int, looks: Sequence[_Look], shift: int) -> bool:
    for look in looks:
        at = look.address + shift
        if not 0 <= at <= 65_535 or (await line.ask(unit, look.table, at, look.count)).outcome != "data":
            return False
    return True


def _base(connection: str, looks: Sequence[_Look], refused: Sequence[_Look], shift: int, how: str) -> Finding:
    one = refused[0]
    return problem(
        "modbus.address_base", f"{connection}/{one.tag.name}", f"the addresses are {how}",
        evidence=f"{len(refused)} of {len(looks)} tags are refused ({one.table}:{one.address}: {one.answer}), "
        f"at {one.table}:{one.address + shift} and so on all are answered",
        next_step=f"{'Subtract' if shift < 0 else 'Add'} 1: {one.table}:{one.address + shift} instead of "
        f"{one.table}:{one.address}. Tags count from 0 (holding:0), most manuals from 1 (40001).",
    )  # fmt: skip


async def _one_refused(line: RawLine, unit: int, connection: str, look: _Look) -> Finding:
    where = f"{connection}/{look.tag.name}"
    place = f"{look.table}:{look.address}"
    answer = look.answer
    if answer is not None and answer.outcome == "exception" and answer.exception in (1, 2):
        other = _OTHER_TABLE[look.table]
        if (await line.ask(unit, other, look.address, look.count)).outcome == "data":
            return problem(
                "modbus.table", where, f"the device has this address in table {other}, not {look.table}",
                evidence=f"{place}: {answer}; {other}:{look.address} is answered",
                next_step=f"Write {other}:{look.address}, if the value is the one you mean.",
            )  # fmt: skip
        for shift in (-1, 1):
            at = look.address + shift
            if at >= 0 and (await line.ask(unit, look.table, at, look.count)).outcome == "data":
                return problem(
                    "modbus.address", where, f"the device does not have {place}, but {look.table}:{at}",
                    evidence=f"{place}: {answer}; {look.table}:{at} is answered",
                    next_step=f"Is {look.table}:{at} meant? Tags count from 0, most manuals from 1; and the type "
                    f"({look.tag.type}, {look.count} registers) must fit. edge-agent read {look.table}:{at} shows it.",
                )  # fmt: skip
        return problem(
            "modbus.address", where, f"the device does not have {place} ({look.count} registers)",
            evidence=str(answer),
            next_step=f"Look it up in the manual; edge-agent scan {look.table}:0-9999 lists what answers.",
        )  # fmt: skip
    return problem(
        "modbus.device", where, f"the device does not give {place}", evidence=str(answer),
        next_step="Look at the device itself: is it in error, starting, or busy? Then try again.",
    )  # fmt: skip


def _byte_order(connection: str, looks: Sequence[_Look]) -> list[Finding]:
    """Told only where the configured order makes most values wild and another one makes all of them sane."""
    many = [
        one for one in looks
        if one.count in (2, 4) and one.tag.type != "string" and one.answer and one.answer.outcome == "data"
        and any(one.answer.words)
    ]  # fmt: skip
    found = []
    for order_now, count in sorted({(one.order, one.count) for one in many}):
        same = [one for one in many if (one.order, one.count) == (order_now, count)]
        wild = [one for one in same if _mark(one, order_now) == "unlikely"]
        if len(wild) * 2 <= len(same):
            continue
        for order in ORDERS[count]:
            marks = [_mark(one, order) for one in same]
            if "unlikely" not in marks and "likely" in marks:
                found.append(_wild(connection, wild, len(same), order))
                break
    return found


def _wild(connection: str, wild: Sequence[_Look], of: int, order: str) -> Finding:
    one = wild[0]
    return problem(
        "modbus.byte_order", f"{connection}/{one.tag.name}", f"the byte order {one.order} makes no sense here",
        evidence=f"{len(wild)} of {of} values are wild, for example {_value(one, one.order):.6g}; "
        f"with {order} it is {_value(one, order):.6g}",
        next_step=f"Compare with the machine's display; if {_value(one, order):.6g} is right, set "
        f"{'byte_order_8' if len(order) == 8 else 'byte_order'}: {order}.",
    )  # fmt: skip


def _value(look: _Look, order: str) -> float:
    words = look.answer.words if look.answer is not None else []
    raw = decode_number(words, look.tag.type, order)
    return raw * (1.0 if look.tag.scale is None else look.tag.scale) + (look.tag.offset or 0.0)


def _mark(look: _Look, order: str) -> Mark:
    words = look.answer.words if look.answer is not None else []
    try:
        value = _value(look, order)
    except ValueError:
        return "unlikely"
    if look.tag.span is not None:
        low, high = look.tag.span
        return "likely" if low - (high - low) <= value <= high + (high - low) else "unlikely"
    return mark_of(decode_number(words, look.tag.type, order), look.tag.type)
