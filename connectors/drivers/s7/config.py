"""Settings of an S7 connection; the manifest's schema is generated from this model."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from connectors.character_set import CharacterSet
from schemas.models.base import Document


class S7Config(Document):
    """How to reach one Siemens S7 CPU and what it can bear."""

    host: str = Field(
        min_length=1, max_length=255, description="IPv4 address or name of the CPU or its Ethernet module."
    )
    port: int = Field(default=102, ge=1, le=65_535, description="TCP port.")
    rack: int = Field(default=0, ge=0, le=7, description="Rack of the CPU, mostly 0.")
    slot: int = Field(
        default=1,
        ge=0,
        le=31,
        description="Slot of the CPU: 1 for S7-1200 and S7-1500, 2 for S7-300, as built for S7-400.",
    )
    connection_type: Literal["pg", "op", "basic"] = Field(
        default="pg", description="Which of the CPU's connections to take; try another when it has none free."
    )
    timeout_ms: int = Field(default=2000, ge=10, le=60_000, description="Longest wait for an answer, ms.")
    pdu_size_max: int = Field(
        default=960,
        ge=128,
        le=960,
        description="Largest message to ask for, bytes; the CPU may grant less (240 or 480).",
    )
    items_max: int = Field(default=20, ge=1, le=20, description="Most ranges in one request.")
    gap_max: int = Field(
        default=16, ge=0, le=900, description="Bytes without a tag that are read along to save a range in the request."
    )
    string_encoding: CharacterSet = Field(
        default="latin-1", description="Character set of STRING, for example latin-1 or gbk."
    )
