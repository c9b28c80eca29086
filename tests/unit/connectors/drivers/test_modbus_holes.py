"""Addresses a Modbus device does not have, and blocks longer than it bears: found, kept, and put to the test again."""

import itertools
import time
from types import SimpleNamespace

import pytest

from connectors.registry import configure
from schemas.models.tag import TagConfig
from schemas.quality import Quality

from .raw_modbus import RawDevice, asked, exception, frame, reply_to
from .test_modbus_tcp import connected, tags, values


def holes_at(*holes, length_max=125):
    def answer(tid, unit, pdu):
        _, start, count = asked(pdu)
        bad = count > length_max or any(start <= hole < start + count for hole in holes)
        return [frame(tid, unit, exception(pdu, 2) if bad else reply_to(pdu))]

    return answer


async def test_holes_of_the_device_are_found_in_one_cycle_and_then_avoided():
    addresses = [f"holding:{n}" for n in range(0, 300, 2)]
    device = RawDevice(holes_at(51, 120, 121, 250))
    async with connected(device) as driver:
        plan = driver.plan(tags(*addresses))
        for _ in range(3):
            device.requests.clear()
            got = await values(driver, plan)
            bad = {name for name, (_, q) in got.items() if q}
            assert bad == {"holding:120", "holding:250"}
            assert all(got[name] == (int(name[8:]), 0) for name in addresses if name not in bad)
    ideal = 3
    assert len(device.requests) <= ideal + 4 + 1


async def test_three_holes_cost_their_own_tags_and_are_named():
    addresses = [f"holding:{n}" for n in range(0, 1000, 3)]
    device = RawDevice(holes_at(99, 501, 900))
    async with connected(device) as driver:
        plan = driver.plan(tags(*addresses))
        for _ in range(3):
            got = await values(driver, plan)
        bad = {name for name, (_, q) in got.items() if q}
        assert bad == {"holding:99", "holding:501", "holding:900"}
        assert {plan.tags[at].name: said for at, said in plan.remarks.items()} == {
            name: f"{name}: exception 2 (illegal data address)" for name in bad
        }
        ideal = len(driver.plan(tags(*addresses)).layout.requests)
        device.requests.clear()
        await values(driver, plan)
        assert len(device.requests) <= ideal + 3 + 1


async def test_a_refused_address_is_asked_again_less_and_less_often(monkeypatch):
    now = [1000.0]
    clock = SimpleNamespace(monotonic=lambda: now[0], time_ns=time.time_ns)
    for module in ("driver", "layout"):  # these alone: the loop goes by the real clock
        monkeypatch.setattr(f"connectors.modbus.{module}.time", clock)
    device = RawDevice(holes_at(2))
    async with connected(device) as driver:
        plan = driver.plan(tags("holding:2"))
        asked_at = []
        for _ in range(2000):
            device.requests.clear()
            await values(driver, plan)
            if device.requests:
                asked_at.append(now[0])
            now[0] += 1.0
    pauses = [later - sooner for sooner, later in itertools.pairwise(asked_at)]
    assert pauses == pytest.approx([10, 20, 40, 80, 160, 320, 600, 600], abs=1.01)


async def test_what_was_learned_outlives_the_link():
    device = RawDevice(holes_at(51, length_max=50))
    async with connected(device) as driver:
        plan = driver.plan(tags(*[f"holding:{n}" for n in range(200)]))
        first = await values(driver, plan)
        await driver.close()
        other = configure("modbus_tcp", {"host": "127.0.0.1", "port": device.port, "timeout_ms": 200})
        await other.connect()
        device.requests.clear()
        assert await values(other, plan) == first
        await other.close()
    assert all(asked(pdu)[2] <= 50 for pdu in device.requests)
    assert not any(asked(pdu)[1] <= 51 < sum(asked(pdu)[1:]) for pdu in device.requests)
    assert first["holding:51"][1] == Quality.BAD_ADDRESS


async def test_a_device_with_shorter_blocks_than_it_should_have_is_learned():
    device = RawDevice(holes_at(length_max=50))
    async with connected(device) as driver:
        plan = driver.plan(tags(*[f"holding:{n}" for n in range(200)]))
        for _ in range(3):
            device.requests.clear()
            assert all(q == 0 for _, q in (await values(driver, plan)).values())
    assert len(device.requests) <= 8


async def test_a_refused_address_that_appears_is_read_again(monkeypatch):
    from connectors.modbus import driver as module

    monkeypatch.setattr(module, "REFUSED_AGAIN_S", 0.0)
    device = RawDevice(holes_at(2))
    async with connected(device) as driver:
        plan = driver.plan(tags("holding:1", "holding:2", "holding:3"))
        assert (await values(driver, plan))["holding:2"][1] == Quality.BAD_ADDRESS
        device.answer = holes_at()
        assert (await values(driver, plan))["holding:2"] == (2, 0)
        device.requests.clear()
        await values(driver, plan)
        assert len(device.requests) == 1, "merged into one request again"


async def test_what_was_learned_is_forgotten_in_time(monkeypatch):
    from connectors.modbus import driver as module

    device = RawDevice(holes_at(length_max=50))
    async with connected(device) as driver:
        plan = driver.plan(tags(*[f"holding:{n}" for n in range(100)]))
        await values(driver, plan)
        device.answer = holes_at()
        device.requests.clear()
        await values(driver, plan)
        assert len(device.requests) > 1
        monkeypatch.setattr(module, "LEARNED_S", 0.0)
        device.requests.clear()
        assert all(q == 0 for _, q in (await values(driver, plan)).values())
        assert len(device.requests) == 1


async def test_a_declared_hole_is_never_asked_for():
    device = RawDevice()
    async with connected(device, holes=["holding:10-12"]) as driver:
        plan = driver.plan(tags("holding:9", "holding:11", "holding:13"))
        got = await values(driver, plan)
    assert got["holding:11"][1] == Quality.BAD_ADDRESS
    assert "hole" in plan.problems[0].message
    for _, start, count in map(asked, device.requests):
        assert not any(start <= hole < start + count for hole in (10, 11, 12))


async def test_machines_that_are_read_alike_share_all_but_what_each_taught():
    alike = tags(*[f"holding:{n}" for n in range(0, 300, 2)])
    holey, whole = RawDevice(holes_at(120)), RawDevice(holes_at())
    async with connected(holey) as one, connected(whole) as other:
        plan, second = one.plan(alike), other.plan(alike)
        assert second.layout.image is plan.layout.image
        assert second.targets is plan.targets
        for _ in range(3):
            got, sound = await values(one, plan), await values(other, second)
        assert {name for name, (_, q) in got.items() if q} == {"holding:120"}
        assert {name: v for name, (v, q) in sound.items() if q == 0} == {tag.name: int(tag.name[8:]) for tag in alike}
        assert len(second.layout.requests) == 3 < len(plan.layout.requests)
        assert one.plan(alike).layout.image is second.layout.image  # a new life begins as the others did
    texts = [*alike, TagConfig(name="text", address="holding:400", type="string", length=4)]
    assert one.plan(texts).layout.image is not other.plan(texts).layout.image
    other_order = configure("modbus_tcp", {"host": "127.0.0.1", "byte_order": "CDAB"})
    assert other_order.plan(alike).layout.image is not plan.layout.image
