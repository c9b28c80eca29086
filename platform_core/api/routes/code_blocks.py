"""Blocks of other makers: the list, looking at a package, installing it, capabilities, removing."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Request

from platform_core.api.answers import problems
from platform_core.api.guard import Caller, GuardedRoute, existing, policy
from platform_core.api.routes.code_block_views import (
    CodeBlockInspectionView,
    CodeBlockView,
    GrantRequest,
    InstallBlockRequest,
    InstalledBlockView,
    code_block_view,
    inspection_view,
)
from platform_core.api.routes.package_uploads import ZIP_BODY, Upload, inspected
from platform_core.api.services import Injected
from schemas.models.element import CODE_BLOCK_PATTERN

router = APIRouter(prefix="/api/v1/code-blocks", tags=["code blocks"], route_class=GuardedRoute)
BlockId = Annotated[str, Path(pattern=CODE_BLOCK_PATTERN, description="Id of the block.")]
BlockVersion = Annotated[
    str, Path(pattern=r"^[0-9]{1,6}\.[0-9]{1,6}\.[0-9]{1,6}$", description="Version of the block.")
]


@router.get("", summary="Installed blocks of other makers", responses=problems(401, 403))
@policy("code_block.read")
def list_code_blocks(caller: Caller, services: Injected) -> list[CodeBlockView]:
    """All versions by id, the newest of each first."""
    return [code_block_view(one) for one in services.apps.code_blocks.installed(caller.tenant)]


@router.post(
    "/inspect",
    summary="Look at a package of a block",
    responses=problems(401, 403, 413, 422),
    openapi_extra=ZIP_BODY,
)
@policy("code_block.install")
async def inspect_code_block(request: Request, caller: Caller, services: Injected) -> CodeBlockInspectionView:
    """The body is the package. Limits, names, hashes, manifest and signature are checked; nothing is written."""
    return inspection_view(await inspected(request, caller, services.apps.code_blocks.inspect))


@router.post("/{upload}/install", summary="Install a block", responses=problems(401, 403, 409, 422))
@policy("code_block.install")
def install_code_block(
    caller: Caller, services: Injected, upload: Upload, body: InstallBlockRequest
) -> InstalledBlockView:
    """A package that was inspected by the same person. The same files again change nothing."""
    block = services.apps.code_blocks.install(
        caller.tenant, caller.name, upload, confirm_untrusted=body.confirm_untrusted
    )
    return InstalledBlockView(id=block.id, version=block.version, hash=block.hash)


@router.put(
    "/{block}/{version}/capabilities",
    status_code=204,
    summary="Give a block capabilities",
    responses=problems(401, 403, 404, 422),
)
@policy("code_block.grant")
def grant_capabilities(
    caller: Caller, services: Injected, block: BlockId, version: BlockVersion, body: GrantRequest
) -> None:
    """Exactly these, of those it asks for; none are given by installing."""
    done = services.apps.code_blocks.grant(caller.tenant, block, version, body.granted, caller.name)
    existing(caller, "code_block.grant", "block", f"{block} {version}", done or None)


@router.delete(
    "/{block}/{version}", status_code=204, summary="Remove a block", responses=problems(401, 403, 404, 409, 422)
)
@policy("code_block.install")
def remove_code_block(caller: Caller, services: Injected, block: BlockId, version: BlockVersion) -> None:
    """Only a version that no draft and no release names."""
    done = services.apps.code_blocks.remove(caller.tenant, block, version, caller.name)
    existing(caller, "code_block.install", "block", f"{block} {version}", done or None)
