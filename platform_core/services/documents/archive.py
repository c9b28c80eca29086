"""What all packages have in common: the zip file's bytes, and the signature over manifest.json."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Collection, Mapping
from typing import Annotated, Literal, TypeVar

from pydantic import Field, ValidationError

from platform_core.services import canonical_json
from platform_core.services.documents.signing import PrivateKey, PublicKey
from platform_core.services.refusals import refusal
from schemas.models.base import Document

MANIFEST_FILE = "manifest.json"
SIGNATURE_FILE = "signature.json"
_TIME = (1980, 1, 1, 0, 0, 0)
_MODE = 0o100644 << 16
_M = TypeVar("_M", bound=Document)
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class PackageSignature(Document):
    """signature.json of a package: made over the bytes of manifest.json."""

    format: Literal[1] = Field(description="Version of this document.")
    algorithm: Literal["ed25519"] = Field(description="How.")
    public_key: str = Field(max_length=100, description="Of the publisher, base64.")
    signature: str = Field(max_length=200, description="Base64.")


def manifest_bytes(entries: Mapping[str, bytes]) -> bytes:
    """manifest.json of a package. Raises ``ConfigError`` (``package.manifest``)."""
    if MANIFEST_FILE not in entries:
        raise refusal("package.manifest/missing", file=MANIFEST_FILE)
    return entries[MANIFEST_FILE]


def parsed(model: type[_M], content: bytes, name: str) -> _M:
    """A document of a package. Raises ``ConfigError`` (``package.manifest``, ``document.*``)."""
    try:
        return model.model_validate(canonical_json.loads(content))
    except ValidationError as error:
        raise refusal("package.manifest/wrong", name=name, count=error.error_count()) from error


def signature_of(manifest: bytes, key: PrivateKey) -> bytes:
    """signature.json for these bytes of manifest.json."""
    document = {
        "format": 1,
        "algorithm": "ed25519",
        "public_key": key.public.text,
        "signature": key.sign(manifest),
    }
    return canonical_json.dumps(document).encode()


def signer_of(entries: Mapping[str, bytes]) -> PublicKey | None:
    """Whose signature the package has; None: nobody's. Raises ``ConfigError`` (``package.signature``)."""
    content = entries.get(SIGNATURE_FILE)
    if content is None:
        return None
    signature = parsed(PackageSignature, content, SIGNATURE_FILE)
    key = PublicKey.parse(signature.public_key)
    if not key.verifies(entries[MANIFEST_FILE], signature.signature):
        raise refusal("package.signature")
    return key


def zipped(entries: Mapping[str, bytes], stored: Collection[str] = ()) -> bytes:
    """A zip file with these entries in this order; the same entries are the same bytes. ``stored``: not compressed."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, body in entries.items():
            info = zipfile.ZipInfo(name, _TIME)
            info.create_system = 3
            info.external_attr = _MODE
            info.compress_type = zipfile.ZIP_STORED if name in stored else zipfile.ZIP_DEFLATED
            archive.writestr(info, body, compresslevel=6)
    return out.getvalue()
