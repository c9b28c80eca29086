"""One life of an OPC UA session: secured as configured, with limits on what the server may send."""

from __future__ import annotations

import asyncio
import logging
import secrets
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from asyncua import Client, ua
from asyncua.client.ua_client import UASocketProtocol
from asyncua.crypto import security_policies
from asyncua.crypto.uacrypto import CertProperties
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding

from connectors.drivers.opcua.config import OpcuaConfig
from connectors.drivers.opcua.login import CarefulClient, show_user
from connectors.drivers.opcua.own import own_certificate
from connectors.drivers.opcua.trust import (
    CertificateRefused,
    check_server,
    put_aside,
    read_trust,
    split_chain,
    thumbprint,
)
from schemas.errors import AuthError, ConfigError, ConnectError

__all__ = ["GONE", "close_session", "open_session"]

_MIB = 1024 * 1024
#: What asyncua raises when the server or the link is gone, or does not answer in time.
GONE: tuple[type[Exception], ...] = (OSError, asyncio.TimeoutError, ua.UaError)
_CREDENTIALS = frozenset(
    {
        ua.StatusCodes.BadUserAccessDenied,
        ua.StatusCodes.BadIdentityTokenInvalid,
        ua.StatusCodes.BadIdentityTokenRejected,
        ua.StatusCodes.BadSecurityChecksFailed,
        ua.StatusCodes.BadSecurityPolicyRejected,
        ua.StatusCodes.BadCertificateInvalid,
        ua.StatusCodes.BadCertificateUntrusted,
        ua.StatusCodes.BadCertificateTimeInvalid,
        ua.StatusCodes.BadCertificateUriInvalid,
        ua.StatusCodes.BadCertificateUseNotAllowed,
    }
)
_log = logging.getLogger("asyncua")
if _log.level == logging.NOTSET:
    # The library logs each lost link with a traceback; the supervisor tells it once, in plain words.
    _log.setLevel(logging.CRITICAL)


async def open_session(config: OpcuaConfig) -> Client:
    """A client with an active session. Raises ConnectError, AuthError or ConfigError."""
    # The client's own watchdog would poll the server each second; our reads tell as much.
    client = CarefulClient(config.endpoint, timeout=config.timeout_ms / 1000, watchdog_intervall=3600.0)
    client.name = "Interlock edge agent"
    client.application_uri = config.application_uri
    client.max_messagesize = config.message_size_max_mb * _MIB
    _limit(client, config)
    known = False
    try:
        await show_user(client, config)
        known = await _secure(client, config)
        await client.connect()
    except AuthError:
        await close_session(client)
        raise
    except GONE as error:
        await close_session(client)
        if known and isinstance(error, ConnectionError) and not isinstance(error, ConnectionRefusedError):
            raise AuthError(
                "opcua.not_trusted",
                f"{config.endpoint} hung up when it saw our certificate",
                hint="Trust our certificate at the server: own/application.der of the trust folder.",
            ) from error
        raise _explained(config, error) from error
    return client


async def close_session(client: Client) -> None:
    """Ends the session, or drops what is left of it; never raises and never waits longer than one answer."""
    with suppress(*GONE):
        await client.disconnect()


def _limit(client: Client, config: OpcuaConfig) -> None:
    """asyncua takes answers of any size unless its protocol object is told otherwise."""
    make = client.uaclient._make_protocol

    def make_limited() -> UASocketProtocol:
        protocol = make()
        limits = protocol._connection._limits
        limits.max_message_size = config.message_size_max_mb * _MIB
        limits.max_chunk_count = limits.max_message_size // 8192 + 1
        # Numbers of its own for each link: a server that answers a question of the last one answers none of this one.
        protocol._request_id = secrets.randbelow(1 << 30)
        return protocol

    client.uaclient._make_protocol = make_limited


