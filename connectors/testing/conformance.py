"""The suite every driver is run through, against a real server of its protocol."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import aclosing, asynccontextmanager
from typing import Any, ClassVar

import pytest

from connectors.decode import raw_kind
from connectors.driver import Browsable, Delivery, Driver, Plan, Probeable, Reading, Subscribable
from connectors.registry import configure, load, manifests
from connectors.shape import Shaper
from connectors.testing.link import Link
from connectors.testing.peer import DevicePeer, Value
from connectors.testing.values import RANGES, SAMPLES, TYPES, same
from schemas.errors import ConfigError, ConnectError, WriteRejected
from schemas.models.tag import TagConfig
from schemas.quality import BAD_FROM, Quality
from schemas.wire.columns import VALUE_DTYPE

__all__ = ["DriverConformance"]

TIMEOUT_MS = 400
#: Longest wait for what a device tells by itself, s.
TOLD_MAX_S = 20.0


class Bench:
    """A connected driver, its device and the link between them."""

    def __init__(self, driver: Driver[Any], peer: DevicePeer, link: Link) -> None:
        self.driver = driver
        self.peer = peer
        self.link = link


def link_to(peer: DevicePeer) -> Link:
    """A TCP link, or the kind of line that the peer names in `link_type`."""
    kind: type[Link] = getattr(peer, "link_type", Link)
    return kind(peer.host, peer.port)


def rows(readings: Sequence[Reading], tags: Sequence[TagConfig]) -> dict[str, tuple[Value, int]]:
    """Value and quality by tag name; fails where a tag is missing or there twice, or a column is malformed."""
    found: dict[str, tuple[Value, int]] = {}
    now = time.time_ns() // 1000
    for reading in readings:
        columns = reading.columns
        assert columns.v.dtype == VALUE_DTYPE[columns.kind]
        assert columns.q.dtype == "u1"
        assert columns.id.dtype == "<u4"
        assert ((columns.ts > now - 60_000_000) & (columns.ts <= now)).all(), "acquisition time is now, µs UTC"
        assert reading.device_ts is None or len(reading.device_ts) == len(columns)
        for index, value, quality in zip(columns.id.tolist(), columns.v.tolist(), columns.q.tolist(), strict=True):
            assert tags[index].name not in found, f"{tags[index].name} came twice"
            found[tags[index].name] = (value, quality)
            if quality >= BAD_FROM:
                assert value == ("" if columns.kind == "s" else 0), "a bad value is null"
    assert set(found) == {tag.name for tag in tags}, "every tag exactly once"
    return found


async def _to_the_end(told: AsyncIterator[Delivery]) -> None:
    async with asyncio.timeout(TOLD_MAX_S):
        async for _ in told:
            pass


class DriverConformance:
    """Subclass it, name the driver and give the factory of its peer."""

    driver_id: ClassVar[str]
    peer_factory: ClassVar[Callable[[], DevicePeer]]

    @asynccontextmanager
    async def bench(self, *, connected: bool = True) -> AsyncIterator[Bench]:
        async with type(self).peer_factory() as peer, link_to(peer) as link:
            driver = configure(self.driver_id, peer.config(link.host, link.port, TIMEOUT_MS))
            if connected:
                await driver.connect()
            try:
                yield Bench(driver, peer, link)
            finally:
                await driver.close()

    @property
    def good(self) -> Quality:
        """What a sound value of this device has: good, or another one that the peer names."""
        good: Quality = getattr(type(self).peer_factory, "good", Quality.GOOD)
        return good

    @property
    def writes(self) -> bool:
        """Whether the driver says that it writes; one that does not must refuse every write."""
        return "write" in manifests()[self.driver_id].abilities

    def all_types(self, peer: DevicePeer) -> list[TagConfig]:
        return [peer.tag(name, name, length=12 if name == "string" else None) for name in TYPES]

    async def test_manifest_matches_the_driver(self) -> None:
        manifest, driver = manifests()[self.driver_id], load(self.driver_id)
        properties = manifest.config_schema["properties"]
        assert set(properties) == set(driver.config_model.model_fields), "run python -m connectors.generate"
        for name, setting in properties.items():
            assert setting.get("description", "").endswith("."), f"{name} has no description"
        for ability, protocol in (("browse", Browsable), ("subscribe", Subscribable), ("probe", Probeable)):
            assert (ability in manifest.abilities) == issubclass(driver, protocol), ability

    async def test_unknown_setting_is_refused_with_its_place(self) -> None:
        async with self.bench(connected=False) as bench:
            config = bench.peer.config(bench.link.host, bench.link.port, TIMEOUT_MS)
            with pytest.raises(ConfigError) as caught:
                configure(self.driver_id, config | {"nonsense": 1})
            assert [problem.path for problem in caught.value.problems] == ["/nonsense"]

    async def test_every_type_round_trips(self) -> None:
        async with self.bench() as bench:
            tags = self.all_types(bench.peer)
            plan = bench.driver.plan(tags)
            assert not plan.problems
            for number in range(max(len(values) for values in SAMPLES.values())):
                wanted = {tag.name: SAMPLES[tag.type][number % len(SAMPLES[tag.type])] for tag in tags}
                for tag in tags:
                    bench.peer.put(tag, wanted[tag.name])
                got = rows(await bench.driver.read(plan), tags)
                for name, (value, quality) in got.items():
                    assert quality == self.good, name
                    assert same(name, value, wanted[name]), f"{name}: {value!r} is not {wanted[name]!r}"

    async def test_every_type_is_written(self) -> None:
        if not self.writes:
            pytest.skip("this driver only reads")
        async with self.bench() as bench:
            tags = self.all_types(bench.peer)
            plan = bench.driver.plan(tags)
            for tag in tags:
                for value in SAMPLES[tag.type]:
                    await bench.driver.write(tag, value)
                    assert same(tag.type, bench.peer.get(tag), value), f"the device has not {tag.name} = {value!r}"
            got = rows(await bench.driver.read(plan), tags)
            for tag in tags:
                assert same(tag.type, got[tag.name][0], SAMPLES[tag.type][-1])

    async def test_wrong_addresses_cost_their_own_tags_only(self) -> None:
        async with self.bench() as bench:
            good = self.all_types(bench.peer)
            wrong = [bench.peer.wrong_tag(f"wrong_{number}", "int16") for number in range(2)]
            impossible = bench.peer.impossible_tag("impossible")
            tags = [impossible, *good[:5], wrong[0], *good[5:], wrong[1]]
            for tag in good:
                bench.peer.put(tag, SAMPLES[tag.type][0])
            plan = bench.driver.plan(tags)
            assert [problem.index for problem in plan.problems] == [0]
            assert "impossible" in plan.problems[0].message
            assert plan.problems[0].hint
            for _ in range(3):
                got = rows(await bench.driver.read(plan), tags)
                assert {name for name, (_, q) in got.items() if q != self.good} == {"impossible", "wrong_0", "wrong_1"}
                not_there = getattr(bench.peer, "not_there", Quality.BAD_ADDRESS)
                assert got["impossible"][1] == Quality.BAD_ADDRESS
                assert all(got[tag.name][1] == not_there for tag in wrong)
                assert all(same(tag.type, got[tag.name][0], SAMPLES[tag.type][0]) for tag in good)

    async def test_lost_link_is_told_and_a_fresh_connect_works(self) -> None:
        async with self.bench() as bench:
            tags = self.all_types(bench.peer)
            plan = bench.driver.plan(tags)
            rows(await bench.driver.read(plan), tags)
            await bench.link.cut()
            with pytest.raises(ConnectError):
                await bench.driver.read(plan)
            with pytest.raises(ConnectError):
                await bench.driver.connect()
            with pytest.raises(ConnectError):
                await bench.driver.read(plan)
            await bench.link.mend()
            await bench.driver.connect()
            assert all(q == self.good for _, q in rows(await bench.driver.read(plan), tags).values())

    async def test_a_lost_link_ends_what_is_told(self) -> None:
        async with self.bench() as bench:
            driver: object = bench.driver
            if not isinstance(driver, Subscribable):
                pytest.skip("this driver only answers")
            plan = bench.driver.plan(self.all_types(bench.peer))
            async with aclosing(driver.subscribe(plan, 1000)) as told:
                async with asyncio.timeout(TOLD_MAX_S):
                    await anext(told)  # the first one comes once the device has agreed
                await bench.link.cut()
                with pytest.raises(ConnectError):
                    await _to_the_end(told)
            await bench.driver.close()
            await bench.link.mend()
            await bench.driver.connect()
            async with aclosing(driver.subscribe(plan, 1000)) as told:
                async with asyncio.timeout(TOLD_MAX_S):
                    await anext(told)

    async def test_link_lost_while_waiting_is_told_at_once(self) -> None:
        async with self.bench() as bench:
            plan = bench.driver.plan(self.all_types(bench.peer))
            await bench.driver.read(plan)
            bench.link.hold()
            reading = asyncio.create_task(bench.driver.read(plan))
            await asyncio.sleep(0.05)
            started = time.monotonic()
            await bench.link.cut()
            with pytest.raises(ConnectError):
                await reading
            assert time.monotonic() - started < TIMEOUT_MS / 1000

    async def test_silent_device_never_blocks_the_loop(self) -> None:
        async with self.bench() as bench:
            tags = self.all_types(bench.peer)
            plan = bench.driver.plan(tags)
            rows(await bench.driver.read(plan), tags)
            bench.link.hold()
            watch = asyncio.create_task(_longest_stall())
            started = time.monotonic()
            # One unanswered request may be bad quality; a device that stays silent is a lost one.
            with pytest.raises(ConnectError):
                await _read_times(bench, plan, tags, 3)
            assert time.monotonic() - started < 4 * TIMEOUT_MS / 1000
            watch.cancel()
            assert await watch < 0.2

    async def test_late_answers_are_never_taken_for_others(self) -> None:
        async with self.bench() as bench:
            tag = bench.peer.tag("counter", "int32")
            plan = bench.driver.plan([tag])
            for number in range(1, 6):
                bench.peer.put(tag, number)
                bench.link.hold()
                reading = asyncio.create_task(bench.driver.read(plan))
                await asyncio.sleep(TIMEOUT_MS / 1000 + 0.1)
                bench.peer.put(tag, number * 100)
                bench.link.release()
                try:
                    value, quality = rows(await reading, [tag])["counter"]
                    assert quality >= BAD_FROM
                    value, quality = rows(await bench.driver.read(plan), [tag])["counter"]
                except ConnectError:
                    await bench.driver.connect()
                    value, quality = rows(await bench.driver.read(plan), [tag])["counter"]
                assert (value, quality) == (number * 100, self.good)

    async def test_read_without_a_link_is_a_connect_error(self) -> None:
        async with self.bench(connected=False) as bench:
            plan = bench.driver.plan(self.all_types(bench.peer))
            with pytest.raises(ConnectError):
                await bench.driver.read(plan)
            with pytest.raises(ConnectError if self.writes else WriteRejected):
                await bench.driver.write(bench.peer.tag("w", "int16"), 1)

    async def test_close_may_come_at_any_time_and_twice(self) -> None:
        async with self.bench(connected=False) as bench:
            await bench.driver.close()
            await bench.driver.connect()
            await bench.driver.close()
            await bench.driver.close()
            await bench.driver.connect()
            await bench.link.cut()
            await bench.driver.close()
            await bench.driver.close()

    async def test_connecting_twice_leaves_one_link(self) -> None:
        async with self.bench() as bench:
            tags = self.all_types(bench.peer)
            await bench.driver.connect()
            rows(await bench.driver.read(bench.driver.plan(tags)), tags)

    async def test_values_are_shaped(self) -> None:
        async with self.bench() as bench:
            peer = bench.peer
            tags = [
                peer.tag("plain", "int16"),
                peer.tag("scaled", "int16", scale=0.1, offset=5.0, span=(0, 100)),
                peer.tag("outside", "int16", scale=0.1, span=(0, 100)),
                peer.tag("absent", "int16", sentinels=(32768,)),
                peer.tag("absent_u", "uint32", sentinels=(4294967295,)),
                peer.tag("nan", "float32"),
                peer.tag("infinite", "float64"),
            ]
            for tag, value in zip(tags, [-7, 250, 2000, -32768, 4294967295, math.nan, math.inf], strict=True):
                peer.put(tag, value)
            readings = await bench.driver.read(bench.driver.plan(tags))
            got = rows(Shaper(tags).shape(readings), tags)
            assert got["plain"] == (-7, self.good)
            assert got["scaled"] == (30.0, self.good)
            assert got["outside"] == (200.0, Quality.OUT_OF_RANGE)
            assert got["absent"] == (0, Quality.NOT_IMPLEMENTED)
            assert got["absent_u"] == (0, Quality.NOT_IMPLEMENTED)
            assert got["nan"] == (0.0, Quality.NOT_A_NUMBER)
            assert got["infinite"] == (0.0, Quality.OVERFLOW)

    async def test_text_from_a_device_is_not_trusted(self) -> None:
        async with self.bench() as bench:
            tag = bench.peer.tag("text", "string", length=12)
            plan = bench.driver.plan([tag])
            for data in (b"\xff\xfe\x80ok\x00junk!!", b"a\x1b[31mb\r\n", bytes(range(12)), b"\xc3", b""):
                if not bench.peer.put_text_bytes(tag, data):
                    bench.peer.put(tag, data.decode("latin-1").replace("\0", " "))
                value, quality = rows(await bench.driver.read(plan), [tag])["text"]
                assert isinstance(value, str)
                assert value.isprintable()
                assert quality < BAD_FROM

    async def test_device_faults_become_quality(self) -> None:
        async with self.bench() as bench:
            healthy, faulty = bench.peer.tag("healthy", "int16"), bench.peer.tag("faulty", "float32")
            expected = bench.peer.fault(faulty)
            if expected is None:
                pytest.skip("this peer cannot make a device report a fault")
            tags = [faulty]
            assert rows(await bench.driver.read(bench.driver.plan(tags)), tags)["faulty"][1] == expected
            assert raw_kind(healthy.type) == "i"

    async def test_values_that_do_not_fit_are_not_written(self) -> None:
        if not self.writes:
            pytest.skip("this driver only reads")
        async with self.bench() as bench:
            for data_type, (_, too_much) in RANGES.items():
                tag = bench.peer.tag(data_type, data_type)
                bench.peer.put(tag, 7)
                for value in (too_much, 0.5, "seven"):
                    with pytest.raises(WriteRejected):
                        await bench.driver.write(tag, value)
                assert bench.peer.get(tag) == 7
            for tag in (bench.peer.wrong_tag("wrong", "int16"), bench.peer.impossible_tag("impossible")):
                with pytest.raises(WriteRejected):
                    await bench.driver.write(tag, 1)

    async def test_reads_and_writes_may_overlap(self) -> None:
        if not self.writes:
            pytest.skip("this driver only reads")
        async with self.bench() as bench:
            tags = self.all_types(bench.peer)
            plan = bench.driver.plan(tags)
            written = bench.peer.tag("written", "int32")
            for number in range(10):
                done = await asyncio.gather(bench.driver.read(plan), bench.driver.write(written, number))
                assert all(q == 0 for _, q in rows(done[0], tags).values())
                assert bench.peer.get(written) == number


async def _read_times(bench: Bench, plan: Plan, tags: Sequence[TagConfig], times: int) -> None:
    for _ in range(times):
        got = rows(await bench.driver.read(plan), tags)
        assert all(q == Quality.TIMEOUT for _, q in got.values())


async def _longest_stall() -> float:
    """Longest time the loop did not come back to us, s; ends when cancelled."""
    longest, last = 0.0, time.monotonic()
    try:
        while True:
            await asyncio.sleep(0.01)
            now = time.monotonic()
            longest, last = max(longest, now - last - 0.01), now
    except asyncio.CancelledError:
        return longest
