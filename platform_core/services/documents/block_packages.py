"""A block of another maker as one file, `<id>-<version>.block.zip`: component.json, its scripts and styles, its
licence, a manifest of hashes, and a signature.

The hash of a block is made of the hashes of its files: it does not depend on who signed it, or when.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import Field, ValidationError

from platform_core.component_lint.folder import MANIFEST_BYTES_MAX, manifest_problems, structure_problems
from platform_core.component_lint.foreign import code_size_problems, foreign_problems
from platform_core.component_lint.places import MANIFEST as COMPONENT_FILE
from platform_core.services import canonical_json
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
from platform_core.services.documents.engine_range import require_engine
from platform_core.services.documents.signing import PrivateKey, PublicKey
from platform_core.services.documents.zip_reader import ZipLimits, read_zip
from platform_core.services.refusals import Refusal, refusal
from schemas.models.access import Text
from schemas.models.base import Document
from schemas.models.component import ComponentManifest
from schemas.models.element import CodeBlockId

SUFFIX = ".block.zip"
#: Where a package of an app, or its folder, has the packages of the blocks it uses.
CARRIED_FOLDER = "code_blocks/"
BLOCK_FILE = re.compile(r"[a-z0-9][a-z0-9_-]{0,19}\.[a-z0-9][a-z0-9_-]{0,29}-[0-9]{1,6}(\.[0-9]{1,6}){2}\.block\.zip")
LICENCE_FILE = "LICENSE"
#: Served by the platform itself, in every frame.
BRIDGE_FILE = "bridge.js"
CODE_FILE = re.compile(r"[A-Za-z0-9_]{1,60}\.(js|css)")
LIMITS = ZipLimits(package_bytes=2 << 20, content_bytes=4 << 20, entries=40, what="block")
LICENCE_BYTES_MAX = 100_000


class BlockManifest(Document):
    """manifest.json of a package of a block."""

    format: Literal[1] = Field(description="Version of this document.")
    kind: Literal["component"] = Field(description="What is in it.")
    id: CodeBlockId = Field(description="Id of the block.")
    version: str = Field(pattern=r"^[0-9]{1,6}\.[0-9]{1,6}\.[0-9]{1,6}$", description="Version of the block.")
    name: Text = Field(description="Name by language.")
    content_hash: Sha256 = Field(description="Hash of the list of files.")
    files: dict[str, Sha256] = Field(max_length=40, description="File → SHA-256.")


@dataclass(frozen=True, slots=True)
class BlockPackage:
    """A block that was read and checked. ``content`` is the package as it came; ``signer`` None: not signed."""

    manifest: ComponentManifest
    document: dict[str, Any]
    files: dict[str, bytes]
    hash: str
    signer: PublicKey | None
    content: bytes

    @property
    def id(self) -> str:
        """Id of the block."""
        return self.manifest.id

    @property
    def version(self) -> str:
        """Version of its code."""
        return self.manifest.version

    @property
    def licence(self) -> str:
        """Under which terms its maker gives it."""
        return self.files[LICENCE_FILE].decode("utf-8")


def carried_name(block: str, version: str) -> str:
    """Where a package of an app has the package of a block."""
    return f"{CARRIED_FOLDER}{block}-{version}{SUFFIX}"


def pack_block(files: Mapping[str, bytes], key: PrivateKey | None = None) -> bytes:
    """The package of a block's files. Raises ``ConfigError`` as ``open_block``: what would not be taken is not made."""
    texts = dict(files)
    document = canonical_json.loads(files.get(COMPONENT_FILE, b""), size_max=MANIFEST_BYTES_MAX)
    texts[COMPONENT_FILE] = canonical_json.dumps(document).encode()
    told = document if isinstance(document, dict) else {}
    meta = told.get("meta")
    hashes = _hashes(texts)
    manifest = {
        "format": 1,
        "kind": "component",
        "id": told.get("id"),
        "version": told.get("version"),
        "name": meta.get("name") if isinstance(meta, dict) else None,
        "content_hash": _content_hash(hashes),
        "files": hashes,
    }
    _check_files(texts)
    entries = {MANIFEST_FILE: canonical_json.dumps(manifest).encode()}
    if key is not None:
        entries[SIGNATURE_FILE] = signature_of(entries[MANIFEST_FILE], key)
    content = zipped(entries | {name: texts[name] for name in sorted(texts)})
    return open_block(content).content


