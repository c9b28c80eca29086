"""Agents: a token to bring one in, who has access, taking it away; and the trade, which needs the token alone."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, ConfigDict, Field

from platform_core.api.answers import problems
from platform_core.api.guard import PUBLIC, Caller, GuardedRoute, existing, policy
from platform_core.api.services import Injected
from platform_core.services.enrolment import MACHINE_MAX

router = APIRouter(prefix="/api/v1", tags=["edges"], route_class=GuardedRoute)
PEM_MAX = 4000
EdgeId = Annotated[str, Path(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$", description="Name of the edge.")]


class TokenRequest(BaseModel):
    """Which agent is to come in."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"edge": "line_2"}]})
    edge: str = Field(min_length=1, max_length=40, description="Name the edge will have, as line_2.")
    site: str = Field(default="", max_length=40, description="Site it stands at; empty: the first one.")


class TokenView(BaseModel):
    """The token, shown this once."""

    token: str = Field(description="Works once, for 15 minutes, for this edge.")
    edge: str = Field(description="Name of the edge.")
    site: str = Field(description="Site it stands at.")
    expires_ts: int = Field(description="End of its life, µs UTC.")


class AccessView(BaseModel):
    """An agent that was let in, or that is waited for."""

    edge: str = Field(description="Name of the edge.")
    site: str = Field(description="Site it stands at.")
    author: str = Field(description="Who made its token.")
    enrolled_ts: int | None = Field(description="When it got its credentials, µs UTC; null: its token still waits.")
    enrolled_from: str = Field(description="From which address.")
    revoked_ts: int | None = Field(description="When they were taken away, µs UTC.")
    token_expires_ts: int | None = Field(description="Until when a token waits for it, µs UTC.")


class EnrolRequest(BaseModel):
    """What the agent sends."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"token": "ile_kq3…"}]})
    token: str = Field(min_length=1, max_length=200, description="From an administrator.")
    machine: str = Field(default="", max_length=MACHINE_MAX, description="Hash that identifies the agent's machine.")
    csr: str = Field(default="", max_length=PEM_MAX, description="Request for a client certificate: PKCS #10, PEM.")


class BrokerView(BaseModel):
    """Where the agent sends, and as whom."""

    url: str = Field(description="mqtt://host:port, or mqtts:// with TLS.")
    ca: str = Field(description="PEM of the CA that signed the broker's certificate; empty: a public one, or no TLS.")
    username: str = Field(description="User of this edge.")
    password: str = Field(description="Its password, shown this once.")
    certificate: str = Field(description="Its client certificate, PEM; empty where this platform gives none.")


class RenewalRequest(BaseModel):
    """What an agent sends before its certificate ends."""

    model_config = ConfigDict(extra="forbid")
    certificate: str = Field(min_length=1, max_length=PEM_MAX, description="The present certificate, PEM.")
    csr: str = Field(min_length=1, max_length=PEM_MAX, description="Request for the next one: PKCS #10, PEM.")
    proof: str = Field(
        min_length=1, max_length=400,
        description="ECDSA, SHA-256, base64: by the present key over the line `interlock certificate renewal` and csr.",
    )  # fmt: skip


class RenewedView(BaseModel):
    """The next certificate."""

    certificate: str = Field(description="PEM.")


class EnrolledView(BaseModel):
    """What the agent gets."""

    tenant: str = Field(description="Firm the edge belongs to.")
    edge: str = Field(description="Name of the edge.")
    site: str = Field(description="Site it stands at.")
    bucket: int = Field(description="Work-sharing bucket of its batches.")
    broker: BrokerView = Field(description="Where the agent sends, and as whom.")


@router.get("/edges/access", summary="Agents with access", responses=problems(401, 403))
@policy("edge.enrol")
def list_edge_access(caller: Caller, services: Injected) -> list[AccessView]:
    """Those that were enrolled and those whose token waits. Agents of the platform's own machine need none."""
    return [
        AccessView.model_validate(one, from_attributes=True) for one in services.enrolment.all_access(caller.tenant)
    ]


@router.post("/edges/tokens", status_code=201, summary="Token for an agent", responses=problems(401, 403, 422))
@policy("edge.enrol")
def create_enrolment_token(caller: Caller, services: Injected, body: TokenRequest) -> TokenView:
    """A new one ends an earlier one of the same edge. The answer is the only place where it is readable."""
    issued = services.enrolment.new_token(caller.tenant, body.edge, caller.name, body.site)
    return TokenView.model_validate(issued, from_attributes=True)


@router.delete(
    "/edges/{edge}/access", status_code=204, summary="Take an agent's access away", responses=problems(401, 403, 404)
)
@policy("edge.enrol")
def revoke_edge_access(caller: Caller, services: Injected, edge: EdgeId) -> None:
    """The broker ends its connection; what the agent has stored waits there until it is enrolled again."""
    done = services.enrolment.revoke(caller.tenant, edge, caller.name)
    existing(caller, "edge.enrol", "edge", edge, done or None)


@router.post("/enrol", summary="Trade a token for credentials", responses=problems(401, 403, 422, 429))
@policy(PUBLIC)
def enrol(request: Request, services: Injected, body: EnrolRequest) -> EnrolledView:
    """Asked by `edge-agent enrol`. Needs no login: the token is the right. It is used up."""
    address = request.client.host if request.client else ""
    got = services.enrolment.trade(body.token, address, body.machine, body.csr)
    broker = BrokerView(
        url=got.broker.url, ca=got.broker.ca, username=got.user, password=got.password, certificate=got.certificate
    )
    return EnrolledView(tenant=got.tenant, edge=got.edge, site=got.site, bucket=0, broker=broker)


@router.post("/enrol/renewal", summary="Renew an agent's certificate", responses=problems(401, 403, 422, 429))
@policy(PUBLIC)
def renew_certificate(request: Request, services: Injected, body: RenewalRequest) -> RenewedView:
    """Asked by the agent itself. Needs no login: the present certificate and its key are the right."""
    address = request.client.host if request.client else ""
    return RenewedView(certificate=services.enrolment.renew(body.certificate, body.csr, body.proof, address))
