"""Why a server's certificate is not believed, in words. Codes: OpenSSL, `X509_V_ERR_*` (x509_vfy.h)."""

from __future__ import annotations

import ssl

_NOT_YET_VALID, _EXPIRED = 9, 10
_SELF_SIGNED, _SELF_SIGNED_CHAIN, _NO_ISSUER_HERE, _NO_FIRST = 18, 19, 20, 21
_WRONG_NAME, _WRONG_ADDRESS = 62, 64


def certificate_words(error: ssl.SSLCertVerificationError, host: str) -> str:
    """One sentence part: what is wrong with the certificate of `host`."""
    code = error.verify_code
    if code == _EXPIRED:
        return "its certificate has expired (or the clock of this machine is wrong)"
    if code == _NOT_YET_VALID:
        return "its certificate is not valid yet (is the clock of this machine right?)"
    if code in (_WRONG_NAME, _WRONG_ADDRESS):
        return f"its certificate was made for another name than {host}"
    if code in (_SELF_SIGNED, _SELF_SIGNED_CHAIN, _NO_ISSUER_HERE, _NO_FIRST):
        return "its certificate was signed by a CA that is not the one known here"
    return f"its certificate is not valid: {error.verify_message}"


#: TLS alerts (RFC 8446 §6.2) about the certificate of the one who hears them, as OpenSSL names them.
_ALERTS = {
    "CERTIFICATE_REQUIRED": "wants a certificate of this edge, and got none",
    "HANDSHAKE_FAILURE": "wants a certificate of this edge, or no common cipher was found",
    "UNKNOWN_CA": "does not know the CA of the certificate of this edge",
    "BAD_CERTIFICATE": "does not accept the certificate of this edge",
    "UNSUPPORTED_CERTIFICATE": "does not accept this kind of certificate of this edge",
    "CERTIFICATE_EXPIRED": "says that the certificate of this edge has expired",
    "CERTIFICATE_REVOKED": "says that the certificate of this edge was revoked",
    "CERTIFICATE_UNKNOWN": "does not accept the certificate of this edge",
    "DECRYPT_ERROR": "does not accept the certificate of this edge",
}


def alert_words(text: str) -> str | None:
    """What the other side said of our certificate; None where the text tells of no such alert."""
    if "ALERT" not in text.upper():
        return None
    return next((words for name, words in _ALERTS.items() if f"ALERT_{name}" in text.upper()), None)


class ClosingSocket(ssl.SSLSocket):
    """Closes itself when its handshake fails; paho leaves that to the garbage collector."""

    def do_handshake(self, block: bool = False) -> None:
        """As the base; raises the same."""
        try:
            super().do_handshake(block)
        except BaseException:
            self.close()
            raise
