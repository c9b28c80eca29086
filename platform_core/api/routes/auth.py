"""Set-up, login, session."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from platform_core.api.answers import problems
from platform_core.api.guard import (
    PUBLIC,
    Caller,
    GuardedRoute,
    csrf_cookie_name,
    policy,
    session_cookie,
    session_cookie_name,
)
from platform_core.api.services import Injected, Services
from platform_core.auth.accounts import NAME_LENGTH_MAX, Account
from platform_core.auth.passwords import LENGTH_MAX, LENGTH_MIN
from platform_core.auth.policy import Principal, authorise
from platform_core.auth.secret import csrf_token
from platform_core.auth.sessions import ABSOLUTE_US
from schemas.models.tenant import Role

router = APIRouter(prefix="/api/v1/auth", tags=["auth"], route_class=GuardedRoute)
_CREDENTIALS: JsonDict = {"name": "mona", "password": "copper kettle on the roof"}


class SetupState(BaseModel):
    """Whether the first administrator is still to be made."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"needed": False}]})
    needed: bool = Field(description="True: open the set-up link that the platform has printed.")


class SetupRequest(BaseModel):
    """The first administrator."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"token": "kq3…", **_CREDENTIALS}]})
    token: str = Field(min_length=1, max_length=200, description="From the set-up link.")
    name: str = Field(min_length=1, max_length=NAME_LENGTH_MAX, description="Name to log in with.")
    password: str = Field(description=f"{LENGTH_MIN} to {LENGTH_MAX} characters.", max_length=LENGTH_MAX)


class LoginRequest(BaseModel):
    """Name and password."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_CREDENTIALS]})
    name: str = Field(max_length=200, description="Name of the user; case does not matter.")
    password: str = Field(max_length=1000, description="Password.")


class SessionUser(BaseModel):
    """Who is logged in."""

    name: str = Field(description="Name for people.")
    role: Role = Field(description="viewer < operator < builder < admin.")


class SessionView(BaseModel):
    """The session, as it is now."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "user": {"name": "mona", "role": "admin"},
                    "tenant": "factory",
                    "zone": "Europe/Berlin",
                    "csrf": "9f2c…",
                }
            ]
        }
    )
    user: SessionUser = Field(description="Who is logged in.")
    tenant: str = Field(description="The active tenant; everything asked is of it.")
    zone: str = Field(description="IANA time zone of the site: days and shifts are counted in it.")
    csrf: str = Field(description="To be sent as X-Interlock-CSRF; empty for API tokens, which need none.")


@router.get("/setup", summary="Is the first administrator missing?")
@policy(PUBLIC)
def setup_state(services: Injected) -> SetupState:
    """Asked by the login page before anyone can log in."""
    return SetupState(needed=not services.accounts.has_administrator(services.tenant))


@router.post("/setup", summary="Make the first administrator", responses=problems(403, 409, 422))
@policy(PUBLIC)
def set_up(request: Request, response: Response, body: SetupRequest, services: Injected) -> SessionView:
    """Uses up the set-up link, and logs in."""
    account = services.accounts.set_up(body.token, body.name, body.password, _address(request))
    return _logged_in(request, response, services, account)


@router.post("/login", summary="Log in", responses=problems(401, 403, 422, 429))
@policy(PUBLIC)
def log_in(request: Request, response: Response, body: LoginRequest, services: Injected) -> SessionView:
    """Starts a session; sets its cookie and the one with the CSRF value."""
    account = services.accounts.log_in(body.name, body.password, _address(request))
    return _logged_in(request, response, services, account)


@router.get("/session", summary="Who am I?", responses=problems(401))
@policy("session.read")
def read_session(request: Request, caller: Caller, services: Injected) -> SessionView:
    """The role is read from the database: a change holds at once."""
    token = session_cookie(request) if caller.kind == "session" else None
    return _view(services, caller, csrf_token(token) if token else "")


@router.delete("/session", status_code=204, summary="Log out", responses=problems(401, 403))
@policy("session.end")
def log_out(request: Request, response: Response, services: Injected) -> None:
    """Ends the session on the server as well."""
    token = session_cookie(request)
    if token:
        services.sessions.end(token)
    for name in (session_cookie_name(request), csrf_cookie_name(request)):
        response.delete_cookie(name, path="/", secure=services.is_tls, samesite="lax")


def _logged_in(request: Request, response: Response, services: Injected, account: Account) -> SessionView:
    old = session_cookie(request)
    if old:
        services.sessions.end(old)
    token = services.sessions.start(account, _address(request))
    csrf = csrf_token(token)
    for name, value, http_only in (
        (session_cookie_name(request), token, True),
        (csrf_cookie_name(request), csrf, False),
    ):
        response.set_cookie(
            name,
            value,
            max_age=ABSOLUTE_US // 1_000_000,
            path="/",
            secure=services.is_tls,
            httponly=http_only,
            samesite="lax",
        )
    principal = authorise(services.sessions.find(token), "session.read")
    return _view(services, principal, csrf)


def _view(services: Services, principal: Principal, csrf: str) -> SessionView:
    user = SessionUser(name=principal.name, role=principal.role)
    zone = services.sites.zone(principal.tenant)
    return SessionView(user=user, tenant=principal.tenant, zone=zone, csrf=csrf)


def _address(request: Request) -> str:
    """The peer of the connection; forwarding headers are whatever the client likes to write, and not read."""
    return request.client.host if request.client else ""
