"""An app as one file, `<id>-<version>.lego.zip`: its documents, pictures and blocks of other makers, a manifest of
hashes, and a signature.

The same release is the same bytes: fixed order, times and rights. The hash of the content is that of the release, so
it is the same at every installation. A block of another maker is in it as its maker packed and signed it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import Field, ValidationError

from platform_core.services import canonical_json
from platform_core.services.document_paths import APP_FILE, MEDIA_FOLDER, is_media_name, kind_of
from platform_core.services.documents.archive import (
    MANIFEST_FILE,
    SIGNATURE_FILE,
    Sha256,
    manifest_bytes,
    parsed,
    signature_of,
    signer_of,
    zipped,
)
from platform_core.services.documents.block_packages import (
    BLOCK_FILE,
    CARRIED_FOLDER,
    BlockPackage,
    carried_name,
    open_block,
)
from platform_core.services.documents.engine_range import require_engine
from platform_core.services.documents.images import Picture, check_picture
from platform_core.services.documents.references import media_names
from platform_core.services.documents.signing import PrivateKey, PublicKey
from platform_core.services.documents.zip_reader import read_zip
from platform_core.services.refusals import refusal
from schemas.identifiers import Identifier
from schemas.models.access import Text
from schemas.models.app import CodeBlockPin
from schemas.models.base import Document
from schemas.models.element import CodeBlockId

SUFFIX = ".lego.zip"
MEMBERS_MAX = 150_000
MEMBERS_SUM_MAX = 4_000_000
#: What all blocks of other makers in one app may unpack to.
BLOCKS_MAX_BYTES = 32 << 20


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
    code_blocks: dict[CodeBlockId, CodeBlockPin] = Field(
        default={}, max_length=40, description="Blocks of other makers that are in it: those app.json names."
    )


@dataclass(frozen=True, slots=True)
class Package:
    """A package that was read and checked. ``signer`` None: it is not signed."""

    manifest: PackageManifest
    files: dict[str, Any]
    media: dict[str, Picture]
    signer: PublicKey | None
    blocks: dict[str, BlockPackage] = field(default_factory=dict)


def pins_of(app: Any) -> dict[str, CodeBlockPin]:
    """The blocks of other makers that app.json names; what is not as it should be is left out."""
    given = app.get("code_blocks") if isinstance(app, dict) else None
    pins: dict[str, CodeBlockPin] = {}
    for name, pin in given.items() if isinstance(given, dict) else ():
        try:
            pins[name] = CodeBlockPin.model_validate(pin)
        except ValidationError:
            continue
    return pins


def pack(
    files: Mapping[str, Any],
    media: Mapping[str, Picture],
    key: PrivateKey | None = None,
    blocks: Mapping[str, BlockPackage] | None = None,
) -> bytes:
    """The package of an app. ``blocks``: of other makers, by id; those app.json names are taken.

    Raises ``ConfigError`` (``package.app``, ``package.media``, ``package.block``) when parts are missing.
    """
    texts = {path: canonical_json.dumps(document).encode() for path, document in files.items()}
    named = {name for document in files.values() for _, name in media_names(document)}
    missing = sorted(named - set(media))
    if missing:
        raise refusal("package.media", name=missing[0])
    carried = _carried(pins_of(files.get(APP_FILE)), blocks or {})
    manifest = _manifest(files, texts, {name: media[name] for name in named}, carried)
    entries = {MANIFEST_FILE: canonical_json.dumps(manifest).encode()}
    if key is not None:
        entries[SIGNATURE_FILE] = signature_of(entries[MANIFEST_FILE], key)
    entries |= {path: texts[path] for path in sorted(texts)}
    entries |= {MEDIA_FOLDER + name: media[name].content for name in sorted(named)}
    entries |= {carried_name(one.id, one.version): one.content for _, one in sorted(carried.items())}
    stored = {n for n in entries if n.startswith((MEDIA_FOLDER, CARRIED_FOLDER)) and not n.endswith(".svg")}
    return zipped(entries, stored)


def sign(content: bytes, key: PrivateKey) -> bytes:
    """The package with this signature instead of any it had. Raises as ``open_package``."""
    package = open_package(content, verify=False)
    return pack(package.files, package.media, key, package.blocks)


def open_package(content: bytes, *, verify: bool = True) -> Package:
    """Read a package and check all of it: limits, names, hashes, pictures, blocks of other makers, signature.

    Raises ``ConfigError``: ``package.*``, ``document.*``, ``media.*`` or ``component.*``. ``verify`` off leaves the
    signature of the app aside.
    """
    entries = read_zip(content, _is_known)
    manifest = parsed(PackageManifest, manifest_bytes(entries), MANIFEST_FILE)
    documents = {path: body for path, body in entries.items() if kind_of(path) is not None}
    if set(documents) != set(manifest.files):
        raise refusal("package.files/listed")
    for path, body in documents.items():
        if hashlib.sha256(body).hexdigest() != manifest.files[path]:
            raise refusal("package.hash/file", path=path)
    _check_members(documents)
    files = {path: canonical_json.loads(body) for path, body in documents.items()}
    if canonical_json.digest(canonical_json.dumps(files)) != manifest.content_hash:
        raise refusal("package.hash/content")
    app = files.get(APP_FILE)
    if not isinstance(app, dict) or app.get("id") != manifest.id:
        raise refusal("package.app/other", file=APP_FILE, app=manifest.id)
    name = f"{manifest.id} {manifest.version}"
    require_engine(app, {"en": f"The app {name}", "zh-CN": f"应用 {name}"})
    signer = signer_of(entries) if verify else None
    return Package(manifest, files, _pictures(entries, manifest), signer, _blocks(entries, manifest, pins_of(app)))


def _check_members(documents: Mapping[str, bytes]) -> None:
    """Before anything is parsed: a megabyte of ``[],[],…`` costs far more than a megabyte of an app.

    Counted in bytes, also those within texts, so it is a little strict and very quick.
    """
    counts = [body.count(b",") + body.count(b"[") + body.count(b"{") for body in documents.values()]
    if max(counts, default=0) > MEMBERS_MAX or sum(counts) > MEMBERS_SUM_MAX:
        raise refusal("package.members")


def _carried(pins: Mapping[str, CodeBlockPin], blocks: Mapping[str, BlockPackage]) -> dict[str, BlockPackage]:
    for name, pin in pins.items():
        found = blocks.get(name)
        if found is None or (found.version, found.hash) != (pin.version, pin.hash):
            raise refusal("package.block", block=name, version=pin.version, hash=pin.hash[:16])
    return {name: blocks[name] for name in pins}


def _manifest(
    files: Mapping[str, Any],
    texts: Mapping[str, bytes],
    media: Mapping[str, Picture],
    blocks: Mapping[str, BlockPackage],
) -> dict[str, Any]:
    app = files.get(APP_FILE)
    if not isinstance(app, dict):
        raise refusal("package.app/missing", file=APP_FILE)
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
    if blocks:
        manifest["code_blocks"] = {name: {"version": one.version, "hash": one.hash} for name, one in blocks.items()}
    try:
        PackageManifest.model_validate(manifest)
    except ValidationError as error:
        raise refusal("package.app/unusable", file=APP_FILE) from error
    return manifest


def _pictures(entries: Mapping[str, bytes], manifest: PackageManifest) -> dict[str, Picture]:
    found = {path[len(MEDIA_FOLDER) :]: body for path, body in entries.items() if path.startswith(MEDIA_FOLDER)}
    if {name: len(body) for name, body in found.items()} != manifest.media:
        raise refusal("package.files/pictures")
    return {name: check_picture(name, body) for name, body in found.items()}


def _blocks(
    entries: Mapping[str, bytes], manifest: PackageManifest, pins: Mapping[str, CodeBlockPin]
) -> dict[str, BlockPackage]:
    found = {name: body for name, body in entries.items() if name.startswith(CARRIED_FOLDER)}
    listed = {carried_name(name, pin.version): (name, pin) for name, pin in manifest.code_blocks.items()}
    if set(found) != set(listed) or manifest.code_blocks != pins:
        raise refusal("package.files/blocks")
    left = BLOCKS_MAX_BYTES
    blocks: dict[str, BlockPackage] = {}
    for path, body in found.items():
        name, pin = listed[path]
        block = open_block(body)
        left -= sum(len(part) for part in block.files.values())
        if (block.id, block.version, block.hash) != (name, pin.version, pin.hash):
            raise refusal("package.hash/block", path=path)
        if left < 0:
            raise refusal("package.size/blocks", mib=BLOCKS_MAX_BYTES >> 20)
        blocks[name] = block
    return blocks


def _is_known(name: str) -> bool:
    if name in (MANIFEST_FILE, SIGNATURE_FILE) or kind_of(name) is not None:
        return True
    if name.startswith(CARRIED_FOLDER):
        return BLOCK_FILE.fullmatch(name[len(CARRIED_FOLDER) :]) is not None
    return name.startswith(MEDIA_FOLDER) and is_media_name(name[len(MEDIA_FOLDER) :])
