"""How a user is shown to the server: a password never goes readable or weakly encrypted where security was asked for.

The server lists, for each kind of user, the policies it takes for the secret itself (UserTokenPolicy, OPC UA Part 4,
§7.41). The library takes the first one of the kind, whatever it is.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Final

from asyncua import Client, ua
from asyncua.crypto import security_policies, uacrypto

from connectors.drivers.opcua.config import OpcuaConfig
from connectors.secret import stored_secret
from schemas.errors import AuthError, ConfigError

__all__ = ["CarefulClient", "show_user"]

_NONE: Final = security_policies.SecurityPolicyNone.URI
#: Best first. Basic128Rsa15 and Basic256 are not among them: their use of SHA-1 is broken.
_SOUND: Final = (
    security_policies.SecurityPolicyAes256Sha256RsaPss.URI,
    security_policies.SecurityPolicyBasic256Sha256.URI,
    security_policies.SecurityPolicyAes128Sha256RsaOaep.URI,
)
_KIND: Final = {
    ua.UserTokenType.Anonymous: "without a user",
    ua.UserTokenType.UserName: "by password",
    ua.UserTokenType.Certificate: "by user certificate",
}


class CarefulClient(Client):  # type: ignore[misc]  # the library re-exports it untyped
    """The library's client, which chooses the policy of the user's secret with care."""

    def server_policy(self, token_type: ua.UserTokenType) -> ua.UserTokenPolicy:
        """The best policy the server offers for this kind of user. Raises AuthError where none is good enough."""
        own = self.security_policy.URI
        offered = [
            dataclasses.replace(one, SecurityPolicyUri=one.SecurityPolicyUri or own)
            for one in self._policy_ids
            if one.TokenType == token_type
        ]
        if not offered:
            raise AuthError(
                "opcua.login",
                f"{self.server_url.geturl()} takes nobody {_KIND.get(token_type, str(token_type))}",
                hint="Choose another kind of user, or allow this one at the server.",
            )
        if token_type == ua.UserTokenType.Anonymous:
            return offered[0]
        allowed = [own, *_SOUND] if own != _NONE else [*_SOUND, _NONE]
        # Within an encrypted channel the secret needs no encryption of its own; a signature is one in any case.
        encrypted = own != _NONE and self.security_policy.Mode == ua.MessageSecurityMode.SignAndEncrypt
        if encrypted and token_type == ua.UserTokenType.UserName:
            allowed.append(_NONE)
        usable = [one for one in offered if one.SecurityPolicyUri in allowed]
        if not usable:
            names = ", ".join(sorted({one.SecurityPolicyUri.rpartition("#")[2] for one in offered}))
            raise AuthError(
                "opcua.login_policy",
                f"{self.server_url.geturl()} would take the user's secret with the policy {names} only",
                hint="Use security_mode SignAndEncrypt, or enable a sound policy for users at the server.",
            )
        return min(usable, key=lambda one: allowed.index(one.SecurityPolicyUri))


async def show_user(client: Client, config: OpcuaConfig) -> None:
    """Gives the client the configured user. Raises ConfigError where a file cannot be used."""
    if config.username is not None and config.password_file is not None:
        client.set_user(config.username)
        client.set_password(_secret(config.password_file))
    if config.user_certificate_file is None or config.user_private_key_file is None:
        return
    try:
        client.user_certificate = await uacrypto.load_certificate(config.user_certificate_file)
        client.user_private_key = await uacrypto.load_private_key(config.user_private_key_file)
    except OSError as error:
        raise ConfigError("opcua.certificate", f"{error.filename} cannot be read: {error.strerror}") from error
    except (ValueError, TypeError) as error:
        raise ConfigError(
            "opcua.certificate", "the user's certificate or key is none",
            hint="user_certificate_file and user_private_key_file are DER or PEM; the key has no passphrase.",
        ) from error  # fmt: skip
    if client.user_certificate.public_key() != client.user_private_key.public_key():
        raise ConfigError("opcua.certificate", "user_private_key_file is not the key of user_certificate_file")


def _secret(path: str) -> str:
    if (kept := stored_secret(path)) is not None:
        return kept
    try:
        return Path(path).read_text("utf-8").strip()
    except OSError as error:
        raise ConfigError("opcua.password", f"the password file cannot be read: {error.strerror}") from error
