"""Retained presence messages: an agent's birth and state, the platform's state. JSON text."""

from __future__ import annotations

from typing import TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from schemas.errors import WireError

BIRTH_SIZE_MAX = 16 * 1024

M = TypeVar("M", bound="_Message")


class _Message(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)

    def pack(self) -> bytes:
        """The MQTT payload."""
        return self.model_dump_json().encode()


class Birth(_Message):
    """`…/birth`: who the agent is, which stream it writes, hashes of what it was configured with."""

    v: int = Field(default=1, description="Version of this message.")
    stream: str = Field(max_length=36, description="UUID of the stream.")
    boot: int = Field(ge=0, lt=2**63, description="How often this agent has started.")
    conn_id: str = Field(max_length=64, description="This MQTT connection.")
    max_seq: int = Field(ge=0, lt=2**63, description="Highest sequence number the agent has given out.")
    machine: str = Field(max_length=128, description="Identifies the machine, hashed.")
    agent_version: str = Field(max_length=64, description="Version of the agent.")
    config_hash: str = Field(max_length=64, description="Hash of the configuration.")
    catalog_hash: str = Field(default="", max_length=64, description="Hash of the driver catalog.")
    pushed: str | None = Field(
        default=None, max_length=64,
        description="Hash of the pushed text whose connections run; empty: the machine's own; null: not told.",
    )  # fmt: skip
    taken_by: str = Field(default="", max_length=100, description="Who chose that at the machine, if anybody did.")
    taken_ts: int = Field(default=0, ge=0, lt=2**63, description="When, µs UTC on the agent's clock.")


class EdgeState(_Message):
    """`…/state`: whether the agent is connected; `online: false` is its will."""

    online: bool = Field(description="Whether the agent is connected.")
    conn_id: str = Field(max_length=64, description="The MQTT connection this speaks of.")
    ts: int = Field(ge=-(2**63), lt=2**63, description="Time of the change on the agent's clock, µs.")


class CoreState(_Message):
    """`core/state`: whether the platform is there; agents send batches only while it is."""

    online: bool = Field(description="Whether the platform is there.")
    core: str = Field(max_length=64, description="This run of the platform.")
    ts: int = Field(ge=-(2**63), lt=2**63, description="Time of the change on the platform's clock, µs.")


def read_presence(model: type[M], payload: bytes) -> M:
    """A presence message; raises WireError where it is too large or damaged."""
    if len(payload) > BIRTH_SIZE_MAX:
        raise WireError("wire.too_large", f"A presence message has at most {BIRTH_SIZE_MAX} bytes.")
    try:
        return model.model_validate_json(payload)
    except ValidationError as error:
        raise WireError("wire.presence", f"The presence message is damaged: {error}.") from error
