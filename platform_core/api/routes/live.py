"""The live WebSocket: the same guard as HTTP, then the hub."""

from __future__ import annotations

import asyncio
import contextlib

from fastapi import APIRouter, WebSocket
from sqlalchemy.exc import SQLAlchemyError
from starlette.websockets import WebSocketDisconnect

from platform_core.api.errors import status_of
from platform_core.api.guard import admit, declared_policy, policy
from platform_core.api.services import Services
from platform_core.auth.policy import Principal
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
    review = asyncio.create_task(_review(socket, principal))
    try:
        await services.hub.serve(socket, principal.tenant)
    except (WebSocketDisconnect, RuntimeError, KeyError):
        return  # the peer is gone, or sent bytes where text is spoken
    finally:
        review.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await review


async def _admitted(socket: WebSocket) -> Principal:
    declared = declared_policy(follow)
    principal = await admit(socket, declared) if declared is not None else None
    if principal is None:
        raise RuntimeError("the live WebSocket has no policy")
    if principal.kind == "session" and socket.headers.get("origin") is None:
        # Browsers always say the origin; a cookie without one does not come from a page of ours.
        raise AuthError("auth.origin", "A session cookie needs an Origin.")
    return principal


async def _review(socket: WebSocket, principal: Principal) -> None:
    while True:
        await asyncio.sleep(REVIEW_S)
        try:
            if (await _admitted(socket)).tenant == principal.tenant:
                continue
        except InterlockError:
            pass
        except SQLAlchemyError:
            continue  # the database is busy: asked again in a moment; the review itself must not end
        with contextlib.suppress(RuntimeError):
            await socket.close(CLOSE_NOT_ALLOWED, "auth.needed")
        return
