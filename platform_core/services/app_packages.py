"""Apps as packages: export, inspection (nothing is written), installation with a mapping.

An inspected package waits in memory for its installation: a few of them, for some minutes, for the one who sent it.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlmodel import Session, select

from platform_core.auth.clock import Clock, now_us
from platform_core.db import Database
from platform_core.db.apps import AppMediaRow, AppRow
from platform_core.db.assets import AssetRow
from platform_core.services.app_drafts import is_edited
from platform_core.services.app_rows import Origin, ReleaseInfo
from platform_core.services.apps import Apps, require_green
from platform_core.services.assets import write_asset
from platform_core.services.code_block_rows import add_code_blocks, other_files
from platform_core.services.code_blocks import BlockInspection, app_of
from platform_core.services.component_catalog import ComponentCatalog
from platform_core.services.documents.check import Surroundings, check_files
from platform_core.services.documents.findings import Finding, errors_of
from platform_core.services.documents.images import Picture
from platform_core.services.documents.lint import Plant
from platform_core.services.documents.packages import Package, open_package, pack
from platform_core.services.documents.references import media_names
from platform_core.services.documents.site_names import rename_site, site_names
from platform_core.services.documents.source import Source
from platform_core.services.publishers import Signature, signature_here
from platform_core.services.refusals import refusal
from platform_core.services.role_map import put_rows
from platform_core.services.uploads import Uploads
from schemas.identifiers import is_identifier
from schemas.models.asset import Asset, RoleMapRow


@dataclass(frozen=True, slots=True)
class Missing:
    """What a package names and this installation does not have."""

    components: list[str]
    media: list[str]
    assets: list[str]
    signals: list[tuple[str, str]]
    asset_types: list[str]


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a package is, before anything is written."""

    upload: str
    package: Package
    size: int
    signature: Signature
    existing_release: int | None
    is_existing: bool
    draft_edited: bool
    findings: list[Finding]
    missing: Missing
    blocks: list[BlockInspection]


@dataclass(frozen=True, slots=True)
class Installation:
    """How a package is to be installed; names in it → names here."""

    mode: Literal["release", "draft"] = "release"
    as_app: str | None = None
    assets: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    create_assets: tuple[str, ...] = ()
    signals: tuple[RoleMapRow, ...] = ()
    replace_draft: bool = False
    confirm_untrusted: bool = False
    confirm_blocks: bool = False


