"""An app as one file, `<id>-<version>.lego.zip`: its documents and pictures, a manifest of hashes, and a signature.

The same release is the same bytes: fixed order, times and rights. The hash of the content is that of the release, so
it is the same at every installation.
"""

from __future__ import annotations

import hashlib
import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field, ValidationError

from platform_core.services import canonical_json
from platform_core.services.document_paths import APP_FILE, MEDIA_FOLDER, is_media_name, kind_of
from platform_core.services.documents.images import Picture, check_picture
from platform_core.services.documents.references import media_names
from platform_core.services.documents.signing import PrivateKey, PublicKey
from platform_core.services.documents.zip_reader import read_zip
from schemas.errors import ConfigError
from schemas.identifiers import Identifier
from schemas.models.access import Text
from schemas.models.base import Document

MANIFEST_FILE = "manifest.json"
SIGNATURE_FILE = "signature.json"
SUFFIX = ".lego.zip"
MEMBERS_MAX = 150_000
MEMBERS_SUM_MAX = 4_000_000
_TIME = (1980, 1, 1, 0, 0, 0)
_MODE = 0o100644 << 16
_M = TypeVar("_M", bound=Document)
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


class PackageManifest(Document):
    """manifest.json of a package."""

    format: Literal[1] = Field(description="Version of this document.")
    kind: Literal["app"] = Field(description="What is in it.")
    id: Identifier = Field(description="Id of the app.")
    version: str = Field(max_length=40, description="Version of the app.")
    name: Text = Field(description="Name by language.")
    content_hash: Sha256 = Field(description="Hash of all documents: that of the release.")
    files: dict[str, Sha256] = Field(max_length=1000, description="Path → SHA-256.")
    media: dict[str, int] = Field(default={}, max_length=500, description="Picture → bytes; its name is its hash.")


class PackageSignature(Document):
    """signature.json of a package: made over the bytes of manifest.json."""

    format: Literal[1] = Field(description="Version of this document.")
    algorithm: Literal["ed25519"] = Field(description="How.")
    public_key: str = Field(max_length=100, description="Of the publisher, base64.")
    signature: str = Field(max_length=200, description="Base64.")


@dataclass(frozen=True, slots=True)
class Package:
    """A package that was read and checked. ``signer`` None: it is not signed."""

    manifest: PackageManifest
    files: dict[str, Any]
    media: dict[str, Picture]
    signer: PublicKey | None
    manifest_bytes: bytes = b""


def pack(files: Mapping[str, Any], media: Mapping[str, Picture], key: PrivateKey | None = None) -> bytes:
    """The package of an app. Raises ``ConfigError`` (``package.app``, ``package.media``) when parts are missing."""
    texts = {path: canonical_json.dumps(document).encode() for path, document in files.items()}
    named = {name for document in files.values() for _, name in media_names(document)}
    missing = sorted(named - set(media))
    if missing:
        raise ConfigError("package.media", f"There is no picture {missing[0]}.", hint="Put it into the folder media.")
    manifest = _manifest(files, texts, {name: media[name] for name in named})
    entries = {MANIFEST_FILE: canonical_json.dumps(manifest).encode()}
    if key is not None:
        entries[SIGNATURE_FILE] = _signature(entries[MANIFEST_FILE], key)
    entries |= {path: texts[path] for path in sorted(texts)}
    entries |= {MEDIA_FOLDER + name: media[name].content for name in sorted(named)}
    return _zipped(entries)


def sign(content: bytes, key: PrivateKey) -> bytes:
    """The package with this signature instead of any it had. Raises as ``open_package``."""
    package = open_package(content, verify=False)
    return pack(package.files, package.media, key)


