"""The doctor names the cause: each one made with a real peer that is wrong in just this way."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from connectors.decode import encode
from connectors.drivers.s7.conformance import Peer as S7Peer
from connectors.peers.modbus_peer import ModbusPeer, RegisterUnit
from connectors.peers.opcua_peer import OpcuaPeer, Variable
from edge_agent.cli import run_cli
from edge_agent.commissioning import doctor_network, protocol_guess
from edge_agent.commissioning.doctor import examine
from edge_agent.commissioning.findings import Finding
from edge_agent.commissioning.protocol_guess import guess_protocol
from schemas.models.connection import ConnectionConfig
from tests.support.wrong_devices import FullPort, Listener, ModbusDevice, Talker


@pytest.fixture(autouse=True)
def _short_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """A peer on this machine greets at once; who waits long for it only makes the tests long."""
    monkeypatch.setattr(protocol_guess, "_WAIT_S", 0.25)


def connection(driver: str, tags: list[dict[str, Any]] | None = None, **config: Any) -> ConnectionConfig:
    rows = [{"name": f"t{number}", **tag} for number, tag in enumerate(tags or [])]
    return ConnectionConfig.model_validate({"id": "machine", "driver": driver, "config": config, "tags": rows})


def modbus(port: int, *addresses: str, kind: str = "uint16", **config: Any) -> ConnectionConfig:
    tags = [{"address": address, "type": kind} for address in addresses]
    return connection("modbus_tcp", tags, host="127.0.0.1", port=port, **{"timeout_ms": 300, **config})


async def problems(one: ConnectionConfig) -> list[Finding]:
    found = await examine(one)
    for finding in found:
        assert finding.what
        if finding.severity == "problem":
            assert finding.next_step
    return [finding for finding in found if finding.severity != "ok"]


def words(value: float, kind: Any, order: str) -> dict[int, int]:
    data = encode(value, kind, order)
    return {place: int.from_bytes(data[place * 2 : place * 2 + 2], "big") for place in range(len(data) // 2)}


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


# -- network ------------------------------------------------------------------------------------


async def test_a_name_that_is_not_known() -> None:
    [found] = await problems(connection("modbus_tcp", host="plc.invalid"))
    assert found.code == "network.name"


async def test_a_network_without_a_way() -> None:
    [found] = await problems(connection("modbus_tcp", host="255.255.255.255"))
    assert found.code in ("network.unreachable", "network.no_reaction")


async def test_a_closed_port() -> None:
    [found] = await problems(modbus(free_port()))
    assert found.code == "network.port_closed"


async def test_a_closed_port_beside_the_right_one(monkeypatch: pytest.MonkeyPatch) -> None:
    async with ModbusDevice(registers=range(5)) as device:
        monkeypatch.setattr(doctor_network, "STANDARD_PORTS", {device.port: "Modbus TCP"})
        [found] = await problems(modbus(free_port()))
    assert found.code == "network.port_closed"
    assert f"{device.port} (Modbus TCP) is open" in found.next_step


@pytest.mark.skipif(sys.platform != "linux", reason="a full queue drops connections on Linux only")
@pytest.mark.parametrize("others_react", [True, False])
async def test_a_port_that_swallows_everything(others_react: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor_network, "_WAIT_S", 0.4)
    with FullPort() as full, FullPort() as second:
        other = free_port() if others_react else second.port
        monkeypatch.setattr(doctor_network, "STANDARD_PORTS", {other: "OPC UA"})
        [found] = await problems(modbus(full.port))
    assert found.code == ("network.firewall" if others_react else "network.no_reaction")


async def test_an_answer_that_is_no_value_is_named_in_words() -> None:
    tags = [
        {"address": "holding:0", "type": "uint16"},
        {"address": "holding:1", "type": "uint16", "sentinels": [0xFFFF]},
    ]
    tags.append({"address": "holding:2", "type": "float32"})
    fine = {1: 5, 2: 0x4120, 3: 0}
    for values, wrong in (
        ({**fine, 1: 0xFFFF}, [("note", "machine/t1", "holding:1 is bad: not implemented")]),
        ({**fine, 2: 0x7FFF, 3: 0xFFFF}, [("problem", "machine/t2", "holding:2 is bad: not a number")]),
        (fine, []),
    ):
        async with ModbusDevice(registers=range(4), values=values) as device:
            found = await problems(connection("modbus_tcp", tags, host="127.0.0.1", port=device.port))
        assert [(one.severity, one.where, one.what) for one in found] == wrong


# -- what speaks there --------------------------------------------------------------------------

_WEB = b"HTTP/1.1 400 Bad Request\r\n\r\n"


@pytest.mark.parametrize(
    ("answer", "name"),
    [(_WEB, "HTTP"), (b"SSH-2.0-x\r\n", "SSH"), (b"\x15\x03\x01\0\2\2\x46", "TLS"), (b"\x20\2\0\0", "MQTT"), (b"", "")],
)
async def test_protocols_are_told_by_their_answer(answer: bytes, name: str) -> None:
    async with Talker(answer) as peer:
        assert await guess_protocol("127.0.0.1", peer.port) == name


@asynccontextmanager
async def opcua_server() -> AsyncIterator[int]:
    async with OpcuaPeer("urn:x", [Variable("a", "float64", 1.0, "f", "a")]) as peer:
        yield peer.port


@asynccontextmanager
async def s7_server() -> AsyncIterator[int]:
    async with S7Peer() as peer:
        yield peer.port


@asynccontextmanager
async def modbus_server(*, rtu: bool = False) -> AsyncIterator[int]:
    async with ModbusPeer([RegisterUnit(1, [(0, 10)])], rtu=rtu) as peer:
        yield peer.port


_SPEAKERS: dict[str, Callable[[], AbstractAsyncContextManager[int]]] = {
    "OPC UA": opcua_server, "Siemens S7": s7_server, "Modbus TCP": modbus_server,
}  # fmt: skip


@pytest.mark.parametrize("name", _SPEAKERS)
async def test_real_servers_are_told_apart(name: str) -> None:
    async with _SPEAKERS[name]() as port:
        assert await guess_protocol("127.0.0.1", port) == name


@pytest.mark.parametrize(
    ("driver", "settings", "speaker"),
    [
        ("modbus_tcp", {"host": "127.0.0.1", "timeout_ms": 200}, "OPC UA"),
        ("modbus_tcp", {"host": "127.0.0.1", "timeout_ms": 200}, "Siemens S7"),
        ("s7", {"host": "127.0.0.1", "timeout_ms": 300}, "Modbus TCP"),
        ("opcua", {"security_policy": "None", "timeout_ms": 500}, "Modbus TCP"),
        ("http_json", {"timeout_ms": 300}, "OPC UA"),
    ],
)
async def test_the_wrong_port_names_who_answers(driver: str, settings: dict[str, Any], speaker: str) -> None:
    async with _SPEAKERS[speaker]() as port:
        place = {
            "opcua": {"endpoint": f"opc.tcp://127.0.0.1:{port}"},
            "http_json": {"base_url": f"http://127.0.0.1:{port}"},
        }
        tags = [{"address": "/a#/b"}] if driver == "http_json" else []
        found = await problems(connection(driver, tags, **settings, **place.get(driver, {"port": port})))
    assert [one.code for one in found] == ["network.wrong_port"]
    assert f"{speaker} answers here" in found[0].what


# -- Modbus -------------------------------------------------------------------------------------


async def test_nothing_is_found_where_nothing_is_wrong() -> None:
    values = words(21.5, "float32", "ABCD")
    async with ModbusDevice(registers=range(10), values=values) as device:
        assert await problems(modbus(device.port, "holding:0", kind="float32")) == []
    assert device.functions == {3}


@pytest.mark.parametrize("gateway", [True, False])
async def test_the_wrong_unit(gateway: bool) -> None:
    async with ModbusDevice(registers=range(10), units=(5,), gateway=gateway) as device:
        [found] = await problems(modbus(device.port, "holding:0", timeout_ms=60))
    assert found.code == "modbus.unit"
    assert "Set unit: 5" in found.next_step


async def test_a_gateway_with_nobody_behind_it() -> None:
    async with ModbusDevice(registers=range(10), units=(), gateway=True) as device:
        [found] = await problems(modbus(device.port, "holding:0"))
    assert (found.code, "serial side" in found.next_step) == ("modbus.unit", True)


async def test_a_time_out_too_short() -> None:
    async with ModbusDevice(registers=range(10), delay_s=0.2) as device:
        [found] = await problems(modbus(device.port, "holding:0", timeout_ms=100))
        assert found.code == "modbus.timeout"
        wanted = int(found.next_step.split("timeout_ms: ")[1].split()[0])
        assert 400 <= wanted <= 900
        assert await problems(modbus(device.port, "holding:0", timeout_ms=wanted)) == []


async def test_a_time_out_that_is_tight() -> None:
    async with ModbusDevice(registers=range(10), delay_s=0.2) as device:
        [found] = await problems(modbus(device.port, "holding:0", timeout_ms=380))
    assert (found.code, found.severity) == ("modbus.timeout_tight", "note")


async def test_an_open_port_that_says_nothing() -> None:
    async with Talker(b"") as device:
        [found] = await problems(modbus(device.port, "holding:0", timeout_ms=30))
    assert found.code == "modbus.silent"


async def test_rtu_frames_behind_a_converter() -> None:
    async with modbus_server(rtu=True) as port:
        [found] = await problems(modbus(port, "holding:0"))
        assert found.code == "modbus.framing"
        assert await problems(modbus(port, "holding:0", framing="rtu")) == []


@pytest.mark.parametrize(
    ("registers", "addresses", "code", "step"),
    [
        (range(10), ("holding:1", "holding:10"), "modbus.address_base", "Subtract 1: holding:9 instead of holding:10"),
        (range(1, 10), ("holding:0", "holding:3"), "modbus.address_base", "Add 1: holding:1 instead of holding:0"),
        ((*range(10), 30), ("holding:1", "holding:31", "holding:30"), "modbus.address", "Is holding:30 meant?"),
        (range(10), ("holding:1", "holding:500"), "modbus.address", "edge-agent scan holding:0-9999"),
    ],
)
async def test_addresses(registers: Any, addresses: tuple[str, ...], code: str, step: str) -> None:
    async with ModbusDevice(registers=registers) as device:
        [found] = await problems(modbus(device.port, *addresses))
    assert found.code == code
    assert step in found.next_step


async def test_the_wrong_table() -> None:
    async with ModbusDevice(registers=range(10), functions=(4,)) as device:
        [found] = await problems(modbus(device.port, "holding:3"))
    assert found.code == "modbus.table"
    assert "Write input:3" in found.next_step


async def test_a_device_in_error() -> None:
    async with ModbusDevice(registers=range(10), fault=4) as device:
        [found] = await problems(modbus(device.port, "holding:3"))
    assert (found.code, "0x04" in found.evidence) == ("modbus.device", True)


@pytest.mark.parametrize(
    ("kind", "sent", "key"),
    [("float32", "CDAB", "byte_order: CDAB"), ("float32", "DCBA", "byte_order: DCBA"),
     ("int32", "CDAB", "byte_order: CDAB"), ("float64", "GHEFCDAB", "byte_order_8: GHEFCDAB")],
)  # fmt: skip
async def test_the_byte_order(kind: str, sent: str, key: str) -> None:
    async with ModbusDevice(
        registers=range(10), values=words(231.0 if kind != "int32" else 23_100, kind, sent)
    ) as device:
        [found] = await problems(modbus(device.port, "holding:0", kind=kind))
        assert found.code == "modbus.byte_order"
        assert key in found.next_step
        name, _, order = key.partition(": ")
        assert await problems(modbus(device.port, "holding:0", kind=kind, **{name: order})) == []


# -- S7, HTTP -----------------------------------------------------------------------------------


class Slot(Listener):
    """Lets connections through to a CPU only for one rack and slot, as a rack with several modules does."""

    def __init__(self, target: int, rack_slot: int) -> None:
        super().__init__()
        self._target, self._rack_slot = target, rack_slot

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        first = await reader.read(4096)
        if first[first.index(b"\xc2\x02") + 3] != self._rack_slot:
            return
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._target)
        far_writer.write(first)

        async def pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
            while data := await source.read(4096):
                sink.write(data)
            sink.close()

        try:
            await asyncio.gather(pump(reader, far_writer), pump(far_reader, writer))
        finally:
            far_writer.close()


async def test_rack_and_slot() -> None:
    async with S7Peer() as cpu, Slot(cpu.port, 0 << 5 | 2) as rack:
        config = {"host": "127.0.0.1", "port": rack.port, "timeout_ms": 1000}
        [found] = await problems(connection("s7", **config))
        assert found.code == "s7.rack_slot"
        assert "Set rack: 0 and slot: 2." in found.next_step
        assert await problems(connection("s7", **config, slot=2)) == []


@asynccontextmanager
async def web(status: int, body: bytes) -> AsyncIterator[str]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *arguments: Any) -> None:
            """Keep quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        await asyncio.to_thread(server.shutdown)
        thread.join()
        server.server_close()


