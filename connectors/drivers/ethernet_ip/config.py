"""Settings of an EtherNet/IP connection; the manifest's schema is generated from this model."""

from __future__ import annotations

from pydantic import Field

from connectors.character_set import CharacterSet
from schemas.models.base import Document


class EthernetIpConfig(Document):
    """How to reach one Logix controller and what it can bear."""

    host: str = Field(
        min_length=1, max_length=255, description="IPv4 address or name of the controller or its Ethernet module."
    )
    port: int = Field(default=44818, ge=1, le=65_535, description="TCP port.")
    slot: int = Field(
        default=0,
        ge=0,
        le=31,
        description="Slot of the controller in its chassis: 0 for CompactLogix, as built for ControlLogix.",
    )
    timeout_ms: int = Field(default=2000, ge=10, le=60_000, description="Longest wait for an answer, ms.")
    connection_size_max: int = Field(
        default=4000,
        ge=100,
        le=4000,
        description="Largest message to ask for, bytes; above 504 the controller must know large connections, else "
        "500 are taken.",
    )
    items_max: int = Field(default=200, ge=1, le=200, description="Most reads in one message.")
    gap_max: int = Field(
        default=8, ge=0, le=1000, description="Elements of an array without a tag that are read along to save a read."
    )
    string_encoding: CharacterSet = Field(
        default="latin-1", description="Character set of STRING, for example latin-1 or gbk."
    )
