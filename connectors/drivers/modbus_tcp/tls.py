"""Modbus Security (MODBUS/TCP Security V36): the usual frames in a TLS session, port 802."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Callable

from connectors.drivers.modbus_tcp.config import ModbusTcpConfig
from schemas.errors import AuthError, ConnectError, InterlockError

__all__ = ["explain", "open_tls"]


def tls_context(config: ModbusTcpConfig) -> ssl.SSLContext:
    """TLS 1.2 or newer; the device's certificate and its name are always checked. Raises ConnectError for a file that
    cannot be used."""
    try:
        context = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=config.tls_ca_file)
    except OSError as error:  # SSLError is one
        raise _unusable("tls_ca_file", config.tls_ca_file, error) from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if config.tls_certificate_file is not None:
        try:
            # The empty password: an encrypted key must not ask for one at the terminal.
            context.load_cert_chain(config.tls_certificate_file, config.tls_key_file, password="")
        except OSError as error:
            raise _unusable("tls_certificate_file or tls_key_file", config.tls_certificate_file, error) from error
    return context


async def open_tls(
    config: ModbusTcpConfig, factory: Callable[[], asyncio.BaseProtocol]
) -> tuple[asyncio.BaseTransport, asyncio.BaseProtocol]:
    """A TLS session with a protocol of the factory on it. Raises OSError (SSLError), ConnectError."""
    return await asyncio.get_running_loop().create_connection(
        factory, config.host, config.tcp_port, ssl=tls_context(config),
        server_hostname=config.tls_server_name or config.host,
    )  # fmt: skip


def explain(config: ModbusTcpConfig, error: Exception) -> InterlockError | None:
    """Why a TLS session failed, in plain words; None where the reason is another."""
    at = f"{config.host}:{config.tcp_port}"
    if isinstance(error, ssl.SSLCertVerificationError):
        return AuthError(
            "modbus.tls_not_trusted",
            f"{at} cannot prove that it is {config.tls_server_name or config.host}: {error.verify_message}",
            hint="Give the certificate of the authority that signed it as tls_ca_file, and the name in it as "
            "tls_server_name if it is not the host.",
        )
    if isinstance(error, ssl.SSLError):
        reason = (error.reason or str(error)).replace("_", " ").lower()
        return ConnectError(
            "modbus.tls",
            f"no TLS session with {at}: {reason}",
            hint="Check that this is the port of Modbus Security (802), and our certificate if one is asked for. "
            "Nothing is sent without TLS.",
        )
    return None


def _unusable(setting: str, name: str | None, error: OSError) -> ConnectError:
    reason = error.strerror or str(error)
    return ConnectError(
        "modbus.tls_file", f"{setting}: {name} cannot be used: {reason}", hint="Give a PEM file; a key has no password."
    )
