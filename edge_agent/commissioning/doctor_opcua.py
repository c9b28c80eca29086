"""OPC UA: certificate, policy, user; the driver's own session says which, its reason says why."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from connectors import registry
from edge_agent.commissioning.doctor_network import place_of, wrong_port
from edge_agent.commissioning.doctor_tags import examine_tags
from edge_agent.commissioning.findings import Finding, problem
from schemas.errors import AuthError, ConfigError, ConnectError
from schemas.models.connection import ConnectionConfig

__all__ = ["examine_opcua"]

_WAIT_S = 5.0
#: Part of the reason for which a certificate is refused, and the finding's code: first match counts.
_CERTIFICATES: Final = (
    ("expired", "opcua.certificate_expired"), ("not valid before", "opcua.certificate_clock"),
    ("for the host", "opcua.certificate_host"), ("for the application", "opcua.certificate_application"),
    ("not trusted", "opcua.certificate_untrusted"), ("revoked", "opcua.certificate_revoked"),
)  # fmt: skip


async def examine_opcua(connection: ConnectionConfig) -> list[Finding]:
    """What keeps a session with a reachable server from coming about, or its tags from being read."""
    config = registry.configure(connection.driver, connection.config).config
    try:
        return await examine_tags(connection)
    except ConfigError as error:
        return [problem(error.code, config.endpoint, error.message, next_step=error.hint or "Correct the config.")]
    except AuthError as error:
        return [await _refused(config, error)]
    except ConnectError as error:
        place = place_of(connection)
        other = await wrong_port(connection.driver, *place) if place else None
        step = "Check that the server runs and has a session free; its own log says more."
        return [other or problem("opcua.session", config.endpoint, error.message, next_step=step)]


async def _refused(config: Any, error: AuthError) -> Finding:
    if error.code == "opcua.policy":
        offered = await _offered(config.endpoint)
        return problem(
            "opcua.policy", config.endpoint, error.message,
            evidence=f"the server offers: {', '.join(offered)}" if offered else "",
            next_step="Write one of the policies the server offers in security_policy and security_mode, or enable "
            "yours on the server. A weaker one is never taken by itself.",
        )  # fmt: skip
    if error.code == "opcua.untrusted":
        code = next((code for part, code in _CERTIFICATES if part in error.message), "opcua.certificate")
        step = error.hint
        if code == "opcua.certificate_untrusted":
            step = f"edge-agent trust list, compare the SHA-256 at the server, then edge-agent trust add. {step}"
        return problem(code, config.endpoint, error.message, next_step=step)
    cause = type(error.__cause__).__name__
    if config.username is not None and ("User" in cause or "Identity" in cause):
        step = f"Check user '{config.username}' and the content of password_file at the server."
        return problem("opcua.user", config.endpoint, "the server refuses the user", evidence=cause, next_step=step)
    if config.username is None and ("Identity" in cause or "User" in cause):
        step = "Give username and password_file: the server takes no anonymous user."
        return problem("opcua.user", config.endpoint, "the server wants a user", evidence=cause, next_step=step)
    step = "Trust our certificate (own/application.der in trust_folder) on the server; its URI must be application_uri."
    return problem("opcua.our_certificate", config.endpoint, "the server refuses us", evidence=cause, next_step=step)


async def _offered(endpoint: str) -> list[str]:
    """Policies and modes of the server's endpoints."""
    from asyncua import Client, ua

    try:
        async with asyncio.timeout(_WAIT_S):
            rows = await Client(endpoint, timeout=_WAIT_S).connect_and_get_server_endpoints()
    except (OSError, TimeoutError, ua.UaError):
        return []
    return sorted(
        {
            f"{str(row.SecurityPolicyUri).rpartition('#')[2]} {ua.MessageSecurityMode(row.SecurityMode).name}"
            for row in rows
        }
    )
