"""From a request to a principal, before anything of its body is read.

A route declares its policy with ``@policy("tag.read")`` or ``@policy(PUBLIC)``; ``GuardedRoute`` refuses to be made
without
one and asks ``authorise`` before it parses anything. State-changing requests that come with a session cookie need the
double-submit header; any request that names a foreign Origin is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Annotated, Any, Literal, TypeVar

from fastapi import Depends, Request, Response
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool
from starlette.requests import HTTPConnection

from platform_core.api import sandbox_frame
from platform_core.api.request_limit import RequestLimit
from platform_core.auth.policy import ACTIONS, Action, Principal, Resource, authorise
from platform_core.auth.secret import csrf_token, same
from platform_core.auth.sessions import Sessions
from schemas.errors import AuthError

PUBLIC: Literal["public"] = "public"
Policy = Action | Literal["public"]

API_PATH = "/api/"
CSRF_HEADER = "X-Interlock-CSRF"
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
_POLICY = "__interlock_policy__"
_F = TypeVar("_F", bound=Callable[..., Any])
_T = TypeVar("_T")


def policy(declared: Policy) -> Callable[[_F], _F]:
    """Declare what a route's caller needs: an action, or ``PUBLIC`` for those that work without login."""
    if declared != PUBLIC and declared not in ACTIONS:
        raise ValueError(f"There is no action {declared!r}.")

    def mark(endpoint: _F) -> _F:
        setattr(endpoint, _POLICY, declared)
        return endpoint

    return mark


def declared_policy(endpoint: object) -> Policy | None:
    """The policy of an endpoint; None when it declares none."""
    found: Policy | None = getattr(endpoint, _POLICY, None)
    return found


class GuardedRoute(APIRoute):
    """A route that checks its policy before it reads the request's body."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        found = declared_policy(endpoint)
        if found is None:
            raise ValueError(f"The route {path} declares no policy.")
        self.policy: Policy = found
        super().__init__(path, endpoint, **options)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler behind the guard."""
        handle = super().get_route_handler()
        declared = self.policy

        async def guarded(request: Request) -> Response:
            await _counted(request, declared)
            return await handle(request)

        return guarded


async def _counted(request: Request, declared: Policy) -> None:
    """Admit a request and count it for its caller; one that is refused counts for its address.

    Files are not counted: a hall of displays that start together behind one address loads many, and they cost little.
    """
    if not request.url.path.startswith(API_PATH):
        await admit(request, declared)
        return
    limit: RequestLimit = request.app.state.services.request_limit
    address = request.client.host if request.client else ""
    try:
        principal = await admit(request, declared)
    except AuthError:
        limit.take(None, address)
        raise
    limit.take(principal, address)


async def admit(connection: HTTPConnection, declared: Policy) -> Principal | None:
    """Check origin, credentials, CSRF and policy; remembers the principal in the connection's state."""
    check_origin(connection)
    principal = await identify(connection)
    method = connection.scope.get("method", "GET")
    if principal is not None and principal.kind == "session" and method not in SAFE_METHODS:
        check_csrf(connection)
    connection.state.principal = principal
    if declared == PUBLIC:
        return principal
    return authorise(principal, declared)


async def identify(connection: HTTPConnection) -> Principal | None:
    """Who is asking: a bearer token when there is one (and only that), else the session cookie."""
    sessions: Sessions = connection.app.state.services.sessions
    header = connection.headers.get("authorization")
    if header is not None:
        scheme, _, token = header.partition(" ")
        if scheme.lower() != "bearer" or not token:
            raise AuthError("auth.needed", "The Authorization header is not a bearer token.")
        principal = await run_in_threadpool(sessions.find_api_token, token.strip())
        if principal is None:
            raise AuthError("auth.needed", "The token is not valid (any more).")
        return principal
    cookie = session_cookie(connection)
    return await run_in_threadpool(sessions.find, cookie) if cookie else None


def session_cookie_name(connection: HTTPConnection) -> str:
    """With TLS the browser itself enforces path, origin and Secure by the ``__Host-`` prefix."""
    return "__Host-interlock_session" if connection.app.state.services.is_tls else "interlock_session"


def csrf_cookie_name(connection: HTTPConnection) -> str:
    """Readable by the page's scripts, which send it back as a header."""
    return "__Host-interlock_csrf" if connection.app.state.services.is_tls else "interlock_csrf"


def session_cookie(connection: HTTPConnection) -> str | None:
    """The secret of the session, as the browser sent it."""
    return connection.cookies.get(session_cookie_name(connection))


def check_csrf(connection: HTTPConnection) -> None:
    """Header and cookie must both be the value that belongs to this session."""
    expected = csrf_token(session_cookie(connection) or "")
    sent = connection.headers.get(CSRF_HEADER, "")
    cookie = connection.cookies.get(csrf_cookie_name(connection), "")
    if not (same(sent, expected) and same(cookie, expected)):
        raise AuthError(
            "auth.csrf",
            "The request does not prove that it comes from this page.",
            hint=f"Send the value of the cookie {csrf_cookie_name(connection)} as {CSRF_HEADER}.",
        )


def method_is_safe(connection: HTTPConnection) -> bool:
    """Whether the request changes nothing."""
    return connection.scope.get("method", "GET") in SAFE_METHODS


def check_origin(connection: HTTPConnection) -> None:
    """A request that says where it comes from must come from here."""
    origin = connection.headers.get("origin")
    site = connection.headers.get("sec-fetch-site")
    if origin is None:
        if site in ("cross-site", "same-site") and connection.scope.get("method", "GET") not in SAFE_METHODS:
            raise AuthError("auth.origin", "Requests from other sites are refused.")
        return
    if origin == "null" and method_is_safe(connection) and connection.scope["path"].startswith(sandbox_frame.PATH):
        # A frame without origin asks for the files of its own block: public, and the same for everybody.
        return
    host = connection.headers.get("host", "")
    if origin.partition("://")[2].lower() != host.lower() or not host:
        raise AuthError("auth.origin", "Requests from other sites are refused.")


def current_principal(request: Request) -> Principal:
    """The principal of a guarded route."""
    principal: Principal | None = request.state.principal
    if principal is None:
        raise AuthError("auth.needed", "Log in first.")
    return principal


Caller = Annotated[Principal, Depends(current_principal)]


def existing(caller: Principal, action: Action, kind: str, resource_id: object, found: _T | None) -> _T:
    """What a service has found for the caller's tenant. Raises ``auth.unknown`` when it found nothing.

    Services look only within the tenant, so what belongs to someone else is not found either: the same answer.
    """
    tenant = None if found is None else caller.tenant
    authorise(caller, action, Resource(kind, str(resource_id)[:80], tenant))
    if found is None:
        raise AuthError("auth.unknown", f"There is no {kind}.")
    return found
