"""Apps as packages: export, inspection (nothing is written), installation with a mapping, and trusted publishers.

An inspected package waits in memory for its installation: a few of them, for some minutes, for the one who sent it.
"""

from __future__ import annotations

import hashlib
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlmodel import Session, col, select

from platform_core.auth import audit
from platform_core.auth.clock import Clock, now_us
from platform_core.db import Database
from platform_core.db.apps import AppMediaRow, AppRow, PublisherRow
from platform_core.db.assets import AssetRow
from platform_core.services.app_drafts import is_edited
from platform_core.services.app_rows import Origin, ReleaseInfo
from platform_core.services.apps import Apps, require_green
from platform_core.services.assets import write_asset
from platform_core.services.documents.check import Surroundings, check_files
from platform_core.services.documents.findings import Finding, errors_of
from platform_core.services.documents.images import Picture
from platform_core.services.documents.lint import Plant
from platform_core.services.documents.packages import Package, open_package, pack
from platform_core.services.documents.references import media_names
from platform_core.services.documents.signing import PublicKey
from platform_core.services.documents.site_names import rename_site, site_names
from platform_core.services.documents.source import Source
from platform_core.services.role_map import put_rows
from schemas.errors import ConfigError
from schemas.identifiers import is_identifier
from schemas.models.asset import Asset, RoleMapRow

UPLOADS_MAX = 8
UPLOADS_MAX_BYTES = 96 << 20
UPLOAD_TTL_S = 600.0
PUBLISHERS_MAX = 100
NAME_LENGTH_MAX = 120

SignatureState = Literal["trusted", "untrusted", "unsigned"]


