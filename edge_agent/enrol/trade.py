"""The trade with the platform: `POST /api/v1/enrol`, over HTTPS whose certificate is checked."""

from __future__ import annotations

import http.client
import ipaddress
import json
import ssl
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from edge_agent.publish.certificate_words import certificate_words
from schemas.errors import AuthError, ConfigError, ConnectError

ANSWER_MAX_BYTES = 256 * 1024
TIMEOUT_S = 20.0


@dataclass(frozen=True, slots=True)
class Admission:
    """What the platform gave: who the agent is, where its broker is, and (never shown) its password."""

    tenant: str
    edge: str
    bucket: int
    url: str
    ca: str
    username: str
    password: str = field(repr=False)
    certificate: str = ""


def trade(
    platform: str, token: str, machine: str, *, ca_file: Path | None, plain: bool, request: str = ""
) -> Admission:  # fmt: skip
    """Trades the token. `request`: for a client certificate, PEM.

    `plain` allows HTTP without TLS to another machine, where both could be read on the way.

    Raises ConfigError for a wrong address, AuthError where the token or the certificate is refused, ConnectError.
    """
    parts = urlsplit(platform)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.username is not None:
        raise ConfigError(
            "enrol.platform", f"{platform!r} is not the address of a platform", hint="As https://interlock.local."
        )
    if parts.scheme == "http" and not plain and not _is_loopback(parts.hostname):
        raise ConfigError(
            "enrol.plain", f"{platform} has no TLS: token and password could be read on the way",
            hint="Use https://, or --plain-http on a network that you trust.",
        )  # fmt: skip
    body = {"token": token, "machine": machine} | ({"csr": request} if request else {})
    return _admission(_ask(platform, "/api/v1/enrol", body, ca_file))


def renewed(platform: str, certificate: str, request: str, proof: str, ca_file: Path | None) -> str:
    """The next certificate, PEM. Raises as `trade` does."""
    body = {"certificate": certificate, "csr": request, "proof": proof}
    got = _ask(platform, "/api/v1/enrol/renewal", body, ca_file).get("certificate")
    if not isinstance(got, str) or not got:
        raise ConnectError("enrol.answer", "the platform's answer lacks the certificate")
    return got


def _ask(platform: str, path: str, content_of: dict[str, str], ca_file: Path | None) -> dict[str, Any]:
    parts = urlsplit(platform)
    host = parts.hostname or ""
    connection = _connection(parts.scheme == "https", host, parts.port, ca_file)
    body = json.dumps(content_of)
    try:
        connection.request("POST", parts.path.rstrip("/") + path, body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        content = answer.read(ANSWER_MAX_BYTES + 1)
    except ssl.SSLCertVerificationError as error:
        raise AuthError(
            "enrol.certificate", f"the platform at {host} cannot be trusted: {certificate_words(error, host)}",
            hint="Give the CA that signed its certificate with --ca FILE.",
        ) from error  # fmt: skip
    except (OSError, http.client.HTTPException) as error:
        raise ConnectError("enrol.unreachable", f"the platform at {platform} does not answer: {error}") from error
    finally:
        connection.close()
    document = _document(content, platform)
    if answer.status == http.client.OK:
        return document
    raise _refusal(answer.status, document, platform)


def _connection(tls: bool, host: str, port: int | None, ca_file: Path | None) -> http.client.HTTPConnection:
    if not tls:
        return http.client.HTTPConnection(host, port, timeout=TIMEOUT_S)
    try:
        context = ssl.create_default_context(cafile=None if ca_file is None else str(ca_file))
    except (OSError, ssl.SSLError) as error:
        raise ConfigError("enrol.ca_file", f"the CA file {ca_file} cannot be read: {error}") from error
    return http.client.HTTPSConnection(host, port, timeout=TIMEOUT_S, context=context)


def _document(content: bytes, platform: str) -> dict[str, Any]:
    try:
        document = json.loads(content) if len(content) <= ANSWER_MAX_BYTES else None
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise ConnectError("enrol.answer", f"what answers at {platform} is no Interlock platform")
    return document


def _refusal(status: int, document: dict[str, Any], platform: str) -> AuthError | ConnectError:
    errors = document.get("errors")
    first = errors[0] if isinstance(errors, list) and errors and isinstance(errors[0], dict) else {}
    message = str(first.get("message") or document.get("detail") or f"answer {status}")[:300]
    hint, code = str(first.get("hint", ""))[:300], str(first.get("code", ""))[:60]
    if status in (http.client.UNAUTHORIZED, http.client.FORBIDDEN, http.client.TOO_MANY_REQUESTS):
        return AuthError(code or "enrol.refused", message, hint=hint)
    return ConnectError(code or "enrol.answer", f"the platform at {platform} could not enrol this agent: {message}")


def _admission(document: dict[str, Any]) -> Admission:
    try:
        broker = document["broker"]
        return Admission(
            tenant=str(document["tenant"]), edge=str(document["edge"]), bucket=int(document["bucket"]),
            url=str(broker["url"]), ca=str(broker["ca"]), username=str(broker["username"]),
            password=str(broker["password"]), certificate=str(broker.get("certificate", "")),
        )  # fmt: skip
    except (KeyError, TypeError, ValueError) as error:
        raise ConnectError("enrol.answer", f"the platform's answer lacks something: {error!r}") from error


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
