"""The live WebSocket: the same guard as HTTP, then the hub."""

from __future__ import annotations

import asyncio
import contextlib

from fastapi import APIRouter, WebSocket
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool
from starlette.websockets import WebSocketDisconnect

from platform_core.api.errors import status_of
from platform_core.api.guard import admit, declared_policy, policy
from platform_core.api.services import Services
from platform_core.auth.policy import Principal
from platform_core.live.sight import Sight
from platform_core.services.visibility import LIVE_AGAIN_S
from schemas.errors import AuthError, InterlockError

router = APIRouter()

SUBPROTOCOL = "interlock.live.1"
REVIEW_S = 5.0
CLOSE_NOT_ALLOWED = 4401
CLOSE_FORBIDDEN = 4403
CLOSE_PROTOCOL = 1002
CLOSE_TRY_LATER = 1013
VIEWERS_MAX = 5_000


@router.websocket("/api/v1/live")
@policy("live.subscribe")
async def follow(socket: WebSocket) -> None:
    """Serve a viewer. The session is looked at again every few seconds: who is logged out sees nothing more."""
    services: Services = socket.app.state.services
    try:
        principal = await _admitted(socket)
    except InterlockError as error:
        # A refused WebSocket tells the browser nothing, so it is accepted and closed with a code that does.
        await socket.accept(SUBPROTOCOL if SUBPROTOCOL in socket.scope["subprotocols"] else None)
        code = CLOSE_NOT_ALLOWED if status_of(error) == 401 else CLOSE_FORBIDDEN
        await socket.close(code, error.code)
        return
    if SUBPROTOCOL not in socket.scope["subprotocols"]:
        await socket.accept()
        await socket.close(CLOSE_PROTOCOL, f"ask for the subprotocol {SUBPROTOCOL}")
        return
    await socket.accept(SUBPROTOCOL)
    if services.hub.viewer_count >= VIEWERS_MAX:
        await socket.close(CLOSE_TRY_LATER, "too many viewers")
        return
    sight = Sight(await _hidden(services, principal))
    tasks = [
        asyncio.create_task(_review(socket, principal)),
        asyncio.create_task(_watch(services, principal, sight)),
    ]
    try:
        await services.hub.serve(socket, principal.tenant, sight)
    except (WebSocketDisconnect, RuntimeError, KeyError):
        return  # the peer is gone, or sent bytes where text is spoken
    finally:
        for task in tasks:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task


async def _admitted(socket: WebSocket) -> Principal:
    declared = declared_policy(follow)
    principal = await admit(socket, declared) if declared is not None else None
    if principal is None:
        raise RuntimeError("the live WebSocket has no policy")
    if principal.kind == "session" and socket.headers.get("origin") is None:
        # Browsers always say the origin; a cookie without one does not come from a page of ours.
        raise AuthError("auth.origin", "A session cookie needs an Origin.")
    return principal


async def _hidden(services: Services, principal: Principal) -> frozenset[int]:
    """Tags the viewer does not get, at most a second old; shared by all viewers of the role."""
    visibility = services.visibility
    found = visibility.remembered(principal.tenant, principal.role)
    if found is None:
        found = await run_in_threadpool(visibility.recent, principal.tenant, principal.role)
    return found.tags


async def _watch(services: Services, principal: Principal, sight: Sight) -> None:
    """What is hidden from now on is no longer sent, within about a second."""
    while True:
        await asyncio.sleep(LIVE_AGAIN_S)
        with contextlib.suppress(SQLAlchemyError):  # the database is busy: asked again in a moment
            sight.hide(await _hidden(services, principal))


async def _review(socket: WebSocket, principal: Principal) -> None:
    while True:
        await asyncio.sleep(REVIEW_S)
        try:
            now = await _admitted(socket)
            # Whose role has changed sees other things: the browser comes again with what it may now.
            if (now.tenant, now.role) == (principal.tenant, principal.role):
                continue
        except InterlockError:
            pass
        except SQLAlchemyError:
            continue  # the database is busy: asked again in a moment; the review itself must not end
        with contextlib.suppress(RuntimeError):
            await socket.close(CLOSE_NOT_ALLOWED, "auth.needed")
        return
