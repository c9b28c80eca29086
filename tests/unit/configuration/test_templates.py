"""Device templates: each against a simulated device; twenty equal machines from one sheet."""

import asyncio
import json
import random

import pytest

from connectors import registry
from connectors.decode import encode
from connectors.device_templates import TEMPLATES_FOLDER, device_templates
from connectors.modbus.address import parse_address
from connectors.peers.modbus_peer import ModbusPeer, RegisterUnit
from connectors.template import expand
from edge_agent.config import load_config
from edge_agent.read_now import read_now
from schemas.models.connection import ConnectionTemplate
from schemas.models.tag import TagConfig
from schemas.quality import Quality
from schemas.units import parse_unit
from tests.support.agent_yaml import AGENT

IDS = sorted(device_templates())


def filled(template, **parameters):
    given = {name: one.default for name, one in template.params.items()} | parameters
    whole = ConnectionTemplate(
        id=template.id, params=tuple(template.params), config=template.config, tags=template.tags
    )  # fmt: skip
    return expand(whole, given)


def test_the_library_has_at_least_thirty_devices():
    assert len(IDS) >= 30
    assert len(IDS) == len(list(TEMPLATES_FOLDER.iterdir()))


@pytest.mark.parametrize("id", IDS)
async def test_each_reads_what_the_device_holds(id):
    """A device with these registers and no others: each value by its own address, type, order and factor."""
    template = device_templates()[id]
    tags = [TagConfig.model_validate(tag) for tag in filled(template, host="h", prefix="m1_")["tags"]]
    rng = random.Random(id)
    ranges, words, wanted = [], {}, {}
    for tag in tags:
        table, address = parse_address(tag.address)
        raw = rng.randrange(1, 30_000)
        value = raw / 8 if tag.type.startswith("float") else raw
        data = encode(value, tag.type, tag.order or "ABCD")
        words[address] = [int.from_bytes(data[at : at + 2], "big") for at in range(0, len(data), 2)]
        ranges.append((address, len(words[address])))
        wanted[tag.name] = pytest.approx(value * (1.0 if tag.scale is None else tag.scale), rel=1e-6)
        assert table in ("holding", "input")
    taken = sorted(at for address, count in ranges for at in range(address, address + count))
    assert len(taken) == len(set(taken)), "two tags share a register"
    unit = RegisterUnit(7, sorted(ranges))
    async with ModbusPeer([unit]) as peer:
        for address, content in words.items():
            unit.put(address, content)
        config = filled(template, host="127.0.0.1", port=peer.port, unit=7)["config"]
        driver = registry.configure(template.driver, config)
        await driver.connect()
        # Refused gaps are learned: by the third cycle nothing is bad.
        for _ in range(3):
            values = await read_now(driver, tags)
        await driver.close()
    assert {one.tag.name: one.value for one in values} == wanted
    assert {one.quality for one in values} == {Quality.GOOD}


@pytest.mark.parametrize("id", IDS)
def test_each_is_complete(id):
    template = device_templates()[id]
    tags = [TagConfig.model_validate(tag) for tag in filled(template, host="h")["tags"]]
    assert len({tag.name for tag in tags}) == len(tags)
    for tag in tags:
        assert tag.description
        assert tag.unit == "" or parse_unit(tag.unit) is not None, tag.unit
    config = registry.configure(template.driver, filled(template, host="h")["config"])
    assert config.plan(tags).problems == ()


async def test_what_a_variant_does_not_measure_is_not_implemented():
    """ABB: all ones, or the largest signed value; also for counters of 64 bits."""
    tags = [TagConfig.model_validate(tag) for tag in filled(device_templates()["abb_b23"], host="h")["tags"]]
    picked = [tag for tag in tags if tag.name in ("voltage_l1", "power", "energy_export", "power_factor")]
    unit = RegisterUnit(1, [(0x5000, 0xC00)])
    async with ModbusPeer([unit]) as peer:
        unit.put(0x5B00, [0xFFFF, 0xFFFF])
        unit.put(0x5B14, [0x7FFF, 0xFFFF])
        unit.put(0x5004, [0xFFFF] * 4)
        unit.put(0x5B3A, [0x7FFF])
        driver = registry.configure("modbus_tcp", {"host": "127.0.0.1", "port": peer.port})
        await driver.connect()
        values = await read_now(driver, picked)
        await driver.close()
    assert [one.quality for one in values] == [Quality.NOT_IMPLEMENTED] * 4


def machines(tmp_path, rows):
    path = tmp_path / "machines.csv"
    path.write_text("\n".join(["id;host;unit;prefix", *rows]), "utf-8")
    return path


def test_list_and_show(edge):
    code, out, _ = edge("templates", "list")
    assert code == 0
    assert "eastron_sdm630" in out
    code, out, _ = edge("templates", "show", "abb_b23")
    assert json.loads(out)["maker"] == "ABB"
    assert json.loads(edge("templates", "show", "press")[1])["id"] == "press"
    assert "no template and no connection" in edge("templates", "show", "nothing")[2]


def test_one_machine_by_command(edge, agent):
    words = ("templates", "apply", "eastron_sdm630", "--connection", "meter", "--with", "host=10.0.0.5")
    code, out, err = edge(*words)
    assert code == 0, err
    assert "meter: 3" in out
    assert agent.read_text("utf-8") == AGENT
    code, out, err = edge(*words, "--apply")
    assert code == 0, err
    text = agent.read_text("utf-8")
    for line in AGENT.splitlines():
        assert line in text.splitlines()
    connection = load_config(agent).config.connections[-1]
    assert connection.config == {"host": "10.0.0.5", "port": 502, "unit": 1}
    assert "template: eastron_sdm630" in text


