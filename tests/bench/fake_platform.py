"""`python -m tests.bench.fake_platform --port N --plan FILE`: a platform that only speaks.

It serves the built web app, one app with its tags, a history of as many points as the plan says, and the live
WebSocket at the plan's pace. The page that is measured is the real one and so is its socket; what is left out is
the work of the real platform, which the other benches measure. The plan is a JSON file made by `plan_of`.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import math
import time
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect

SUBPROTOCOL = "interlock.live.1"
CSRF = "interlock_csrf=bench; Path=/; SameSite=Lax"


def tag(number: int) -> dict[str, Any]:
    """A tag with limits, so that blocks draw what they draw in a plant."""
    meta = {"name": f"Value {number}", "unit": "bar", "decimals": 2, "span": [0, 10], "limits": {"hi": 9.5, "lo": 0.5}}
    where = {"edge": "edge", "connection": "line", "asset": "plant", "role": f"r{number}"}
    return {"id": number, "key": f"line/v{number}", "kind": "f", "meta": meta, **where}


STATES = {"0": "Off", "1": "Set-up", "2": "Running", "3": "Waiting", "4": "Fault"}
STATE_COLORS = {"0": "off", "1": "setup", "2": "running", "3": "idle", "4": "fault"}
#: A state lasts so long, s: machines change it now and then, not with each report.
STATE_LASTS_S = 10


def state_tag(number: int) -> dict[str, Any]:
    """A tag that says what a machine does."""
    meta = {"name": f"State {number}", "texts": STATES, "colors": STATE_COLORS}
    return {**tag(number), "kind": "u", "meta": meta}


def plan_of(tags: int, pages: dict[str, Any], messages: list[list[int]], pause_s: float, points: int = 0) -> Any:
    """What to serve: `messages` are the tags of one round of frames, `pause_s` passes between two frames."""
    first = next(iter(pages))
    nav = [{"page": name, "label": page["title"]} for name, page in pages.items()]
    app = {"format": 1, "id": "bench", "version": "1.0.0", "name": {"en": "Bench"}, "home": first, "nav": nav}
    return {"tags": tags, "app": app, "pages": pages, "messages": messages, "pause_s": pause_s, "points": points}


def state(number: int, at_s: float) -> int:
    """The state of a machine; each changes at its own time."""
    return int(at_s / STATE_LASTS_S + number * 0.37) % len(STATES)


def value(number: int, at_s: float) -> float:
    """The value of a tag; two decimals that differ from one frame to the next."""
    return round(5 + 4 * math.sin(at_s * 0.7 + number), 3)


class Fake:
    """The answers of one plan."""

    def __init__(self, plan: dict[str, Any], web: Path) -> None:
        self.plan, self.web = plan, web
        self.states = frozenset(plan.get("states", ()))
        self.tags = [(state_tag if n in self.states else tag)(n) for n in range(1, plan["tags"] + 1)]

    def release(self) -> dict[str, Any]:
        """The only release of the only app."""
        roles = [{"asset": "plant", "role": f"r{one['id']}", "tag_id": one["id"], "valid_from": 0} for one in self.tags]
        assets = [{"id": "plant", "name": {"en": "Plant"}, "type": None, "parent": None, "level": "site"}]
        facts = {"no": 1, "hash": "0", "note": "", "ts": 0}
        return {**{k: self.plan[k] for k in ("app", "pages")}, "release": facts, "roles": roles, "assets": assets}

    def history(self, query: dict[str, Any]) -> dict[str, Any]:
        """`points` raw samples for each tag, however many were asked for: nothing is reduced here."""
        count, start, end = self.plan["points"], query["from"], query["to"]
        end = min(end, time.time_ns() // 1000)
        step = max(1, (end - start) // max(1, count))
        times = [start + step * index for index in range(count)]
        series = [
            {
                "id": n,
                "kind": "f",
                "reduced": False,
                "t": times,
                "v": [value(n, t / 1e6) for t in times],
                "q": [0] * count,
            }
            for n in query["ids"]
        ]
        return {"series": series, "gaps": []}

    def frame(self, kind: str, numbers: list[int]) -> str:
        """One message of the live stream; `now` is taken when the rest is ready."""
        at_s = time.time()
        now, count = int(at_s * 1e6), len(numbers)
        values = [(state if number in self.states else value)(number, at_s) for number in numbers]
        message = {"id": numbers, "v": values, "q": [0] * count, "ts": [now] * count, "fresh": [0] * count}
        rest = json.dumps(message, separators=(",", ":"))[1:]
        return f'{{"type":"{kind}","now":{time.time_ns() // 1000},{rest}'


def api(fake: Fake) -> Any:
    """The handler of every call."""

    async def answer(request: Request) -> Response:
        path = request.path_params["path"]
        if path == "auth/session":
            user = {"name": "bench", "role": "viewer"}
            return JSONResponse({"user": user, "tenant": "bench", "zone": "UTC"})
        if path.endswith("releases/current"):
            return JSONResponse(fake.release())
        if path == "tags":
            after, limit = int(request.query_params.get("after", 0)), int(request.query_params.get("limit", 100))
            found = fake.tags[after : after + limit]
            return JSONResponse({"tags": found, "next": after + limit if after + limit < len(fake.tags) else None})
        if path.startswith("tags/"):
            return JSONResponse(fake.tags[int(path.rpartition("/")[2]) - 1])
        if path == "values/history":
            return JSONResponse(fake.history(await request.json()))
        return JSONResponse({"code": "none", "message": "not here"}, status_code=404)

    return answer


def live(fake: Fake) -> Any:
    """The handler of the WebSocket: a snapshot for whoever asks, then the plan's frames at its pace."""

    async def pace(socket: WebSocket) -> None:
        due = time.monotonic()
        while True:
            for numbers in fake.plan["messages"]:
                due += fake.plan["pause_s"]
                await asyncio.sleep(max(0.0, due - time.monotonic()))
                await socket.send_text(fake.frame("data", numbers))

    async def serve(socket: WebSocket) -> None:
        await socket.accept(SUBPROTOCOL)
        task = asyncio.create_task(pace(socket))
        try:
            while True:
                message = json.loads(await socket.receive_text())
                if message["type"] == "sub":
                    await socket.send_text(fake.frame("snap", message["ids"]))
        except WebSocketDisconnect:
            return
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, RuntimeError, WebSocketDisconnect):
                await task

    return serve


def web(fake: Fake) -> Any:
    """The handler of everything else: a file of the built app, or its page."""

    async def answer(request: Request) -> Response:
        path = fake.web / request.path_params["path"]
        if path.is_file():
            return FileResponse(path)
        return FileResponse(fake.web / "index.html", headers={"Set-Cookie": CSRF})

    return answer


def main() -> None:
    """Command line."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--plan", type=Path, required=True)
    parser.add_argument("--web", type=Path, required=True)
    given = parser.parse_args()
    fake = Fake(json.loads(given.plan.read_text("utf-8")), given.web)
    routes = [
        WebSocketRoute("/api/v1/live", live(fake)),
        Route("/api/v1/{path:path}", api(fake), methods=["GET", "POST"]),
        Route("/{path:path}", web(fake)),
    ]
    uvicorn.run(Starlette(routes=routes), host="127.0.0.1", port=given.port, log_level="warning")


if __name__ == "__main__":
    main()
