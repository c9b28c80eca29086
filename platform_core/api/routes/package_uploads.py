"""What looking at a package has in common, whatever is in it: the body, its name afterwards, and who vouches for it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal, TypeVar

from fastapi import Path, Request
from pydantic import BaseModel, Field
from starlette.concurrency import run_in_threadpool

from platform_core.auth.policy import Principal
from platform_core.services.publishers import Signature
from platform_core.services.refusals import refusal

ZIP_TYPE = "application/zip"
ZIP_CONTENT: dict[str, Any] = {ZIP_TYPE: {"schema": {"type": "string", "format": "binary"}}}
#: For the description of a route whose body is a package.
ZIP_BODY = {"requestBody": {"required": True, "content": ZIP_CONTENT}}
Upload = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$", description="What the inspection gave.")]
_Found = TypeVar("_Found")


class SignatureView(BaseModel):
    """Who vouches for a package."""

    state: Literal["trusted", "untrusted", "unsigned"] = Field(
        description="trusted: signed by a publisher of the list; untrusted: by a key nobody here knows."
    )
    key_id: str = Field(description="SHA-256 of the public key; empty: not signed.")
    publisher: str = Field(description="Name of the trusted publisher.")
    public_key: str = Field(default="", description="The key itself, base64, of a package that is looked at.")


async def inspected(request: Request, caller: Principal, inspect: Callable[[str, str, bytes], _Found]) -> _Found:
    """What ``inspect`` (tenant, name, content) finds in a body that is a package.

    Raises ``ConfigError`` (``document.type``) when it is none, and as ``inspect``.
    """
    if request.headers.get("content-type", "").partition(";")[0].strip() != ZIP_TYPE:
        raise refusal("document.type/package", type=ZIP_TYPE)
    content = await request.body()
    return await run_in_threadpool(inspect, caller.tenant, caller.name, content)


def signature_view(one: Signature) -> SignatureView:
    """As the API says it."""
    return SignatureView(state=one.state, key_id=one.key_id, publisher=one.publisher, public_key=one.public_key)