@pytest.mark.parametrize(
    ("status", "body", "code", "seen"),
    [
        (404, b"", "http.status", "404"), (503, b"", "http.status", "503"), (401, b"", "http.credentials", "401"),
        (200, b"<html>", "http.no_json", "<html>"),
        (200, b'{"line": {"velocity": 1}}', "http.json_path", "there is: velocity"),
    ],
)  # fmt: skip
async def test_http(status: int, body: bytes, code: str, seen: str) -> None:
    async with web(status, body) as url:
        [found] = await problems(connection("http_json", [{"address": "/api#/line/speed"}], base_url=url))
    assert found.code == code
    assert seen in found.evidence


# -- the command --------------------------------------------------------------------------------


async def test_the_command_says_it_to_people_and_programs(capsys: pytest.CaptureFixture[str]) -> None:
    async with ModbusDevice(registers=range(10), units=(5,), gateway=True) as device:
        arguments = ["doctor", "--host", "127.0.0.1", "--port", str(device.port)]
        assert await asyncio.to_thread(run_cli, arguments) == 1
        shown = capsys.readouterr().out
        assert "WRONG" in shown
        assert "next: Set unit: 5" in shown
        assert await asyncio.to_thread(run_cli, [*arguments, "--json"]) == 1
        found = json.loads(capsys.readouterr().out)
        assert found["ok"] is False
        assert found["findings"]["device"][-2]["code"] == "modbus.unit"
        assert await asyncio.to_thread(run_cli, [*arguments, "--unit", "5"]) == 0


async def test_a_tag_that_is_answered_but_bad_is_named_with_its_quality() -> None:
    async with ModbusDevice(registers=range(10), values={0: 0x8000, 2: 5}) as device:
        tags = [{"address": "holding:0", "type": "uint16", "sentinels": [0x8000]}, {"address": "holding:2"}]
        one = connection("modbus_tcp", tags, host="127.0.0.1", port=device.port, timeout_ms=300)
        (found,) = await problems(one)
        assert (found.code, found.where, found.evidence) == ("tag.quality", "machine/t0", "quality 135")
        assert "not implemented" in found.what
        assert (
            found.next_step == "The device says that it has no value here: leave the tag out, or wait until it has one."
        )
        good = connection("modbus_tcp", tags[1:], host="127.0.0.1", port=device.port, timeout_ms=300)
        assert await problems(good) == []
