"""A SunSpec device, simulated from the published models, is found and mapped by itself."""

import asyncio
import json
import struct
from contextlib import asynccontextmanager

import numpy as np
import pytest

from connectors import registry
from connectors.peers.modbus_peer import ModbusPeer, RegisterUnit
from edge_agent.config import load_config
from edge_agent.configuration.sunspec import find, tags_of
from edge_agent.configuration.sunspec_models import model
from edge_agent.read_now import read_now
from schemas.errors import ConnectError
from schemas.quality import Quality
from tests.support.recordings import DATA

MODELS = {
    number: json.loads((DATA / "sunspec" / f"model_{number}.json").read_text("utf-8"))["group"]["points"]
    for number in (1, 103, 201, 203)
    if (DATA / "sunspec" / f"model_{number}.json").is_file()
}
FORMS = {
    "uint16": ">H", "enum16": ">H", "int16": ">h", "sunssf": ">h", "pad": ">H", "acc32": ">I", "bitfield32": ">I",
    "float32": ">f",
}  # fmt: skip
ABSENT = {
    "uint16": 0xFFFF, "enum16": 0xFFFF, "int16": -0x8000, "sunssf": -0x8000, "pad": 0x8000, "acc32": 0,
    "bitfield32": 0xFFFFFFFF, "float32": float("nan"),
}  # fmt: skip
METER = {
    "W": 2301,
    "W_SF": -1,
    "Hz": 5001,
    "Hz_SF": -2,
    "TotWhImp": 4_000_000_000,
    "TotWh_SF": 1,
    "V_SF": -1,
    "PhV": 2304,
}

pytestmark = pytest.mark.skipif(len(MODELS) != 4, reason="the SunSpec models are not beside this checkout")


def words_of(points, number, values):
    out = b""
    for point in points:
        of, size = point["type"], point["size"]
        if point["name"] in ("ID", "L"):
            value = number if point["name"] == "ID" else sum(one["size"] for one in points) - 2
        else:
            value = values.get(point["name"], "" if of == "string" else ABSENT[of])
        out += value.encode().ljust(size * 2, b"\0") if of == "string" else struct.pack(FORMS[of], value)
    return list(struct.unpack(f">{len(out) // 2}H", out))


def image(*models, strange=False):
    words = [0x5375, 0x6E53]
    for points, number, values in models:
        words += words_of(points, number, values)
    if strange:
        words += [64_999, 3, 1, 2, 3]
    return [*words, 0xFFFF, 0]


COMMON = {"Mn": "Firm", "Md": "M3", "SN": "0042"}


@asynccontextmanager
async def device(words, base=40_000):
    unit = RegisterUnit(1, [(base, len(words))])
    async with ModbusPeer([unit]) as peer:
        unit.put(base, words)
        driver = registry.configure("modbus_tcp", {"host": "127.0.0.1", "port": peer.port, "timeout_ms": 2000})
        await driver.connect()
        try:
            yield peer, unit, driver
        finally:
            await driver.close()


def meter_words(**more):
    return image((MODELS[1], 1, COMMON), (MODELS[203], 203, {**METER, **more}))


@pytest.mark.parametrize("number", sorted(MODELS))
def test_our_tables_are_the_published_models(number):
    published = [(p["type"], p["size"], p.get("sf", "")) for p in MODELS[number][2:]]
    ours = model(number)
    assert [(p.type, p.size, p.scale_factor) for p in ours.points] == published
    symbols = {
        p["name"]: [s["value"] for s in p["symbols"]]
        for p in MODELS[number]
        if p["type"] == "enum16" and "symbols" in p
    }
    assert {p.name: [value for value, _ in p.texts] for p in ours.points if p.texts} == symbols


@pytest.mark.parametrize("base", [40_000, 50_000, 0])
async def test_found_walked_and_read(base):
    async with device(meter_words(), base) as (_, _, driver):
        found = await find(driver)
        assert (found.base, [one.id for one in found.models], found.notes) == (base, [1, 203], [])
        assert found.facts == {"Manufacturer": "Firm", "Model": "M3", "Serial number": "0042"}
        values = {
            one.tag.name: (one.value, one.quality) for one in await read_now(driver, tags_of(found, everything=True))
        }
    assert values["W"] == (230.1, 0)
    assert values["Hz"] == (50.01, 0)
    assert values["PhV"] == (230.4, 0)
    assert values["TotWhImp"] == (40_000_000_000.0, 0)
    assert values["WphA"] == (None, Quality.NOT_IMPLEMENTED)
    assert values["TotWhExp"] == (None, Quality.NOT_IMPLEMENTED)
    assert values["VA"] == (None, Quality.NOT_IMPLEMENTED)


async def test_what_is_not_there_is_left_out_but_for_the_main_points():
    async with device(meter_words()) as (_, _, driver):
        tags = {tag.name: tag for tag in tags_of(await find(driver))}
    assert "TotWhExp" in tags  # 0: a new meter, or one without it
    assert not {"WphA", "VA", "TotVAhImp", "Mn"} & set(tags)
    assert tags["W"].scale_from == "W_SF"
    assert tags["W_SF"].sentinels == (0x8000,)
    assert tags["W"].unit == "W"


async def test_a_scale_factor_that_changes_never_meets_an_old_value():
    """The device changes value and factor between any two requests; both come in one answer."""
    async with device(meter_words()) as (_, unit, driver):
        found = await find(driver)
        tags = tags_of(found)
        settings = {**driver.config.model_dump(), **found.settings}
        careful = registry.configure("modbus_tcp", settings)
        await careful.connect()
        state = {"n": 0}

        def change(_address, _count):
            state["n"] += 1
            value, power = ((2301, -1), (23, 1))[state["n"] % 2]
            at = {tag.name: int(tag.address[8:]) for tag in tags}
            unit.put(at["W"], [value])
            unit.put(at["W_SF"], [power & 0xFFFF])

        unit.on_read = change
        plan = careful.plan(tags)
        seen = set()
        for _ in range(20):
            seen |= {one.value for one in await read_now(careful, tags) if one.tag.name == "W"}
        assert seen <= {230.1, 230.0}
        assert len(plan.layout.requests) == 1
        await careful.close()