@dataclass(frozen=True, slots=True)
class Publisher:
    """Somebody whose packages the tenant trusts."""

    key_id: str
    name: str
    public_key: str
    ts: int
    author: str


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
    state: SignatureState
    publisher: str
    existing_release: int | None
    is_existing: bool
    draft_edited: bool
    findings: list[Finding]
    missing: Missing


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
        self._clock_s = clock_s
        self._lock = threading.Lock()
        self._uploads: OrderedDict[tuple[str, str, str], tuple[float, bytes]] = OrderedDict()

    def export(self, tenant: str, app: str, files: Mapping[str, Any]) -> bytes:
        """The package of these files of an app, not signed: that is done with `interlock app sign`."""
        names = {name for document in files.values() for _, name in media_names(document)}
        pictures: dict[str, Picture] = {}
        for name in names:
            picture = self._apps.media.read(tenant, app, name)
            if picture is not None:
                pictures[name] = picture
        return pack(files, pictures)

    def inspect(self, tenant: str, author: str, content: bytes) -> Inspection:
        """Read, check and compare a package; writes nothing. Raises ``ConfigError`` when it is not taken at all."""
        package = open_package(content)
        upload = hashlib.sha256(content).hexdigest()
        self._remember((tenant, author, upload), content)
        return self._inspected(tenant, package, upload, len(content))

    def install(self, tenant: str, author: str, upload: str, how: Installation) -> tuple[str, ReleaseInfo | None]:
        """Install an inspected package; the app's id, and the release people see now (None: it became the draft).

        Raises ``ConfigError``: ``package.upload`` when it is no longer known, ``package.untrusted`` without the
        confirmation it needs, ``app.invalid``, ``app.tests``, ``draft.edited``, ``block.released``.
        """
        content = self._recall((tenant, author, upload))
        package = open_package(content)
        state, publisher = self._trust(tenant, package)
        if state != "trusted" and not how.confirm_untrusted:
            raise ConfigError(
                "package.untrusted",
                "Nobody known has signed this package.",
                hint="Ask its publisher for the key, or confirm that it may be installed all the same.",
            )
        app = how.as_app or package.manifest.id
        if not is_identifier(app):
            raise ConfigError("app.id", f"{app!r} is not an id.", hint="Use a-z, 0-9, _ and -.")
        files = rename_site(package.files, self._apps.components, assets=how.assets, roles=how.roles, app_id=how.as_app)
        if how.mode == "release":
            self._check(tenant, app, files, package)
        signer = publisher or ("" if package.signer is None else f"unknown key {package.signer.key_id[:16]}")
        origin = Origin("package", f"Version {package.manifest.version} from a package.", author, signer)
        with self._database.write() as session:  # all of it or nothing: a mapping without its app helps nobody
            _map(session, tenant, author, how)
            if how.mode == "draft":
                drafts, pictures = self._apps.drafts, package.media
                drafts.take(session, tenant, app, files, author, replace_edits=how.replace_draft, pictures=pictures)
                return app, None
            taken = package.files if files == package.files else files
            return app, self._apps.take(session, tenant, app, taken, origin, package.media)

    def publishers(self, tenant: str) -> list[Publisher]:
        """Those the tenant trusts, by name."""
        query = select(PublisherRow).where(PublisherRow.tenant == tenant).order_by(col(PublisherRow.name))
        with self._database.read() as session:
            rows = session.exec(query).all()
        return [Publisher(row.key_id, row.name, row.public_key, row.ts, row.author) for row in rows]

    def trust(self, tenant: str, name: str, public_key: str, author: str) -> Publisher:
        """Trust a publisher's key. Raises ``ConfigError`` (``key.public``, ``publisher.count``)."""
        key = PublicKey.parse(public_key)
        with self._database.write() as session:
            row = session.get(PublisherRow, (tenant, key.key_id))
            if row is None:
                if (
                    len(session.exec(select(PublisherRow.key_id).where(PublisherRow.tenant == tenant)).all())
                    >= PUBLISHERS_MAX
                ):
                    raise ConfigError("publisher.count", f"There are {PUBLISHERS_MAX} publishers already.")
                row = PublisherRow(
                    tenant=tenant, key_id=key.key_id, name=name, public_key=key.text, ts=self._clock(), author=author
                )
            row.name = name[:NAME_LENGTH_MAX]
            session.add(row)
            audit.record(session, tenant, author, "publisher.trust", resource=key.key_id, detail=name)
        return Publisher(row.key_id, row.name, row.public_key, row.ts, row.author)

    def distrust(self, tenant: str, key_id: str, author: str) -> bool:
        """Trust a key no longer; False when it was not trusted. What is installed stays."""
        with self._database.write() as session:
            row = session.get(PublisherRow, (tenant, key_id))
            if row is None:
                return False
            session.delete(row)
            audit.record(session, tenant, author, "publisher.distrust", resource=key_id, detail=row.name)
        return True

    def _trust(self, tenant: str, package: Package) -> tuple[SignatureState, str]:
        if package.signer is None:
            return "unsigned", ""
        with self._database.read() as session:
            row = session.get(PublisherRow, (tenant, package.signer.key_id))
        return ("untrusted", "") if row is None else ("trusted", row.name)

    def _around(self, tenant: str, app: str, package: Package) -> tuple[Surroundings, Plant]:
        with self._database.read() as session:
            plant = self._apps.site.plant(session, tenant)
            query = select(AppMediaRow.name).where(AppMediaRow.tenant == tenant, AppMediaRow.app == app)
            media = frozenset(session.exec(query).all()) | frozenset(package.media)
        return Surroundings(self._apps.components, media, plant), plant

    def _inspected(self, tenant: str, package: Package, upload: str, size: int) -> Inspection:
        app = package.manifest.id
        around, plant = self._around(tenant, app, package)
        state, publisher = self._trust(tenant, package)
        with self._database.read() as session:
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
        return Inspection(upload, package, size, state, publisher, release, row is not None, edited, findings, missing)

    def _check(self, tenant: str, app: str, files: Mapping[str, Any], package: Package) -> None:
        around, _ = self._around(tenant, app, package)
        problems = [one.as_problem() for one in errors_of(check_files(files, around, app))]
        if problems:
            raise ConfigError("app.invalid", f"The app has {len(problems)} problems.", problems=problems)
        require_green(Source.of(files), self._apps.components)

    def _remember(self, key: tuple[str, str, str], content: bytes) -> None:
        now_s = self._clock_s()
        with self._lock:
            self._uploads.pop(key, None)
            self._uploads[key] = (now_s, content)
            for old in [old for old, (at_s, _) in self._uploads.items() if now_s - at_s > UPLOAD_TTL_S]:
                del self._uploads[old]
            while len(self._uploads) > UPLOADS_MAX or (
                len(self._uploads) > 1 and sum(len(body) for _, body in self._uploads.values()) > UPLOADS_MAX_BYTES
            ):
                self._uploads.popitem(last=False)

    def _recall(self, key: tuple[str, str, str]) -> bytes:
        with self._lock:
            found = self._uploads.get(key)
        if found is None or self._clock_s() - found[0] > UPLOAD_TTL_S:
            raise ConfigError("package.upload", "This package is no longer here.", hint="Send it again.")
        return found[1]


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
