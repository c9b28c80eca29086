"""The stamping line on the network: both servers, the truth, set-points, the agent's config."""

import asyncio
import json
import struct
from pathlib import Path

import pytest
from asyncua import Client, ua
from pymodbus.client import AsyncModbusTcpClient

from connectors.peers.registers import register_count
from connectors.peers.stamping_line.agent_config import agent_document
from connectors.peers.stamping_line.device import BASE_STRIDE, NAMESPACE, LineOptions, StampingLine
from connectors.peers.stamping_line.signals import SIGNALS
from schemas.models.connection import ConnectionConfig, ConnectionTemplate

FORMS = {"bool": ">H", "uint16": ">H", "uint32": ">I", "float32": ">f"}


async def _modbus(port: int) -> AsyncModbusTcpClient:
    client = AsyncModbusTcpClient("127.0.0.1", port=port, timeout=2, retries=0)
    assert await client.connect()
    return client


async def _registers(client: AsyncModbusTcpClient, unit: int, at: int, count: int) -> bytes:
    answer = await client.read_holding_registers((unit - 1) * BASE_STRIDE + at, count=count, device_id=unit)
    assert not answer.isError(), (unit, at, count)
    return struct.pack(f">{count}H", *answer.registers)


def _value(signal, data: bytes):
    if signal.type == "string":
        return data.rstrip(b"\0").decode()
    raw = struct.unpack(FORMS[signal.type], data)[0]
    if signal.bit is not None:
        return bool(raw >> signal.bit & 1)
    return raw * signal.scale if signal.scale is not None else raw


async def _same_by_both(modbus: AsyncModbusTcpClient, client: Client) -> list[object]:
    index = await client.get_namespace_index(NAMESPACE)
    seen: list[object] = []
    for unit in (1, 2, 3):
        nodes = [ua.NodeId(f"press_{unit}.{signal.name}", index) for signal in SIGNALS]
        values = await client.uaclient.read_attributes(nodes, ua.AttributeIds.Value)
        for signal, value in zip(SIGNALS, values, strict=True):
            count = register_count(signal.type, signal.length)
            over_modbus = _value(signal, await _registers(modbus, unit, signal.register, count))
            over_opcua = value.Value.Value
            seen.append(over_opcua)
            if signal.opcua == "float64":
                over_opcua = pytest.approx(over_opcua, rel=1e-6, abs=(signal.scale or 2e-6) * 0.51)
            assert over_modbus == over_opcua, signal.name
    return seen


async def test_both_servers_show_the_same_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("connectors.peers.stamping_line.device.TICK_S", 3600.0)  # we move the line ourselves
    async with StampingLine() as line:
        modbus = await _modbus(line.modbus_port)
        async with Client(line.opcua_url) as client:
            before: list[object] = []
            for slow in (True, False, True):
                line.line.advance(47.3)
                await line._publish(slow=slow)
                seen = await _same_by_both(modbus, client)
                assert seen != before
                before = seen
        modbus.close()


async def test_values_move_and_the_truth_knows_it(tmp_path: Path) -> None:
    truth = tmp_path / "truth.jsonl"
    async with StampingLine(LineOptions(truth=truth, time_factor=30)) as line:
        modbus = await _modbus(line.modbus_port)
        first = await _registers(modbus, 1, 0, 12)
        await asyncio.sleep(1.2)
        last = await _registers(modbus, 1, 0, 12)
        assert struct.unpack(">I", last[20:])[0] > struct.unpack(">I", first[20:])[0]
        modbus.close()
    records = [json.loads(text) for text in truth.read_text(encoding="utf-8").splitlines()]
    assert {record["machine"] for record in records} == {"press_1", "press_2", "press_3"}
    mine = [record for record in records if record["machine"] == "press_1"]
    assert mine[0]["event"] == "start"
    strokes = [record["strokes"] for record in mine]
    assert strokes == sorted(strokes)
    assert struct.unpack(">I", last[20:])[0] in strokes
    pieces = [record["good"] + record["reject"] - record["strokes"] for record in mine]
    assert len(set(pieces)) == 1


async def test_set_points_are_written_within_their_range_and_nothing_else() -> None:
    async with StampingLine() as line:
        modbus = await _modbus(line.modbus_port)

        async def write(at: int, value: float) -> bool:
            words = list(struct.unpack(">HH", struct.pack(">f", value)))
            return not (await modbus.write_registers(at, words, device_id=1)).isError()

        assert await write(22, 33.0)
        assert line.line.presses[0].speed_setpoint == 33.0
        assert not await write(22, 500.0)
        assert not await write(26, 20.0)
        assert line.line.presses[0].speed_setpoint == 33.0
        async with Client(line.opcua_url) as client:
            index = await client.get_namespace_index(NAMESPACE)
            node = client.get_node(ua.NodeId("press_3.pressure_setpoint", index))
            await node.write_value(ua.DataValue(ua.Variant(150.0, ua.VariantType.Double)))
            assert line.line.presses[2].pressure_setpoint == 150.0
            with pytest.raises(ua.UaStatusCodeError):
                await node.write_value(ua.DataValue(ua.Variant(1.0, ua.VariantType.Double)))
            state = client.get_node(ua.NodeId("press_3.state", index))
            with pytest.raises(ua.UaStatusCodeError):
                await state.write_value(ua.DataValue(ua.Variant(0, ua.VariantType.UInt16)))
        modbus.close()


def test_the_agent_config_is_valid_and_the_same_for_every_press() -> None:
    document = agent_document("127.0.0.1", 1502, "opc.tcp://127.0.0.1:4840/interlock/", {"press_3"})
    template = ConnectionTemplate.model_validate(document["templates"][0])
    assert len(SIGNALS) * 3 >= 60
    kinds: dict[str, dict[str, str]] = {}
    for connection in document["connections"]:
        tags = connection.get("tags") or _filled(template, connection["with"])
        plain = {key: value for key, value in connection.items() if key not in ("template", "with", "tags")}
        parsed = ConnectionConfig.model_validate(plain | {"tags": tags})
        assert {tag.asset for tag in parsed.tags} == {connection["id"]}
        assert {tag.asset_name for tag in parsed.tags} == {f"Press {connection['id'][-1]}"}
        assert {tag.asset_name_i18n["zh-CN"] for tag in parsed.tags} == {f"{connection['id'][-1]} 号压力机"}
        for tag in parsed.tags:
            assert tag.description_i18n["zh-CN"], tag.name
            assert set(tag.texts_i18n.get("zh-CN", {})) == set(tag.texts), tag.name
        kinds[connection["id"]] = {str(tag.role): tag.kind for tag in parsed.tags}
        assert {tag.scan_ms or parsed.scan_ms for tag in parsed.tags} == {250, 1000}
    assert kinds["press_1"] == kinds["press_2"] == kinds["press_3"]
    needed = "state good_count reject_count cycle_time speed temperature current pressure energy alarm_word stop_cause"
    assert set(needed.split()) <= set(kinds["press_1"])


def _filled(template: ConnectionTemplate, given: dict[str, object]) -> list[dict[str, object]]:
    text = json.dumps(template.tags)
    for signal in SIGNALS:
        text = text.replace(f"{{base+{signal.register}}}", str(int(str(given["base"])) + signal.register))
    text = text.replace("{asset_name_chinese}", str(given["asset_name_chinese"]))
    text = text.replace("{asset_name}", str(given["asset_name"]))
    return json.loads(text.replace("{asset}", str(given["asset"])))
