from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from uuid import UUID

import numpy as np
from starlette.websockets import WebSocketDisconnect

from platform_core.live import hub as hub_module
from platform_core.live import viewer as viewer_module
from platform_core.live.freshness import FreshnessTable
from platform_core.live.hub import Hub, monotonic_us
from platform_core.live.latest import Latest
from schemas.wire.columns import columns
from schemas.wire.heartbeat import ConnectionBeat, Heartbeat, ScanBeat


class Gone(Exception):
    """What this socket raises when the peer has left."""


class Socket:
    """An in-process WebSocket; `gate` closed = a peer that does not read."""

    def __init__(self):
        self.inbox = asyncio.Queue()
        self.texts = []
        self.gate = asyncio.Event()
        self.gate.set()
        self.closed = None

    async def receive_text(self):
        text = await self.inbox.get()
        if text is None:
            raise Gone
        return text

    async def send_text(self, data):
        await self.gate.wait()
        self.texts.append(data)

    async def close(self, code=1000, reason=None):
        self.closed = code
        self.inbox.put_nowait(None)

    def say(self, **content):
        self.inbox.put_nowait(json.dumps(content))

    def got(self, kind):
        return [json.loads(text) for text in self.texts if f'"type":"{kind}"' in text]

    async def until(self, kind, count=1, timeout_s=3.0):
        async with asyncio.timeout(timeout_s):
            while len(self.got(kind)) < count:
                await asyncio.sleep(0.005)
        return self.got(kind)


@asynccontextmanager
async def live(tags=10):
    latest = Latest()
    latest.define("factory", list(range(1, tags + 1)), ["f"] * tags)
    latest.define("other", [tags + 1], ["f"])
    hub = Hub(latest, FreshnessTable())
    await hub.start()
    tasks = []

    def join(tenant="factory"):
        socket = Socket()

        async def serve():
            try:
                await hub.serve(socket, tenant)
            except Gone:
                return

        tasks.append(asyncio.create_task(serve()))
        return socket

    try:
        yield hub, join
    finally:
        await hub.stop()
        await asyncio.wait_for(asyncio.gather(*tasks), 5)


def put(hub, tag, value, ts):
    hub.changed(hub.latest.update([columns("f", [tag], [ts], [0], [value])], 1))


async def test_a_subscription_is_answered_with_a_snapshot_then_with_changes():
    async with live() as (hub, join):
        put(hub, 1, 5.0, 100)
        await asyncio.sleep(0.15)
        socket = join()
        socket.say(type="sub", req=7, ids=[1, 2])
        (snap,) = await socket.until("snap")
        assert (snap["req"], snap["id"], snap["v"], snap["q"]) == (7, [1, 2], [5.0, None], [0, 140])
        put(hub, 2, 6.0, 200)
        put(hub, 3, 9.0, 200)
        data = (await socket.until("data"))[-1]
        assert (data["id"], data["v"], data["ts"]) == ([2], [6.0], [200])


async def test_a_viewer_that_has_just_gone_does_not_keep_the_others_from_being_closed():
    async with live() as (hub, join):
        sockets = [join() for _ in range(3)]
        for socket in sockets:
            socket.say(type="sub", req=1, ids=[1])
            await socket.until("snap")
        gone, *others = sockets

        async def close(code=1000, reason=None):
            gone.inbox.put_nowait(None)
            raise WebSocketDisconnect(code=1006)

        gone.close = close
        await hub.stop()
        assert [socket.closed for socket in others] == [hub_module.CLOSE_GOING_AWAY] * 2


async def test_changes_are_coalesced_within_100_ms_and_the_last_one_wins():
    async with live() as (hub, join):
        socket = join()
        socket.say(type="sub", req=1, ids=[1])
        await socket.until("snap")
        loop = asyncio.get_running_loop()
        began = loop.time()
        for ts in range(1, 400):
            put(hub, 1, float(ts), ts)
            await asyncio.sleep(0.001)
        while not (frames := socket.got("data")) or frames[-1]["v"] != [399.0]:
            await asyncio.sleep(0.01)
        # On a slow machine the 399 changes take longer, and fill more frames.
        assert len(frames) <= (loop.time() - began) / hub_module.FLUSH_S + 2


async def test_viewers_of_the_same_tags_share_one_text(monkeypatch):
    encoded = []
    real = hub_module.message
    monkeypatch.setattr(hub_module, "message", lambda *args: encoded.append(args[0]) or real(*args))
    async with live() as (hub, join):
        sockets = [join() for _ in range(20)]
        for number, socket in enumerate(sockets):
            ids = [1, 2, 3] if number % 2 else [3, 2, 1]
            socket.say(type="sub", req=1, ids=ids)
        for socket in sockets:
            await socket.until("snap")
        await asyncio.sleep(0.12)
        encoded.clear()
        put(hub, 1, 1.0, 1)
        for socket in sockets:
            await socket.until("data")
        assert encoded == ["data"]


async def test_another_tenants_tags_are_unknown_tags():
    async with live(tags=10) as (_, join):
        socket = join()
        socket.say(type="sub", req=1, ids=[1, 11, 99])
        (snap,) = await socket.until("snap")
        assert snap["id"] == [1]
        (error,) = await socket.until("err")
        assert (error["code"], error["req"]) == ("live.unknown_tag", 1)
        assert "11" in error["message"]
        assert "99" in error["message"]


