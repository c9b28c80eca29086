"""Blocks of other makers: looked at, installed, given capabilities, removed, and known to the apps that name them.

Versions lie side by side. An app names the exact version and hash it was built with (``code_blocks`` of app.json), so
installing another version changes no app.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections import OrderedDict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlmodel import Session, select

from platform_core.auth import audit
from platform_core.auth.clock import Clock, now_us
from platform_core.db import Database
from platform_core.db.code_blocks import CodeBlockRow
from platform_core.services.code_block_rows import (
    BlockState,
    add_code_blocks,
    block_state,
    code_block_uses,
    newest_first,
)
from platform_core.services.component_catalog import ComponentCatalog
from platform_core.services.document_paths import APP_FILE
from platform_core.services.documents.block_packages import CODE_FILE, BlockPackage, open_block
from platform_core.services.documents.packages import pins_of
from platform_core.services.publishers import Signature, SignatureState, publisher_names, signature_here
from platform_core.services.refusals import refusal
from platform_core.services.uploads import Uploads
from schemas.models.component import ComponentManifest

CATALOGS_MAX = 64
OPEN_MAX = 16


@dataclass(frozen=True, slots=True)
class CodeBlock:
    """An installed version. ``apps`` are those whose draft or a release names it."""

    id: str
    version: str
    hash: str
    document: dict[str, Any]
    granted: tuple[str, ...]
    signature: Signature
    size: int
    ts: int
    author: str
    apps: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class BlockInspection:
    """What a package of a block is, before anything is written."""

    upload: str
    block: BlockPackage
    here: BlockState
    signature: Signature


class CodeBlocks:
    """Blocks of all tenants; each method works in the tenant given."""

    def __init__(self, database: Database, uploads: Uploads | None = None, clock: Clock = now_us) -> None:
        self._database = database
        self._uploads = uploads or Uploads()
        self._clock = clock
        self._lock = threading.Lock()
        self._catalogs: OrderedDict[tuple[Any, ...], ComponentCatalog] = OrderedDict()
        self._open: OrderedDict[str, BlockPackage] = OrderedDict()

    def inspect(self, tenant: str, author: str, content: bytes) -> BlockInspection:
        """Read and check a package; writes nothing. Raises ``ConfigError`` when it is not taken at all."""
        block = open_block(content)
        upload = hashlib.sha256(content).hexdigest()
        self._uploads.remember((tenant, author, upload), content)
        with self._database.read() as session:
            return self.inspected(session, tenant, block, upload)

    def inspected(self, session: Session, tenant: str, block: BlockPackage, upload: str = "") -> BlockInspection:
        """What a block that was read is to this tenant."""
        signature = signature_here(session, tenant, block.signer)
        return BlockInspection(upload, block, block_state(session, tenant, block), signature)

    def install(self, tenant: str, author: str, upload: str, *, confirm_untrusted: bool = False) -> BlockPackage:
        """Install an inspected package; the same again changes nothing.

        Raises ``ConfigError``: ``package.upload``, ``package.untrusted`` without the confirmation it needs,
        ``code_block.other``, ``code_block.count``.
        """
        block = open_block(self._uploads.recall((tenant, author, upload)))
        with self._database.write() as session:
            if signature_here(session, tenant, block.signer).state != "trusted" and not confirm_untrusted:
                raise refusal("package.untrusted/block")
            add_code_blocks(session, tenant, [block], self._clock(), author)
        return block

    def installed(self, tenant: str) -> list[CodeBlock]:
        """All versions by id, the newest of each first."""
        with self._database.read() as session:
            uses = code_block_uses(session, tenant)
            names = publisher_names(session, tenant)
            return [_code_block(row, names, uses) for row in newest_first(session, tenant)]

    def grant(self, tenant: str, block: str, version: str, granted: Iterable[str], author: str) -> bool:
        """Give a version exactly these capabilities; False when it is not there.

        Raises ``ConfigError`` (``code_block.capability``) for one that it does not ask for.
        """
        wanted = sorted(set(granted))
        with self._database.write() as session:
            row = session.get(CodeBlockRow, (tenant, block, version))
            if row is None:
                return False
            asked = json.loads(row.manifest).get("capabilities", [])
            if strange := [name for name in wanted if name not in asked]:
                raise refusal("code_block.capability", block=block, version=version, capability=strange[0])
            before, row.granted = row.granted, json.dumps(wanted)
            session.add(row)
            body = {"before": json.loads(before), "after": wanted}
            audit.record(session, tenant, author, "code_block.grant", resource=block, detail=version, body=body)
        return True

    def remove(self, tenant: str, block: str, version: str, author: str) -> bool:
        """Remove a version; False when it is not there. Raises ``ConfigError`` (``code_block.used``)."""
        with self._database.write() as session:
            row = session.get(CodeBlockRow, (tenant, block, version))
            if row is None:
                return False
            if apps := code_block_uses(session, tenant).get((block, version)):
                raise refusal("code_block.used", apps=", ".join(sorted(apps)[:10]))
            session.delete(row)
            audit.record(session, tenant, author, "code_block.remove", resource=block, detail=f"{version} {row.hash}")
        return True

    def catalog(
        self,
        tenant: str,
        app: Any,
        base: ComponentCatalog,
        brought: Mapping[str, BlockPackage] | None = None,
    ) -> ComponentCatalog:
        """The components as an app sees them: built-in ones, and of each block of another maker the version that
        app.json names; where it names none, the newest. ``brought``: blocks a package carries, not installed yet.
        """
        pins = pins_of(app)
        chosen: dict[str, tuple[str, str]] = {}
        with self._database.read() as session:
            columns = select(CodeBlockRow.id, CodeBlockRow.version, CodeBlockRow.hash)
            rows = session.exec(columns.where(CodeBlockRow.tenant == tenant)).all()
        if not rows and not brought:
            return base
        for name, version, digest in sorted(rows, key=lambda row: [int(part) for part in row[1].split(".")]):
            pin = pins.get(name)
            if pin is None or (pin.version, pin.hash) == (version, digest):
                chosen[name] = (version, digest)
        return self._made(tenant, base, chosen, brought or {})

    def named(self, tenant: str, app: Any) -> list[CodeBlock]:
        """The exact blocks app.json names, as far as they are here."""
        pins = pins_of(app)
        if not pins:
            return []
        with self._database.read() as session:
            rows = [session.get(CodeBlockRow, (tenant, name, pin.version)) for name, pin in sorted(pins.items())]
            return [_code_block(row, {}, {}) for row in rows if row is not None and row.hash == pins[row.id].hash]

    def packages(self, tenant: str, app: Any) -> dict[str, BlockPackage]:
        """The same as packages, for one of the app."""
        pins = pins_of(app)
        with self._database.read() as session:
            rows = [session.get(CodeBlockRow, (tenant, name, pin.version)) for name, pin in pins.items()]
            found = {row.id: row.package for row in rows if row is not None and row.hash == pins[row.id].hash}
        return {name: open_block(content, lint=False) for name, content in found.items()}

    def code(self, block: str, digest: str, name: str) -> bytes | None:
        """A script or style of an installed block, for its frame. The hash is the address: who knows it, knows the
        files, so no tenant is asked for.
        """
        if CODE_FILE.fullmatch(name) is None:
            return None
        with self._database.read() as session:
            query = select(CodeBlockRow.package).where(CodeBlockRow.hash == digest, CodeBlockRow.id == block)
            content = session.exec(query.limit(1)).first()
        if content is None:
            return None
        return self._opened(digest, content).files.get(name)

    def is_installed(self, block: str, digest: str) -> bool:
        """Whether anybody here has a block with these files."""
        with self._database.read() as session:
            query = select(CodeBlockRow.id).where(CodeBlockRow.hash == digest, CodeBlockRow.id == block)
            return session.exec(query.limit(1)).first() is not None

    def _opened(self, digest: str, content: bytes) -> BlockPackage:
        with self._lock:
            if (found := self._open.get(digest)) is not None:
                return found
        block = open_block(content, lint=False)
        with self._lock:
            self._open[digest] = block
            while len(self._open) > OPEN_MAX:
                self._open.popitem(last=False)
        return block

    def _made(
        self,
        tenant: str,
        base: ComponentCatalog,
        chosen: Mapping[str, tuple[str, str]],
        brought: Mapping[str, BlockPackage],
    ) -> ComponentCatalog:
        key = (id(base), tenant, tuple(sorted((name, *pair) for name, pair in chosen.items())))
        with self._lock:
            if not brought and key in self._catalogs:
                self._catalogs.move_to_end(key)
                return self._catalogs[key]
        with self._database.read() as session:
            rows = [session.get(CodeBlockRow, (tenant, name, pair[0])) for name, pair in chosen.items()]
            manifests = [ComponentManifest.model_validate_json(row.manifest) for row in rows if row is not None]
        more = {manifest.id: manifest for manifest in manifests}
        more |= {name: block.manifest for name, block in brought.items()}
        made = base.with_more(more.values())
        if not brought:
            with self._lock:
                self._catalogs[key] = made
                while len(self._catalogs) > CATALOGS_MAX:
                    self._catalogs.popitem(last=False)
        return made


def app_of(files: Mapping[str, Any]) -> Any:
    """app.json of an app's files; None when there is none."""
    return files.get(APP_FILE)


def _code_block(row: CodeBlockRow, names: Mapping[str, str], uses: Mapping[tuple[str, str], set[str]]) -> CodeBlock:
    state: SignatureState = "unsigned" if not row.key_id else "trusted" if row.key_id in names else "untrusted"
    signature = Signature(state, row.key_id, names.get(row.key_id, ""))
    return CodeBlock(
        id=row.id,
        version=row.version,
        hash=row.hash,
        document=json.loads(row.manifest),
        granted=tuple(json.loads(row.granted)),
        signature=signature,
        size=len(row.package),
        ts=row.ts,
        author=row.author,
        apps=tuple(sorted(uses.get((row.id, row.version), ()))),
    )
