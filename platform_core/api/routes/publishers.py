"""Publishers whose packages are trusted: the list, looking at a key, trusting it, trusting it no longer."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path
from pydantic import BaseModel, ConfigDict, Field

from platform_core.api.answers import problems
from platform_core.api.guard import Caller, GuardedRoute, existing, policy
from platform_core.api.services import Injected
from platform_core.services.documents.signing import KEY_TEXT_MAX
from platform_core.services.publishers import NAME_LENGTH_MAX, NOTE_LENGTH_MAX, Publisher

router = APIRouter(prefix="/api/v1/publishers", tags=["packages"], route_class=GuardedRoute)
KeyId = Annotated[str, Path(pattern=r"^[0-9a-f]{64}$", description="SHA-256 of the public key.")]
_KEY_TEXT = "Content of the publisher's .pub file: base64 or PEM."


class SignedView(BaseModel):
    """Something here that a key signed."""

    id: str = Field(description="Id of the block or app.")
    version: str = Field(description="Version of the block, or number of the app's release.")


class PublisherView(BaseModel):
    """A publisher whose packages are trusted."""

    key_id: str = Field(description="SHA-256 of the public key: the fingerprint.")
    name: str = Field(description="Name.")
    note: str = Field(description="What the administrator noted.")
    public_key: str = Field(description="ed25519, base64.")
    ts: int = Field(description="Trusted since, µs UTC.")
    author: str = Field(description="By whom.")
    blocks: list[SignedView] = Field(description="Installed blocks it signed.")
    apps: list[SignedView] = Field(description="Releases that came in packages it signed.")
    drafts: list[str] = Field(description="Apps whose draft was taken from a package it signed.")


class PublisherRequest(BaseModel):
    """Whom to trust."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"name": "Acme", "public_key": "aGVsbG8…", "note": "By phone, 3 May"}]},
    )
    name: str = Field(min_length=1, max_length=NAME_LENGTH_MAX, pattern=r"\S", description="Name.")
    public_key: str = Field(max_length=KEY_TEXT_MAX, description=_KEY_TEXT)
    note: str = Field(default="", max_length=NOTE_LENGTH_MAX, description="How the key was checked, or whom to call.")


class KeyRequest(BaseModel):
    """A key to look at."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"public_key": "aGVsbG8…"}]})
    public_key: str = Field(max_length=KEY_TEXT_MAX, description=_KEY_TEXT)


class KeyView(BaseModel):
    """What a key is; nothing was written."""

    key_id: str = Field(description="SHA-256 of the public key: the fingerprint.")
    public_key: str = Field(description="ed25519, base64.")
    publisher: str = Field(description="Under which name it is trusted already; empty: it is not.")


@router.get("", summary="Trusted publishers", responses=problems(401, 403))
@policy("publisher.read")
def list_publishers(caller: Caller, services: Injected) -> list[PublisherView]:
    """By name, each with what it signed of what is here."""
    return [_view(one) for one in services.publishers.publishers(caller.tenant)]


@router.post("/inspect", summary="Look at a publisher's key", responses=problems(401, 403, 422))
@policy("publisher.write")
def inspect_key(caller: Caller, services: Injected, body: KeyRequest) -> KeyView:
    """Its fingerprint, to be compared with what the publisher says; nothing is written."""
    found = services.publishers.inspect(caller.tenant, body.public_key)
    return KeyView(key_id=found.key_id, public_key=found.public_key, publisher=found.publisher)


@router.post("", status_code=201, summary="Trust a publisher", responses=problems(401, 403, 422))
@policy("publisher.write")
def trust_publisher(caller: Caller, services: Injected, body: PublisherRequest) -> PublisherView:
    """Packages signed with this key install without being asked about. A key again: its name and note change."""
    return _view(services.publishers.trust(caller.tenant, body.name, body.public_key, caller.name, body.note))


@router.delete(
    "/{key_id}",
    status_code=204,
    summary="Trust a publisher no longer",
    responses=problems(401, 403, 404, 422),
)
@policy("publisher.write")
def distrust_publisher(caller: Caller, services: Injected, key_id: KeyId) -> None:
    """What is installed stays."""
    done = services.publishers.distrust(caller.tenant, key_id, caller.name)
    existing(caller, "publisher.write", "publisher", key_id, done or None)


def _view(one: Publisher) -> PublisherView:
    return PublisherView(
        key_id=one.key_id,
        name=one.name,
        note=one.note,
        public_key=one.public_key,
        ts=one.ts,
        author=one.author,
        blocks=[SignedView(id=name, version=version) for name, version in one.blocks],
        apps=[SignedView(id=app, version=version) for app, version in one.apps],
        drafts=list(one.drafts),
    )
