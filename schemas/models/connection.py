"""Connection: a configured driver with its tags; and a template that makes many of one list."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from schemas.identifiers import Identifier
from schemas.models.base import Document
from schemas.models.tag import SCAN_MS_MAX, SCAN_MS_MIN, TagConfig, TagPriority


class ReportConfig(Document):
    """When a read value becomes a sample."""

    mode: Literal["exception", "always"] = Field(
        default="exception", description="exception: on change; always: each read."
    )
    silence_max_s: float = Field(
        default=60.0, gt=0, le=86_400, description="An unchanged value is reported at least this often."
    )
    deadband: float | None = Field(
        default=None, ge=0, description="For its numeric tags that say nothing of the three themselves: see tags."
    )
    deadband_percent: float | None = Field(
        default=None, ge=0, le=100, description="The same, for those with a span, in percent of it."
    )
    swinging_door: float | None = Field(
        default=None, gt=0, description="The same; not for 64-bit integers, which are kept exactly."
    )


class TimeConfig(Document):
    """Which time a sample carries."""

    source: Literal["acquisition", "device"] = Field(
        default="acquisition", description="device: the device's own time where it gives one."
    )
    skew_max_s: float | None = Field(
        default=5.0,
        gt=0,
        description="Device time further off is not trusted; null: always trusted (recordings).",
    )


class SequenceConfig(Document):
    """A counter in the same block as its values: a new sample only when it changes.

    A jump is a gap with its exact count.
    """

    tag: str = Field(min_length=1, description="Tag that counts the rows, from 1.")
    time_tag: str | None = Field(default=None, description="Tag with the row's recorded time, int64 µs UTC.")
    time: Literal["acquisition", "device"] = Field(
        default="acquisition", description="device: samples carry the recorded time."
    )
    tags: tuple[str, ...] = Field(default=(), description="Tags of the block; empty: all tags of the connection.")


class ConnectionTemplate(Document):
    """One tag list for many machines; `{param}` and `{param+3}` are filled in."""

    id: Identifier = Field(description="Name of the template.")
    params: tuple[Identifier, ...] = Field(default=(), description="What each use must give.")
    config: dict[str, Any] = Field(default={}, description="Driver settings all uses share.")
    report: dict[str, Any] = Field(default={}, description="When values become samples, for all uses.")
    tags: tuple[dict[str, Any], ...] = Field(default=(), max_length=20_000, description="Tags, with placeholders.")


class ConnectionConfig(Document):
    """A device, how to reach it and what to read."""

    id: Identifier = Field(description="Name of the connection, unique within the agent.")
    driver: Identifier = Field(description="Driver, for example modbus_tcp.")
    enabled: bool = Field(default=True, description="false: configured but not connected.")
    config: dict[str, Any] = Field(default={}, description="Settings of the driver.")
    mode: Literal["poll", "subscribe"] = Field(
        default="poll",
        description="subscribe: the device tells changes by itself and is not asked; for drivers with that ability.",
    )
    scan_ms: int = Field(default=1000, ge=SCAN_MS_MIN, le=SCAN_MS_MAX, description="Scan period of its tags.")
    priority: TagPriority = Field(
        default="normal",
        description="What a full spool drops last (high) or first (low), and what is sent first after a cut: for its"
        " tags that do not say it themselves.",
    )
    report: ReportConfig = Field(default=ReportConfig(), description="When values become samples.")
    time: TimeConfig = Field(default=TimeConfig(), description="Which time samples carry.")
    sequences: tuple[SequenceConfig, ...] = Field(default=(), max_length=64, description="Counters of blocks.")
    tags: tuple[TagConfig, ...] = Field(default=(), max_length=20_000, description="What to read.")