async def test_unsubscribed_tags_send_nothing_more():
    async with live() as (hub, join):
        socket = join()
        socket.say(type="sub", req=1, ids=[1, 2])
        await socket.until("snap")
        socket.say(type="unsub", ids=[1])
        await asyncio.sleep(0.12)
        put(hub, 1, 1.0, 1)
        put(hub, 2, 2.0, 1)
        assert (await socket.until("data"))[-1]["id"] == [2]


async def test_wrong_messages_are_answered_and_the_connection_stays():
    async with live() as (_, join):
        socket = join()
        for text in (
            "{",
            "[]",
            '{"type":"sub","ids":[0]}',
            '{"type":"x"}',
            '{"type":"sub","ids":[true]}',
            '{"type":"sub","req":"1","ids":[1]}',
            json.dumps({"type": "sub", "ids": [1] * 6000}),
        ):
            socket.inbox.put_nowait(text)
        errors = await socket.until("err", 7)
        assert {error["code"] for error in errors} == {"live.json", "live.message", "live.too_many"}
        socket.say(type="ping")
        await socket.until("beat")


async def test_a_beat_comes_every_second():
    async with live() as (_, join):
        socket = join()
        beats = await socket.until("beat", 2, timeout_s=3.5)
        assert 0.7e6 < beats[1]["now"] - beats[0]["now"] < 1.5e6


async def test_a_slow_viewer_gets_the_latest_when_it_reads_again_and_slows_nobody():
    async with live() as (hub, join):
        slow, quick = join(), join()
        for socket in (slow, quick):
            socket.say(type="sub", req=1, ids=[1, 2])
            await socket.until("snap")
        slow.gate.clear()
        frames = viewer_module.FRAMES_MAX + 10
        for ts in range(1, frames + 1):
            put(hub, 1, float(ts), ts)
            hub._flush()
            await asyncio.sleep(0)
        put(hub, 2, 77.0, 1)
        assert len(await quick.until("data", frames // 2)) > 0
        await asyncio.sleep(0.15)
        assert quick.got("data")[-1]["now"] > 0
        slow.gate.set()
        await asyncio.sleep(0.15)
        last = slow.got("data")[-1]
        assert dict(zip(last["id"], last["v"], strict=True)) == {1: float(frames), 2: 77.0}
        assert len(slow.got("data")) <= viewer_module.FRAMES_MAX + 2


async def test_a_viewer_that_does_not_read_at_all_is_closed_with_1013(monkeypatch):
    monkeypatch.setattr(hub_module, "BLOCKED_MAX_S", 0.5)
    async with live() as (hub, join):
        stuck, quick = join(), join()
        stuck.gate.clear()
        for _ in range(40):
            if stuck.closed:
                break
            await asyncio.sleep(0.1)
        assert stuck.closed == 1013
        assert hub.closed_slow == 1
        assert quick.closed is None
        assert hub.viewer_count == 1


async def test_gaps_are_told_to_those_who_follow_the_tag_even_when_slow():
    async with live() as (hub, join):
        one, two = join(), join()
        one.say(type="sub", req=1, ids=[1, 2])
        two.say(type="sub", req=1, ids=[3])
        await one.until("snap")
        await two.until("snap")
        one.gate.clear()
        for _ in range(viewer_module.FRAMES_MAX + 5):
            hub.stored_late(np.array([2, 5], dtype=np.uint32))
            hub._flush()
        hub.stored_late(np.array([1], dtype=np.uint32))
        hub._flush()
        one.gate.set()
        gaps = await one.until("gap", 2)
        await asyncio.sleep(0.1)
        gaps = one.got("gap")
        assert {i for gap in gaps for i in gap["id"]} == {1, 2}
        assert two.got("gap") == []


async def test_a_tag_that_turns_stale_is_sent_again_without_a_new_value():
    async with live() as (hub, join):
        hub.freshness.place(1, "factory", "line_1", "press_1", 100)
        beat = Heartbeat(
            "a",
            UUID(int=1),
            1,
            10**15,
            1,
            [ConnectionBeat("press_1", "m", True, 0, scans=[ScanBeat(100, 10**15 - 1_500_000)])],
        )
        hub.freshness.beat("factory", "line_1", beat, monotonic_us())
        put(hub, 1, 1.0, 1)
        hub._evaluate()
        socket = join()
        socket.say(type="sub", req=1, ids=[1])
        assert (await socket.until("snap"))[0]["fresh"] == [0]
        frames = await socket.until("data", timeout_s=3.5)
        while frames[-1]["fresh"] != [1]:
            frames = await socket.until("data", len(frames) + 1)
        assert frames[-1]["v"] == [1.0]


async def test_marks_from_another_thread_reach_the_loop():
    async with live() as (hub, join):
        socket = join()
        socket.say(type="sub", req=1, ids=[1])
        await socket.until("snap")
        await asyncio.to_thread(put, hub, 1, 3.0, 5)
        assert (await socket.until("data"))[-1]["v"] == [3.0]