class Packages:
    """Packages of all tenants; each method works in the tenant given. ``clock_s`` gives monotonic seconds."""

    def __init__(
        self,
        database: Database,
        apps: Apps,
        clock: Clock = now_us,
        clock_s: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._apps = apps
        self._clock = clock
        self._uploads = Uploads(clock_s)

    def export(self, tenant: str, app: str, files: Mapping[str, Any]) -> bytes:
        """The package of these files of an app, not signed: that is done with `interlock app sign`.

        Raises ``ConfigError`` (``package.block``) when a block of another maker that it names is not here.
        """
        names = {name for document in files.values() for _, name in media_names(document)}
        pictures: dict[str, Picture] = {}
        for name in names:
            picture = self._apps.media.read(tenant, app, name)
            if picture is not None:
                pictures[name] = picture
        return pack(files, pictures, blocks=self._apps.code_blocks.packages(tenant, app_of(files)))

    def inspect(self, tenant: str, author: str, content: bytes) -> Inspection:
        """Read, check and compare a package; writes nothing. Raises ``ConfigError`` when it is not taken at all."""
        package = open_package(content)
        upload = hashlib.sha256(content).hexdigest()
        self._uploads.remember((tenant, author, upload), content)
        return self._inspected(tenant, package, upload, len(content))

    def install(self, tenant: str, author: str, upload: str, how: Installation) -> tuple[str, ReleaseInfo | None]:
        """Install an inspected package; the app's id, and the release people see now (None: it became the draft).

        Raises ``ConfigError``: ``package.upload`` when it is no longer known, ``package.untrusted`` without the
        confirmation it needs, ``app.invalid``, ``app.tests``, ``draft.edited``, ``block.released``, or
        ``package.blocks`` without the consent that blocks of other makers need, ``code_block.other``.
        """
        content = self._uploads.recall((tenant, author, upload))
        package = open_package(content)
        signature = self._consent(tenant, package, how)
        app = how.as_app or package.manifest.id
        if not is_identifier(app):
            raise refusal("app.id", app=app)
        components = self._catalog(tenant, package)
        files = rename_site(package.files, components, assets=how.assets, roles=how.roles, app_id=how.as_app)
        if how.mode == "release":
            self._check(tenant, app, files, package)
        signer = signature.publisher or (f"unknown key {signature.key_id[:16]}" if signature.key_id else "")
        note = f"Version {package.manifest.version} from a package."
        origin = Origin("package", note, author, signer, signature.key_id)
        with self._database.write() as session:  # all of it or nothing: a mapping without its app helps nobody
            _map(session, tenant, author, how)
            add_code_blocks(session, tenant, package.blocks.values(), self._clock(), author)
            if how.mode == "draft":
                self._apps.drafts.take(
                    session,
                    tenant,
                    app,
                    files,
                    origin,
                    replace_edits=how.replace_draft,
                    pictures=package.media,
                    components=components,
                )
                return app, None
            taken = package.files if files == package.files else files
            return app, self._apps.take(session, tenant, app, taken, origin, package.media)

    def _around(self, tenant: str, app: str, package: Package) -> tuple[Surroundings, Plant]:
        with self._database.read() as session:
            plant = self._apps.site.plant(session, tenant)
            query = select(AppMediaRow.name).where(AppMediaRow.tenant == tenant, AppMediaRow.app == app)
            media = frozenset(session.exec(query).all()) | frozenset(package.media)
        return Surroundings(self._catalog(tenant, package), media, plant), plant

    def _inspected(self, tenant: str, package: Package, upload: str, size: int) -> Inspection:
        app = package.manifest.id
        around, plant = self._around(tenant, app, package)
        with self._database.read() as session:
            signature = signature_here(session, tenant, package.signer)
            blocks = [self._apps.code_blocks.inspected(session, tenant, one) for one in package.blocks.values()]
            row = session.get(AppRow, (tenant, app))
            edited = row is not None and is_edited(session, row)
            types = set(session.exec(select(AssetRow.type).where(AssetRow.tenant == tenant)).all())
        names = site_names(package.files)
        findings = check_files(package.files, around, app)
        missing = Missing(
            components=sorted(_components(package.files) - set(around.components.manifests)),
            media=sorted(
                {n for d in package.files.values() for _, n in media_names(d)} - (around.media or frozenset())
            ),
            assets=sorted(names.assets - plant.assets),
            signals=sorted(names.signals - set(plant.signals)),
            asset_types=sorted(names.asset_types - {kind for kind in types if kind}),
        )
        release = row.current_release if row is not None else None
        is_here = row is not None
        return Inspection(upload, package, size, signature, release, is_here, edited, findings, missing, blocks)

    def _check(self, tenant: str, app: str, files: Mapping[str, Any], package: Package) -> None:
        around, _ = self._around(tenant, app, package)
        problems = [one.as_problem() for one in errors_of(check_files(files, around, app))]
        if problems:
            raise refusal("app.invalid", problems=problems, count=len(problems))
        require_green(Source.of(files), around.components)

    def _consent(self, tenant: str, package: Package, how: Installation) -> Signature:
        """Who vouches for it. Raises ``ConfigError`` when something was not agreed to, or cannot be."""
        with self._database.read() as session:
            signature = signature_here(session, tenant, package.signer)
            blocks = [self._apps.code_blocks.inspected(session, tenant, one) for one in package.blocks.values()]
        if signature.state != "trusted" and not how.confirm_untrusted:
            raise refusal("package.untrusted/app")
        for one in blocks:
            if one.here == "other":
                raise other_files(one.block)
        if not how.confirm_blocks and any(one.here == "new" for one in blocks):
            raise refusal("package.blocks")
        return signature

    def _catalog(self, tenant: str, package: Package) -> ComponentCatalog:
        """The components here, and those the package brings."""
        app = app_of(package.files)
        return self._apps.code_blocks.catalog(tenant, app, self._apps.components, package.blocks)


def _map(session: Session, tenant: str, author: str, how: Installation) -> None:
    """Assets and rows of the role map the app needs here."""
    for name in how.create_assets:
        if session.get(AssetRow, (tenant, name)) is None:
            write_asset(session, tenant, Asset(id=name, name=name), author)
    if how.signals:
        put_rows(session, tenant, how.signals, author)


def _components(files: Mapping[str, Any]) -> set[str]:
    found: set[str] = set()
    for document in files.values():
        elements = document.get("elements") if isinstance(document, dict) else None
        for element in elements.values() if isinstance(elements, dict) else ():
            kind = element.get("type") if isinstance(element, dict) else None
            if isinstance(kind, str) and not kind.startswith("composite."):
                found.add(kind)
    return found