def open_package(content: bytes, *, verify: bool = True) -> Package:
    """Read a package and check all of it: limits, names, hashes, pictures, signature.

    Raises ``ConfigError``: ``package.*``, ``document.*`` or ``media.*``. ``verify`` off leaves the signature aside.
    """
    entries = read_zip(content, _is_known)
    if MANIFEST_FILE not in entries:
        raise ConfigError("package.manifest", f"The package has no {MANIFEST_FILE}.")
    manifest = _parsed(PackageManifest, entries[MANIFEST_FILE], MANIFEST_FILE)
    documents = {path: body for path, body in entries.items() if kind_of(path) is not None}
    if set(documents) != set(manifest.files):
        raise ConfigError("package.files", "The package does not have exactly the files its manifest lists.")
    for path, body in documents.items():
        if hashlib.sha256(body).hexdigest() != manifest.files[path]:
            raise ConfigError("package.hash", f"{path} is not what the manifest says.", hint="It was changed.")
    _check_members(documents)
    files = {path: canonical_json.loads(body) for path, body in documents.items()}
    if canonical_json.digest(canonical_json.dumps(files)) != manifest.content_hash:
        raise ConfigError("package.hash", "The content is not what the manifest says.", hint="It was changed.")
    app = files.get(APP_FILE)
    if not isinstance(app, dict) or app.get("id") != manifest.id:
        raise ConfigError("package.app", f"The package has no {APP_FILE} of the app {manifest.id}.")
    package = Package(manifest, files, _pictures(entries, manifest), None, entries[MANIFEST_FILE])
    return _signed(package, entries.get(SIGNATURE_FILE)) if verify else package


def _check_members(documents: Mapping[str, bytes]) -> None:
    """Before anything is parsed: a megabyte of ``[],[],…`` costs far more than a megabyte of an app.

    Counted in bytes, also those within texts, so it is a little strict and very quick.
    """
    counts = [body.count(b",") + body.count(b"[") + body.count(b"{") for body in documents.values()]
    if max(counts, default=0) > MEMBERS_MAX or sum(counts) > MEMBERS_SUM_MAX:
        raise ConfigError("package.members", "The package's documents have too many members.")


def _manifest(files: Mapping[str, Any], texts: Mapping[str, bytes], media: Mapping[str, Picture]) -> dict[str, Any]:
    app = files.get(APP_FILE)
    if not isinstance(app, dict):
        raise ConfigError("package.app", f"The app has no {APP_FILE}.")
    manifest = {
        "format": 1,
        "kind": "app",
        "id": app.get("id"),
        "version": app.get("version"),
        "name": app.get("name"),
        "content_hash": canonical_json.digest(canonical_json.dumps(dict(files))),
        "files": {path: hashlib.sha256(text).hexdigest() for path, text in texts.items()},
        "media": {name: len(picture.content) for name, picture in media.items()},
    }
    try:
        PackageManifest.model_validate(manifest)
    except ValidationError as error:
        raise ConfigError("package.app", f"{APP_FILE} has no usable id, version or name.") from error
    return manifest


def _signature(manifest: bytes, key: PrivateKey) -> bytes:
    document = {
        "format": 1,
        "algorithm": "ed25519",
        "public_key": key.public.text,
        "signature": key.sign(manifest),
    }
    return canonical_json.dumps(document).encode()


def _signed(package: Package, content: bytes | None) -> Package:
    if content is None:
        return package
    signature = _parsed(PackageSignature, content, SIGNATURE_FILE)
    key = PublicKey.parse(signature.public_key)
    if not key.verifies(package.manifest_bytes, signature.signature):
        raise ConfigError(
            "package.signature",
            "The signature does not fit the package: it was changed after it was signed.",
            hint="Get it again from its publisher.",
        )
    return replace(package, signer=key)


def _parsed(model: type[_M], content: bytes, name: str) -> _M:
    try:
        return model.model_validate(canonical_json.loads(content))
    except ValidationError as error:
        raise ConfigError(
            "package.manifest", f"{name} is not as it should be: {error.error_count()} errors."
        ) from error


def _pictures(entries: Mapping[str, bytes], manifest: PackageManifest) -> dict[str, Picture]:
    found = {path[len(MEDIA_FOLDER) :]: body for path, body in entries.items() if path.startswith(MEDIA_FOLDER)}
    if {name: len(body) for name, body in found.items()} != manifest.media:
        raise ConfigError("package.files", "The package does not have exactly the pictures its manifest lists.")
    return {name: check_picture(name, body) for name, body in found.items()}


def _is_known(name: str) -> bool:
    if name in (MANIFEST_FILE, SIGNATURE_FILE) or kind_of(name) is not None:
        return True
    return name.startswith(MEDIA_FOLDER) and is_media_name(name[len(MEDIA_FOLDER) :])


def _zipped(entries: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, body in entries.items():
            info = zipfile.ZipInfo(name, _TIME)
            info.create_system = 3
            info.external_attr = _MODE
            is_packed = name.startswith(MEDIA_FOLDER) and not name.endswith(".svg")
            info.compress_type = zipfile.ZIP_STORED if is_packed else zipfile.ZIP_DEFLATED
            archive.writestr(info, body, compresslevel=6)
    return out.getvalue()
