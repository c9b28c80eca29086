"""What the API says of blocks of other makers."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from platform_core.api.routes.package_uploads import SignatureView, signature_view
from platform_core.services.code_blocks import BlockInspection, CodeBlock
from schemas.models.component import Capability


class CodeBlockInspectionView(BaseModel):
    """A block in a package; nothing was written."""

    upload: str = Field(description="For the installation; forgotten after 10 minutes. Empty: carried by an app.")
    id: str = Field(description="Id, `<maker>.<block>`.")
    version: str = Field(description="Version.")
    hash: str = Field(description="Hash of its files.")
    name: dict[str, str] = Field(description="Name by language.")
    summary: dict[str, str] = Field(description="What it is for, by language.")
    size: int = Field(description="Bytes of its package.")
    signature: SignatureView = Field(description="Who vouches for it.")
    capabilities: list[Capability] = Field(description="What it asks for beyond drawing. It gets none by installing.")
    here: Literal["new", "here", "other"] = Field(
        description="here: the same files are installed; other: other files of this version are, so it is refused."
    )
    licence: str = Field(description="Under which terms its maker gives it.")


class CodeBlockView(BaseModel):
    """An installed version of a block."""

    id: str = Field(description="Id, `<maker>.<block>`.")
    version: str = Field(description="Version.")
    hash: str = Field(description="Hash of its files: its address under /sandbox/.")
    size: int = Field(description="Bytes of its package.")
    signature: SignatureView = Field(description="Who vouches for it.")
    capabilities: list[Capability] = Field(description="What it asks for.")
    granted: list[Capability] = Field(description="What it was given.")
    ts: int = Field(description="Installed at, µs UTC.")
    author: str = Field(description="By whom.")
    apps: list[str] = Field(description="Apps whose draft or a release uses this version; then it stays.")
    manifest: dict[str, Any] = Field(description="Its component.json.")


class InstallBlockRequest(BaseModel):
    """How an inspected block is installed."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"confirm_untrusted": True}]})
    confirm_untrusted: bool = Field(default=False, description="Needed unless the signature is trusted.")


class InstalledBlockView(BaseModel):
    """Where a block went."""

    id: str = Field(description="Id.")
    version: str = Field(description="Version.")
    hash: str = Field(description="Hash of its files.")


class GrantRequest(BaseModel):
    """Exactly the capabilities a version is to have."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"granted": ["clipboard"]}]})
    granted: list[Capability] = Field(max_length=10, description="Of those it asks for.")


def inspection_view(found: BlockInspection) -> CodeBlockInspectionView:
    """As the API says it."""
    block = found.block
    return CodeBlockInspectionView(
        upload=found.upload,
        id=block.id,
        version=block.version,
        hash=block.hash,
        name=block.manifest.meta.name,
        summary=block.manifest.meta.summary,
        size=len(block.content),
        signature=signature_view(found.signature),
        capabilities=list(block.manifest.capabilities),
        here=found.here,
        licence=block.licence,
    )


def code_block_view(one: CodeBlock) -> CodeBlockView:
    """As the API says it."""
    return CodeBlockView(
        id=one.id,
        version=one.version,
        hash=one.hash,
        size=one.size,
        signature=signature_view(one.signature),
        capabilities=one.document.get("capabilities", []),
        granted=list(one.granted),
        ts=one.ts,
        author=one.author,
        apps=list(one.apps),
        manifest=one.document,
    )


def shown_block(one: CodeBlock) -> dict[str, Any]:
    """What a page needs to show it: its address, its manifest, what it was given."""
    return {"hash": one.hash, "granted": list(one.granted), "manifest": one.document}