async def test_without_the_holes_a_model_may_be_cut(tmp_path):
    """Negative control: tags of two models in one connection, without the holes, come in requests that cut a model."""
    words = image((MODELS[1], 1, COMMON), (MODELS[103], 103, {}), (MODELS[203], 203, METER))
    async with device(words) as (_, _, driver):
        found = await find(driver)
        tags = tags_of(found, everything=True)

        def cut(config):
            plan = registry.configure("modbus_tcp", config).plan(tags)
            blocks = [(one.block.start, one.block.end) for one in plan.layout.requests]
            ends = [(one.address, one.address + one.length + 2) for one in found.models]
            return [b for b in blocks if not any(start <= b[0] and b[1] <= end for start, end in ends)]

        config = driver.config.model_dump()
        assert cut({**config, **found.settings}) == []
        assert cut(config) != []


async def test_two_meters_in_one_chain_have_different_names():
    words = image((MODELS[1], 1, COMMON), (MODELS[201], 201, METER), (MODELS[201], 201, {**METER, "W": 1000}))
    async with device(words) as (_, _, driver):
        tags = tags_of(await find(driver))
        values = {one.tag.name: one.value for one in await read_now(driver, tags)}
    assert values["W_201_1"] == 230.1
    assert values["W_201_2"] == 100.0
    assert len({tag.name for tag in tags}) == len(tags)


async def test_an_unknown_model_is_told_and_passed_over():
    words = image((MODELS[1], 1, COMMON), strange=True)
    async with device(words) as (_, _, driver):
        found = await find(driver)
    assert [one.id for one in found.models] == [1, 64_999]
    assert "Model 64999" in found.notes[0]


@pytest.mark.parametrize(
    ("words", "note"),
    [
        ([0x5375, 0x6E53, 203, 105], "breaks at register"),
        ([0x5375, 0x6E53, 1, 66, *[0] * 66], "breaks at register 40070"),
    ],
)
async def test_a_chain_that_breaks_is_told(words, note):
    async with device(words) as (_, _, driver):
        found = await find(driver)
    assert any(note in text for text in found.notes)


async def test_a_chain_without_an_end_ends():
    words = [0x5375, 0x6E53, *[77, 0] * 300]
    async with device(words) as (_, _, driver):
        found = await find(driver)
    assert len(found.models) == 100
    assert "does not end" in found.notes[-1]


async def test_what_is_no_sunspec_device():
    async with device([1, 2, 3]) as (_, _, driver):
        with pytest.raises(ConnectError, match="no SunSpec device"):
            await find(driver)


def test_by_command(edge, agent):
    async def work():
        async with device(meter_words()) as (peer, _, _):
            words = ("import", "sunspec", "--host", "127.0.0.1", "--port", peer.port, "--connection", "meter")
            shown = await asyncio.to_thread(edge, *words)
            applied = await asyncio.to_thread(edge, *words, "--apply")
            again = await asyncio.to_thread(edge, *words, "--apply")
            read = await asyncio.to_thread(edge, "read", "--connection", "meter", "--json")
            return shown, applied, again, read

    shown, applied, again, read = asyncio.run(work())
    assert shown[0] == 0, shown[2]
    assert "manufacturer Firm, model M3, serial number 0042" in shown[1]
    assert "+ W  holding:40" in shown[1]
    assert applied[0] == 0, applied[2]
    assert again[0] == 0, again[2]
    assert "Nothing would change" in again[1]
    values = {one["tag"]: one["v"] for one in json.loads(read[1])[0]["values"]}
    assert values["W"] == 230.1
    connection = next(one for one in load_config(agent).config.connections if one.id == "meter")
    assert connection.config["gap_max"] == 124
    assert connection.config["holes"] == ["holding:40002-40003", "holding:40070-40071"]
    assert np.isclose(values["TotWhImp"], 4e10)


def test_the_models_with_floats_have_no_factors():
    for number in (111, 112, 113, 211, 212, 213, 214):
        points = model(number).points
        assert not [p for p in points if p.scale_factor or p.type == "sunssf"]
    assert model(113).length == 60
    assert model(213).length == 124
    assert model(999) is None


def test_a_connection_that_is_there_gets_its_settings_in_the_same_change(edge, agent):
    async def work():
        async with device(meter_words()) as (peer, _, _):
            lines = f"  - id: roof\n    driver: modbus_tcp\n    config: {{host: 127.0.0.1, port: {peer.port}}}\n"
            text = agent.read_text().replace("connections:\n", f"connections:\n{lines}", 1)
            agent.write_text(text)
            words = ("import", "sunspec", "--connection", "roof")
            shown = await asyncio.to_thread(edge, *words)
            applied = await asyncio.to_thread(edge, *words, "--apply")
            return shown, applied, await asyncio.to_thread(edge, *words, "--apply")

    shown, applied, again = asyncio.run(work())
    assert shown[0] == applied[0] == again[0] == 0, shown[2] + applied[2]
    assert "= gap_max: (none) → 124" in shown[1]
    found = next(one for one in load_config(agent).config.connections if one.id == "roof")
    assert (found.config["gap_max"], found.config["holes"]) == (124, ["holding:40002-40003", "holding:40070-40071"])
    assert any(tag.scale_from for tag in found.tags)
    assert "Nothing would change" in again[1]
