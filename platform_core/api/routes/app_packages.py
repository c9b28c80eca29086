"""Packages: export an app, look at a package, install it."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from pydantic import BaseModel, ConfigDict, Field
from starlette.responses import Response

from platform_core.api.answers import problems
from platform_core.api.guard import Caller, GuardedRoute, existing, policy
from platform_core.api.routes.app_drafts import check_view
from platform_core.api.routes.app_versions import VERSION_PATTERN, version_files
from platform_core.api.routes.apps import AppId
from platform_core.api.routes.code_block_views import CodeBlockInspectionView, inspection_view
from platform_core.api.routes.draft_views import CheckView
from platform_core.api.routes.package_uploads import (
    ZIP_BODY,
    ZIP_CONTENT,
    ZIP_TYPE,
    SignatureView,
    Upload,
    inspected,
    signature_view,
)
from platform_core.api.services import Injected
from platform_core.services.app_packages import Inspection, Installation
from platform_core.services.document_paths import APP_FILE
from platform_core.services.documents.packages import SUFFIX
from schemas.identifiers import Identifier
from schemas.models.asset import RoleMapRow

router = APIRouter(prefix="/api/v1", tags=["packages"], route_class=GuardedRoute)


class PackageAppView(BaseModel):
    """The app in a package."""

    id: str = Field(description="Id.")
    name: dict[str, str] = Field(description="Name by language.")
    version: str = Field(description="Version.")


class SignalView(BaseModel):
    """A role of an asset."""

    asset: str = Field(description="Asset.")
    role: str = Field(description="Role.")


class MissingView(BaseModel):
    """What the package names and this installation does not have."""

    components: list[str] = Field(description="Components: shown as placeholders.")
    media: list[str] = Field(description="Pictures.")
    assets: list[str] = Field(description="Assets: map them, or make them.")
    signals: list[SignalView] = Field(description="Signals without a tag.")
    asset_types: list[str] = Field(description="Asset types no asset has.")


class ExistingView(BaseModel):
    """The app of this id that is here already."""

    release: int | None = Field(description="Its current release.")
    draft_edited: bool = Field(description="Its draft has changes that no release has.")


class InspectionView(BaseModel):
    """What a package is; nothing was written."""

    upload: str = Field(description="For the installation; forgotten after 10 minutes.")
    app: PackageAppView = Field(description="The app.")
    hash: str = Field(description="Hash of its content: that of the release it becomes.")
    files: int = Field(description="Documents.")
    media: int = Field(description="Pictures.")
    size: int = Field(description="Bytes of the package.")
    signature: SignatureView = Field(description="Who vouches for it.")
    existing: ExistingView | None = Field(description="The app of this id that is here; null: none.")
    check: CheckView = Field(description="What the check finds at this installation.")
    missing: MissingView = Field(description="What has to be mapped or made.")
    code_blocks: list[CodeBlockInspectionView] = Field(description="Blocks of other makers that are in it.")


class InstallRequest(BaseModel):
    """How an inspected package is installed."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"mode": "release", "assets": {"press_1": "press_7"}}]}
    )
    mode: Literal["release", "draft"] = Field(
        description="release: people see it at once; draft: it is looked at first."
    )
    as_app: Identifier | None = Field(default=None, description="Another id than the package's.")
    assets: dict[Identifier, Identifier] = Field(default={}, max_length=2000, description="Asset there → asset here.")
    roles: dict[Identifier, Identifier] = Field(default={}, max_length=500, description="Role there → role here.")
    create_assets: list[Identifier] = Field(default=[], max_length=2000, description="Assets to make here.")
    signals: list[RoleMapRow] = Field(default=[], max_length=2000, description="Tags that play roles here.")
    replace_draft: bool = Field(default=False, description="Also of an edited draft; it is kept as a snapshot.")
    confirm_untrusted: bool = Field(default=False, description="Needed unless the signature is trusted.")
    confirm_blocks: bool = Field(
        default=False, description="Needed when it brings blocks of other makers that are not here."
    )


class InstalledView(BaseModel):
    """Where a package went."""

    app: str = Field(description="Id of the app.")
    release: int | None = Field(description="Release people see now; null: it became the draft.")


@router.get(
    "/apps/{app_id}/package",
    summary="An app as a package",
    response_class=Response,
    responses={**problems(401, 403, 404, 422), 200: {"content": ZIP_CONTENT, "description": "The package."}},
)
@policy("app.draft.read")
def export_package(
    caller: Caller,
    services: Injected,
    app_id: AppId,
    of: Annotated[str, Query(pattern=VERSION_PATTERN, description="draft, current or a number.")] = "current",
) -> Response:
    """The same version is the same bytes. It is not signed; the publisher's key stays with the publisher."""
    found = version_files(services, caller.tenant, app_id, of, is_lifted=False)
    files = existing(caller, "app.draft.read", "version", of, found)
    content = services.packages.export(caller.tenant, app_id, files)
    version = str(files[APP_FILE].get("version", "0")) if isinstance(files.get(APP_FILE), dict) else "0"
    name = f"{app_id}-{''.join(c for c in version if c.isascii() and (c.isalnum() or c == '.'))}{SUFFIX}"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=ZIP_TYPE, headers=headers)


@router.post(
    "/packages/inspect",
    summary="Look at a package",
    responses=problems(401, 403, 413, 422),
    openapi_extra=ZIP_BODY,
)
@policy("package.install")
async def inspect_package(request: Request, caller: Caller, services: Injected) -> InspectionView:
    """The body is the package. Limits, names, hashes, pictures and signature are checked; nothing is written."""
    return _inspection_view(await inspected(request, caller, services.packages.inspect))


@router.post("/packages/{upload}/install", summary="Install a package", responses=problems(401, 403, 409, 422))
@policy("package.install")
def install_package(caller: Caller, services: Injected, upload: Upload, body: InstallRequest) -> InstalledView:
    """A package that was inspected by the same person. An edited draft is never replaced without being told so."""
    how = Installation(
        mode=body.mode,
        as_app=body.as_app,
        assets=body.assets,
        roles=body.roles,
        create_assets=tuple(body.create_assets),
        signals=tuple(body.signals),
        replace_draft=body.replace_draft,
        confirm_untrusted=body.confirm_untrusted,
        confirm_blocks=body.confirm_blocks,
    )
    app, release = services.packages.install(caller.tenant, caller.name, upload, how)
    return InstalledView(app=app, release=None if release is None else release.no)


def _inspection_view(found: Inspection) -> InspectionView:
    manifest, missing = found.package.manifest, found.missing
    is_here = ExistingView(release=found.existing_release, draft_edited=found.draft_edited)
    return InspectionView(
        upload=found.upload,
        app=PackageAppView(id=manifest.id, name=manifest.name, version=manifest.version),
        hash=manifest.content_hash,
        files=len(manifest.files),
        media=len(manifest.media),
        size=found.size,
        signature=signature_view(found.signature),
        existing=is_here if found.is_existing else None,
        check=check_view(found.findings),
        missing=MissingView(
            components=missing.components,
            media=missing.media,
            assets=missing.assets,
            signals=[SignalView(asset=asset, role=role) for asset, role in missing.signals],
            asset_types=missing.asset_types,
        ),
        code_blocks=[inspection_view(one) for one in found.blocks],
    )