async def _secure(client: Client, config: OpcuaConfig) -> bool:
    """Sets the policy up; whether the server was reached meanwhile, and believed."""
    if config.security_policy == "None":
        return False
    for name in (config.certificate_file, config.private_key_file, config.server_certificate_file):
        if name is not None and not Path(name).is_file():
            raise ConfigError("opcua.certificate", f"there is no file {name}")
    policy = getattr(security_policies, f"SecurityPolicy{config.security_policy}")
    mode = ua.MessageSecurityMode[config.security_mode]
    server_certificate: str | CertProperties | None = config.server_certificate_file
    if config.trust_folder is not None:
        server_certificate = await _believed(client, config, Path(config.trust_folder), mode, policy.URI)
    certificate, private_key = await _ours(config)
    await client.set_security(
        policy,
        certificate,
        private_key,
        server_certificate=server_certificate,
        mode=mode,
    )
    return config.trust_folder is not None


async def _ours(config: OpcuaConfig) -> tuple[str | CertProperties, str | CertProperties]:
    if config.certificate_file is not None and config.private_key_file is not None:
        return config.certificate_file, config.private_key_file
    if config.trust_folder is None:
        raise ConfigError("opcua.certificate", f"{config.security_policy} needs a certificate of ours")
    own = await asyncio.to_thread(own_certificate, Path(config.trust_folder), config.application_uri)
    return CertProperties(own.certificate, "der"), CertProperties(own.private_key, "pem")


async def _believed(
    client: Client, config: OpcuaConfig, folder: Path, mode: ua.MessageSecurityMode, policy_uri: str
) -> CertProperties:
    """The server's certificate, checked before user and password are sent; the session is held to this very one.

    Raises AuthError with the reason and the next step.
    """
    trust = read_trust(folder)
    endpoint = Client.find_endpoint(await client.connect_and_get_server_endpoints(), mode, policy_uri)
    chain: list[x509.Certificate] = []
    try:
        chain = split_chain(endpoint.ServerCertificate or b"")
        host = urlsplit(config.endpoint).hostname or ""
        check_server(chain, trust, endpoint.Server.ApplicationUri or "", host, datetime.now(UTC))
    except CertificateRefused as refused:
        hint = refused.hint
        if refused.keep:
            hint = f"{hint} SHA-256 {thumbprint(chain[0])}. {_kept(chain[0], folder)}"
        raise AuthError(
            "opcua.untrusted", f"{config.endpoint}: the server's certificate is refused: {refused.reason}", hint=hint
        ) from refused
    return CertProperties(chain[0].public_bytes(Encoding.DER), "der")


def _kept(certificate: x509.Certificate, folder: Path) -> str:
    try:
        return f"Compare it at the server, then move {put_aside(certificate, folder)} to {folder / 'trusted'}."
    except OSError as error:
        return f"It could not be kept in {folder / 'rejected'}: {error.strerror}."


def _explained(config: OpcuaConfig, error: Exception) -> AuthError | ConnectError:
    code = getattr(error, "code", None)
    if code in _CREDENTIALS:
        return AuthError(
            "opcua.refused",
            f"{config.endpoint} refuses us: {type(error).__name__}",
            hint="Check user and password, and trust our certificate on the server; its URI must be application_uri.",
        )
    if isinstance(error, ua.UaError) and "No matching endpoints" in str(error):
        return AuthError(
            "opcua.policy",
            f"{config.endpoint} does not offer {config.security_policy} with {config.security_mode}",
            hint="Enable it on the server or choose another policy; a weaker one is never taken by itself.",
        )
    return ConnectError(
        "opcua.connect",
        f"no OPC UA session with {config.endpoint}: {reason(error)}",
        hint="Check address, port and whether the server runs.",
    )


def reason(error: BaseException) -> str:
    """What went wrong, in words for the person at the machine."""
    if isinstance(error, TimeoutError):
        return "the server does not answer"
    if isinstance(error, ConnectionRefusedError):
        return "nothing listens there"
    if isinstance(error, OSError):
        return "the server cannot be reached"
    return type(error).__name__