def test_twenty_equal_machines(edge, agent, tmp_path):
    path = machines(tmp_path, [f"m{n};10.0.0.{n};{n};M{n:02}_" for n in range(1, 21)])
    code, _, err = edge("templates", "apply", "eastron_sdm630", "--from", path, "--apply")
    assert code == 0, err
    found = {one.id: one for one in load_config(agent).config.connections if one.id.startswith("m")}
    assert len(found) == 20
    assert found["m7"].config == {"host": "10.0.0.7", "port": 502, "unit": 7}
    assert found["m7"].tags[0].name == "M07_voltage_l1"
    assert agent.read_text("utf-8").count("id: eastron_sdm630") == 1
    code, _, err = edge("templates", "apply", "eastron_sdm630", "--connection", "m21", "--with", "host=h", "--apply")
    assert code == 0, err
    assert agent.read_text("utf-8").count("id: eastron_sdm630") == 1


def test_a_template_of_the_file_is_used_too(edge, agent):
    code, _, err = edge("templates", "apply", "press", "--connection", "press_7", "--with", "unit=7", "--apply")
    assert code == 0, err
    assert load_config(agent).config.connections[-1].config == {"host": "127.0.0.1", "unit": 7}


def test_a_connection_is_copied_with_new_address_and_prefix(edge, agent, tmp_path):
    text = AGENT.replace("        unit: °C\n", "        unit: °C\n        asset: oven_{1}\n".replace("_{1}", "_1"))
    text = text.replace(
        "        type: uint16\n        limits",
        "        type: uint16\n        was: old\n        description: '{x}'\n"
        "        write: {max: 70, interlock: d > 0, interlock_tags: {d: pressure}}\n        limits",
    )
    agent.write_text(text, "utf-8")
    path = tmp_path / "machines.csv"
    path.write_text("id,host,unit,prefix,asset\np8,10.0.0.8,8,P8_,oven_8\np9,10.0.0.9,9,P9_,oven_9\n", "utf-8")
    code, _, err = edge("templates", "apply", "press_1", "--from", path, "--apply")
    assert code == 0, err
    found = {one.id: one for one in load_config(agent).config.connections}
    assert found["p8"].config == {"host": "10.0.0.8", "unit": 8}
    tags = {tag.name: tag for tag in found["p9"].tags}
    before = {tag.name: tag for tag in found["press_1"].tags}
    assert set(tags) == {f"P9_{name}" for name in before}
    assert tags["P9_temperature"].asset == "oven_9"
    assert tags["P9_speed"].write.interlock_tags == {"d": "P9_pressure"}
    assert tags["P9_speed"].description == "{x}"
    assert tags["P9_speed"].was is None
    assert tags["P9_pressure"].address == before["pressure"].address


def test_problems_are_told_by_row(edge, agent, tmp_path):
    path = machines(tmp_path, ["m1;10.0.0.1;1;", "m1;10.0.0.2;2;", "M 3;h;3;", "press_1;h;4;", "m5;;5;", "m6;h;900;"])
    code, _, err = edge("templates", "apply", "eastron_sdm630", "--from", path, "--apply")
    assert code == 2
    assert agent.read_text("utf-8") == AGENT
    for wanted in ("row 3, id: the id 'm1' is there twice (first in row 2)", "row 6, host: 'host' is missing"):
        assert wanted in err
    path = machines(tmp_path, ["M 3;h;3;", "press_1;h;4;"])
    err = edge("templates", "apply", "eastron_sdm630", "--from", path)[2]
    assert "row 2, id: 'M 3' is not an id" in err
    assert "row 3, id: there is a connection 'press_1' already" in err
    err = edge("templates", "apply", "eastron_sdm630", "--from", machines(tmp_path, ["m6;h;900;"]))[2]
    assert "row 2, unit: m6:" in err
    path.write_text("id,host,untis\nm1,h,2\n", "utf-8")
    err = edge("templates", "apply", "eastron_sdm630", "--from", path)[2]
    assert "row 2, untis: there is no parameter 'untis'. Did you mean 'unit'?" in err


def test_copies_are_read_from_their_own_machines(edge):
    """End to end: two simulated meters of one kind, added by one command, read by the agent."""

    async def work():
        units = [RegisterUnit(number, [(0, 400)]) for number in (1, 2)]
        async with ModbusPeer(units) as peer:
            for unit in units:
                unit.put(0, [0x4366, unit.unit])  # 230.0… V, the last word tells which
            given = ("--with", "host=127.0.0.1", "--with", f"port={peer.port}")
            for number in (1, 2):
                words = ("templates", "apply", "eastron_sdm630", "--connection", f"m{number}", *given)
                code, _, err = await asyncio.to_thread(edge, *words, "--with", f"unit={number}", "--apply")
                assert code == 0, err
            return await asyncio.to_thread(edge, "read", "--connection", "m1", "--connection", "m2", "--json")

    code, out, err = asyncio.run(work())
    assert code == 0, err
    first, second = (one["values"][0]["v"] for one in json.loads(out))
    assert (first, second) == (230.0000152587890625, 230.000030517578125)