def sign_block(content: bytes, key: PrivateKey) -> bytes:
    """The package with this signature instead of any it had. Raises as ``open_block``."""
    return pack_block(open_block(content, verify=False).files, key)


def open_block(content: bytes, *, verify: bool = True, lint: bool = True) -> BlockPackage:
    """Read a package of a block and check all of it: limits, names, hashes, manifest, signature. No code is run.

    ``lint`` off for one that was taken before: an update of the product takes nothing away that is installed.
    Raises ``ConfigError``: ``package.*`` (``package.engine``: it runs in other versions of Interlock), ``document.*``,
    or ``component.invalid`` with all problems of the manifest.
    """
    entries = read_zip(content, _is_known, LIMITS)
    told = parsed(BlockManifest, manifest_bytes(entries), MANIFEST_FILE)
    files = {name: body for name, body in entries.items() if name not in (MANIFEST_FILE, SIGNATURE_FILE)}
    if set(files) != set(told.files):
        raise refusal("package.files/listed")
    hashes = _hashes(files)
    if hashes != told.files or _content_hash(hashes) != told.content_hash:
        raise refusal("package.hash/any")
    _check_files(files)
    document, manifest = _component(files, lint=lint)
    if (manifest.id, manifest.version) != (told.id, told.version):
        raise refusal("package.manifest/other", component=COMPONENT_FILE, manifest=MANIFEST_FILE)
    signer = signer_of(entries) if verify else None
    return BlockPackage(manifest, document, files, told.content_hash, signer, content)


def _component(files: Mapping[str, bytes], *, lint: bool) -> tuple[dict[str, Any], ComponentManifest]:
    """The manifest; what could be slow or lead out is found before the schema is used for anything."""
    document = canonical_json.loads(files[COMPONENT_FILE], size_max=MANIFEST_BYTES_MAX)
    if lint and isinstance(document, dict):
        name = f"{document.get('id')} {document.get('version')}"
        require_engine(document, {"en": name, "zh-CN": name})
    try:
        manifest = ComponentManifest.model_validate(document)
    except ValidationError as error:
        raise _invalid(structure_problems(error)) from error
    problems = list(foreign_problems(manifest, document)) if lint else []
    if lint and not problems:
        problems = [*code_size_problems(manifest, files), *manifest_problems(manifest, document, lambda _: False)]
    if problems:
        raise _invalid(problems)
    return document, manifest


def _invalid(problems: list[Any]) -> Refusal:
    """The lint speaks to the maker of a block, in English; others are told the place."""
    said = {"en": problems[0].message, "zh-CN": f"第一处在 {problems[0].path}（{problems[0].code}）。"}
    return refusal("component.invalid", problems=problems[:50], count=len(problems), first=said)


def _check_files(files: Mapping[str, bytes]) -> None:
    for name in (COMPONENT_FILE, LICENCE_FILE):
        if name not in files:
            raise refusal("package.files/missing", name=name)
    if len(files[LICENCE_FILE]) > LICENCE_BYTES_MAX or not _is_text(files[LICENCE_FILE]):
        raise refusal("package.files/licence", name=LICENCE_FILE, max=LICENCE_BYTES_MAX)
    for name, body in files.items():
        if name != LICENCE_FILE and not _is_text(body):
            raise refusal("package.files/text", name=name)


def _is_text(body: bytes) -> bool:
    try:
        return bool(body.decode("utf-8").strip())
    except UnicodeDecodeError:
        return False


def _hashes(files: Mapping[str, bytes]) -> dict[str, str]:
    return {name: hashlib.sha256(body).hexdigest() for name, body in files.items()}


def _content_hash(hashes: Mapping[str, str]) -> str:
    return canonical_json.digest(canonical_json.dumps(dict(hashes)))


def _is_known(name: str) -> bool:
    if name in (MANIFEST_FILE, SIGNATURE_FILE, COMPONENT_FILE, LICENCE_FILE):
        return True
    return name != BRIDGE_FILE and CODE_FILE.fullmatch(name) is not None
