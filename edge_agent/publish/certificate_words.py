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
