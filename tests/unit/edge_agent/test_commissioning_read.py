"""What a register holds: every form against values that were put in, on a real Modbus server."""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from typing import Any

import pytest

from connectors.decode import encode, word_order
from connectors.peers.modbus_peer import ModbusPeer, RegisterUnit
from edge_agent.commissioning.modbus_line import ModbusLine
from edge_agent.commissioning.register_forms import ORDERS, Form, forms_of, locate
from edge_agent.commissioning.register_reading import read_register
from schemas.errors import ConfigError


def words_of(data: bytes) -> list[int]:
    return list(struct.unpack(f">{len(data) // 2}H", data))


def form(forms: Sequence[Form], kind: str, order: str) -> Form:
    [found] = [one for one in forms if one.type == kind and one.order == order]
    return found


def test_the_orders_are_all_that_keep_registers_whole() -> None:
    for count, orders in ORDERS.items():
        assert len({word_order(count, order) for order in orders}) == len(orders)


@pytest.mark.parametrize(
    ("kind", "value", "count"),
    [
        ("int16", -1234, 1), ("uint16", 40_000, 1), ("int32", -123_456, 2), ("uint32", 123_456, 2),
        ("float32", 21.5, 2), ("int64", -(2**53) - 1, 4), ("uint64", 2**53 + 1, 4), ("float64", 230.25, 4),
    ],
)  # fmt: skip
def test_each_type_is_found_in_each_order(kind: Any, value: float, count: int) -> None:
    for order in ORDERS[count]:
        shown = order[:2] if count == 1 else order
        found = form(forms_of(words_of(encode(value, kind, order))), kind, shown)
        assert found.value == value
        assert found.words == count


def test_marks_tell_the_sane_order_from_the_wild_one() -> None:
    forms = forms_of(words_of(encode(21.5, "float32", "CDAB")))
    assert form(forms, "float32", "CDAB").mark == "likely"
    assert form(forms, "float32", "ABCD").mark == "unlikely"


def test_digits_text_bits_and_absent_values() -> None:
    forms = forms_of([0x1234, 0x5678])
    assert form(forms, "bcd16", "AB").value == 1234
    assert form(forms, "bcd32", "ABCD").value == 12_345_678
    assert form(forms, "bcd32", "CDAB").value == 56_781_234
    assert form(forms_of([0x12AB]), "bcd16", "AB").value is None
    text = forms_of(words_of(b"PM 5100\0"))
    assert form(text, "string", "AB").value == "PM 5100"
    assert form(text, "string", "AB").mark == "likely"
    bits = form(forms_of([0b101]), "bits", "")
    assert bits.value == "0000000000000101"
    assert bits.note == "on: 0, 2"
    assert form(forms_of([0x8000]), "int16", "AB").note == "often means: no such value"


@pytest.mark.parametrize("text", ["holding:12", "Holding: 12", "holding:0x0C", "40013", "400013"])
def test_every_way_to_write_an_address_is_the_same(text: str) -> None:
    found = locate(text)
    assert (found.tag, found.five_digits, found.six_digits, found.hex) == ("holding:12", "40013", "400013", "0x000C")


@pytest.mark.parametrize("text", ["40000", "holding:-1", "holding:70000", "12", "holding:0xZZ", "x" * 5000])
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ConfigError):
        locate(text)


def test_an_address_above_9998_has_no_five_digits() -> None:
    assert locate("holding:9998").five_digits == "49999"
    assert locate("holding:9999").five_digits == ""


@pytest.mark.parametrize("rtu", [False, True])
async def test_a_register_is_read_with_as_many_words_as_there_are(rtu: bool) -> None:
    unit = RegisterUnit(1, [(10, 6)])
    async with ModbusPeer([unit], rtu=rtu) as peer:
        unit.put(10, [*words_of(encode(21.5, "float32")), 7, 8, 9, 0x4142])
        async with ModbusLine("127.0.0.1", peer.port, timeout_ms=1000, framing="rtu" if rtu else "tcp") as line:
            whole = await read_register(line, 1, locate("40011"))
            end = await read_register(line, 1, locate("holding:14"))
            none = await read_register(line, 1, locate("holding:16"))
    assert whole.words == (0x41AC, 0, 7, 8)
    assert not whole.shortened
    assert form(whole.forms, "float32", "ABCD").value == 21.5
    assert end.words == (9, 0x4142)
    assert end.shortened
    assert none.answer.outcome == "exception"
    assert none.answer.exception == 2


async def test_the_command_shows_a_register_and_a_tag_before_saving(capsys: pytest.CaptureFixture[str]) -> None:
    import asyncio

    from edge_agent.cli import run_cli

    unit = RegisterUnit(3, [(0, 8)])
    async with ModbusPeer([unit]) as peer:
        unit.put(2, words_of(encode(215.0, "float32", "CDAB")))
        device = ["--host", "127.0.0.1", "--port", str(peer.port), "--unit", "3"]
        assert await asyncio.to_thread(run_cli, ["read", "40003", *device]) == 0
        shown = capsys.readouterr().out
        assert "holding:2 = 40003 or 400003 (counted from 1) = 2 or 0x0002" in shown
        assert "CDAB      215 " in shown
        tag = ["--type", "float32", "--order", "CDAB", "--scale", "0.1"]
        assert await asyncio.to_thread(run_cli, ["read", "holding:2", *device, *tag, "--json"]) == 0
        [answer] = json.loads(capsys.readouterr().out)
        assert answer["values"][0]["v"] == 21.5
        assert answer["values"][0]["quality"] == "good"
        watch = ["--watch", "0.1", "--times", "3", "--json"]
        assert await asyncio.to_thread(run_cli, ["read", "holding:2", *device, *watch]) == 0
        assert len(capsys.readouterr().out.splitlines()) == 3
        assert await asyncio.to_thread(run_cli, ["read", "holding:9", *device]) == 1
        assert "exception 0x02 (illegal address)" in capsys.readouterr().out
